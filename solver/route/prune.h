/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prune -- which assets can take part in any trade (docs/math.md 4, Prepare).
 *
 * An arc leads from what is given to what is got: a curve has one each way, an intent leads from
 * what it buys to what it sells. Trade flows on cycles, so only strongly connected components with
 * an intent inside stay, and of those no dead ends: assets without intents and one neighbour only.
 */
#ifndef SLUICE_ROUTE_PRUNE_H
#define SLUICE_ROUTE_PRUNE_H

#include <stdbool.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"

/* Clear keep[assets_n] where an asset cannot take part. errors  ERR_NOMEM */
MUST_USE enum err prune_assets(bool *keep, struct arena *arena, const struct auction *a,
                               const bool *skip_curve, const bool *skip_intent);

#endif
