/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/amount.h"

#include "solver/core/wide.h"

enum err amount_add(struct amount *out, struct amount a, struct amount b)
{
    struct amount sum;

    if (__builtin_add_overflow(a.atoms, b.atoms, &sum.atoms))
        return ERR_OVERFLOW;
    *out = sum;
    return ERR_OK;
}

enum err amount_sub(struct amount *out, struct amount a, struct amount b)
{
    if (b.atoms > a.atoms)
        return ERR_OVERFLOW;
    out->atoms = a.atoms - b.atoms;
    return ERR_OK;
}

struct amount amount_sub_or_zero(struct amount a, struct amount b)
{
    return AMOUNT_OF(b.atoms > a.atoms ? 0 : a.atoms - b.atoms);
}

/* a * num / den when the product does not fit 128 bits. */
static enum err muldiv_wide(struct amount *out, struct amount a, struct amount num,
                            struct amount den, bool up)
{
    struct u256 x = u256_of_amount(a), y = u256_of_amount(num), d = u256_of_amount(den);

    if (up)
        TRY(u256_muldiv_ceil(&x, &x, &y, &d));
    else
        TRY(u256_muldiv_floor(&x, &x, &y, &d));
    return u256_to_amount(out, &x);
}

enum err amount_muldiv_floor(struct amount *out, struct amount a, struct amount num,
                             struct amount den)
{
    u128 product;

    if (den.atoms == 0)
        return ERR_INVALID;
    if (__builtin_mul_overflow(a.atoms, num.atoms, &product))
        return muldiv_wide(out, a, num, den, false);
    out->atoms = product / den.atoms;
    return ERR_OK;
}

enum err amount_muldiv_ceil(struct amount *out, struct amount a, struct amount num,
                            struct amount den)
{
    u128 product;

    if (den.atoms == 0)
        return ERR_INVALID;
    if (__builtin_mul_overflow(a.atoms, num.atoms, &product))
        return muldiv_wide(out, a, num, den, true);
    out->atoms = product / den.atoms + (product % den.atoms != 0);
    return ERR_OK;
}

/* A 256-bit product, high half first. */
struct product {
    u128 high;
    u128 low;
};

/* Schoolbook multiplication of two 64-bit digits each. */
static struct product product_of(u128 a, u128 b)
{
    u128 a0 = (uint64_t)a, a1 = a >> 64;
    u128 b0 = (uint64_t)b, b1 = b >> 64;
    u128 low = a0 * b0;
    u128 cross = a1 * b0 + (low >> 64); /* (2^64 - 1)^2 + 2^64 - 1 < 2^128 */
    u128 middle = a0 * b1 + (uint64_t)cross;

    return (struct product){ .high = a1 * b1 + (cross >> 64) + (middle >> 64),
                             .low = U128_OF(middle, (uint64_t)low) };
}

int amount_cmp_products(struct amount a, struct amount b, struct amount c, struct amount d)
{
    struct product left = product_of(a.atoms, b.atoms);
    struct product right = product_of(c.atoms, d.atoms);

    if (left.high != right.high)
        return left.high > right.high ? 1 : -1;
    return (left.low > right.low) - (left.low < right.low);
}

bool amount_limit_holds(struct amount paid, struct amount got, struct amount signed_sell,
                        struct amount signed_buy)
{
    return amount_cmp_products(got, signed_sell, paid, signed_buy) >= 0;
}

void amount_to_bytes(uint8_t out[AMOUNT_BYTES], struct amount a)
{
    for (int i = 0; i < AMOUNT_BYTES; i++)
        out[i] = (uint8_t)(a.atoms >> (120 - 8 * i));
}

struct amount amount_from_bytes(const uint8_t in[AMOUNT_BYTES])
{
    struct amount a = AMOUNT_ZERO;

    for (int i = 0; i < AMOUNT_BYTES; i++)
        a.atoms = a.atoms << 8 | in[i];
    return a;
}

struct delta delta_of(struct amount a, bool negative)
{
    return (struct delta){ .atoms = a.atoms, .negative = negative && a.atoms != 0 };
}

enum err delta_add(struct delta *out, struct delta a, struct delta b)
{
    struct amount sum;

    if (a.negative != b.negative) {
        bool a_wins = a.atoms > b.atoms;

        *out = delta_of(AMOUNT_OF(a_wins ? a.atoms - b.atoms : b.atoms - a.atoms),
                        a_wins ? a.negative : b.negative);
        return ERR_OK;
    }
    TRY(amount_add(&sum, AMOUNT_OF(a.atoms), AMOUNT_OF(b.atoms)));
    *out = delta_of(sum, a.negative);
    return ERR_OK;
}

struct delta delta_negate(struct delta a)
{
    return delta_of(AMOUNT_OF(a.atoms), !a.negative);
}

bool delta_is_zero(struct delta a)
{
    return a.atoms == 0;
}

enum err amount_quote_floor(struct amount *out, struct amount base, struct price p)
{
    return amount_muldiv_floor(out, base, p.num, p.den);
}

enum err amount_quote_ceil(struct amount *out, struct amount base, struct price p)
{
    return amount_muldiv_ceil(out, base, p.num, p.den);
}
