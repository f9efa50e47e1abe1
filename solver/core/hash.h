/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash -- BLAKE2b digests (libsodium), the only hash of the house.
 *
 * Every use starts with a domain tag so that two kinds of content never collide. Integers are fed
 * as 8 bytes big-endian. A struct hash is a plain value; no allocation.
 */
#ifndef SLUICE_CORE_HASH_H
#define SLUICE_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/id.h"

struct hash {
    _Alignas(64) unsigned char state[384]; /* crypto_generichash_state */
};

void hash_init(struct hash *h, const char *domain_tag);
void hash_bytes(struct hash *h, const void *data, size_t n); /* feeds the length first */
void hash_u64(struct hash *h, uint64_t v);
void hash_amount(struct hash *h, struct amount a);
struct digest hash_digest(struct hash *h); /* ends the hash */
struct id hash_id(struct hash *h);         /* ends the hash: its first 16 bytes */

/* One-shot digest of a buffer. */
struct digest digest_of(const char *domain_tag, const void *data, size_t n);

#endif
