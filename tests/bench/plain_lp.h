/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain_lp -- the yardstick: routing by a linear program and column generation alone.
 *
 * A restricted master over chords of the curves, one row of conservation per asset and one of
 * convexity per curve. To begin with every way of every curve has a few chords; then the master's
 * duals price all curves, each adds its best trade at them, and so on until the bound at the duals
 * is within the tolerance of the master's value. Every method that this is compared with solves
 * the same problem on the same curves (struct route_market).
 */
#ifndef SLUICE_TESTS_BENCH_PLAIN_LP_H
#define SLUICE_TESTS_BENCH_PLAIN_LP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/route/route_market.h"
#include "solver/route/router.h"

struct plain_lp_limits {
    double tolerance; /* relative gap */
    double seconds;   /* no round begins after that */
};

struct plain_lp_result {
    bool done;    /* within the tolerance */
    double out;   /* atoms bought, before integers */
    double bound; /* the best that the duals prove */
    double gap;
    double seconds;
    uint32_t rounds;
    size_t columns;
    uint64_t pivots;
};

/* Only exact-in orders. A program that GLPK cannot solve ends it, not done. */
void plain_lp_solve(struct plain_lp_result *result, const struct route_market *m,
                    const struct router_order *order, const struct plain_lp_limits *limits);

#endif
