/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decimal -- exact decimal numbers as files spell them: "0.00013020", "2.75e-05".
 *
 * The value is digits / 10^places, in lowest terms of ten. Pure functions.
 */
#ifndef SLUICE_INPUT_DECIMAL_H
#define SLUICE_INPUT_DECIMAL_H

#include <stddef.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

#define DECIMAL_PLACES_MAX 77 /* 10^77 is the largest power of ten below 2^256 */

struct decimal {
    struct u256 digits; /* no trailing zero unless places <= 0 or the value is zero */
    int places;         /* [-77, 77]; negative: the value is digits * 10^-places */
};

/*
 * Digits, optionally a point and digits, optionally e or E, a sign and at most four digits.
 * errors  ERR_INVALID another form; ERR_OVERFLOW beyond 2^256 - 1 digits or 77 places
 */
MUST_USE enum err decimal_parse(struct decimal *out, const char *text, size_t len);

/*
 * out = floor(value * 10^exponent).
 * errors  ERR_OVERFLOW it does not fit; ERR_INVALID it is not whole, for the _exact twin
 */
MUST_USE enum err decimal_scale_floor(struct u256 *out, const struct decimal *d, int exponent);
MUST_USE enum err decimal_scale_exact(struct u256 *out, const struct decimal *d, int exponent);

/* 10^exponent, exponent in [0, DECIMAL_PLACES_MAX]. */
struct u256 decimal_pow10(unsigned exponent);

#endif
