/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bound -- the certificate: how much any route could pay, enclosed in integers.
 *
 * Prices are integers, the value of one atom in a common unit (struct solution, duals). At any
 * prices p, whatever the routes, the payouts are worth at most
 *   sum over fills p_sell * paid + sum over curves pi(p),     pi = best profit of a curve at p
 * and that sum, rounded up, is the bound (docs/math.md 1 and 2). Every curve's pi is enclosed from
 * above, in integers or in outward-rounded intervals (bound_kinds.h), so the bound needs no trust in
 * the engine.
 * Choose the unit small (the traded value well above 2^60) and rounding does not matter.
 * Pure functions; any thread.
 */
#ifndef SLUICE_ROUTE_BOUND_H
#define SLUICE_ROUTE_BOUND_H

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/*
 * The bound at s->duals for the fills of s.
 *
 * in      s  duals [assets_n]; fills name intents of a; both inside their ranges
 * errors  ERR_INVALID duals_n is not assets_n, or an index is out of range
 *         ERR_OVERFLOW the bound does not fit: choose a larger unit
 */
MUST_USE enum err bound_value(struct u256 *bound, const struct auction *a,
                              const struct solution *s);

/*
 * What s pays at the same prices: what its fills pay in plus what its legs earn, exact. That is
 * the payouts plus what is left for the house. Negative sums are zero. At most bound_value() for
 * every route that the curves can execute.
 */
MUST_USE enum err bound_payout(struct u256 *value, const struct auction *a,
                               const struct solution *s);

/*
 * pi: the best profit that a trader can make on c when one atom of asset[i] is worth price[i],
 * rounded up.
 *
 * in      c  a curve that passed curve_check; price  [c->assets_n]
 * errors  ERR_OVERFLOW it exceeds 256 bits
 * source  docs/math.md 1: with A = p_in R_in / keep and B = p_out R_out, (sqrt(B) - sqrt(A))^2
 *         for B > A; a book: the sum over its profitable levels, net of the fee
 */
MUST_USE enum err bound_profit(struct u256 *profit, const struct curve *c,
                               const struct amount *price);

#endif
