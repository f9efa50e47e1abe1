/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prng -- seeded random numbers for tests (xorshift64*), repeatable on every machine.
 *
 * The seed is fixed per test unless SLUICE_SEED gives another, and prng_init prints it, so that a
 * failure can be run again.
 */
#ifndef SLUICE_TESTS_SUPPORT_PRNG_H
#define SLUICE_TESTS_SUPPORT_PRNG_H

#include <stddef.h>
#include <stdint.h>

struct prng {
    uint64_t state; /* never 0 */
};

/* Start from the number in SLUICE_SEED, else from default_seed; prints which. */
void prng_init(struct prng *r, uint64_t default_seed);

/* Start from this seed, whatever SLUICE_SEED says, and print nothing. */
void prng_seed(struct prng *r, uint64_t seed);

uint64_t prng_u64(struct prng *r);

/* Uniform in [0, bound); bound > 0. */
uint64_t prng_below(struct prng *r, uint64_t bound);

/* Uniform bit length in [0, bits_max], then uniform bits: small and huge values both turn up. */
uint64_t prng_sized(struct prng *r, unsigned bits_max);

/* Fill out[0..n) with random bytes. */
void prng_bytes(struct prng *r, void *out, size_t n);

#endif
