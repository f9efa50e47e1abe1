/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reference -- a starting price for every asset, to scale values with and to start from.
 *
 * The mark where there is one. From there a walk over the remaining curves, deepest first, carries
 * prices on; without any mark it starts at the asset with the most curves. Assets without curves
 * take the limit of an intent. Only scale and speed depend on it, no result is judged by it.
 */
#ifndef SLUICE_ROUTE_REFERENCE_H
#define SLUICE_ROUTE_REFERENCE_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"

/* price[assets_n]: value per atom, 0 where nothing is known. errors  ERR_NOMEM */
MUST_USE enum err reference_prices(double *price, struct arena *arena, const struct auction *a);

/* The same from curves alone: every part of the market has its own scale. errors  ERR_NOMEM */
MUST_USE enum err reference_curves(double *price, struct arena *arena, const struct curve *curves,
                                   size_t curves_n, size_t assets_n);

/* Carry known prices (> 0) over the deepest curves to assets without one; the others stay 0. */
MUST_USE enum err reference_extend(double *price, struct arena *arena, const struct auction *a);

#endif
