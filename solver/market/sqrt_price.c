/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/sqrt_price.h"

#include <stddef.h>

#define PRICE_BITS 160
#define TICK_BITS 20

/* 1.0001^(-2^i / 2), times 2^128 */
static const struct u256 factors[TICK_BITS] = {
    { { 0xaa2d162d1a594001, 0xfffcb933bd6fad37 } }, { { 0x59a46990580e213a, 0xfff97272373d4132 } },
    { { 0xef12357cf3c7fdcc, 0xfff2e50f5f656932 } }, { { 0x1c3624eaa0941cd0, 0xffe5caca7e10e4e6 } },
    { { 0xc9db58835c926644, 0xffcb9843d60f6159 } }, { { 0x472e6896dfb254c0, 0xff973b41fa98c081 } },
    { { 0x43ec78b326b52861, 0xff2ea16466c96a38 } }, { { 0x11c461f1969c3053, 0xfe5dee046a99a2a8 } },
    { { 0xdcffc83b479aa3a4, 0xfcbe86c7900a88ae } }, { { 0x6f2b074cf7815e54, 0xf987a7253ac41317 } },
    { { 0x940c7a398e4b70f3, 0xf3392b0822b70005 } }, { { 0x43b29c7fa6e889d9, 0xe7159475a2c29b74 } },
    { { 0x845ad8f792aa5825, 0xd097f3bdfd2022b8 } }, { { 0x8a65dc1f90e061e5, 0xa9f746462d870fdf } },
    { { 0x90bb3df62baf32f7, 0x70d869a156d2a1b8 } }, { { 0x81231505542fcfa6, 0x31be135f97d08fd9 } },
    { { 0xc677de54f3e99bc9, 0x09aa508b5b7a84e1 } }, { { 0x6699c329225ee604, 0x005d6af8dedb8119 } },
    { { 0x1ea926041bedfe98, 0x00002216e584f5fa } }, { { 0x91f7dc42444e8fa2, 0x00000000048a1703 } },
};

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct u256 q96 = { { 0, UINT64_C(1) << 32 } };

/* out = ceil(a / 2^32) */
static struct u256 round_up_32(const struct u256 *a)
{
    struct u256 out, one = u256_of((uint32_t)a->limb[0] != 0);

    for (size_t i = 0; i < 4; i++)
        out.limb[i] = a->limb[i] >> 32 | (i < 3 ? a->limb[i + 1] << 32 : 0);
    return u256_add(&out, &out, &one) == ERR_OK ? out : max; /* 224 bits never overflow */
}

enum err sqrt_price_at(struct u256 *price, int32_t tick)
{
    uint32_t steps = (uint32_t)(tick < 0 ? -(int64_t)tick : tick);
    struct u256 r = { { 0, 0, 1 } }; /* 2^128 */

    if (steps > SQRT_PRICE_TICK_MAX)
        return ERR_INVALID;
    if (steps == 0) {
        *price = q96;
        return ERR_OK;
    }
    for (size_t i = 0; i < TICK_BITS; i++) {
        if ((steps >> i & 1) == 0)
            continue;
        TRY(u256_mul(&r, &r, &factors[i]));
        r = (struct u256){ { r.limb[2], r.limb[3] } };
    }
    if (tick > 0)
        TRY(u256_div_floor(&r, &max, &r));
    *price = round_up_32(&r);
    return ERR_OK;
}

enum err sqrt_price_tick(int32_t *tick, const struct u256 *price, struct sqrt_price_ticks range)
{
    struct u256 low, end, at;

    TRY(sqrt_price_at(&low, range.low));
    TRY(sqrt_price_at(&end, range.end));
    if (u256_cmp(price, &low) < 0 || u256_cmp(price, &end) >= 0)
        return ERR_INVALID;
    while (range.end - range.low > 1) { /* at(low) <= price < at(end) */
        int32_t middle = range.low + (range.end - range.low) / 2;

        TRY(sqrt_price_at(&at, middle));
        if (u256_cmp(&at, price) <= 0)
            range.low = middle;
        else
            range.end = middle;
    }
    *tick = range.low;
    return ERR_OK;
}

/* a * 2^96 for a below 2^128 */
static enum err times_q96(struct u256 *out, const struct u256 *a)
{
    if ((a->limb[2] | a->limb[3]) != 0)
        return ERR_OVERFLOW;
    *out = (struct u256){ { 0, a->limb[0] << 32, a->limb[0] >> 32 | a->limb[1] << 32,
                            a->limb[1] >> 32 } };
    return ERR_OK;
}

/* out = a * b / 2^96 */
static enum err over_q96(struct u256 *out, const struct u256 *a, const struct u256 *b, bool up)
{
    struct u512 product;
    struct u256 one = u256_of(1);

    wide_mul(&product, a, b);
    if ((product.limb[5] >> 32 | product.limb[6] | product.limb[7]) != 0)
        return ERR_OVERFLOW;
    for (size_t i = 0; i < 4; i++)
        out->limb[i] = product.limb[i + 1] >> 32 | product.limb[i + 2] << 32;
    if (up && (product.limb[0] != 0 || (uint32_t)product.limb[1] != 0))
        return u256_add(out, out, &one);
    return ERR_OK;
}

enum err sqrt_price_amount(struct u256 *amount, const struct sqrt_price_span *span, int asset,
                           bool up)
{
    bool rising = u256_cmp(&span->from, &span->to) < 0;
    const struct u256 *low = rising ? &span->from : &span->to;
    const struct u256 *top = rising ? &span->to : &span->from;
    struct u256 gap, share, result;

    TRY(u256_sub(&gap, top, low));
    if (asset == 1) {
        TRY(over_q96(&result, &span->liquidity, &gap, up));
    } else {
        TRY(times_q96(&share, &span->liquidity));
        TRY(up ? u256_muldiv_ceil(&share, &share, &gap, top)
               : u256_muldiv_floor(&share, &share, &gap, top));
        TRY(up ? u256_div_ceil(&result, &share, low) : u256_div_floor(&result, &share, low));
    }
    *amount = result;
    return ERR_OK;
}

static enum err price_fits(struct u256 *price, const struct u256 *next)
{
    if (u256_bits(next) > PRICE_BITS)
        return ERR_OVERFLOW;
    *price = *next;
    return ERR_OK;
}

/* ceil(L P / (L + x P)); where a product leaves 256 bits the contract takes L / (L / P + x). */
static enum err after_input_0(struct u256 *next, const struct sqrt_price_span *span,
                              const struct u256 *x)
{
    struct u256 share, den;

    TRY(times_q96(&share, &span->liquidity));
    if (u256_mul(&den, x, &span->from) == ERR_OK && u256_add(&den, &den, &share) == ERR_OK)
        return u256_muldiv_ceil(next, &share, &span->from, &den);
    TRY(u256_div_floor(&den, &share, &span->from));
    TRY(u256_add(&den, &den, x));
    return u256_div_ceil(next, &share, &den);
}

enum err sqrt_price_after_input(struct u256 *price, const struct sqrt_price_span *span, int asset,
                                const struct u256 *x)
{
    struct u256 next;

    if (asset == 0) {
        TRY(after_input_0(&next, span, x));
    } else {
        TRY(u256_muldiv_floor(&next, x, &q96, &span->liquidity));
        TRY(u256_add(&next, &next, &span->from));
    }
    return price_fits(price, &next);
}

enum err sqrt_price_after_output(struct u256 *price, const struct sqrt_price_span *span, int asset,
                                 const struct u256 *y)
{
    struct u256 next, share;

    if (asset == 0) {
        TRY(times_q96(&share, &span->liquidity));
        TRY(u256_mul(&next, y, &span->from));
        TRY(u256_sub(&next, &share, &next));
        if (u256_is_zero(&next))
            return ERR_OVERFLOW;
        TRY(u256_muldiv_ceil(&next, &share, &span->from, &next));
    } else {
        TRY(u256_muldiv_ceil(&next, y, &q96, &span->liquidity));
        TRY(u256_sub(&next, &span->from, &next));
        if (u256_is_zero(&next))
            return ERR_OVERFLOW;
    }
    return price_fits(price, &next);
}
