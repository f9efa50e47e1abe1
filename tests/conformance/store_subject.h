/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_subject -- one suite, every store: each test runs on the model and on real Redis, in a
 * ledger of its own that holds the same small world.
 *
 * alice has 1000 of asset 1, bob 1000 of asset 2, the inventories home and cex 500 of each; "one"
 * leads with fence 1; auction 1 is numbered.
 */
#ifndef SLUICE_TESTS_CONFORMANCE_STORE_SUBJECT_H
#define SLUICE_TESTS_CONFORMANCE_STORE_SUBJECT_H

#include "tests/support/ledger_fixture.h"

#define HOUR_MS 3600000

int store_subject_model(void **state);
int store_subject_redis(void **state);
int store_subject_close(void **state);

/* The test on every store. */
#define STORE_TEST(test)                                                                           \
    { "model " #test, test, store_subject_model, store_subject_close, NULL },                      \
    {                                                                                              \
        "redis " #test, test, store_subject_redis, store_subject_close, NULL                       \
    }

/* An hour from now by the store's clock. */
int64_t store_subject_later(struct ledger_fixture *f);

/*
 * A batch that is under way: intent 1, alice sells 600 of asset 1 for at least 300 of asset 2;
 * plan 50 fills 400 for 200 of it through leg 60 of venue amm (home, 400 -> 200) and leg 61 of
 * venue book (cex, 100 of asset 2 -> 190 of asset 1), and covers 50 of asset 2.
 */
struct ledger_call store_subject_plan(void);
/* One leg and one cover more for plan 50. */
struct ledger_call store_subject_extend(const struct ledger_leg *leg,
                                        const struct asset_amount *cover);
void store_subject_planned(struct ledger_fixture *f);

/* The same with both legs sent; and filled: 210 of asset 2 in the pot, and the inventory cex has 100
 * less of it and 190 more of asset 1. */
void store_subject_sent(struct ledger_fixture *f);
void store_subject_filled(struct ledger_fixture *f);

/* The one open plan, and what its pot has. */
const struct ledger_open_plan *store_subject_open(struct ledger_fixture *f);
uint64_t store_subject_pot(struct ledger_fixture *f, uint32_t asset);

/* Send a leg of plan 50 with these amounts. What a call points to lasts until the same function is
 * called again; so it is for the others here. */
struct ledger_call store_subject_send(uint64_t leg, uint64_t in, uint64_t min_out);

/* Settle plan 50: intent 1 with these amounts; the caller adds the rest. */
struct ledger_call store_subject_settle(uint64_t paid, uint64_t got);

#endif
