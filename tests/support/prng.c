/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/prng.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/support/test_support.h"

void prng_init(struct prng *r, uint64_t default_seed)
{
    const char *text = getenv("SLUICE_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : default_seed;

    print_message("seed %" PRIu64 " (SLUICE_SEED=%" PRIu64 " runs it again)\n", seed, seed);
    prng_seed(r, seed);
}

void prng_seed(struct prng *r, uint64_t seed)
{
    /* xorshift stays at 0 for ever; the odd constant spreads small seeds over all bits. */
    r->state = seed * UINT64_C(0x9E3779B97F4A7C15);
    if (r->state == 0)
        r->state = 1;
    for (int i = 0; i < 8; i++)
        (void)prng_u64(r);
}

uint64_t prng_u64(struct prng *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * UINT64_C(0x2545F4914F6CDD1D);
}

uint64_t prng_below(struct prng *r, uint64_t bound)
{
    assert_true(bound > 0);
    uint64_t tail = UINT64_MAX - UINT64_MAX % bound; /* a multiple of bound: no bias below it */
    uint64_t v;

    do
        v = prng_u64(r);
    while (v >= tail);
    return v % bound;
}

uint64_t prng_sized(struct prng *r, unsigned bits_max)
{
    assert_true(bits_max <= 64);
    uint64_t bits = prng_below(r, (uint64_t)bits_max + 1);

    return bits == 0 ? 0 : prng_u64(r) >> (64 - bits);
}

void prng_bytes(struct prng *r, void *out, size_t n)
{
    unsigned char *bytes = out;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(prng_u64(r) >> 56);
}
