/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_kinds.h"
#include "solver/route/rough.h"

#define ROUGH_BITS 58 /* of two products and the fee */
#define FACTOR_BITS 256

/* The value of the reserve of asset k. */
static struct rough rough_worth(const struct constant_product *c, const struct amount *price, int k)
{
    return rough_mul(rough_of_amount(price[k]), rough_of(&c->reserve[k]));
}

/* Surely no way pays: the reserves are worth the same up to the fee. */
static bool idle(const struct constant_product *c, const struct amount *price)
{
    struct rough kn = rough_of_u64(c->keep_num), kd = rough_of_u64(c->keep_den);
    struct rough first = rough_worth(c, price, 0), second = rough_worth(c, price, 1);

    return rough_surely_less(rough_mul(first, kn), rough_mul(second, kd), ROUGH_BITS) &&
           rough_surely_less(rough_mul(second, kn), rough_mul(first, kd), ROUGH_BITS);
}

/* worth = price * reserve * keep */
static enum err worth_of(struct u512 *worth, struct amount price, const struct u256 *reserve,
                         uint64_t keep)
{
    struct u256 p = u256_of_amount(price), k = u256_of(keep);

    TRY(u256_mul(&p, &p, &k)); /* below 2^192 */
    wide_mul(worth, &p, reserve);
    return ERR_OK;
}

static unsigned wide_bits(const struct u512 *a)
{
    for (unsigned i = 8; i > 0; i--)
        if (a->limb[i - 1] != 0)
            return 64 * i - (unsigned)__builtin_clzll(a->limb[i - 1]);
    return 0;
}

/* 2^power, power below 256 */
static struct u256 power_of_two(unsigned power)
{
    struct u256 p = { { 0 } };

    p.limb[power / 64] = UINT64_C(1) << power % 64;
    return p;
}

/*
 * With a = kn A and b = kn B, integers:  kn pi = a + b - 2 sqrt(a b).  The root is rounded down, so
 * pi is rounded up; as b > a the root is at least a. What exceeds 256 bits is scaled down first, a
 * rounded down and b up, which only raises pi.
 */
static enum err side_profit(struct u256 *profit, const struct constant_product *c, int side,
                            const struct amount *price)
{
    struct u256 kn = u256_of(c->keep_num), a, b, root;
    struct u512 wide_a, wide_b, product;

    *profit = u256_of(0);
    TRY(worth_of(&wide_a, price[side], &c->reserve[side], c->keep_den));
    TRY(worth_of(&wide_b, price[!side], &c->reserve[!side], c->keep_num));
    if (wide_cmp(&wide_b, &wide_a) <= 0)
        return ERR_OK;
    unsigned bits = wide_bits(&wide_b);
    struct u256 scale = power_of_two(bits < FACTOR_BITS ? 0 : bits - FACTOR_BITS + 1);
    struct u512 den = wide_of(&scale);

    TRY(wide_div_ceil(&b, &wide_b, &den));
    TRY(wide_div_floor(&a, &wide_a, &den));
    wide_mul(&product, &a, &b);
    wide_sqrt_floor(&root, &product);
    TRY(u256_sub(&b, &b, &root));
    TRY(u256_sub(&a, &root, &a));
    TRY(u256_sub(&b, &b, &a));
    return u256_muldiv_ceil(profit, &b, &scale, &kn);
}

/* Of the two ways at most one pays. */
enum err bound_constant_product(struct u256 *profit, const struct constant_product *c,
                                const struct amount *price)
{
    *profit = u256_of(0);
    if (idle(c, price))
        return ERR_OK;
    TRY(side_profit(profit, c, 0, price));
    return u256_is_zero(profit) ? side_profit(profit, c, 1, price) : ERR_OK;
}
