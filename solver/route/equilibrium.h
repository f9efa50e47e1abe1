/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * equilibrium -- marginal prices that clear the batch, by a sequence of min-cost circulations.
 *
 * Orders and segments of curves are arcs from what they sell to what they want, with a log limit
 * and a capacity in value at the current prices; the node potentials of the cheapest circulation
 * are new log prices. The merit F is zero exactly at equilibrium (docs/math.md 4, Price).
 */
#ifndef SLUICE_ROUTE_EQUILIBRIUM_H
#define SLUICE_ROUTE_EQUILIBRIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/budget.h"
#include "solver/route/lp.h"
#include "solver/route/network.h"

struct equilibrium {
    double *u;     /* [nodes_n] log price over the reference; in: the start, out: the answer.
                      Behind it [caps_n] shadow prices of the limits, in the same way */
    double *share; /* [orders_n] how much of each order is filled, [0, 1] */
    double merit;  /* F over the value traded; 0 = exact */
};

/* Arrays in the arena; u starts at the reference prices. ERR_NOMEM */
MUST_USE enum err equilibrium_init(struct equilibrium *q, struct arena *arena,
                                   const struct network *n);

/* Back to the reference prices. */
void equilibrium_reset(struct equilibrium *q, const struct network *n);

/*
 * Find prices and shares, starting from q->u.
 *
 * in      skip  [orders_n] orders to leave out
 * errors  ERR_NOMEM, ERR_NUMERIC, ERR_TIMEOUT; u and share then hold the last good round's values
 */
MUST_USE enum err equilibrium_find(struct equilibrium *q, struct lp *lp, struct arena *arena,
                                   const struct network *n, const bool *skip, struct budget *work);

#endif
