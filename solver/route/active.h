/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * active -- the network of one order: the core of the market, the branches of its two assets, nodes
 * numbered densely, and the frame over it.
 *
 * Orders between assets of the core share the same network, so it is kept until the market's shape
 * changes; the curves in it are brought up to date when the market changes.
 */
#ifndef SLUICE_ROUTE_ACTIVE_H
#define SLUICE_ROUTE_ACTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/frame.h"
#include "solver/route/route_market.h"

#define ACTIVE_NONE UINT32_MAX

struct active {
    uint32_t *asset;           /* [frame.n] of a node */
    uint32_t *node;            /* [assets_n] of an asset; ACTIVE_NONE */
    struct real_curve *curves; /* [frame.curves_n]; .curve is the number in the market */
    struct frame frame;
    uint64_t shape; /* of the market; 0: nothing is kept */
    uint64_t changes;
    bool core_only;
};

/*
 * The network for an order from asset sell to asset buy. What a has from an earlier call in the same
 * arena is used again where it fits; else the arena is reset.
 *
 * errors  ERR_NOMEM; ERR_UNSUPPORTED the factor would be too large
 */
MUST_USE enum err active_build(struct active *a, struct arena *arena, const struct route_market *m,
                               uint32_t sell, uint32_t buy);

/*
 * A copy of a without the nodes whose keep is false, in another arena. ERR_NOMEM, ERR_UNSUPPORTED
 */
MUST_USE enum err active_reduce(struct active *out, struct arena *arena, const struct active *a,
                                size_t assets_n, const bool *keep);

#endif
