/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * market_book -- one entry of "books" in a market file (market_file.h).
 */
#ifndef SLUICE_INPUT_MARKET_BOOK_H
#define SLUICE_INPUT_MARKET_BOOK_H

#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/input/doc.h"
#include "solver/input/market_file.h"

/* The asset that a member names by symbol. */
MUST_USE enum err market_asset(const struct asset **out, const struct doc_at *at,
                               const struct asset_table *assets);

/* Fills everything but the id; c->as.book passes book_check. */
MUST_USE enum err market_book_read(struct curve *c, struct market_ladder *l,
                                   const struct doc_at *item, const struct asset_table *assets,
                                   struct arena *arena);

#endif
