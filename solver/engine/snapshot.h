/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot -- open intents, usable curves, inventory, limits and marks as one auction value.
 *
 * Registry asset ids become dense indexes: only assets that an open intent can reach through
 * usable curves enter, so a batch costs what it uses. Everything is copied into the arena; the
 * auction does not change while a venue moves on.
 */
#ifndef SLUICE_ENGINE_SNAPSHOT_H
#define SLUICE_ENGINE_SNAPSHOT_H

#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/engine/venue_table.h"
#include "solver/ledger/ledger.h"
#include "solver/market/auction.h"

struct snapshot_input {
    const struct ledger_reply *frozen; /* of LEDGER_freeze */
    const struct venue_table *venues;
    const struct asset_table *assets;
    struct auction_options options;
    const struct id *only; /* [only_n] intents to take; NULL: all open ones */
    size_t only_n;
    int64_t margin_ms; /* an intent that ends sooner would make the ledger refuse the plan */
    uint64_t now_ns;
};

/*
 * Build the auction. auction.venues has the same indexes as the venue table. Its id is the hash of
 * number, time, assets and attempt, so that two attempts never share leg ids.
 *
 * errors  ERR_NOMEM the arena is full
 */
MUST_USE enum err snapshot_auction(struct auction *out, struct arena *arena,
                                   const struct snapshot_input *in, uint32_t attempt);

/* Micro-units of account per atom; num 0 when there is no mark or its scale does not fit. */
struct price snapshot_mark(const struct asset *asset);

#endif
