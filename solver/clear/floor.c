/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * floor -- the least rate at which a fill should be paid, above its signed limit.
 *
 * Paid prices have room between limits, and the program that chooses them maximises a sum: without
 * floors one fill may get all of it and another only its limit, less than the best single venue
 * alone would have given. So a fill asks for that first, then for the marginal price, and for its
 * limit only when nothing better can be had together with the others.
 */
#include "solver/clear/pass.h"

#include <math.h>
#include <string.h>

#include "solver/clear/alone.h"

#define FLOOR_SAFETY 1e-9 /* rounding of exact amounts to doubles, in log rate */
#define TRIES_MAX 8       /* then every fill asks for its limit */

enum err floor_init(struct pass *p)
{
    size_t n = p->network.orders_n;

    p->floored = p->network;
    p->floored.orders = ARENA_NEW(p->arena, n, struct order);
    p->floor_ask = ARENA_NEW(p->arena, n, uint8_t);
    p->floor_alone = ARENA_NEW(p->arena, n, double);
    if (p->floored.orders == NULL || p->floor_ask == NULL || p->floor_alone == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        p->floor_alone[i] = NAN; /* not asked yet */
    return ERR_OK;
}

/* Log rate of the whole open amount alone at the best single venue; -INFINITY without one. */
static enum err alone_rate(double *rate, struct pass *p, const struct order *o)
{
    const struct auction_intent *in = &p->a->intents[o->intent];
    const struct node *nodes = p->network.nodes;
    struct alone alone;
    enum err e = alone_best(&alone, p->arena, p->a, in, o->sells ? &in->sell_max : &in->buy_min);

    *rate = -INFINITY;
    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    *rate = log(edge_double(&alone.got) * nodes[o->b].price) -
            log(edge_double(&alone.paid) * nodes[o->a].price) - FLOOR_SAFETY;
    return ERR_OK;
}

enum err floor_set(struct pass *p)
{
    for (size_t i = 0; i < p->network.orders_n; i++) {
        const struct order *o = &p->network.orders[i];
        double marginal = p->equilibrium.u[o->a] - p->equilibrium.u[o->b] - FLOOR_SAFETY;

        p->floored.orders[i] = *o;
        if (!(p->paid.fill[i] > 0) || p->floor_ask[i] == FLOOR_LIMIT)
            continue;
        if (isnan(p->floor_alone[i]))
            TRY(alone_rate(&p->floor_alone[i], p, o));
        double ask = p->floor_ask[i] == FLOOR_ALONE ? p->floor_alone[i] : marginal;
        p->floored.orders[i].limit = fmax(o->limit, ask);
    }
    return ERR_OK;
}

/* Lower what the fills of this pair ask for; false when they are at their limits already. */
static bool pair_lower(struct pass *p, const struct order *pair)
{
    bool lowered = false;

    for (size_t i = 0; i < p->network.orders_n; i++) {
        const struct order *o = &p->network.orders[i];

        if (o->a != pair->a || o->b != pair->b || p->floor_ask[i] == FLOOR_LIMIT)
            continue;
        p->floor_ask[i] = p->floor_tries < TRIES_MAX ? p->floor_ask[i] + 1 : FLOOR_LIMIT;
        lowered = true;
    }
    return lowered;
}

bool floor_lower(struct pass *p)
{
    bool lowered = false;

    p->floor_tries++;
    for (size_t i = 0; i < p->network.orders_n; i++) {
        if (p->paid.violates[i] && pair_lower(p, &p->network.orders[i]))
            lowered = true;
        else if (p->floor_tries >= TRIES_MAX && p->floor_ask[i] != FLOOR_LIMIT) {
            p->floor_ask[i] = FLOOR_LIMIT;
            lowered = true;
        }
    }
    return lowered;
}
