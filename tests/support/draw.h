/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw -- random amounts for tests: the bit length is uniform, so small and huge values turn up.
 */
#ifndef SLUICE_TESTS_SUPPORT_DRAW_H
#define SLUICE_TESTS_SUPPORT_DRAW_H

#include "solver/core/wide.h"
#include "tests/support/prng.h"

/* Below 2^bits_max, bits_max at most 256. */
struct u256 draw_u256(struct prng *r, unsigned bits_max);
struct u256 draw_positive(struct prng *r, unsigned bits_max); /* and not zero */

#endif
