/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve -- one piece of liquidity with integer parameters, and its exact integer face.
 *
 * A curve trades two (later more) assets, asset[0] and asset[1]. "Side s" means: give asset[s],
 * get asset[!s]. Every kind answers the same questions in exact integers, bit-equal to the venue's
 * own arithmetic: how much comes out for an input, how much must go in for an output, and the
 * state after a trade. A new kind is market/KIND.[ch], one row in CURVE_KINDS, and a case in
 * route/edge.c and route/bound.c (docs/venues.md). Pure functions; level and tick arrays are
 * borrowed from the caller's arena.
 */
#ifndef SLUICE_MARKET_CURVE_H
#define SLUICE_MARKET_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/book.h"
#include "solver/market/constant_product.h"

#define CURVE_KINDS(X)                                                                             \
    X(constant_product, 1, "x * y = k pool with a fee on the input")                               \
    X(book, 2, "order book: levels, lots, taker fee on the output")

enum curve_kind {
#define X(name, number, doc) CURVE_##name = (number),
    CURVE_KINDS(X)
#undef X
};

struct curve {
    uint32_t venue;    /* index into the auction's venues */
    uint64_t id;       /* unique inside its venue, stable over time */
    uint64_t seq;      /* grows with every change; a leg echoes it */
    uint32_t asset[2]; /* asset ids (dense indexes inside an auction: see auction.h) */
    uint64_t age_ms;   /* at the moment of the snapshot */
    enum curve_kind kind;
    union {
        struct constant_product constant_product;
        struct book book;
    } as;
};

/* What a trade really moves: an order book may take less than it was offered (lots, depth). */
struct trade {
    struct u256 in;  /* taken from the trader */
    struct u256 out; /* given to the trader */
};

/* ERR_INVALID when the assets are equal or the parameters contradict each other (zero reserves,
 * crossed book, fee >= 1). Everything below expects a curve that passed. */
MUST_USE enum err curve_check(const struct curve *c);

/*
 * Exact-in: the most that side gives for at most offer. out may be zero; then in is zero as well.
 * errors  ERR_OVERFLOW the venue's own arithmetic would overflow
 */
MUST_USE enum err curve_out(struct trade *t, const struct curve *c, int side,
                            const struct u256 *offer);

/*
 * Exact-out: the least input that yields at least want, as the venue itself computes it (its
 * formula may ask for one atom more than needed). t->out is what that input yields.
 * errors  ERR_NOT_FOUND the curve cannot give that much; ERR_OVERFLOW
 */
MUST_USE enum err curve_in(struct trade *t, const struct curve *c, int side,
                           const struct u256 *want);

/* Move the state by a trade that curve_out or curve_in returned. Levels are changed in place. */
MUST_USE enum err curve_apply(struct curve *c, int side, const struct trade *t);

const char *curve_kind_name(enum curve_kind k); /* "constant_product", static */

#endif
