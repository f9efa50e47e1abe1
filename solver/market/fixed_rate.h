/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixed_rate -- one price up to a capacity: a firm quote, a wrapper, a bridge, a constant sum.
 *
 * One atom of asset 0 is worth num / den atoms of asset 1. With a / b that rate for side 0, its
 * inverse for side 1, and keep = 1 - fee = keep_num / keep_den (docs/venues.md eq. 27 to 29):
 *   out = floor(x a keep / b)          in = ceil(y b / (a keep))
 * Of each asset it pays at most its capacity; an offer beyond that is taken only as far. A quote
 * for one direction has no capacity in the other; two prices are two curves.
 */
#ifndef SLUICE_MARKET_FIXED_RATE_H
#define SLUICE_MARKET_FIXED_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

struct trade;

struct fixed_rate {
    struct u256 num;         /* > 0 */
    struct u256 den;         /* > 0 */
    uint64_t keep_num;       /* (0, keep_den] */
    uint64_t keep_den;       /* > 0 */
    struct u256 capacity[2]; /* atoms of each asset that it still pays */
    bool refills;            /* what it takes it can pay again */
};

/* ERR_INVALID when a member is outside its range, or the rate with its fee exceeds 256 bits. */
MUST_USE enum err fixed_rate_check(const struct fixed_rate *f);

/* As curve_out, curve_in and curve_apply. fixed_rate_out refuses nothing. */
MUST_USE enum err fixed_rate_out(struct trade *t, const struct fixed_rate *f, int side,
                                 const struct u256 *offer);
MUST_USE enum err fixed_rate_in(struct trade *t, const struct fixed_rate *f, int side,
                                const struct u256 *want);
MUST_USE enum err fixed_rate_apply(struct fixed_rate *f, int side, const struct trade *t);

#endif
