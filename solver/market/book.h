/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book -- an order book's two ladders, best level first.
 *
 * asset[0] is the base, asset[1] the quote. A level sells or buys size base atoms at price quote
 * atoms per scale base atoms, scale being one constant of the book. Sizes are multiples of lot.
 * Side 0 gives base and walks the bids; side 1 gives quote and walks the asks.
 *   side 0: out = floor over the walked levels of sum(size_i * price_i / scale), then the fee
 *   side 1: base taken in whole lots, each level costs ceil(size_i * price_i / scale)
 * The taker fee is taken from the output: net = floor(gross * keep_num / keep_den). An input that
 * does not buy a whole lot is not taken.
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

MUST_USE enum err book_check(const struct book *b);
MUST_USE enum err book_out(struct trade *t, const struct book *b, int side,
                           const struct u256 *offer);
MUST_USE enum err book_in(struct trade *t, const struct book *b, int side,
                          const struct u256 *want);
MUST_USE enum err book_apply(struct book *b, int side, const struct trade *t);

#endif
