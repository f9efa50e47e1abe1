/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_walk -- the planned amounts of a graph of legs become integers.
 *
 * Forward: node by node in order of execution, what is there is shared as planned, the largest leg
 * takes the rest, and what a curve does not take goes to the others. Backward, for an amount that
 * must be bought: node by node from the end, what is needed is shared as planned, and every leg gets
 * the least input that yields its share.
 */
#ifndef SLUICE_ROUTE_LEG_WALK_H
#define SLUICE_ROUTE_LEG_WALK_H

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/route/leg_graph.h"

/* Every leg's done, and what stays at every node, when supply is at the source. No cycles.
 * ERR_OVERFLOW */
MUST_USE enum err leg_walk(struct leg_graph *g, const struct u256 *supply);

/*
 * Every leg's done so that the sink gets at least want, without cycles or shared curves; *supply is
 * what the source must give.
 * errors  ERR_NOT_FOUND the curves of the trades cannot give that much; ERR_OVERFLOW
 */
MUST_USE enum err leg_walk_back(struct u256 *supply, struct leg_graph *g, const struct u256 *want);

/* What a leg does with an offer in the state of its curve, or with the most of it that the venue does
 * not refuse. */
struct trade leg_walk_try(const struct leg_graph *g, const struct leg_edge *e,
                          const struct u256 *offer);

#endif
