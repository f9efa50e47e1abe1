/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/sign.h"

#include <sodium.h>
#include <string.h>

#include "solver/core/check.h"

_Static_assert(SIGN_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "key size");
_Static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "seed size");
_Static_assert(SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "secret size");
_Static_assert(SIGN_BYTES == crypto_sign_BYTES, "signature size");

#define TAG_BYTES sizeof(SIGN_DOMAIN) /* with its NUL: the zero byte between tag and payload */

/* What ed25519 signs must be contiguous; the buffer is on the stack so that nothing allocates. */
struct message {
    uint8_t bytes[TAG_BYTES + SIGN_PAYLOAD_MAX];
};

/* libsodium wants sodium_init before anything else; before main there is only one thread. */
__attribute__((constructor)) static void sign_start(void)
{
    CHECK(sodium_init() >= 0);
}

/* Lay out tag and payload; returns the length. */
static size_t message_make(struct message *m, const void *payload, size_t n)
{
    memcpy(m->bytes, SIGN_DOMAIN, TAG_BYTES);
    if (n > 0)
        memcpy(m->bytes + TAG_BYTES, payload, n);
    return TAG_BYTES + n;
}

void sign_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

void sign_from_seed(struct sign_key *key, struct sign_secret *secret,
                    const uint8_t seed[SIGN_SEED_BYTES])
{
    CHECK(crypto_sign_seed_keypair(key->bytes, secret->bytes, seed) == 0);
}

void sign_make(uint8_t out[SIGN_BYTES], const struct sign_secret *secret, const void *payload,
               size_t n)
{
    struct message m;

    CHECK(n <= SIGN_PAYLOAD_MAX);
    CHECK(crypto_sign_detached(out, NULL, m.bytes, message_make(&m, payload, n), secret->bytes) ==
          0);
}

bool sign_verify(const uint8_t sig[SIGN_BYTES], const struct sign_key *key, const void *payload,
                 size_t n)
{
    struct message m;

    if (n > SIGN_PAYLOAD_MAX)
        return false;
    return crypto_sign_verify_detached(sig, m.bytes, message_make(&m, payload, n), key->bytes) == 0;
}

void sign_wipe(struct sign_secret *secret)
{
    sodium_memzero(secret->bytes, sizeof(secret->bytes));
}
