/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/hash.h"

#include <sodium.h>
#include <string.h>

#include "solver/core/check.h"

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct hash), "struct hash is too small");
_Static_assert(_Alignof(crypto_generichash_state) <= _Alignof(struct hash), "alignment");

/* libsodium wants sodium_init before anything else; before main there is only one thread. */
__attribute__((constructor)) static void hash_start(void)
{
    CHECK(sodium_init() >= 0);
}

static crypto_generichash_state *state_of(struct hash *h)
{
    return (void *)h->state;
}

static void feed(struct hash *h, const void *data, size_t n)
{
    CHECK(crypto_generichash_update(state_of(h), data, n) == 0);
}

void hash_init(struct hash *h, const char *domain_tag)
{
    CHECK(crypto_generichash_init(state_of(h), NULL, 0, DIGEST_BYTES) == 0);
    hash_bytes(h, domain_tag, strlen(domain_tag));
}

void hash_bytes(struct hash *h, const void *data, size_t n)
{
    hash_u64(h, n);
    if (n > 0)
        feed(h, data, n);
}

void hash_u64(struct hash *h, uint64_t v)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    feed(h, bytes, sizeof(bytes));
}

void hash_amount(struct hash *h, struct amount a)
{
    uint8_t bytes[AMOUNT_BYTES];

    amount_to_bytes(bytes, a);
    feed(h, bytes, sizeof(bytes));
}

struct digest hash_digest(struct hash *h)
{
    struct digest d;

    CHECK(crypto_generichash_final(state_of(h), d.bytes, DIGEST_BYTES) == 0);
    return d;
}

struct id hash_id(struct hash *h)
{
    struct digest d = hash_digest(h);
    struct id id;

    memcpy(id.bytes, d.bytes, ID_BYTES);
    return id;
}

struct digest digest_of(const char *domain_tag, const void *data, size_t n)
{
    struct hash h;

    hash_init(&h, domain_tag);
    hash_bytes(&h, data, n);
    return hash_digest(&h);
}
