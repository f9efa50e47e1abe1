/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/early.h"

#include <stdlib.h>

#include "solver/clear/score.h"
#include "solver/clear/stages.h"

#define PATHS_MAX 500000 /* intents times curves: the search of paths is no part of the budget */

static int surplus_falls(const void *x, const void *y)
{
    const struct early *e = x, *f = y;
    int order = u256_cmp(&f->surplus, &e->surplus);

    return order != 0 ? order : (e->intent > f->intent) - (e->intent < f->intent);
}

/* ERR_NOT_FOUND: no venue serves the whole intent within its limit. */
static enum err early_try(struct early *e, struct arena *arena, const struct auction *a, uint32_t i)
{
    const struct auction_intent *in = &a->intents[i];
    bool sells = in->kind == INTENT_SELL;
    struct solution_fill f = { .intent = i };
    struct surplus surplus;

    *e = (struct early){ .intent = i };
    TRY(alone_best(&e->alone, arena, a, in, sells ? &in->sell_max : &in->buy_min));
    f.paid = e->alone.paid;
    f.got = e->alone.got;
    if (u256_cmp(&f.paid, &in->sell_max) > 0 || score_fill(&surplus, a, &f) != ERR_OK)
        return ERR_NOT_FOUND;
    e->surplus = surplus.value;
    return ERR_OK;
}

enum err early_find(struct early **list, size_t *n, struct arena *arena, const struct auction *a)
{
    const size_t most = PATHS_MAX / (a->curves_n + 1) + 1;

    *n = 0;
    *list = ARENA_NEW(arena, a->intents_n, struct early);
    if (*list == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < a->intents_n && i < most; i++) {
        enum err e = early_try(&(*list)[*n], arena, a, i);

        if (e == ERR_NOMEM)
            return e;
        *n += e == ERR_OK;
    }
    qsort(*list, *n, sizeof **list, surplus_falls);
    return ERR_OK;
}

/* Inputs of the hops in the order of execution, so that the last gives what is to be bought. */
static enum err inputs_find(struct u256 in[ALONE_HOPS], const struct auction *a,
                            const struct solution_leg *legs, uint32_t hops,
                            const struct u256 *bought)
{
    struct u256 want = *bought;

    for (uint32_t k = hops; k-- > 0;) {
        struct trade t;

        TRY(curve_in(&t, &a->curves[legs[k].curve], legs[k].way, &want));
        in[k] = want = t.in;
    }
    return ERR_OK;
}

/* The amounts of a path's legs: each takes what is there, or in[k] with exact inputs. */
static enum err legs_make(struct solution *s, const struct auction *a, const struct u256 *in)
{
    struct u256 have = in[0];

    for (size_t k = 0; k < s->legs_n; k++) {
        struct solution_leg *l = &s->legs[k];
        struct trade t;

        TRY(curve_out(&t, &a->curves[l->curve], l->way,
                      k > 0 && !u256_is_zero(&in[k]) ? &in[k] : &have));
        l->in = t.in;
        have = l->min_out = t.out;
    }
    return ERR_OK;
}

static enum err path_plan(struct pass *p, const struct early *e)
{
    const struct auction_intent *i = &p->a->intents[e->intent];
    struct u256 in[ALONE_HOPS] = { { { 0 } } };
    struct solution *s = &p->solution;

    for (uint32_t k = 0; k < e->alone.hops; k++) { /* buys are searched from their end */
        uint32_t from = i->kind == INTENT_SELL ? k : e->alone.hops - 1 - k;

        s->legs[s->legs_n++] =
            (struct solution_leg){ .curve = e->alone.curves[from], .way = e->alone.ways[from] };
    }
    in[0] = e->alone.paid;
    if (i->kind == INTENT_BUY)
        TRY(inputs_find(in, p->a, s->legs, e->alone.hops, &e->alone.got));
    s->fills[s->fills_n++] = (struct solution_fill){ e->intent, e->alone.paid, e->alone.got };
    TRY(u256_to_amount(&s->prices[i->sell], &e->alone.got));
    TRY(u256_to_amount(&s->prices[i->buy], &e->alone.paid));
    TRY(legs_make(s, p->a, in));
    return stages_assign(s->legs, s->legs_n, p->arena, p->a);
}

enum err early_plan(struct pass *p, const struct early *e)
{
    struct solution *s = &p->solution;
    enum pass_result next;
    enum err err;

    *s = (struct solution){ .auction = p->a->id,
                            .fills = ARENA_NEW(p->arena, 1, struct solution_fill),
                            .legs = ARENA_NEW(p->arena, ALONE_HOPS, struct solution_leg),
                            .prices = ARENA_NEW(p->arena, p->a->assets_n, struct amount),
                            .prices_n = p->a->assets_n,
                            .duals_n = p->a->assets_n };
    if (s->fills == NULL || s->legs == NULL || s->prices == NULL)
        return ERR_NOMEM;
    err = path_plan(p, e);
    if (err == ERR_OK)
        err = proposal_duals(&s->duals, p->arena, p->a);
    if (err != ERR_OK)
        return err == ERR_NOMEM ? err : ERR_OK;
    TRY(pass_cover(&next, p));
    return pass_prove(&next, p);
}
