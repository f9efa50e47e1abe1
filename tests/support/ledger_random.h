/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_random -- seeded calls of a ledger: mostly sensible for what is in it, some hostile, some
 * the same as before. What is in it is read from a model that has seen the same calls.
 */
#ifndef SLUICE_TESTS_SUPPORT_LEDGER_RANDOM_H
#define SLUICE_TESTS_SUPPORT_LEDGER_RANDOM_H

#include "tests/support/ledger_fixture.h"

#define LEDGER_RANDOM_ITEMS 4
#define LEDGER_RANDOM_ASSETS 4

struct ledger_random {
    struct prng rng;
    struct ledger_fixture *model;
    uint64_t serial; /* of refs, fills, legs and plans */
    uint64_t fence;
    uint64_t auction;
    struct ledger_call call; /* the next one */
    /* What the call points to. */
    struct ledger_fill fills[LEDGER_RANDOM_ITEMS];
    struct ledger_leg legs[LEDGER_RANDOM_ITEMS];
    struct asset_amount covers[LEDGER_RANDOM_ITEMS];
    struct asset_amount to_house[LEDGER_RANDOM_ITEMS];
    struct asset_amount from_house[LEDGER_RANDOM_ITEMS];
    struct asset_amount fees[LEDGER_RANDOM_ITEMS];
    struct asset_amount dust[LEDGER_RANDOM_ITEMS];
    struct ledger_settle_fill settle_fills[LEDGER_RANDOM_ITEMS];
    uint8_t bytes[64];
};

/* Make the next call; now and then it stays as it is. */
void ledger_random_call(struct ledger_random *r);

/* Note the fence and auction that a reply gave. */
void ledger_random_learn(struct ledger_random *r, const struct ledger_reply *reply);

#endif
