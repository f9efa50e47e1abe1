/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score -- what a fill is worth to its owner beyond the signed limit. Exact integers.
 *
 * Sell: surplus = got - ceil(paid * signed_buy / signed_sell), in atoms of the buy asset.
 * Buy:  surplus = floor(got * signed_sell / signed_buy) - paid, in atoms of the sell asset.
 * The score of a solution is the sum of the surpluses at the auction's marks (docs/math.md 7).
 */
#ifndef SLUICE_CLEAR_SCORE_H
#define SLUICE_CLEAR_SCORE_H

#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

struct surplus {
    uint32_t asset; /* index: the buy asset of a sell intent, the sell asset of a buy intent */
    struct u256 atoms;
    struct u256 value; /* of atoms at the mark, 2^-64 micro-units of account; 0 without a mark */
};

/* errors  ERR_INVALID the fill is below its limit; ERR_OVERFLOW */
MUST_USE enum err score_fill(struct surplus *out, const struct auction *a,
                             const struct solution_fill *f);

/*
 * Sum of the values of all fills. Without any mark in the auction the solution's own prices serve.
 * errors  as score_fill
 */
MUST_USE enum err score_solution(struct u256 *out, const struct auction *a,
                                 const struct solution *s);

#endif
