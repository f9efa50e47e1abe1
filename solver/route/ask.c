/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/ask.h"

#include <math.h>

#define SAFETY 1e-9 /* rounding of exact amounts to doubles, in log rate */
#define TRIES_MAX 8 /* then every fill asks for its limit */

enum err ask_init(struct ask *a, struct arena *arena, const struct network *n)
{
    *a = (struct ask){ .raised = *n };
    a->raised.orders = ARENA_NEW(arena, n->orders_n, struct order);
    a->want = ARENA_NEW(arena, n->orders_n, uint8_t);
    a->alone = ARENA_NEW(arena, n->orders_n, double);
    if (a->raised.orders == NULL || a->want == NULL || a->alone == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n->orders_n; i++) {
        a->raised.orders[i] = n->orders[i];
        a->alone[i] = NAN;
    }
    return ERR_OK;
}

bool ask_needs(const struct ask *a, size_t order)
{
    return a->want[order] == ASK_ALONE && isnan(a->alone[order]);
}

void ask_alone(struct ask *a, size_t order, const struct u256 *paid, const struct u256 *got)
{
    const struct order *o = &a->raised.orders[order];
    const struct node *nodes = a->raised.nodes;

    a->alone[order] = paid == NULL ? -INFINITY
                                   : log(edge_double(got) * nodes[o->b].price) -
                                         log(edge_double(paid) * nodes[o->a].price) - SAFETY;
}

void ask_raise(struct ask *a, const struct network *n, const double *u, const double *fill)
{
    for (size_t i = 0; i < n->orders_n; i++) {
        const struct order *o = &n->orders[i];
        double marginal = u[o->a] - u[o->b] - SAFETY;

        a->raised.orders[i].limit = o->limit;
        if (fill[i] > 0 && a->want[i] != ASK_LIMIT)
            a->raised.orders[i].limit =
                fmax(o->limit, a->want[i] == ASK_ALONE ? a->alone[i] : marginal);
    }
}

/* One rate per pair: its orders give way together. */
static bool pair_lower(struct ask *a, const struct order *pair)
{
    bool lowered = false;

    for (size_t i = 0; i < a->raised.orders_n; i++) {
        const struct order *o = &a->raised.orders[i];

        if (o->a != pair->a || o->b != pair->b || a->want[i] == ASK_LIMIT)
            continue;
        a->want[i]++;
        lowered = true;
    }
    return lowered;
}

static bool all_to_limits(struct ask *a)
{
    bool lowered = false;

    for (size_t i = 0; i < a->raised.orders_n; i++) {
        lowered = lowered || a->want[i] != ASK_LIMIT;
        a->want[i] = ASK_LIMIT;
    }
    return lowered;
}

bool ask_lower(struct ask *a, const bool *violates)
{
    bool lowered = false;

    if (++a->tries >= TRIES_MAX)
        return all_to_limits(a);
    for (size_t i = 0; i < a->raised.orders_n; i++) {
        if (violates[i] && pair_lower(a, &a->raised.orders[i]))
            lowered = true;
    }
    return lowered;
}
