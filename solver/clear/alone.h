/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alone -- one intent by itself at one venue, as an ordinary router would serve it. Exact integers.
 *
 * The best single path of at most ALONE_HOPS curves of one venue, each curve used once, evaluated
 * with the venue's own formulas at the snapshot. It is the yardstick of "surplus against the best
 * single venue" and knows nothing of splits, other intents or other venues.
 */
#ifndef SLUICE_CLEAR_ALONE_H
#define SLUICE_CLEAR_ALONE_H

#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/auction.h"

#define ALONE_HOPS 3

struct alone {
    uint32_t venue; /* index */
    uint32_t hops;
    uint32_t curves[ALONE_HOPS]; /* [hops] indexes, from what is sold (sell) or bought (buy) on */
    struct way ways[ALONE_HOPS]; /* [hops] as they trade */
    struct u256 paid;
    struct u256 got;
};

/*
 * The best venue for trading `paid` (sell) or obtaining `got` (buy) of intent i: most got, or
 * least paid; ties go to the lower venue, then to the path found first. What a book does not take
 * of a sell (depth, lots) stays unsold and counts as paid.
 *
 * in      exact  sell: atoms to sell; buy: atoms to obtain
 * owns    scratch lends memory until the caller resets it
 * errors  ERR_NOT_FOUND no venue can; ERR_NOMEM
 */
MUST_USE enum err alone_best(struct alone *out, struct arena *scratch, const struct auction *a,
                             const struct auction_intent *i, const struct u256 *exact);

#endif
