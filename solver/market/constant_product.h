/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * constant_product -- the x * y = k pool with a fee on the input.
 *
 * With keep = 1 - fee = keep_num / keep_den (docs/venues.md eq. 1 to 3):
 *   out = floor(x * keep_num * R_out / (R_in * keep_den + x * keep_num))
 *   in  = floor(R_in * y * keep_den / ((R_out - y) * keep_num)) + 1, impossible for y >= R_out
 * The whole input, fee included, stays in the pool, so a swap can only grow x * y.
 */
#ifndef SLUICE_MARKET_CONSTANT_PRODUCT_H
#define SLUICE_MARKET_CONSTANT_PRODUCT_H

#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

struct trade;

struct constant_product {
    struct u256 reserve[2];
    uint64_t keep_num; /* (0, keep_den] */
    uint64_t keep_den; /* > 0 */
};

MUST_USE enum err constant_product_check(const struct constant_product *c);
MUST_USE enum err constant_product_out(struct trade *t, const struct constant_product *c, int side,
                                       const struct u256 *offer);
MUST_USE enum err constant_product_in(struct trade *t, const struct constant_product *c, int side,
                                      const struct u256 *want);
MUST_USE enum err constant_product_apply(struct constant_product *c, int side,
                                         const struct trade *t);

#endif
