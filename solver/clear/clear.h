/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clear -- the engine: an auction in, solutions out.
 *
 * One pass is the table CLEAR_STEPS; docs/math.md explains each. The first pass has every curve;
 * when options.robust refuses its result, further passes with fewer curves follow, and the best
 * certified answer by score wins. Deterministic: work is counted, never timed; ties are
 * broken by intent id and curve position. Re-entrant: all state is in struct clear, which one
 * thread owns. What it emits has passed certify.
 */
#ifndef SLUICE_CLEAR_CLEAR_H
#define SLUICE_CLEAR_CLEAR_H

#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

struct clear;

struct clear *clear_new(void); /* NULL without memory */
void clear_free(struct clear *c);

/*
 * Solve a and pass every incumbent to incumbent(ctx, s): better and better answers, incumbent_no
 * rising from 1, the last one final. An auction with nothing to do gives one empty final solution.
 *
 * in      a must have passed auction_check
 * owns    s is borrowed until the callback returns
 * errors  ERR_NOMEM; what the callback returned. Numerical failure is no error: what could not be
 *         computed stays unfilled, in the worst case everything.
 */
MUST_USE enum err clear_solve(struct clear *c, const struct auction *a,
                              enum err (*incumbent)(void *ctx, const struct solution *s),
                              void *ctx);

#endif
