/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sqrt_price -- the arithmetic of Uniswap V3 between two prices, bit-equal to its contracts.
 *
 * A price is the square root of atoms of asset 1 per atom of asset 0, times 2^96. Tick t stands
 * for 1.0001^t. Between two prices a < b, liquidity L, below 2^128, holds
 *   amount0 = L 2^96 (b - a) / (b a)        amount1 = L (b - a) / 2^96
 * Pure functions; an output may alias an input.
 */
#ifndef SLUICE_MARKET_SQRT_PRICE_H
#define SLUICE_MARKET_SQRT_PRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

#define SQRT_PRICE_TICK_MAX 887272 /* and the same below zero */

/* The price of a tick. ERR_INVALID when it is outside [-SQRT_PRICE_TICK_MAX, SQRT_PRICE_TICK_MAX]. */
MUST_USE enum err sqrt_price_at(struct u256 *price, int32_t tick);

/* Two ticks, low < end. */
struct sqrt_price_ticks {
    int32_t low;
    int32_t end;
};

/* The last tick whose price is at most this. ERR_INVALID unless that is in [low, end). */
MUST_USE enum err sqrt_price_tick(int32_t *tick, const struct u256 *price,
                                  struct sqrt_price_ticks range);

/* Two prices of one liquidity, in any order, none of them zero. */
struct sqrt_price_span {
    struct u256 from;
    struct u256 to;
    struct u256 liquidity;
};

/* What of asset 0 or 1 lies between the prices, rounded up or down. errors  ERR_OVERFLOW */
MUST_USE enum err sqrt_price_amount(struct u256 *amount, const struct sqrt_price_span *span,
                                    int asset, bool up);

/*
 * Where the price goes from span->from when x of an asset comes in, or y goes out; span->to is not
 * read. Rounded so that the pool never gives too much. Liquidity is not zero.
 * errors  ERR_OVERFLOW the liquidity does not hold y, or the price leaves 160 bits
 */
MUST_USE enum err sqrt_price_after_input(struct u256 *price, const struct sqrt_price_span *span,
                                         int asset, const struct u256 *x);
MUST_USE enum err sqrt_price_after_output(struct u256 *price, const struct sqrt_price_span *span,
                                          int asset, const struct u256 *y);

#endif
