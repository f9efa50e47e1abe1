/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proposal -- where doubles end: fills, flows, paid prices and duals as integers.
 *
 * What comes after it (clear/round) is exact. Amounts are near what route found, prices are scaled
 * so that the largest is just below 2^PROPOSAL_PRICE_BITS; nothing here is a promise.
 */
#ifndef SLUICE_ROUTE_PROPOSAL_H
#define SLUICE_ROUTE_PROPOSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/route/network.h"
#include "solver/route/paid.h"

#define PROPOSAL_PRICE_BITS 120

struct proposal_fill {
    uint32_t intent;
    size_t order;       /* in the network */
    struct u256 amount; /* of the exact side: sold (sell), bought (buy); > 0 */
};

struct proposal_flow {
    uint32_t curve;
    int side;
    struct u256 in; /* > 0 */
    bool limited;   /* a limit or an inventory may allow no more */
};

struct proposal {
    struct proposal_fill *fills;
    size_t fills_n;
    struct proposal_flow *flows;
    size_t flows_n;
    struct amount *prices; /* [assets_n] of what fills trade, else zero */
    struct amount *duals;  /* [assets_n] */
};

/* Arrays in the arena. errors  ERR_NOMEM; ERR_NUMERIC a price is not representable */
MUST_USE enum err proposal_make(struct proposal *out, struct arena *arena, const struct auction *a,
                                const struct network *n, const struct paid *p);

/*
 * Duals [assets_n] when no routes were searched: the reference prices, the best known.
 * errors  ERR_NOMEM; ERR_NUMERIC
 */
MUST_USE enum err proposal_duals(struct amount **duals, struct arena *arena,
                                 const struct auction *a);

#endif
