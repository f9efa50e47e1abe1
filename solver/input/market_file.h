/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * market_file -- what one venue process serves.
 *
 *   {"format": "sluice-market/1", "venue": "uni", "kind": "amm", "domain": "home",
 *    "atomic": true, "ttl_ms": 5000,
 *    "pools": [{"id": 1, "kind": "constant_product", "assets": ["ETH", "USDC"],
 *               "reserves": ["1520.5", "4561500"], "fee": "0.003"},
 *              {"id": 2, "kind": "weighted", "assets": ["ETH", "USDC", "DAI"],
 *               "reserves": ["100", "150000", "150000"], "weights": ["0.5", "0.25", "0.25"],
 *               "fee": "0.002"},
 *              {"id": 3, "kind": "stable", "assets": ["DAI", "USDC"], "amplification": "200",
 *               "reserves": ["500000", "500000"], "fee": "0.0004"},
 *              {"id": 4, "kind": "concentrated", "assets": ["DAI", "USDT"], "fee": "0.0005",
 *               "sqrt_price": "79228162514264337593543950336", "liquidity": "1000000", "tick": 0,
 *               "ticks": {"-10": "1000000", "10": "-1000000"}},
 *              {"id": 5, "kind": "fixed_rate", "assets": ["ETH", "WETH"], "rate": "1",
 *               "capacity": ["50", "50"], "fee": "0", "refills": true}]}
 *
 *   {"format": "sluice-market/1", "venue": "lake", "kind": "book", "domain": "lake",
 *    "books": [{"id": 1, "base": "ETH", "quote": "USDC", "lot": "0.001", "tick": "0.01",
 *               "fee": "0.001", "mid": "3000.00", "walk_ppm": 200, "half_spread_ticks": 20,
 *               "levels": 25, "level_step_ticks": 10, "level_size": "1.2"}]}
 *
 * Amounts are in whole units, exact decimals. A book has either the ladder parameters from mid to
 * level_size, for a venue that walks and refills it, or explicit "bids" and "asks", arrays of
 * [price, size] best first. Prices are quote units per base unit and multiples of tick; sizes are
 * base units and multiples of lot. A concentrated pool speaks of atoms and ticks as its contract does;
 * weighted pools may be "multiplies" and "unlimited" (weighted.h). domain is "home", atomic false and ttl_ms 5000 when absent.
 * Fields that are not listed, unknown assets, ids or names used twice and anything that
 * contradicts itself are errors.
 */
#ifndef SLUICE_INPUT_MARKET_FILE_H
#define SLUICE_INPUT_MARKET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/core/id.h"
#include "solver/input/input.h"
#include "solver/market/curve.h"

#define MARKET_CURVES_MAX 65536 /* pools or books of one venue */
#define MARKET_LEVELS_MAX 32768 /* of one ladder side */
#define MARKET_TTL_MS_MAX 3600000

enum market_kind { MARKET_AMM = 1, MARKET_BOOK = 2 };

/* How a book's ladders are made, in the book's own price unit (struct book, scale). */
struct market_ladder {
    bool generated;         /* false: the ladders stand in the curve, all below is zero but tick */
    struct u256 tick;       /* smallest price step */
    struct u256 mid;        /* multiple of tick; where the walk starts */
    struct u256 level_size; /* base atoms on every level, a multiple of lot */
    uint32_t walk_ppm;      /* largest relative step of mid */
    uint32_t half_spread_ticks; /* best bid = mid - this; >= 1 */
    uint32_t levels;            /* per side */
    uint32_t level_step_ticks;  /* >= 1; the lowest bid stays above zero */
};

struct market_file {
    struct name venue;
    struct name domain;
    enum market_kind kind;
    bool atomic;
    uint32_t ttl_ms;
    /*
     * Pools, or books. asset[] are registry ids, venue and age_ms are 0, seq is 1. A generated
     * book has empty ladders: its check, scale, lot and fee hold already.
     */
    struct curve *curves;
    struct market_ladder *ladders; /* [curves_n] for books, else NULL */
    size_t curves_n;
};

/*
 * in   assets  the registry
 * out  m  arrays live in arena
 * errors  as input.h
 */
MUST_USE enum err market_file_load(struct market_file *m, struct input_error *e, const char *path,
                                   const struct asset_table *assets, struct arena *arena);

/* The same from a buffer; file is the name in messages. */
MUST_USE enum err market_file_parse(struct market_file *m, struct input_error *e, const char *file,
                                    const char *text, size_t len, const struct asset_table *assets,
                                    struct arena *arena);

#endif
