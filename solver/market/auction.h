/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auction -- everything that a batch looks at, as one value.
 *
 * The same bytes (proto Auction) serve the worker, recording, replay, solve, verify and tests.
 * Inside an auction assets are dense indexes 0..assets_n-1; assets[i].id is the outside name.
 * Curves, intents and inventory refer to indexes. Arrays live in the arena of whoever built it.
 */
#ifndef SLUICE_MARKET_AUCTION_H
#define SLUICE_MARKET_AUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/id.h"
#include "solver/core/intent.h"
#include "solver/core/row.h"
#include "solver/core/wide.h"
#include "solver/market/curve.h"

#define DOMAIN_HOME "home"

struct auction_asset {
    uint32_t id;      /* of the registry, or the position in a file */
    const char *name; /* symbol or address, NUL-terminated */
    uint8_t decimals;
    struct price mark; /* value of num per den atoms in micro-units of account; num 0 = none */
    struct amount lot;
};

struct auction_venue {
    struct name name;
    struct name domain; /* "home": legs are paid from the batch's pot */
    bool atomic;        /* executes a group of legs all or none */
};

/* An intent as the batch sees it: open amounts, dense asset indexes. */
struct auction_intent {
    struct id id;
    const char *ref; /* the id in a foreign file (order uid), or NULL */
    enum intent_kind kind;
    bool partial;
    uint32_t sell;           /* asset index */
    uint32_t buy;            /* asset index */
    struct u256 sell_max;    /* open: the most it pays now */
    struct u256 buy_min;     /* open: the least it gets for all of sell_max; exact for INTENT_BUY */
    struct u256 signed_sell; /* limit = signed_sell : signed_buy */
    struct u256 signed_buy;
};

struct auction_inventory {
    struct name domain;
    uint32_t asset; /* index */
    struct amount available;
};

/* Work limits and tolerances of the engine: part of the auction, so that it replays. */
struct auction_options {
    uint64_t tolerance_ppt; /* relative gap to stop at in 1e-12, default 1000 */
    uint64_t pivots_max;    /* simplex work over all LPs */
    uint32_t rounds_max;    /* price rounds and column generations */
    bool robust;            /* require robust plans (live batches) */
    bool cycles;            /* allow cyclic flows without inventory (files) */
    uint32_t legs_max;      /* largest plan */
};

struct auction {
    uint64_t number; /* from the ledger, never reused; 0 for files */
    struct id id;
    int64_t unix_ms;
    struct digest config; /* of the assets and configuration in force */
    struct auction_asset *assets;
    size_t assets_n;
    struct auction_venue *venues;
    size_t venues_n;
    struct curve *curves;
    size_t curves_n;
    struct auction_intent *intents;
    size_t intents_n;
    struct auction_inventory *inventory;
    size_t inventory_n;
    struct row *rows; /* limits; row.asset is an index */
    size_t rows_n;
    struct auction_options options;
};

/*
 * Indexes in range, amounts non-zero, curves valid: ERR_INVALID, and *what names the first fault, a
 * static text. A sell intent may have no limit (buy and signed buy zero).
 */
MUST_USE enum err auction_check(const char **what, const struct auction *a);

#endif
