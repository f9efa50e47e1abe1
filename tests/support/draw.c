/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/draw.h"

struct u256 draw_u256(struct prng *r, unsigned bits_max)
{
    struct u256 v = { { 0 } };
    unsigned n = (unsigned)prng_below(r, bits_max + 1);

    for (unsigned i = 0; n > 0; i++, n -= n < 64 ? n : 64)
        v.limb[i] = n >= 64 ? prng_u64(r) : prng_u64(r) >> (64 - n);
    return v;
}

struct u256 draw_positive(struct prng *r, unsigned bits_max)
{
    struct u256 v = draw_u256(r, bits_max);

    return u256_is_zero(&v) ? u256_of(1) : v;
}
