/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_judge -- is a route what it claims? Executes its legs again on copies of the curves, with
 * nothing but their exact formulas, and holds the outcome against the claimed bound.
 *
 * The promise: what is bought reaches bound (1 - 1e-9) - V, V being two atoms of the output of each
 * leg at the certificate's prices; one of its input where the venue rounds that as well: its fee is
 * whole atoms of what is given (weighted, stable, concentrated, two more with every tick that is
 * crossed), or the price is (book); and what a
 * weighted pool's power is rounded by, some 1e-14 of the balance. What is sold for an exact output,
 * likewise from above and up to the whole atom. Two things more that no legs can reach: a trade of
 * less than two atoms of a curve that has no leg; and in a pool of three or more assets what the fees
 * of its legs keep from each other, as the bound is that of one joint trade.
 */
#ifndef SLUICE_TESTS_SUPPORT_ROUTE_JUDGE_H
#define SLUICE_TESTS_SUPPORT_ROUTE_JUDGE_H

#include <stddef.h>

#include "solver/route/router.h"

#define ROUTE_JUDGE_TOLERANCE 1e-9
#define ROUTE_JUDGE_ROUNDING 1e-12 /* relative, and an atom: two roundings of one bound */

struct route_judge {
    const char *fault; /* NULL: all as claimed, but for the gap */
    double atoms;      /* V, in atoms of what the bound counts */
    double loss;       /* relative to the bound; negative: better than it, a fault */
    bool closed;       /* the promise is kept */
};

/*
 * The bound again, from the prices alone: every curve's best profit in integers (bound.h).
 * errors  ERR_OVERFLOW, or no bound at these prices
 */
MUST_USE enum err route_judge_bound(struct u256 *bound, const struct route_market *m,
                                    const struct router_order *order, const struct amount *prices);

void route_judge(struct route_judge *j, const struct route_market *m,
                 const struct router_order *order, const struct router_options *options,
                 const struct router_result *result);

#endif
