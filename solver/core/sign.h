/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sign -- ed25519 keys and signatures (libsodium) over a domain tag and raw bytes.
 *
 * What is signed is SIGN_DOMAIN, a zero byte, then the raw payload bytes as received: never a
 * re-encoding. Key files hold the 64 hex digits of the seed, mode 0600.
 */
#ifndef SLUICE_CORE_SIGN_H
#define SLUICE_CORE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"

#define SIGN_KEY_BYTES 32
#define SIGN_SEED_BYTES 32
#define SIGN_SECRET_BYTES 64
#define SIGN_BYTES 64
#define SIGN_DOMAIN "sluice/v1/intent"
#define SIGN_PAYLOAD_MAX (128 * 1024) /* the public socket's message cap */

struct sign_key {
    uint8_t bytes[SIGN_KEY_BYTES];
};

struct sign_secret {
    uint8_t bytes[SIGN_SECRET_BYTES];
};

/* Fill n bytes from the operating system's generator; also the source of client-made ids. */
void sign_random(void *out, size_t n);

/* Key pair from a 32-byte seed. */
void sign_from_seed(struct sign_key *key, struct sign_secret *secret,
                    const uint8_t seed[SIGN_SEED_BYTES]);

/* n <= SIGN_PAYLOAD_MAX; the same input always gives the same signature. */
void sign_make(uint8_t out[SIGN_BYTES], const struct sign_secret *secret, const void *payload,
               size_t n);
/* False for a wrong signature, a malleable or small-order one, and n > SIGN_PAYLOAD_MAX. */
bool sign_verify(const uint8_t sig[SIGN_BYTES], const struct sign_key *key, const void *payload,
                 size_t n);

/* Overwrite a secret. */
void sign_wipe(struct sign_secret *secret);

#endif
