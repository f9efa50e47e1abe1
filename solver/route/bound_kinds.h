/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bound_kinds -- bound_profit (bound.h) of each kind of curve, one file a kind.
 *
 * price[k] is the value of one atom of asset k. A price of zero says that the asset is worth
 * nothing: giving it costs nothing. Where a curve trades over a set of net trades, the bound is that
 * of the set at the snapshot, whatever sequence of swaps walks through it; the venue's rounding only
 * takes from the trader, so leaving it out bounds from above.
 */
#ifndef SLUICE_ROUTE_BOUND_KINDS_H
#define SLUICE_ROUTE_BOUND_KINDS_H

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/book.h"
#include "solver/market/concentrated.h"
#include "solver/market/constant_product.h"
#include "solver/market/fixed_rate.h"
#include "solver/market/stable.h"
#include "solver/market/weighted.h"

MUST_USE enum err bound_constant_product(struct u256 *profit, const struct constant_product *c,
                                         const struct amount *price);
MUST_USE enum err bound_book(struct u256 *profit, const struct book *b, const struct amount *price);
MUST_USE enum err bound_fixed_rate(struct u256 *profit, const struct fixed_rate *f,
                                   const struct amount *price);
MUST_USE enum err bound_concentrated(struct u256 *profit, const struct concentrated *c,
                                     const struct amount *price);
MUST_USE enum err bound_weighted(struct u256 *profit, const struct weighted *w,
                                 const struct amount *price);
MUST_USE enum err bound_stable(struct u256 *profit, const struct stable *s,
                               const struct amount *price);

#endif
