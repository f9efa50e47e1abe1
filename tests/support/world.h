/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world -- a small auction that tests build by hand. Everything lives inside the struct.
 *
 * Assets 0..n-1 have lot 1 and the mark 1; venues v0, v1, ... are atomic and of domain home. Change
 * fields freely after building.
 */
#ifndef SLUICE_TESTS_SUPPORT_WORLD_H
#define SLUICE_TESTS_SUPPORT_WORLD_H

#include "solver/market/auction.h"
#include "solver/market/solution.h"

#define WORLD_ASSETS 16
#define WORLD_VENUES 4
#define WORLD_CURVES 48
#define WORLD_LEVELS 8
#define WORLD_INTENTS 64
#define WORLD_INVENTORY 32
#define WORLD_ROWS 8

struct world {
    struct auction a;
    struct auction_asset assets[WORLD_ASSETS];
    struct auction_venue venues[WORLD_VENUES];
    struct curve curves[WORLD_CURVES];
    struct book_level bids[WORLD_CURVES][WORLD_LEVELS];
    struct book_level asks[WORLD_CURVES][WORLD_LEVELS];
    struct weighted weighted[WORLD_CURVES];
    struct stable stable[WORLD_CURVES];
    struct concentrated_tick ticks[WORLD_CURVES][2];
    struct auction_intent intents[WORLD_INTENTS];
    struct auction_inventory inventory[WORLD_INVENTORY];
    struct row rows[WORLD_ROWS];
};

void world_init(struct world *w, size_t assets_n, size_t venues_n);

/* A constant-product pool with a fee of 0.3 %; returns the curve. */
struct curve *world_pool(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                         uint64_t reserve_a, uint64_t reserve_b);

/* A book without levels, lot 1, scale 1, without fee. */
struct curve *world_book(struct world *w, uint32_t venue, uint32_t base, uint32_t quote);
void world_bid(struct curve *book, uint64_t price, uint64_t size);
void world_ask(struct curve *book, uint64_t price, uint64_t size);

/* An exact-sell that fills whole or not at all; ids rise from 1. */
struct auction_intent *world_sell(struct world *w, uint32_t sell, uint32_t buy, uint64_t amount,
                                  uint64_t least);
struct auction_intent *world_buy(struct world *w, uint32_t sell, uint32_t buy, uint64_t most,
                                 uint64_t amount);

/*
 * Curves of the other kinds, with a fee of 0.3 % and worth 1 for 1. Weighted and stable: n assets with
 * `balance` each, equal weights, amplification 100. Concentrated: all its liquidity from tick -6000
 * to 6000. Fixed rate: a capacity of both assets.
 */
struct curve *world_weighted(struct world *w, uint32_t venue, const uint32_t *assets, uint32_t n,
                             uint64_t balance);
struct curve *world_stable(struct world *w, uint32_t venue, const uint32_t *assets, uint32_t n,
                           uint64_t balance);
struct curve *world_concentrated(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                                 uint64_t liquidity);
struct curve *world_fixed_rate(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                               uint64_t capacity);

/* A leg over side 0 of a curve. */
struct solution_leg world_leg(uint32_t curve, struct u256 in, struct u256 out);

/* House inventory of domain home. */
void world_inventory(struct world *w, uint32_t asset, uint64_t amount);

#endif
