/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interval -- real numbers between two bounds that are rounded outward.
 *
 * MPFI's intervals on memory of their own, so that nothing is allocated for them; mpfi_* and mpfr_*
 * work on the member v. An interval points into itself: it is initialised where it stands and not
 * copied. Every operation is correctly rounded, so results are the same on every machine.
 */
#ifndef SLUICE_ROUTE_INTERVAL_H
#define SLUICE_ROUTE_INTERVAL_H

#include <stdint.h>

#include <mpfi.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"

#define INTERVAL_LIMBS 2
#define INTERVAL_BITS (64 * INTERVAL_LIMBS)

struct interval {
    mpfi_t v;
    uint64_t limb[2][INTERVAL_LIMBS];
};

/* a = 0 */
void interval_init(struct interval *a);

/* a = x, widened where it has more than INTERVAL_BITS bits. */
void interval_set(struct interval *a, const struct u256 *x);
void interval_times(struct interval *a, const struct u256 *x); /* a *= x */
void interval_over(struct interval *a, const struct u256 *x);  /* a /= x, x > 0 */

/* out = logarithm of a > 0; out = nth root of a >= 0. */
void interval_log(struct interval *out, const struct interval *a);
void interval_root(struct interval *out, const struct interval *a, unsigned n);

/* The least integer that is not below any number of a; 0 when that is negative.
 * errors  ERR_OVERFLOW it exceeds 256 bits */
MUST_USE enum err interval_ceil(struct u256 *out, const struct interval *a);

/* Release what MPFR keeps for the thread, some 100 bytes: constants, which the next use finds again.
 * A thread that ends without it leaks them. */
void interval_forget(void);

#endif
