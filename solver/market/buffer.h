/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buffer -- the inventory that a solution's order of execution needs in between.
 *
 * Sold amounts are there at the start; each leg, in order, takes its input and brings its output.
 * Where a leg takes more than is there, somebody must lend the difference until the end: that is
 * the buffer, per asset. It is empty unless flows form cycles or legs stand out of order.
 */
#ifndef SLUICE_MARKET_BUFFER_H
#define SLUICE_MARKET_BUFFER_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/*
 * out     need  [assets_n], atoms
 * in      s  its indexes are in the ranges of a
 * owns    scratch lends memory until the caller resets it
 * errors  ERR_OVERFLOW; ERR_NOMEM
 */
MUST_USE enum err buffer_need(struct u256 *need, const struct auction *a, const struct solution *s,
                              struct arena *scratch);

#endif
