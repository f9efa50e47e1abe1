/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * market_pool -- one entry of "pools" in a market file (market_file.h).
 */
#ifndef SLUICE_INPUT_MARKET_POOL_H
#define SLUICE_INPUT_MARKET_POOL_H

#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/input/doc.h"
#include "solver/market/curve.h"

/* Fills everything but the id; c passes curve_check. */
MUST_USE enum err market_pool_read(struct curve *c, const struct doc_at *item,
                                   const struct asset_table *assets, struct arena *arena);

#endif
