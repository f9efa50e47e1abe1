/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * concentrated -- Uniswap V3's pool: liquidity that changes at initialised ticks.
 *
 * Between two initialised ticks it trades as sqrt_price.h says, the fee taken from the input
 * (docs/venues.md eq. 24 to 26); at a tick its net liquidity is added when the price rises past it
 * and taken off when it falls. Side 0 gives asset 0 and lowers the price. A trade ends where no
 * tick is left or CONCENTRATED_CROSSINGS_MAX were crossed: the rest of the offer is not taken.
 *
 * The contract also stops at the end of each word of its bitmap of ticks, initialised or not,
 * which may round one atom more per word than this does.
 */
#ifndef SLUICE_MARKET_CONCENTRATED_H
#define SLUICE_MARKET_CONCENTRATED_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"

struct trade;

#define CONCENTRATED_FEE_UNIT 1000000
#define CONCENTRATED_TICKS_MAX 8192
#define CONCENTRATED_CROSSINGS_MAX 512

struct concentrated_tick {
    int32_t index;
    struct u256 sqrt_price; /* sqrt_price_at(index), kept so that a trade need not find it */
    struct delta net;       /* liquidity added when the price rises past it */
};

struct concentrated {
    struct u256 sqrt_price;                /* sqrt_price.h */
    struct u256 liquidity;                 /* in range now, below 2^128 */
    int32_t tick;                          /* of the price; one less when it fell onto a tick */
    uint32_t fee;                          /* millionths of the input, [0, CONCENTRATED_FEE_UNIT) */
    const struct concentrated_tick *ticks; /* initialised, index rises; borrowed, never changed */
    size_t ticks_n;
};

/* ERR_INVALID when a member is outside its range, tick and price contradict each other, ticks are
 * not ordered or lack their price, or liquidity would leave 128 bits on the way. */
MUST_USE enum err concentrated_check(const struct concentrated *c);

/* As curve_out, curve_in and curve_apply. The offer may exceed what the ticks hold. */
MUST_USE enum err concentrated_out(struct trade *t, const struct concentrated *c, int side,
                                   const struct u256 *offer);
MUST_USE enum err concentrated_in(struct trade *t, const struct concentrated *c, int side,
                                  const struct u256 *want);

/* ERR_INVALID when the trade is none that concentrated_out would return. */
MUST_USE enum err concentrated_apply(struct concentrated *c, int side, const struct trade *t);

/* One stretch without a tick: from a price towards a target, which is below it for side 0. */
struct concentrated_stretch {
    struct u256 from;
    struct u256 target;
    struct u256 liquidity;
    uint32_t fee;
};

struct concentrated_step {
    struct u256 price; /* where it ends */
    struct u256 in;    /* without the fee */
    struct u256 out;
    struct u256 fee;
};

/* How far an offer, or a want, goes on a stretch. errors  ERR_OVERFLOW */
MUST_USE enum err concentrated_step_in(struct concentrated_step *step,
                                       const struct concentrated_stretch *stretch, int side,
                                       const struct u256 *offer);
MUST_USE enum err concentrated_step_out(struct concentrated_step *step,
                                        const struct concentrated_stretch *stretch, int side,
                                        const struct u256 *want);

#endif
