/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * router_plan -- one way to fill an order; private to router*.c.
 */
#ifndef SLUICE_ROUTE_ROUTER_PLAN_H
#define SLUICE_ROUTE_ROUTER_PLAN_H

#include "solver/route/router_job.h"

/* Which curves are off, prices without them, and their trades. */
struct plan {
    struct job *j;
    double atoms; /* what a trade must bring, in atoms of what it gives out */
    bool *off;    /* [active->frame.curves_n] not to be used */
    double *u;
    double *e;
    double *value; /* [assets_n] */
    struct leg_trade *trades;
    double *profit; /* [trades_n] in value */
    size_t *number; /* [trades_n] of the curve in the frame */
    size_t trades_n;
};

/* All curves, at the best prices. ERR_NOMEM */
MUST_USE enum err router_plan_init(struct plan *p, struct job *j);

/* Take the trades at the prices of p; with tolls, returns how many of them are off from now on, as
 * they do not earn their toll. */
size_t router_plan_trades(struct plan *p, bool tolls);

/* The trades of p as legs. ERR_NOT_FOUND they cannot be executed; ERR_NOMEM */
MUST_USE enum err router_plan_legs(struct legs *legs, const struct plan *p);

/* Keep legs for the result if they keep the options' limits and are the best so far. */
void router_plan_offer(struct job *j, const struct legs *legs);

/*
 * The fee that a leg leaves in a stable pool of three or more assets may favour the pool's next leg,
 * and together they earn more than the one joint trade that the bound is for. So that no route
 * exceeds its bound, such pools trade a little less, and in the end in one way: marked here, and
 * *again if there are some.
 * Legs that exceed the bound are no plan any more. ERR_NOMEM, ERR_OVERFLOW
 */
MUST_USE enum err router_trim_need(struct job *j, bool *again);

/* Of the trades of marked curves a part stays, or the way that moves most at value [assets_n]. */
void router_trim_keep(struct leg_trade *trades, size_t n, const struct job *j, const double *value);

/* Do legs keep hops_max and legs_max? */
bool router_limit_kept(const struct job *j, const struct legs *legs);

/*
 * Offer legs that keep the limits: the curves that bring least are left out until they do. Nothing is
 * offered where that leads nowhere. ERR_NOMEM
 */
MUST_USE enum err router_limit_plan(struct job *j);

#endif
