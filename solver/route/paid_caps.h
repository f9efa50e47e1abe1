/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paid_caps -- the limits of caps.h in the linear program of paid_lp, and their shadow prices.
 *
 * Private to paid. The dual of a row is what one more unit of the limit would bring. An edge feels
 * it as a tax on what it takes and gives: at prices with taxes every edge trades at its optimum,
 * so flows and the gap of the search are judged there.
 */
#ifndef SLUICE_ROUTE_PAID_CAPS_H
#define SLUICE_ROUTE_PAID_CAPS_H

#include "solver/route/paid_lp.h"

/* Close edges whose use of a cap is beyond the numbers of an LP. */
void paid_caps_close(struct paid_lp *l);

/* One row for each cap, behind those there are; segments and their rates are there. */
void paid_caps_add(struct paid_lp *l);

/* Read the taxes from the duals; factor is what prices were multiplied by since. */
void paid_caps_read(struct paid_lp *l, double factor);

/* Log prices, taxes included, of what edge i takes and gives when the assets have log prices u. */
double paid_caps_price_in(const struct paid_lp *l, const double *u, size_t i);
double paid_caps_price_out(const struct paid_lp *l, const double *u, size_t i);

/* What the limits are worth at their shadow prices, less what the flows use of that. */
double paid_caps_unused(const struct paid_lp *l);

/*
 * How far the flows go beyond some limit, over what its row calls 1: an edge gives more than its
 * chords say.
 */
double paid_caps_overuse(const struct paid_lp *l);

#endif
