/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real_auction -- an auction file as a deployment: its tokens as assets.json, its constant-product
 * pools as market files, its orders as intents of a few traders.
 */
#ifndef SLUICE_TESTS_SCENARIO_REAL_AUCTION_H
#define SLUICE_TESTS_SCENARIO_REAL_AUCTION_H

#include "solver/input/auction_file.h"
#include "tests/scenario/trader.h"

#define REAL_TRADERS 4

struct real_auction {
    struct arena arena;
    struct auction_file file;
    size_t pools; /* written, over all venues */
};

/* false, with a printed line: the reference data is absent. */
bool real_auction_load(struct real_auction *r, const char *name);
void real_auction_free(struct real_auction *r);

/* Registry id 1 + index for each asset; marks from the external prices. */
void real_auction_write_assets(const struct real_auction *r, const char *path);

/* The pools whose position modulo `of` is `part`, as the market of the venue of that name. */
void real_auction_write_market(struct real_auction *r, const char *path, const char *venue,
                               size_t part, size_t of);

/* House inventory of so many micro-units of account in every asset that has a mark. */
void real_auction_fund_house(const struct real_auction *r, struct deployment *d, u128 micro);

/* Deposit what each order needs and post it; returns how many were accepted. */
size_t real_auction_post(const struct real_auction *r, struct deployment *d);

#endif
