/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_settle -- the legs of flows with cycles become integers that balance.
 *
 * Every leg starts with its plan, so every asset is nearly even. What an asset has too much or lacks
 * is passed on to the next by changing a single leg, along a tree of the largest flows that ends
 * where the amount is free: at what is bought, or for an amount that must be bought at what is sold.
 * From the leaves to the root each leg is computed once; what remains comes from curves with several
 * legs, which change each other, and the next round takes it.
 */
#ifndef SLUICE_ROUTE_LEG_SETTLE_H
#define SLUICE_ROUTE_LEG_SETTLE_H

#include <stdbool.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/route/leg_graph.h"

/*
 * Every leg's done. amount is what is sold; exact_out: what must be bought, then *supply is what has
 * to be sold for it.
 *
 * errors  ERR_NOT_FOUND something is lacking after all rounds; ERR_OVERFLOW; ERR_NOMEM
 */
MUST_USE enum err leg_settle(struct u256 *supply, struct leg_graph *g, const struct u256 *amount,
                             bool exact_out);

#endif
