/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixed18 -- 18-decimal fixed point in 256 bits, bit-equal to the contracts of Balancer.
 *
 * A number is a struct u256 that counts 1e-18; only exponents and logarithms may be negative and
 * are struct fixed18. Rounding is in the name. Every product is held in 256 bits because the
 * contract does so: where it reverts, the result is ERR_OVERFLOW. The exponential, the logarithm
 * and the power are the contract's own series, with its truncations, not the best approximation.
 * Pure functions; an output may alias an input.
 */
#ifndef SLUICE_MARKET_FIXED18_H
#define SLUICE_MARKET_FIXED18_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

#define FIXED18_ONE UINT64_C(1000000000000000000)

/* A signed number. Division truncates toward zero, so sign and magnitude never mix. */
struct fixed18 {
    struct u256 magnitude;
    bool negative; /* false for zero */
};

/* a * b / 1e18 and a * 1e18 / b. errors  ERR_OVERFLOW; ERR_INVALID when b, a divisor, is zero */
MUST_USE enum err fixed18_mul_down(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err fixed18_mul_up(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err fixed18_div_down(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_USE enum err fixed18_div_up(struct u256 *out, const struct u256 *a, const struct u256 *b);

/* 1 - a, or zero when a > 1. */
struct u256 fixed18_complement(const struct u256 *a);

/* e^x. ERR_OVERFLOW unless -41 <= x <= 130. */
MUST_USE enum err fixed18_exp(struct u256 *out, const struct fixed18 *x);

/* Natural logarithm. ERR_INVALID for zero, ERR_OVERFLOW from 2^255 on. */
MUST_USE enum err fixed18_ln(struct fixed18 *out, const struct u256 *a);

/* The same with 36 decimals in the result; exact enough between 0.9 and 1.1. errors as above */
MUST_USE enum err fixed18_ln36(struct fixed18 *out, const struct u256 *a);

/* x^y = exp(y ln x). errors  ERR_OVERFLOW x >= 2^255, y >= 2^254 / 1e20, or exp overflows */
MUST_USE enum err fixed18_pow(struct u256 *out, const struct u256 *x, const struct u256 *y);

/* Not below x^y: the power and its largest error, 1e-14 of it and one. */
MUST_USE enum err fixed18_pow_up(struct u256 *out, const struct u256 *x, const struct u256 *y);

/* The same in later pools, which multiply for the exponents 1, 2 and 4. */
MUST_USE enum err fixed18_pow_up_v3(struct u256 *out, const struct u256 *x, const struct u256 *y);

#endif
