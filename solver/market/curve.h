/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve -- one piece of liquidity with integer parameters, and its exact integer face.
 *
 * A curve trades asset[0 .. assets_n - 1]; way.h says which two of them a trade moves. Every kind
 * answers the same questions in exact integers, bit-equal to the venue's own arithmetic: how much
 * comes out for an input, how much must go in for an output, and the state after a trade. A new
 * kind is market/KIND.[ch], one row in CURVE_KINDS, and what docs/venues.md lists. Pure functions.
 *
 * Levels, ticks and the structs of kinds that are BORROWED belong to somebody else; curve_copy.h
 * makes copies with their own.
 */
#ifndef SLUICE_MARKET_CURVE_H
#define SLUICE_MARKET_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/book.h"
#include "solver/market/concentrated.h"
#include "solver/market/constant_product.h"
#include "solver/market/fixed_rate.h"
#include "solver/market/stable.h"
#include "solver/market/way.h"
#include "solver/market/weighted.h"

#define CURVE_ASSETS_MAX 8

/*
 * Columns: name, number, how the union holds it, assets, what it is. INLINE by value, BORROWED by
 * pointer; PAIR two assets, its functions take the given one as `side`; MANY as many as pool.n,
 * its functions take the way.
 */
#define CURVE_KINDS(X)                                                                             \
    X(constant_product, 1, INLINE, PAIR, "x * y = k pool with a fee on the input")                 \
    X(book, 2, INLINE, PAIR, "order book: levels, lots, taker fee on the output")                  \
    X(weighted, 3, BORROWED, MANY, "the product of balance^weight stays, fee on the input")        \
    X(stable, 4, BORROWED, MANY, "assets worth about the same, amplified, fee on the input")       \
    X(concentrated, 5, INLINE, PAIR, "liquidity that changes at ticks, fee on the input")          \
    X(fixed_rate, 6, INLINE, PAIR, "one price up to a capacity")

enum curve_kind {
#define X(name, number, held, assets, doc) CURVE_##name = (number),
    CURVE_KINDS(X)
#undef X
};

struct curve {
    uint32_t venue;    /* index into the auction's venues */
    uint32_t assets_n; /* [2, CURVE_ASSETS_MAX] */
    uint64_t id;       /* unique inside its venue, stable over time */
    uint64_t seq;      /* grows with every change; a leg echoes it */
    uint32_t
        asset[CURVE_ASSETS_MAX]; /* asset ids (dense indexes inside an auction: see auction.h) */
    uint64_t age_ms;             /* at the moment of the snapshot */
    enum curve_kind kind;
    union {
        struct constant_product constant_product;
        struct book book;
        struct weighted *weighted;
        struct stable *stable;
        struct concentrated concentrated;
        struct fixed_rate fixed_rate;
    } as;
};

/* What a trade really moves: an order book may take less than it was offered (lots, depth). */
struct trade {
    struct u256 in;  /* taken from the trader */
    struct u256 out; /* given to the trader */
};

/* ERR_INVALID when assets are equal or not as many as the kind trades, or the parameters contradict
 * each other (zero reserves, crossed book, fee >= 1). Everything below expects a curve that passed. */
MUST_USE enum err curve_check(const struct curve *c);

/*
 * Exact-in: the most that the curve gives for at most offer. out may be zero; then in is zero as well.
 * errors  ERR_OVERFLOW the venue's own arithmetic would overflow
 */
MUST_USE enum err curve_out(struct trade *t, const struct curve *c, struct way way,
                            const struct u256 *offer);

/*
 * Exact-out: the least input that yields at least want, as the venue itself computes it (its
 * formula may ask for one atom more than needed). t->out is what that input yields.
 * errors  ERR_NOT_FOUND the curve cannot give that much; ERR_OVERFLOW
 */
MUST_USE enum err curve_in(struct trade *t, const struct curve *c, struct way way,
                           const struct u256 *want);

/* Move the state by a trade that curve_out or curve_in returned. What is borrowed is changed in
 * place, but for ticks, which never change. */
MUST_USE enum err curve_apply(struct curve *c, struct way way, const struct trade *t);

/* The way that gives one asset and gets another. False, *way untouched: c does not trade them. */
bool curve_way(struct way *way, const struct curve *c, uint32_t give, uint32_t get);

const char *curve_kind_name(enum curve_kind k); /* "constant_product", static */

#endif
