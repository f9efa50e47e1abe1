/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split -- a solution falls into parts that share no asset; each part is one plan of the ledger.
 *
 * Money of one part can never pay another, so parts are reserved, executed and settled on their
 * own, and a refused or failing one leaves the others alone. Pure; arrays come from the arena.
 */
#ifndef SLUICE_ENGINE_SPLIT_H
#define SLUICE_ENGINE_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/* Indexes into the solution's fills, legs and covers, ascending. */
struct split_part {
    uint32_t *fills;
    uint32_t *legs;
    uint32_t *covers;
    size_t fills_n;
    size_t legs_n;
    size_t covers_n;
};

struct split {
    struct split_part *parts; /* in the order of their first fill */
    size_t n;
};

/* ERR_NOMEM when the arena is full. Parts without a fill are left out: nobody pays for them. */
MUST_USE enum err split_solution(struct split *out, struct arena *arena, const struct auction *a,
                                 const struct solution *s);

#endif
