/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_size -- how much each leg of one curve takes so that together they are its planned trade.
 *
 * Legs of one curve change its prices for each other, so the shares of a joint trade are no sizes.
 * In order of execution, the last leg that gives an asset takes what is left of it; else the last
 * one that gets an asset brings what is still due; else the plan of the leg stands, corrected until
 * every asset is brought as planned.
 */
#ifndef SLUICE_ROUTE_LEG_SIZE_H
#define SLUICE_ROUTE_LEG_SIZE_H

#include "solver/core/err.h"
#include "solver/route/leg_graph.h"

#define LEG_SIZE_MAX (2 * REAL_ASSETS_MAX)

/*
 * Set the offers of the legs [n] of one curve, in their order of execution; done [n] is what they do.
 * The state of the curve is moved by them.
 *
 * errors  those of curve_apply: our own bug
 */
MUST_USE enum err leg_size(struct trade *done, const struct leg_graph *g,
                           struct leg_edge *const *legs, size_t n);

#endif
