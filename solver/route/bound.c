/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound.h"

#include <stdbool.h>

#include "solver/core/check.h"

/* price * factor, below 2^192. */
static struct u256 price_times(struct amount price, uint64_t factor)
{
    struct u256 p = u256_of_amount(price), f = u256_of(factor);

    CHECK(u256_mul(&p, &p, &f) == ERR_OK);
    return p;
}

/*
 * With a = kn A and b = kn B, integers:  kn pi = a + b - 2 sqrt(a b).  The root is rounded down,
 * so pi is rounded up; as b > a the root is at least a.
 */
static enum err pool_side(struct u256 *profit, const struct constant_product *c, int side,
                          const struct amount price[2])
{
    struct u256 p_in = price_times(price[side], c->keep_den);
    struct u256 p_out = price_times(price[!side], c->keep_num);
    struct u256 kn = u256_of(c->keep_num), a, b, root;
    struct u512 wide_a, wide_b, product;

    *profit = u256_of(0);
    wide_mul(&wide_a, &p_in, &c->reserve[side]);
    wide_mul(&wide_b, &p_out, &c->reserve[!side]);
    if (wide_cmp(&wide_b, &wide_a) <= 0)
        return ERR_OK;
    TRY(wide_narrow(&b, &wide_b));
    TRY(wide_narrow(&a, &wide_a));
    wide_mul(&product, &a, &b);
    wide_sqrt_floor(&root, &product);
    TRY(u256_sub(&b, &b, &root));
    TRY(u256_sub(&a, &root, &a));
    TRY(u256_sub(&b, &b, &a));
    return u256_div_ceil(profit, &b, &kn);
}

/* Add what a level earns and costs to the sums when it earns more. */
static enum err level_add(struct u512 *plus, struct u512 *minus, const struct u512 *earned,
                          const struct u512 *cost)
{
    if (wide_cmp(earned, cost) <= 0)
        return ERR_OK;
    TRY(wide_add(plus, plus, earned));
    return wide_add(minus, minus, cost);
}

/*
 * Everything is counted scale * keep_den times over, so a level earns and costs integers. Lots
 * and the rounding of a trade only take from the trader, so leaving them out bounds from above.
 */
static enum err book_side(struct u256 *profit, const struct book *b, int side,
                          const struct amount price[2])
{
    const struct book_level *level = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;
    struct u256 p_in = price_times(price[side], b->keep_den);
    struct u256 p_out = price_times(price[!side], b->keep_num);
    struct u256 quote, base, unit = u256_of(b->keep_den);
    struct u512 plus = { { 0 } }, minus = { { 0 } }, earned, cost, den;

    for (size_t i = 0; i < n; i++) {
        TRY(u256_mul(&quote, &level[i].size, &level[i].price));
        TRY(u256_mul(&base, &level[i].size, &b->scale));
        wide_mul(&earned, side == 0 ? &quote : &base, &p_out);
        wide_mul(&cost, side == 0 ? &base : &quote, &p_in);
        TRY(level_add(&plus, &minus, &earned, &cost));
    }
    TRY(wide_sub(&plus, &plus, &minus));
    TRY(u256_mul(&unit, &unit, &b->scale));
    den = wide_of(&unit);
    return wide_div_ceil(profit, &plus, &den);
}

static enum err side_profit(struct u256 *profit, const struct curve *c, int side,
                            const struct amount *price)
{
    switch (c->kind) {
    case CURVE_constant_product: return pool_side(profit, &c->as.constant_product, side, price);
    case CURVE_book: return book_side(profit, &c->as.book, side, price);
    case CURVE_weighted:
    case CURVE_stable:
    case CURVE_concentrated:
    case CURVE_fixed_rate: return ERR_UNSUPPORTED;
    }
    UNREACHABLE("curve_check admits known kinds only");
}

enum err bound_profit(struct u256 *profit, const struct curve *c, const struct amount *price)
{
    struct u256 forth, back;

    TRY(side_profit(&forth, c, 0, price));
    TRY(side_profit(&back, c, 1, price));
    return u256_add(profit, &forth, &back);
}

/* sum += quantity * price, exact. */
static enum err worth_add(struct u512 *sum, const struct u256 *quantity, struct amount price)
{
    struct u256 p = u256_of_amount(price);
    struct u512 worth;

    wide_mul(&worth, quantity, &p);
    return wide_add(sum, sum, &worth);
}

static bool solution_fits(const struct auction *a, const struct solution *s)
{
    bool fits = s->duals_n == a->assets_n;

    for (size_t i = 0; fits && i < s->fills_n; i++)
        fits = s->fills[i].intent < a->intents_n;
    for (size_t i = 0; fits && i < s->legs_n; i++)
        fits = s->legs[i].curve < a->curves_n &&
               way_in(s->legs[i].way, a->curves[s->legs[i].curve].assets_n);
    return fits;
}

static enum err paid_add(struct u512 *sum, const struct auction *a, const struct solution *s)
{
    for (size_t i = 0; i < s->fills_n; i++) {
        const struct auction_intent *intent = &a->intents[s->fills[i].intent];

        TRY(worth_add(sum, &s->fills[i].paid, s->duals[intent->sell]));
    }
    return ERR_OK;
}

enum err bound_value(struct u256 *bound, const struct auction *a, const struct solution *s)
{
    struct u512 sum = { { 0 } };
    struct u256 profit;

    if (!solution_fits(a, s))
        return ERR_INVALID;
    TRY(paid_add(&sum, a, s));
    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *c = &a->curves[i];
        struct amount price[CURVE_ASSETS_MAX];

        for (uint32_t k = 0; k < c->assets_n; k++)
            price[k] = s->duals[c->asset[k]];
        TRY(bound_profit(&profit, c, price));
        struct u512 wide = wide_of(&profit);

        TRY(wide_add(&sum, &sum, &wide));
    }
    return wide_narrow(bound, &sum);
}

enum err bound_payout(struct u256 *value, const struct auction *a, const struct solution *s)
{
    struct u512 plus = { { 0 } }, minus = { { 0 } };

    if (!solution_fits(a, s))
        return ERR_INVALID;
    TRY(paid_add(&plus, a, s));
    for (size_t i = 0; i < s->legs_n; i++) {
        const struct solution_leg *l = &s->legs[i];
        const uint32_t *asset = a->curves[l->curve].asset;

        TRY(worth_add(&plus, &l->min_out, s->duals[asset[l->way.get]]));
        TRY(worth_add(&minus, &l->in, s->duals[asset[l->way.give]]));
    }
    if (wide_cmp(&plus, &minus) <= 0) {
        *value = u256_of(0);
        return ERR_OK;
    }
    TRY(wide_sub(&plus, &plus, &minus));
    return wide_narrow(value, &plus);
}
