/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * narrow -- routes of at most so many legs, and paths of at most so many hops.
 *
 * Such limits make the problem a hard one, so this is a search and no proof: route without them,
 * leave out the curves that matter least of what is too much, and route again over the others. The
 * bound stays the one of all curves: it holds for every route, and the difference to it is what the
 * limits can cost at most.
 */
#ifndef SLUICE_ROUTE_NARROW_H
#define SLUICE_ROUTE_NARROW_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/route_market.h"
#include "solver/route/router.h"

/*
 * As router_solve, with options->hops_max and options->legs_max kept; without them the same. A chain
 * of legs is counted from what is sold, or from what a buffer lends.
 *
 * owns    what the result points at lives in arena or, like that of router_solve, until the next
 *         call on r
 * errors  as router_solve. An order that no route within the limits was found for is
 *         ROUTER_NO_ROUTE.
 */
MUST_USE enum err narrow_solve(struct router_result *result, struct arena *arena, struct router *r,
                               const struct route_market *m, const struct router_order *order,
                               const struct router_options *options);

#endif
