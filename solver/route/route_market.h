/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_market -- curves, exact and in doubles, ready to be routed over.
 */
#ifndef SLUICE_ROUTE_ROUTE_MARKET_H
#define SLUICE_ROUTE_ROUTE_MARKET_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"
#include "solver/route/core.h"
#include "solver/route/real_curve.h"

struct route_market {
    size_t assets_n;
    const struct curve *curves; /* [curves_n] borrowed */
    size_t curves_n;
    double *price;           /* [assets_n] reference: value of an atom; 0 = no curve has it */
    struct real_curve *real; /* [curves_n] node = asset; live = 0: offers nothing */
    struct core core;
    uint64_t changes; /* rises with every update */
    uint64_t shape;   /* changes when the core does; never the same for two markets of a process */
};

/*
 * in      curves that passed curve_check, with assets below assets_n; they stay the caller's and
 *         must not change while the market is used, except before route_market_update
 * owns    everything else lives in the arena
 * errors  ERR_NOMEM
 */
MUST_USE enum err route_market_build(struct route_market *m, struct arena *arena,
                                     const struct curve *curves, size_t curves_n, size_t assets_n);

/* Curve number i changed; its kind and assets did not. errors  ERR_NOMEM */
MUST_USE enum err route_market_update(struct route_market *m, struct arena *arena, size_t i);

#endif
