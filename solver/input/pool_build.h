/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool_build -- curves with many assets or ticks, from what a file says about them.
 *
 * A reader collects the assets or the ticks of a pool and hands them over; whether the result is
 * sound is for auction_build_keep_curve to find out.
 */
#ifndef SLUICE_INPUT_POOL_BUILD_H
#define SLUICE_INPUT_POOL_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/doc.h"
#include "solver/market/auction.h"

#define POOL_AMPLIFICATION_PLACES 3 /* STABLE_PRECISION */
#define POOL_PLACES 18              /* of weights, scaling factors and fees of Balancer's pools */

struct pool_asset {
    uint32_t asset;
    struct u256 balance;
    struct u256 scaling; /* 18 decimals */
    struct u256 weight;  /* 18 decimals */
};

struct pool_assets {
    struct pool_asset list[CURVE_ASSETS_MAX];
    uint32_t n;
};

/* The member "fee", in units of 10^-18 or of 10^-6. */
MUST_USE enum err pool_build_fee(uint64_t *fee, const struct doc_at *item);
MUST_USE enum err pool_build_millionths(uint32_t *fee, const struct doc_at *item);

/* The scaling factor of an asset that has no rate: 10^(18 - decimals). */
struct u256 pool_build_scaling(uint8_t decimals);

/* In the order of the assets' names, as Balancer's pools keep theirs. */
void pool_build_sort(struct pool_assets *p, const struct auction_asset *assets);

/* c->as.weighted with the flags false. errors  ERR_NOMEM */
MUST_USE enum err pool_build_weighted(struct curve *c, struct arena *arena,
                                      const struct pool_assets *p, uint64_t fee);

/* amplification in thousandths. The order of the assets is the pool's own. errors  ERR_NOMEM */
MUST_USE enum err pool_build_stable(struct curve *c, struct arena *arena,
                                    const struct pool_assets *p, uint64_t fee,
                                    const struct u256 *amplification);

/* Price and order c->ticks_n ticks, which become those of c. */
void pool_build_ticks(struct concentrated *c, struct concentrated_tick *ticks);

/* The same from an object whose keys are ticks and whose values their net liquidity. */
MUST_USE enum err pool_build_nets(struct concentrated *c, struct arena *arena,
                                  const struct doc_at *nets);

#endif
