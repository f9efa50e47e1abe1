/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edge -- one side of a curve as a concave function in doubles: give value, get value.
 *
 * Amounts are in value at reference prices, so rates are near 1. The marginal rate falls from
 * exp(edge_top) on; the question "how far does the curve trade until its marginal rate is exp(y)"
 * has a closed form for every kind, and everything else is built from it (docs/math.md eq. 1, 2):
 *
 *   best trade at log prices u:  edge_at(y = u_in - u_out),   profit = out e^u_out - in e^u_in
 */
#ifndef SLUICE_ROUTE_EDGE_H
#define SLUICE_ROUTE_EDGE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"

/* A book level, and the sums over it and all better ones. */
struct edge_level {
    double log_rate;
    double in;
    double out;
};

struct edge {
    uint32_t curve; /* index in the auction */
    uint32_t venue; /* likewise */
    int side;
    uint32_t a; /* node that is given */
    uint32_t b; /* node that is got */
    enum curve_kind kind;
    double top;      /* log of the best marginal rate */
    double in_depth; /* constant product: reserves in value, the input's divided by keep */
    double out_depth;
    const struct edge_level *levels; /* book */
    size_t levels_n;
};

struct edge_trade {
    double in;
    double out;
};

/* Can a curve of this kind be two edges? */
bool edge_serves(enum curve_kind kind);

/* u256 to double, rounded to nearest or next to it. */
double edge_double(const struct u256 *v);

/* floor(v); zero for what is negative or no number, the largest u256 for what exceeds it. */
struct u256 edge_atoms(double v);

/*
 * Fill *e for a side of a curve, whose assets have the reference prices price[0] and price[1]
 * (value per atom of asset[0], asset[1]). a and b are left to the caller.
 *
 * owns    levels live in the arena
 * errors  ERR_NOT_FOUND the side offers nothing, or edges do not serve the kind; ERR_NOMEM; ERR_NUMERIC a size is not finite
 */
MUST_USE enum err edge_init(struct edge *e, struct arena *arena, const struct curve *c,
                            const double price[2], int side);

/* The largest trade whose marginal rate is at least exp(y). */
struct edge_trade edge_at(const struct edge *e, double y);

/* What the edge gives for in, up to its depth. */
double edge_out(const struct edge *e, double in);

/* Log of the marginal rate after giving in. */
double edge_rate(const struct edge *e, double in);

/* Best profit at log prices u_a, u_b of what is given and got (docs/math.md eq. 2). */
double edge_profit(const struct edge *e, double u_a, double u_b);

/* The best trade at prices, in value at these prices, and how it answers to them. */
struct edge_pull {
    double in;
    double out;
    double weight; /* d out / d (u_b - u_a) */
    double profit;
};

/*
 * The pull of e at prices ea = exp(u_a) and eb = exp(u_b). A book's steps are smoothed over width
 * (> 0) in log price: its trade is the mean of those at both ends, its weight their difference.
 */
struct edge_pull edge_pull(const struct edge *e, double u_a, double u_b, double ea, double eb,
                           double width);

#endif
