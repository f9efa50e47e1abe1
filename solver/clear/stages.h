/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stages -- execution order of legs: stages, and groups at atomic venues.
 *
 * A leg depends on the legs that bring what it gives. Legs at one atomic venue of domain home
 * become one group when that closes no circle of dependencies. The stage of a leg or group is one
 * more than the highest it depends on.
 */
#ifndef SLUICE_CLEAR_STAGES_H
#define SLUICE_CLEAR_STAGES_H

#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/*
 * Set stage and group of legs[n], which come in an executable order, and sort them by stage, group
 * and the order they came in. A leg on a circle (options.cycles) keeps its place.
 * errors  ERR_NOMEM
 */
MUST_USE enum err stages_assign(struct solution_leg *legs, size_t n, struct arena *arena,
                                const struct auction *a);

#endif
