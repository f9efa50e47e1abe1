/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book -- an order book's two ladders, best level first.
 *
 * asset[0] is the base, asset[1] the quote. A level sells or buys size base atoms at price quote
 * atoms per scale base atoms, scale being one constant of the book. Sizes are multiples of lot.
 * Side 0 gives base and walks the bids; side 1 gives quote and walks the asks. With g the base
 * taken, always whole lots, and v = sum(g_i * price_i / scale) over the walked levels (docs/venues.md
 * eq. 4 to 10):
 *   side 0: in = g            out = floor(v * keep)
 *   side 1: in = ceil(v)      out = floor(g * keep)     keep = keep_num / keep_den
 * The taker fee is taken from the output and everything is rounded once, at the end and in the
 * venue's favour. What does not buy a whole lot, and what exceeds the depth, is not taken; a trade
 * whose output would round to zero does not happen. With lot = 1 this is the book of the neutral
 * instance format irx-instance/1, except that base is counted in whole atoms.
 */
#ifndef SLUICE_MARKET_BOOK_H
#define SLUICE_MARKET_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

struct trade;

struct book_level {
    struct u256 price; /* quote atoms per scale base atoms, > 0 */
    struct u256 size;  /* base atoms, a multiple of lot; may be zero once consumed */
};

struct book {
    struct u256 scale; /* > 0 */
    struct u256 lot;   /* base atoms, > 0 */
    uint64_t keep_num; /* (0, keep_den]: 1 - taker fee */
    uint64_t keep_den;
    struct book_level *bids; /* price falls */
    struct book_level *asks; /* price rises; best ask > best bid */
    size_t bids_n;
    size_t asks_n;
};

/*
 * Ladders strictly ordered and not crossed, sizes whole lots, and the value of each ladder small
 * enough that no trade on it can overflow. ERR_INVALID otherwise.
 */
MUST_USE enum err book_check(const struct book *b);
/* As curve_out, curve_in and curve_apply; apply takes only trades that the first two returned. */
MUST_USE enum err book_out(struct trade *t, const struct book *b, int side,
                           const struct u256 *offer);
MUST_USE enum err book_in(struct trade *t, const struct book *b, int side, const struct u256 *want);
MUST_USE enum err book_apply(struct book *b, int side, const struct trade *t);

#endif
