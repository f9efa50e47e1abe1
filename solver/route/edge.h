/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edge -- one way of a curve: what it gives for what. A thin view of a real_curve of two assets.
 *
 * Amounts are in value at reference prices, so rates are near 1. The marginal rate falls from
 * exp(top) on; everything is built from the question how far the curve trades until it is exp(y)
 * (docs/math.md eq. 1, 2):
 *
 *   best trade at log prices u:  edge_at(y = u_in - u_out),   profit = out e^u_out - in e^u_in
 */
#ifndef SLUICE_ROUTE_EDGE_H
#define SLUICE_ROUTE_EDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/route/real_curve.h"
#include "solver/route/real_ladder.h"

struct edge {
    uint32_t curve; /* index in the auction */
    uint32_t venue; /* likewise */
    int side;
    uint32_t a;                    /* node that is given */
    uint32_t b;                    /* node that is got */
    double top;                    /* log of the best marginal rate */
    const struct real_curve *real; /* nodes 0 and 1 */
};

/* Trades one for one up to an amount. */
struct edge_link {
    struct real_curve real;
    struct real_ladder ladder[2];
    struct real_level level;
};

/*
 * Can the curve be two edges? The ways of a pool of more assets are not, as they share its state.
 * Weighted and concentrated pools could be, but `clear` fills less of a real auction with them: the
 * router has them, the batch does not.
 */
bool edge_serves(const struct curve *c);

/* u256 to double, rounded to nearest or next to it. */
double edge_double(const struct u256 *v);

/* floor(v); zero for what is negative or no number, the largest u256 for what exceeds it. */
struct u256 edge_atoms(double v);

/*
 * Fill *e for a side of a curve. curve, venue, a and b are left to the caller.
 * errors  ERR_NOT_FOUND the side offers nothing
 */
MUST_USE enum err edge_init(struct edge *e, const struct real_curve *real, int side);

/* The link and its edge, up to most > 0 of value; and that amount, changed. */
void edge_link_init(struct edge *e, struct edge_link *l, double most);
void edge_link_limit(struct edge_link *l, double most);

/* The largest trade whose marginal rate is at least exp(y). */
struct real_trade edge_at(const struct edge *e, double y);

/* All that it trades: of a pool, its reserve. */
double edge_depth(const struct edge *e);

/* What the edge gives for in, up to its depth. */
double edge_out(const struct edge *e, double in);

/* Log of the marginal rate after giving in. */
double edge_rate(const struct edge *e, double in);

/* Best profit at log prices u_a, u_b of what is given and got (docs/math.md eq. 2). */
double edge_profit(const struct edge *e, double u_a, double u_b);

#endif
