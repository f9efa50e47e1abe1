/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/narrow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 40
#define NONE UINT32_MAX

/* The search: which curves are still in, and the best route so far. */
struct narrow {
    struct arena *arena;
    struct router *r;
    const struct route_market *m;
    const struct router_order *order;
    const struct router_options *options;
    bool *out;           /* [m->curves_n] left out */
    struct curve *some;  /* [m->curves_n] the others */
    uint32_t *number;    /* [m->curves_n] of them in m */
    uint32_t *hops;      /* [assets_n] longest chain of legs that ends there */
    uint32_t *last;      /* [assets_n] leg that it ends with */
    double *width;       /* [assets_n] of the widest chain of legs that ends there */
    bool *dropped;       /* [legs] */
    bool *kept;          /* [legs] on the widest chain to what is bought */
    uint32_t hops_max;   /* no route has longer chains than legs */
    const double *price; /* [assets_n] */
};

static double value_of(const struct narrow *n, const struct leg *l)
{
    return real_double(&l->in) * n->price[n->m->curves[l->curve].asset[l->way.give]];
}

/* The leg that ends a chain longer than allowed, in order of execution; NONE. */
static uint32_t long_chain(struct narrow *n, const struct legs *legs)
{
    memset(n->hops, 0, n->m->assets_n * sizeof *n->hops);
    for (size_t i = 0; i < n->m->assets_n; i++)
        n->last[i] = NONE;
    for (uint32_t i = 0; i < legs->n; i++) {
        const struct leg *l = &legs->leg[i];
        const uint32_t *asset = n->m->curves[l->curve].asset;
        uint32_t from = asset[l->way.give], to = asset[l->way.get];

        if (n->dropped[i])
            continue;
        if (n->hops[from] + 1 > n->hops[to] && to != n->order->sell) {
            n->hops[to] = n->hops[from] + 1;
            n->last[to] = i;
        }
        if (n->hops[from] + 1 > n->hops_max)
            return i;
    }
    return NONE;
}

/* Of the chain that a leg ends, the one that matters least. */
static uint32_t weakest(const struct narrow *n, const struct legs *legs, uint32_t leg)
{
    uint32_t best = leg;

    for (uint32_t i = leg, k = 0; i != NONE && k <= n->hops_max; k++) {
        const struct leg *l = &legs->leg[i];

        if (value_of(n, l) < value_of(n, &legs->leg[best]))
            best = i;
        i = n->last[n->m->curves[l->curve].asset[l->way.give]];
    }
    return best;
}

static void leave_out(struct narrow *n, const struct legs *legs, uint32_t leg)
{
    n->dropped[leg] = true;
    n->out[legs->leg[leg].curve] = true;
}

/* Keep one chain to what is bought, or nothing would be left in the end. */
static void widest_keep(struct narrow *n, const struct legs *legs)
{
    memset(n->kept, 0, legs->n * sizeof *n->kept);
    memset(n->width, 0, n->m->assets_n * sizeof *n->width);
    for (size_t i = 0; i < n->m->assets_n; i++)
        n->last[i] = NONE;
    n->width[n->order->sell] = INFINITY;
    for (uint32_t i = 0; i < legs->n; i++) {
        const struct leg *l = &legs->leg[i];
        const uint32_t *asset = n->m->curves[l->curve].asset;
        double width = fmin(n->width[asset[l->way.give]], value_of(n, l));

        if (n->dropped[i] || asset[l->way.give] == n->order->buy ||
            width <= n->width[asset[l->way.get]])
            continue;
        n->width[asset[l->way.get]] = width;
        n->last[asset[l->way.get]] = i;
    }
    uint32_t leg = n->last[n->order->buy];

    for (size_t k = 0; leg != NONE && k < n->hops_max; k++) {
        n->kept[leg] = true;
        leg = n->last[n->m->curves[legs->leg[leg].curve].asset[legs->leg[leg].way.give]];
    }
}

/* Leave out what is too much of a route. false: nothing was. */
static bool cut_down(struct narrow *n, const struct legs *legs)
{
    const struct router_options *o = n->options;
    size_t left = legs->n;
    bool any = false;

    memset(n->dropped, 0, legs->n * sizeof *n->dropped);
    for (uint32_t leg; (leg = long_chain(n, legs)) != NONE; left--, any = true)
        leave_out(n, legs, weakest(n, legs, leg));
    widest_keep(n, legs);
    /* Half of what is too much at a time: the others change when it is gone. */
    size_t excess = o->legs_max > 0 && left > o->legs_max ? (left - o->legs_max + 1) / 2 : 0;

    for (; excess > 0; excess--, any = true) {
        uint32_t least = NONE;

        for (uint32_t i = 0; i < legs->n; i++)
            if (!n->dropped[i] && !n->kept[i] &&
                (least == NONE || value_of(n, &legs->leg[i]) < value_of(n, &legs->leg[least])))
                least = i;
        if (least == NONE)
            break;
        leave_out(n, legs, least);
    }
    return any;
}

/* Route over what is still in; the legs are renamed to the curves of the whole market. */
static enum err route_some(struct router_result *result, struct narrow *n)
{
    struct router_options free = *n->options;
    struct route_market some;
    size_t curves_n = 0;

    free.hops_max = free.legs_max = 0;
    free.cost = NULL;
    free.warm = false;
    for (uint32_t i = 0; i < n->m->curves_n; i++) {
        if (n->out[i])
            continue;
        n->some[curves_n] = n->m->curves[i];
        n->number[curves_n++] = i;
    }
    TRY(route_market_build(&some, n->arena, n->some, curves_n, n->m->assets_n));
    TRY(router_solve(result, n->r, &some, n->order, &free));
    for (size_t i = 0; i < result->legs.n; i++)
        result->legs.leg[i].curve = n->number[result->legs.leg[i].curve];
    return ERR_OK;
}

/* A copy that the next call on the router does not touch. */
static enum err legs_keep(struct legs *l, struct arena *arena)
{
    struct leg *leg = ARENA_NEW(arena, l->n, struct leg);
    struct leg_buffer *buffer = ARENA_NEW(arena, l->buffers_n, struct leg_buffer);

    if (leg == NULL || buffer == NULL)
        return ERR_NOMEM;
    if (l->n > 0)
        memcpy(leg, l->leg, l->n * sizeof *leg);
    if (l->buffers_n > 0)
        memcpy(buffer, l->buffer, l->buffers_n * sizeof *buffer);
    l->leg = leg;
    l->buffer = buffer;
    return ERR_OK;
}

static enum err narrow_init(struct narrow *n, const struct router_result *all)
{
    const struct route_market *m = n->m;
    double *price = ARENA_NEW(n->arena, m->assets_n, double);

    n->out = ARENA_NEW(n->arena, m->curves_n, bool);
    n->some = ARENA_NEW(n->arena, m->curves_n, struct curve);
    n->number = ARENA_NEW(n->arena, m->curves_n, uint32_t);
    n->hops = ARENA_NEW(n->arena, m->assets_n, uint32_t);
    n->last = ARENA_NEW(n->arena, m->assets_n, uint32_t);
    /* No route has more legs than a joint trade of every curve. */
    n->dropped = ARENA_NEW(n->arena, m->curves_n * REAL_ASSETS_MAX, bool);
    n->kept = ARENA_NEW(n->arena, m->curves_n * REAL_ASSETS_MAX, bool);
    n->width = ARENA_NEW(n->arena, m->assets_n, double);
    if (price == NULL || n->out == NULL || n->some == NULL || n->number == NULL ||
        n->hops == NULL || n->last == NULL || n->dropped == NULL || n->kept == NULL ||
        n->width == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < m->assets_n; i++) {
        struct u256 p = u256_of_amount(all->prices[i]);

        price[i] = real_double(&p);
    }
    n->price = price;
    n->hops_max = n->options->hops_max;
    if (n->options->legs_max > 0 && (n->hops_max == 0 || n->hops_max > n->options->legs_max))
        n->hops_max = n->options->legs_max;
    return ERR_OK;
}

/* The certificate of all curves beside a route over some of them. */
static enum err certificate_keep(struct router_result *result, struct narrow *n)
{
    struct amount *prices = ARENA_NEW(n->arena, n->m->assets_n, struct amount);

    if (prices == NULL)
        return ERR_NOMEM;
    memcpy(prices, result->prices, n->m->assets_n * sizeof *prices);
    result->prices = prices;
    return ERR_OK;
}

/* What a route over some curves changes of the result for all. */
static void result_take(struct router_result *result, const struct router_result *some,
                        const struct router_order *order)
{
    double bound = real_double(&result->bound);
    double made = real_double(order->exact_out ? &some->sold : &some->bought);

    result->end = some->end == ROUTER_WORK ? ROUTER_DONE : some->end;
    result->sold = some->sold;
    result->bought = some->bought;
    result->legs = some->legs;
    result->gap = order->exact_out ? (made - bound) / made : (bound - made) / bound;
}

enum err narrow_solve(struct router_result *result, struct arena *arena, struct router *r,
                      const struct route_market *m, const struct router_order *order,
                      const struct router_options *options)
{
    struct narrow n = { .arena = arena, .r = r, .m = m, .order = order, .options = options };
    struct router_options free = *options;
    struct router_result some;

    free.hops_max = free.legs_max = 0;
    TRY(router_solve(result, r, m, order, &free));
    if ((options->hops_max == 0 && options->legs_max == 0) || result->legs.n == 0)
        return ERR_OK;
    TRY(narrow_init(&n, result));
    TRY(certificate_keep(result, &n));
    TRY(legs_keep(&result->legs, arena));
    some = *result;
    for (int i = 0; i < TRIES; i++) {
        if (!cut_down(&n, &some.legs)) {
            TRY(legs_keep(&some.legs, arena));
            if (i > 0)
                result_take(result, &some, order);
            return ERR_OK;
        }
        TRY(route_some(&some, &n));
        result->iterations += some.iterations;
        result->pivots += some.pivots;
        if (some.end == ROUTER_NO_ROUTE)
            break;
    }
    some = (struct router_result){ .end = ROUTER_NO_ROUTE };
    result_take(result, &some, order);
    return ERR_OK;
}
