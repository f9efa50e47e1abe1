/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balancer -- what Balancer's pools share around their formulas: scaled balances, the fee on the
 * input, and an exact output found by trying.
 *
 * A pool computes with 18-decimal numbers (fixed18.h). An asset's atoms times its scaling factor
 * are such a number. The factor is fixed point too: 1e12, which is written 1e30, for an asset of 6
 * decimals, times its rate where it has one. The fee leaves the input before everything else and
 * enters it after; it stays in the pool.
 */
#ifndef SLUICE_MARKET_BALANCER_H
#define SLUICE_MARKET_BALANCER_H

#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/way.h"

struct trade;

#define BALANCER_ASSETS_MAX 8

struct balancer {
    uint32_t n;                               /* assets, [2, BALANCER_ASSETS_MAX] */
    uint64_t fee;                             /* 18 decimals, [0, 1) */
    struct u256 balance[BALANCER_ASSETS_MAX]; /* atoms, > 0; entries from n on are not read */
    struct u256 scaling[BALANCER_ASSETS_MAX]; /* fixed18, > 0 */
};

/* ERR_INVALID when a member is outside its range or a balance scales to nothing or too far. */
MUST_USE enum err balancer_check(const struct balancer *b);

/* scaled = floor(atoms * scaling), atoms of asset k; and back, rounded as the name says. */
MUST_USE enum err balancer_scale(struct u256 *scaled, const struct balancer *b, uint32_t k,
                                 const struct u256 *atoms);
MUST_USE enum err balancer_unscale_down(struct u256 *atoms, const struct balancer *b, uint32_t k,
                                        const struct u256 *scaled);
MUST_USE enum err balancer_unscale_up(struct u256 *atoms, const struct balancer *b, uint32_t k,
                                      const struct u256 *scaled);

/* net = x - ceil(x * fee), and the least input that the venue asks for so that net is left. */
MUST_USE enum err balancer_fee_off(struct u256 *net, const struct balancer *b,
                                   const struct u256 *x);
MUST_USE enum err balancer_fee_on(struct u256 *x, const struct balancer *b, const struct u256 *net);

/* What a pool pays for an offer, so that an input can be tried. */
struct balancer_pool {
    const void *self;
    struct way way;
    enum err (*out)(struct trade *t, const void *self, struct way way, const struct u256 *offer);
};

/*
 * Balancer's formula for an input can yield less than it was asked for: try in, then raise it by
 * the deficit at the price of that trade, ten times further each time.
 * errors  ERR_NOT_FOUND the pool refuses an input that is tried, or six raises were not enough;
 *         ERR_OVERFLOW
 */
MUST_USE enum err balancer_reach(struct trade *t, const struct balancer_pool *pool,
                                 const struct u256 *in, const struct u256 *want);

/* Move the balances by a trade. ERR_INVALID when it takes all of an asset; ERR_OVERFLOW */
MUST_USE enum err balancer_apply(struct balancer *b, struct way way, const struct trade *t);

#endif
