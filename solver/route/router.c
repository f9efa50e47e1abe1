/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/router.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/route/active.h"
#include "solver/route/certificate.h"
#include "solver/route/dual.h"
#include "solver/route/paths.h"
#include "solver/route/route_price.h"
#include "solver/route/toll.h"

#define ROUTER_ARENA_CAP ((size_t)4 << 30)
#define TOLERANCE 1e-9
#define DROPS_MAX 6
#define STEPS_MAX 400
#define PIVOTS_MAX 200000

struct router {
    struct arena kept;    /* of the active network */
    struct arena scratch; /* of one order */
    struct active active;
    double *last; /* [last_n] log prices by asset, NAN where unknown */
    size_t last_n;
    uint64_t last_shape; /* of the market they belong to */
};

/* One order on its way through. */
struct job {
    struct router *r;
    const struct route_market *m;
    const struct router_order *order;
    const struct router_options *options;
    struct router_result *result;
    struct active *active;
    struct active reduced;
    double *supply, *basket; /* [active->frame.n], in value at reference prices */
    double *u;               /* [active->frame.n] log prices, over all curves: the proof's */
    double *value;           /* [assets_n] of an atom at these */
    bool *off;               /* [active->frame.curves_n] not worth their tolls */
    double *plan_u;          /* without those */
    double *plan_value;
    struct leg_trade *trades;
    size_t trades_n;
};

struct router *router_new(void)
{
    struct router *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    arena_init(&r->kept, ROUTER_ARENA_CAP);
    arena_init(&r->scratch, ROUTER_ARENA_CAP);
    return r;
}

void router_free(struct router *r)
{
    if (r == NULL)
        return;
    arena_fini(&r->kept);
    arena_fini(&r->scratch);
    free(r->last);
    free(r);
}

void router_defaults(struct router_options *o)
{
    *o = (struct router_options){
        .tolerance = TOLERANCE, .cycles = true, .steps_max = STEPS_MAX, .pivots_max = PIVOTS_MAX
    };
}

static enum err order_check(const struct route_market *m, const struct router_order *o)
{
    if (o->sell >= m->assets_n || o->buy >= m->assets_n || o->sell == o->buy ||
        u256_is_zero(&o->amount))
        return ERR_INVALID;
    return ERR_OK;
}

/* ---- prices ---- */

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

/* Last time's prices, where there are any, measured in the asset that the pin holds at 1. */
static void warm_take(struct job *j, uint32_t pin)
{
    const struct router *r = j->r;
    double shift = r->last[j->active->asset[pin]];

    if (!isfinite(shift))
        return;
    for (size_t i = 0; i < j->active->frame.n; i++) {
        double u = r->last[j->active->asset[i]] - shift;
        j->u[i] = isfinite(u) ? u : j->u[i];
    }
}

static enum err start_find(struct job *j)
{
    const struct router_order *o = j->order;
    const struct active *a = j->active;
    uint32_t exact = o->exact_out ? o->buy : o->sell;
    const struct paths_order path = { .sell = a->node[o->sell],
                                      .buy = a->node[o->buy],
                                      .exact_out = o->exact_out,
                                      .amount = real_double(&o->amount) * j->m->price[exact] };

    j->u = ARENA_NEW(&j->r->scratch, a->frame.n, double);
    if (j->u == NULL)
        return ERR_NOMEM;
    TRY(paths_start(j->u, &j->r->scratch, &a->frame, &path));
    TRY(unreached_drop(j));
    if (j->options->warm && j->r->last_shape == j->m->shape)
        warm_take(j, j->active->node[o->exact_out ? o->sell : o->buy]);
    return ERR_OK;
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

/* Improve prices u, and value with them. */
static enum err prices_find(struct job *j, double *u, double *value, const bool *off)
{
    const struct dual d = { &j->active->frame, j->supply, j->basket, off };
    uint32_t left = j->options->steps_max - j->result->iterations;
    struct dual_result result;

    TRY(dual_minimise(&result, u, &j->r->scratch, &d, left));
    j->result->iterations += result.steps;
    if (result.steps >= left)
        j->result->end = ROUTER_WORK;
    route_price_values(value, j->m, j->active, u);
    return ERR_OK;
}

static enum err last_keep(struct job *j)
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

/* ---- trades ---- */

/* What a curve trades at the planned prices. *profit in value at them. */
static bool trade_of(struct leg_trade *t, double *profit, const struct job *j, size_t i,
                     const double *e)
{
    const struct real_smooth sharp = { DUAL_WIDTH, 0 };
    const struct real_curve *c = &j->active->curves[i];
    struct real_pull p;

    if (j->off[i] || real_curve_pull(&p, c, j->plan_u, e, &sharp) != REAL_TRADES)
        return false;
    *t = (struct leg_trade){ .curve = c->curve };
    for (unsigned k = 0; k < c->n; k++) {
        uint32_t asset = j->m->curves[c->curve].asset[k];
        t->net[k] = frame_live(c, k) ? p.net[k] / j->plan_value[asset] : 0;
    }
    *profit = p.profit;
    return true;
}

/* Collect the trades. Returns how many curves are off from now on, as they do not earn their toll. */
static size_t trades_take(struct job *j, double *e)
{
    const struct toll toll = {
        j->m, j->plan_value, j->options->cost,
        j->plan_value[j->order->exact_out ? j->order->sell : j->order->buy]
    };
    const struct active *a = j->active;
    size_t dropped = 0;

    for (size_t i = 0; i < a->frame.n; i++)
        e[i] = exp(j->plan_u[i]);
    j->trades_n = 0;
    for (size_t i = 0; i < a->frame.curves_n; i++) {
        struct leg_trade *t = &j->trades[j->trades_n];
        double profit;

        if (!trade_of(t, &profit, j, i, e))
            continue;
        j->off[i] = profit < toll_of(&toll, t);
        dropped += j->off[i];
        j->trades_n++;
    }
    return dropped;
}

/* The trades at the best prices, without those that cost more than they bring. */
static enum err plan_make(struct job *j)
{
    struct arena *scratch = &j->r->scratch;
    const struct active *a = j->active;
    double *e = ARENA_NEW(scratch, a->frame.n, double);

    j->off = ARENA_NEW(scratch, a->frame.curves_n, bool);
    j->plan_u = ARENA_NEW(scratch, a->frame.n, double);
    j->plan_value = ARENA_NEW(scratch, j->m->assets_n, double);
    j->trades = ARENA_NEW(scratch, a->frame.curves_n, struct leg_trade);
    if (e == NULL || j->off == NULL || j->plan_u == NULL || j->plan_value == NULL ||
        j->trades == NULL)
        return ERR_NOMEM;
    memcpy(j->plan_u, j->u, a->frame.n * sizeof *j->u);
    memcpy(j->plan_value, j->value, j->m->assets_n * sizeof *j->value);
    for (int round = 0; trades_take(j, e) > 0 && round < DROPS_MAX; round++)
        TRY(prices_find(j, j->plan_u, j->plan_value, j->off));
    return ERR_OK;
}

static enum err legs_take(struct job *j)
{
    const struct router_order *o = j->order;
    const struct legs_order order = { .sell = o->sell,
                                      .buy = o->buy,
                                      .exact_out = o->exact_out,
                                      .amount = o->amount,
                                      .cycles = j->options->cycles,
                                      .price = j->plan_value };

    return legs_make(&j->result->legs, &j->r->scratch, j->m->curves, j->m->curves_n, j->m->assets_n,
                     &order, j->trades, j->trades_n);
}

/* ---- the proof ---- */

static enum err proof_make(struct job *j)
{
    struct router_result *r = j->result;
    const struct certificate_market market = { j->m->curves, j->m->curves_n, j->m->assets_n };

    r->prices = ARENA_NEW(&j->r->scratch, j->m->assets_n, struct amount);
    if (r->prices == NULL)
        return ERR_NOMEM;
    route_price_round(r->prices, j->value, j->m, j->active);
    TRY(certificate_bound(&r->bound, &market, j->order, r->prices, j->options->cost));
    double bound = real_double(&r->bound);
    double made = real_double(j->order->exact_out ? &r->sold : &r->bought);
    r->gap = j->order->exact_out ? (made - bound) / made : (bound - made) / bound;
    return ERR_OK;
}

static enum err route(struct job *j)
{
    TRY(active_build(&j->r->active, &j->r->kept, j->m, j->order->sell, j->order->buy));
    j->active = &j->r->active;
    TRY(start_find(j));
    TRY(amounts_take(j));
    j->value = ARENA_NEW(&j->r->scratch, j->m->assets_n, double);
    if (j->value == NULL)
        return ERR_NOMEM;
    TRY(prices_find(j, j->u, j->value, NULL));
    j->result->active = j->active->frame.curves_n;
    j->result->fill = j->active->frame.laplacian.fill;
    TRY(plan_make(j));
    TRY(legs_take(j));
    j->result->sold = j->result->legs.sold;
    j->result->bought = j->result->legs.bought;
    TRY(proof_make(j));
    return last_keep(j);
}

enum err router_solve(struct router_result *result, struct router *r, const struct route_market *m,
                      const struct router_order *order, const struct router_options *options)
{
    struct job j = { .r = r, .m = m, .order = order, .options = options, .result = result };

    *result = (struct router_result){ .end = ROUTER_DONE };
    TRY(order_check(m, order));
    arena_reset(&r->scratch);
    enum err err = route(&j);
    if (err == ERR_NOT_FOUND) {
        *result = (struct router_result){ .end = ROUTER_NO_ROUTE };
        return ERR_OK;
    }
    if (err == ERR_OK && result->end == ROUTER_DONE && !u256_is_zero(&result->legs.left))
        result->end = ROUTER_PART;
    return err;
}
