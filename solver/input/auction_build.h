/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auction_build -- how the readers of auction files put an auction together.
 *
 * A reader opens the builder with the greatest numbers of assets, curves and intents it may add,
 * adds assets and seals them, then adds curves and intents one by one. Each of these is read into
 * a slot and either kept or skipped; the reason of the first skip is remembered.
 */
#ifndef SLUICE_INPUT_AUCTION_BUILD_H
#define SLUICE_INPUT_AUCTION_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/doc.h"

struct asset_key; /* name -> index, sorted */

struct auction_build {
    struct auction_file *file;
    struct arena *arena;
    struct asset_key *keys; /* [keys_n], of the assets before the last seal */
    size_t keys_n;
};

/* at is the place that is blamed when the arena is full. */
MUST_USE enum err auction_build_open(struct auction_build *b, struct auction_file *f,
                                     struct arena *arena, const struct doc_at *at,
                                     const size_t most[3]);

/* Append an asset with a lower-case copy of name and without a mark; *out is borrowed. */
MUST_USE enum err auction_build_asset(struct auction_asset **out, struct auction_build *b,
                                      const struct doc_at *at, const char *name);

/* What people call it: the member "symbol" of its token, if there is one. */
MUST_USE enum err auction_build_label(struct auction_build *b, const struct auction_asset *asset,
                                      const struct doc_at *token);

/* Names of the assets so far can be looked up from now on. ERR_INVALID a name stands twice. */
MUST_USE enum err auction_build_seal(struct auction_build *b, const struct doc_at *at);

/* Can the name be looked up? Any case of letters. */
bool auction_build_knows(const struct auction_build *b, const char *name);

/* The asset that a string at a place names, in any case of letters. */
MUST_USE enum err auction_build_find(uint32_t *asset, const struct auction_build *b,
                                     const struct doc_at *at);

/* The same for a name that stands at a place in another way, such as a key. */
MUST_USE enum err auction_build_find_name(uint32_t *asset, const struct auction_build *b,
                                          const struct doc_at *at, const char *name);

/* The next slot, zeroed, with its id preset. */
struct curve *auction_build_curve(struct auction_build *b);
struct auction_intent *auction_build_intent(struct auction_build *b);

/*
 * How one entry of a file is read: into the slots of b, which it keeps with auction_build_keep_*
 * as its last act; or it counts itself in b->file->skipped; or it fails.
 */
struct auction_reader {
    enum err (*read)(struct auction_build *b, const struct doc_at *item);
    const char *id_key; /* entries with the same id are refused; NULL: ids are unique already */
    size_t *bad;        /* counts the entries that failed with ERR_INVALID */
};

/* Every item of an array, or member of an object, in file order. Only ERR_NOMEM is returned. */
MUST_USE enum err auction_build_each(struct auction_build *b, const struct doc_at *list,
                                     const struct auction_reader *r);

/*
 * Check the filled slot and count it. A curve's name in the file stands at ref, or is the key of
 * item when ref is NULL. An intent's limit is what it sells and buys.
 */
MUST_USE enum err auction_build_keep_curve(struct auction_build *b, const struct doc_at *item,
                                           const struct doc_at *ref);
MUST_USE enum err auction_build_keep_intent(struct auction_build *b, const struct doc_at *item,
                                            const char *ref);
#endif
