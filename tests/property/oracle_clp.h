/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_clp -- what an order can get at least, found by other means than the router's.
 *
 * A linear program, solved by CLP, over exact trades: every column is what a curve's integer
 * formula gives for some input in some way. A curve's exchange set is convex (docs/math.md 1), so
 * mixtures of its trades with weights of at most one are inside it. The program begins with inputs
 * in steps of a factor; then, round by round, its duals ask every way for its best trade, found by
 * a search over the exact formula. The value of the program is reachable but for whole atoms; what
 * it may still miss is bounded by the duals. It shares no code with solver/route.
 */
#ifndef SLUICE_TESTS_PROPERTY_ORACLE_CLP_H
#define SLUICE_TESTS_PROPERTY_ORACLE_CLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/market/curve.h"

struct oracle_order {
    uint32_t sell;
    uint32_t buy;
    struct u256 amount; /* of sell */
};

struct oracle_market {
    const struct curve *curves;
    size_t curves_n;
    const double *price; /* [assets_n] rough value of an atom: scales the program */
    size_t assets_n;
};

struct oracle_result {
    double out;  /* atoms of buy */
    double miss; /* relative; trades of one way at a time cannot bring more than out (1 + miss) */
    size_t columns;
};

/* False: nothing can be bought, or CLP found no answer that its duals confirm to a percent. */
bool oracle_clp(struct oracle_result *result, const struct oracle_market *m,
                const struct oracle_order *order);

#endif
