/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "solver/route/dual.h"
#include "solver/route/paths.h"
#include "solver/route/route_price.h"
#include "solver/route/router_job.h"

#define SOLD_MOST 0x1p240 /* atoms: an output that costs more is not to be had */
#define NOTHING 0.25      /* atoms bought */

/* Leave out the nodes from which (exact-out: to which) no path leads. */
static enum err unreached_drop(struct job *j)
{
    const struct active *a = j->active;
    bool *keep = ARENA_NEW(&j->r->scratch, a->frame.n, bool), all = true;
    double *u = ARENA_NEW(&j->r->scratch, a->frame.n, double);

    if (keep == NULL || u == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->frame.n; i++) {
        keep[i] = isfinite(j->u[i]);
        all = all && keep[i];
    }
    if (all)
        return ERR_OK;
    TRY(active_reduce(&j->reduced, &j->r->scratch, a, j->m->assets_n, keep));
    for (size_t i = 0; i < j->reduced.frame.n; i++)
        u[i] = j->u[a->node[j->reduced.asset[i]]];
    j->active = &j->reduced;
    j->u = u;
    return ERR_OK;
}

/* Last time's prices, measured in the asset that the pin holds at 1. False: some are not known. */
static bool warm_take(struct job *j)
{
    const struct router *r = j->r;
    const uint32_t pin = j->order->exact_out ? j->order->sell : j->order->buy;
    bool known = j->options->warm && r->last_shape == j->m->shape;

    for (size_t i = 0; i < j->active->frame.n && known; i++) {
        j->u[i] = r->last[j->active->asset[i]] - r->last[pin];
        known = isfinite(j->u[i]);
    }
    return known;
}

enum err router_paths(struct job *j, double *u)
{
    const struct router_order *o = j->order;
    const struct active *a = j->active;
    uint32_t exact = o->exact_out ? o->buy : o->sell;
    const struct paths_order path = { .sell = a->node[o->sell],
                                      .buy = a->node[o->buy],
                                      .exact_out = o->exact_out,
                                      .amount = real_double(&o->amount) * j->m->price[exact] };

    j->path_active = a;
    return paths_start(u, &j->path, &j->r->scratch, &a->frame, &path);
}

static enum err start_find(struct job *j)
{
    j->u = ARENA_NEW(&j->r->scratch, j->active->frame.n, double);
    if (j->u == NULL)
        return ERR_NOMEM;
    if (warm_take(j))
        return ERR_OK;
    TRY(router_paths(j, j->u));
    return unreached_drop(j);
}

static enum err amounts_take(struct job *j)
{
    const struct router_order *o = j->order;
    const struct active *a = j->active;

    j->supply = ARENA_NEW(&j->r->scratch, a->frame.n, double);
    j->basket = ARENA_NEW(&j->r->scratch, a->frame.n, double);
    if (j->supply == NULL || j->basket == NULL)
        return ERR_NOMEM;
    if (o->exact_out) {
        j->supply[a->node[o->buy]] = -real_double(&o->amount) * j->m->price[o->buy];
        j->basket[a->node[o->sell]] = 1;
    } else {
        j->supply[a->node[o->sell]] = real_double(&o->amount) * j->m->price[o->sell];
        j->basket[a->node[o->buy]] = 1;
    }
    return ERR_OK;
}

enum err router_prices_find(struct job *j, double *u, double *value, const bool *off)
{
    const struct router_order *o = j->order;
    double stop = o->exact_out ? -SOLD_MOST * j->m->price[o->sell] : NOTHING * j->m->price[o->buy];
    const struct dual d = { &j->active->frame, j->supply, j->basket, off, stop, j->path.rough };
    uint32_t left = j->options->steps_max - j->result->iterations;
    struct dual_result result;

    TRY(dual_minimise(&result, u, &j->r->scratch, &d, left));
    j->result->iterations += result.steps;
    j->smooth = result.smooth;
    if (off == NULL && result.steps >= left)
        j->result->end = ROUTER_WORK;
    route_price_values(value, j->m, j->active, u);
    return ERR_OK;
}

enum err router_prices_keep(const struct job *j)
{
    struct router *r = j->r;

    if (r->last_n < j->m->assets_n) {
        double *more = realloc(r->last, j->m->assets_n * sizeof *more);
        if (more == NULL)
            return ERR_NOMEM;
        r->last = more;
        r->last_n = j->m->assets_n;
    }
    if (r->last_shape != j->m->shape) {
        for (size_t i = 0; i < j->m->assets_n; i++)
            r->last[i] = NAN;
    }
    for (size_t i = 0; i < j->active->frame.n; i++)
        r->last[j->active->asset[i]] = j->u[i];
    r->last_shape = j->m->shape;
    return ERR_OK;
}

enum err router_prices(struct job *j)
{
    TRY(active_build(&j->r->active, &j->r->kept, j->m, j->order->sell, j->order->buy));
    j->active = &j->r->active;
    TRY(start_find(j));
    TRY(amounts_take(j));
    j->value = ARENA_NEW(&j->r->scratch, j->m->assets_n, double);
    if (j->value == NULL)
        return ERR_NOMEM;
    TRY(router_prices_find(j, j->u, j->value, NULL));
    j->result->active = j->active->frame.curves_n;
    j->result->fill = j->active->frame.laplacian.fill;
    return ERR_OK;
}
