/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cow_token -- tokens as both CoW schemas have them: members of an object, keyed by address.
 */
#ifndef SLUICE_INPUT_COW_TOKEN_H
#define SLUICE_INPUT_COW_TOKEN_H

#include <stddef.h>

#include "solver/core/err.h"
#include "solver/input/auction_build.h"
#include "solver/input/doc.h"

#define COW_DECIMALS_UNKNOWN 18

/* Every member of "tokens" through read, which starts with cow_token_add; then names are sealed. */
MUST_USE enum err cow_tokens_read(struct auction_build *b, const struct doc_at *tokens,
                                  enum err (*read)(struct auction_build *b,
                                                   const struct doc_at *item));

/* Append the asset of a member whose key is an address. */
MUST_USE enum err cow_token_add(struct auction_asset **out, struct auction_build *b,
                                const struct doc_at *member);

/*
 * Append an asset for each of names[n] that is an address and not known yet, as a driver does for
 * tokens that only liquidity mentions; then names are sealed again. Sorts names.
 */
MUST_USE enum err cow_tokens_add_missing(struct auction_build *b, const struct doc_at *at,
                                         const char **names, size_t n);

/* The asset that a member's key names. */
MUST_USE enum err cow_token_of_key(uint32_t *asset, const struct auction_build *b,
                                   const struct doc_at *member);

#endif
