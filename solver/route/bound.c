/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound.h"

#include <stdbool.h>

#include "solver/core/check.h"
#include "solver/route/bound_kinds.h"
#include "solver/route/interval.h"

enum err bound_profit(struct u256 *profit, const struct curve *c, const struct amount *price)
{
    switch (c->kind) {
    case CURVE_constant_product:
        return bound_constant_product(profit, &c->as.constant_product, price);
    case CURVE_book: return bound_book(profit, &c->as.book, price);
    case CURVE_weighted: return bound_weighted(profit, c->as.weighted, price);
    case CURVE_stable: return bound_stable(profit, c->as.stable, price);
    case CURVE_concentrated: return bound_concentrated(profit, &c->as.concentrated, price);
    case CURVE_fixed_rate: return bound_fixed_rate(profit, &c->as.fixed_rate, price);
    }
    UNREACHABLE("curve_check admits known kinds only");
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

static enum err profits_add(struct u512 *sum, const struct auction *a, const struct solution *s)
{
    struct u256 profit;

    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *c = &a->curves[i];
        struct amount price[CURVE_ASSETS_MAX];

        for (uint32_t k = 0; k < c->assets_n; k++)
            price[k] = s->duals[c->asset[k]];
        TRY(bound_profit(&profit, c, price));
        struct u512 wide = wide_of(&profit);

        TRY(wide_add(sum, sum, &wide));
    }
    return ERR_OK;
}

enum err bound_value(struct u256 *bound, const struct auction *a, const struct solution *s)
{
    struct u512 sum = { { 0 } };
    enum err err;

    if (!solution_fits(a, s))
        return ERR_INVALID;
    TRY(paid_add(&sum, a, s));
    err = profits_add(&sum, a, s);
    interval_forget();
    TRY(err);
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
