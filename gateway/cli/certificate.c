/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/certificate.h"

#include "solver/market/buffer.h"
#include "solver/route/bound.h"

/* A routed sale, and an order without a fill, are bounded for all that they may sell. */
static enum err bound_make(struct solution_line *l, const struct auction *a)
{
    struct solution s = l->solution;
    bool batch = l->intent == SOLUTION_BATCH;
    struct solution_fill whole;

    if (!batch &&
        (s.fills_n == 0 || (l->route.end != NULL && a->intents[l->intent].kind == INTENT_SELL))) {
        whole = (struct solution_fill){ .intent = (uint32_t)l->intent,
                                        .paid = a->intents[l->intent].sell_max };
        s.fills = &whole;
        s.fills_n = 1;
    }
    TRY(bound_value(&l->solution.bound, a, &s));
    TRY(bound_payout(&l->solution.value, a, &l->solution));
    if (batch)
        return ERR_OK;
    l->bounded = solution_upper_bound(&l->upper_bound, a, &s, &l->solution.bound, l->intent);
    if (a->intents[l->intent].kind == INTENT_BUY &&
        !solution_lower_bound(&l->route.lower_bound, a, &l->solution, &s.fills[0].paid, l->intent))
        l->route.lower_bound = u256_of(0);
    return ERR_OK;
}

/* What the legs of one order bring of the asset bought beyond what the fill gets. */
static enum err surplus_make(struct solution_line *l, const struct auction *a)
{
    struct u256 brought = u256_of(0), taken = u256_of(0);
    const struct solution *s = &l->solution;

    l->route.surplus = brought;
    if (l->route.end == NULL || s->fills_n == 0)
        return ERR_OK;
    for (size_t i = 0; i < s->legs_n; i++) {
        const uint32_t *asset = a->curves[s->legs[i].curve].asset;

        if (asset[s->legs[i].way.get] == a->intents[l->intent].buy)
            TRY(u256_add(&brought, &brought, &s->legs[i].min_out));
        if (asset[s->legs[i].way.give] == a->intents[l->intent].buy)
            TRY(u256_add(&taken, &taken, &s->legs[i].in));
    }
    TRY(u256_add(&taken, &taken, &s->fills[0].got));
    return u256_sub(&l->route.surplus, &brought, &taken);
}

enum err certificate_make(struct solution_line *l, const struct auction *a, struct arena *arena)
{
    l->bounded = false;
    l->solution.value = l->solution.bound = u256_of(0);
    l->buffer = ARENA_NEW(arena, a->assets_n, struct u256);
    if (l->buffer == NULL)
        return ERR_NOMEM;
    if (l->solution.duals_n > 0)
        TRY(bound_make(l, a));
    TRY(surplus_make(l, a));
    return buffer_need(l->buffer, a, &l->solution, arena);
}
