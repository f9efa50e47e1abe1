/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tighten -- better dual prices for a solution that is already made: a smaller bound, no other plan.
 *
 * For fixed payments s and what the legs made of them e (payouts and what is left), any prices p
 * prove  value <= bound(p) = s.p + sum of every curve's best profit at p.  The published gap is
 * bound(p) / (e.p) - 1, so the best certificate is the p that makes this ratio least (dual.h).
 *
 * Every curve of the auction takes part, also those that the plan was not allowed to use.
 */
#ifndef SLUICE_ROUTE_TIGHTEN_H
#define SLUICE_ROUTE_TIGHTEN_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/*
 * Replace s->duals by prices with a smaller ratio, in place. Whether the integer bound became
 * smaller is for the caller to see; bound_value judges any prices.
 *
 * owns    arena lends memory until the caller resets it
 * errors  ERR_UNSUPPORTED no duals to start from, or a factor too large; ERR_INVALID the plan is
 *         worth nothing at them; ERR_NUMERIC a price ran away; ERR_NOMEM.   duals are untouched
 */
MUST_USE enum err tighten_duals(struct solution *s, struct arena *arena, const struct auction *a);

#endif
