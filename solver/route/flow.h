/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow -- what a plan can execute of a flow: legs in topological order, so no cycles, and not more
 * legs than the plan may have (docs/math.md 5, Cycles).
 */
#ifndef SLUICE_ROUTE_FLOW_H
#define SLUICE_ROUTE_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/network.h"

/*
 * Close the cheapest edge of every cycle of trading edges (flow > 0) until none is left.
 *
 * in      flow [edges_n] value given at reference prices; u [nodes_n] log prices over them
 * errors  ERR_NOMEM
 */
MUST_USE enum err flow_cut_cycles(bool *closed, struct arena *scratch, const struct network *n,
                                  const double *flow, const double *u);

/* Close the `count` trading edges that move the least value. */
void flow_close_smallest(bool *closed, const struct network *n, const double *flow, const double *u,
                         size_t count);

#endif
