/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solution -- what an engine proposes for an auction, as one value.
 *
 * Advice until certify() has re-checked it in integers. Asset and intent numbers are the indexes
 * of the auction. Legs are in execution order; stage k may start when stage k-1 is done.
 */
#ifndef SLUICE_MARKET_SOLUTION_H
#define SLUICE_MARKET_SOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/id.h"
#include "solver/core/wide.h"
#include "solver/market/way.h"

struct solution_fill {
    uint32_t intent;  /* index into the auction's intents */
    struct u256 paid; /* sell atoms */
    struct u256 got;  /* buy atoms */
};

struct solution_leg {
    uint32_t curve; /* index into the auction's curves */
    struct way way; /* gives and gets which of its assets */
    uint32_t stage;
    uint32_t group;      /* legs of one non-zero group run all or none at one atomic venue */
    struct u256 in;      /* sent to the venue */
    struct u256 min_out; /* planned exact output */
};

/* House inventory of domain "home" that a plan may use when a leg or venue fills nothing. */
struct solution_cover {
    uint32_t asset;
    struct amount amount;
};

/* Work spent, the same on every machine. */
struct solution_work {
    uint64_t lps;
    uint64_t pivots;
    uint64_t rounds;
    uint64_t columns;
};

struct solution {
    struct id auction;
    uint32_t incumbent_no; /* rises with every answer to one auction */
    bool final;
    struct amount *prices; /* [assets_n] uniform price vector q, value of one atom in a common unit;
                              zero = not traded */
    size_t prices_n;
    struct solution_fill *fills;
    size_t fills_n;
    struct solution_leg *legs;
    size_t legs_n;
    struct solution_cover *covers;
    size_t covers_n;
    /*
     * Certificate. For any prices p, the value at p of all payouts is at most
     *   sum over fills p_sell * paid + sum over curves of their best profit at p  (docs/math.md eq. 3)
     * duals are such prices (value of one atom in a common unit), bound that sum rounded up, value
     * the payouts and what is left for the house at the same prices, rounded down.
     * The routing gap is (bound - value) / value.
     */
    struct amount *duals; /* [assets_n] */
    size_t duals_n;
    struct u256 value;
    struct u256 bound;
    struct solution_work work;
};

#endif
