/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_price -- the prices of a certificate: integers for every asset of the market.
 *
 * Those of the order's network come from the search. An asset outside of it that hangs on a single
 * curve is given a price at which that curve does not trade; what cannot be reached at all is
 * worth nothing, and then nothing there pays.
 */
#ifndef SLUICE_ROUTE_ROUTE_PRICE_H
#define SLUICE_ROUTE_ROUTE_PRICE_H

#include "solver/core/amount.h"
#include "solver/route/active.h"
#include "solver/route/route_market.h"

/* value[assets_n] of an atom of each asset, from the log prices u of a's nodes; 0: worthless. */
void route_price_values(double *value, const struct route_market *m, const struct active *a,
                        const double *u);

/* price[assets_n] in a common unit: the most valuable atom of a's nodes near 2^119, as far as all
 * others stay below 2^128. */
void route_price_round(struct amount *price, const double *value, const struct route_market *m,
                       const struct active *a);

#endif
