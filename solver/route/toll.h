/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * toll -- what a trade costs whatever its size: what the venue's arithmetic takes, and what its user
 * says.
 *
 * A weighted pool rounds its power by a part of the whole balance, so that tiny trades get nothing.
 * A trade that brings less than its toll is better left out; the rest of the route is then found
 * again without it.
 */
#ifndef SLUICE_ROUTE_TOLL_H
#define SLUICE_ROUTE_TOLL_H

#include "solver/route/legs.h"
#include "solver/route/route_market.h"

struct toll {
    const struct route_market *m;
    const double *value;     /* [assets_n] of an atom */
    double atoms;            /* that a trade is expected to lose of each asset it gives out */
    const struct u256 *cost; /* [curves_n] atoms of one asset; NULL: none */
    double cost_value;       /* of an atom of it */
};

double toll_of(const struct toll *toll, const struct leg_trade *t);

#endif
