/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * master -- the linear program over the curves that trade near given prices (docs/math.md 3).
 *
 * Newton's prices leave open how much of a straight piece trades when its rate is the price. Here
 * every curve offers a few of its trades, corners of straight pieces and best trades at prices
 * nearby, of which it may do any mixture: chords, always feasible. The program chooses mixtures that
 * conserve every asset and bring the most; its duals are new prices, the curves' best trades at those
 * are added, and again until prices and mixtures agree.
 *
 *   max t   s.t.  s_i + sum over offers x_k T_ki >= t e_i,   sum over a curve's offers x_k <= 1
 *
 * Rows are counted in value at the prices and divided by the value at stake, so all coefficients
 * are near 1. Work is counted in pivots.
 */
#ifndef SLUICE_ROUTE_MASTER_H
#define SLUICE_ROUTE_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/dual.h"
#include "solver/route/lp.h"

struct master_result {
    double (*net)[REAL_ASSETS_MAX]; /* [curves_n] trades, in value at reference prices */
    double *u;                      /* [n] the best prices met */
    double ratio;                   /* what they prove */
    double reached;                 /* what the trades bring */
    uint32_t rounds;
};

/*
 * in      u  [n] prices to start from, near the best
 *         tolerance  relative gap between ratio and reached at which it stops
 *         pivots     most simplex steps; those used are taken off
 * owns    arrays live in the arena
 * errors  ERR_NUMERIC the program had no usable answer; ERR_TIMEOUT no pivots left before the first
 *         answer; ERR_NOMEM
 */
MUST_USE enum err master_solve(struct master_result *out, struct arena *arena, struct lp *lp,
                               const struct dual *d, const double *u, double tolerance,
                               uint64_t *pivots);

#endif
