/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trader -- people who use a deployment: accounts with real keys, deposits, signed intents.
 *
 * Each call goes through the gateway and is repeated, with the same ids, until it is answered or
 * DEPLOYMENT_WAIT_MS passed; so calls may be made while parts are dead. What was deposited and
 * posted is remembered for books_check.
 */
#ifndef SLUICE_TESTS_SCENARIO_TRADER_H
#define SLUICE_TESTS_SCENARIO_TRADER_H

#include "solver/core/reject.h"
#include "tests/scenario/deployment.h"

#define TRADERS_MAX 16
#define TRADER_INTENTS_MAX 1024
#define TRADER_DEPOSITS_MAX 1024
#define TRADER_ASK_MAX 64 /* items of one request of this module */

/* Assets of markets/assets.json; all have 6 decimals. */
enum { ETH = 1, USD, BTC, DOT };
#define UNITS(n) ((uint64_t)((n)*1000000ull))

struct trader_deposit {
    uint32_t asset;
    struct amount amount;
};

struct trader {
    struct client_signer signer;
    struct intent intents[TRADER_INTENTS_MAX]; /* that were sent at least once */
    size_t intents_n;
    struct trader_deposit deposits[TRADER_DEPOSITS_MAX];
    size_t deposits_n;
};

/* The account of that name; its key is made from the name at the first use. */
struct trader *trader_get(struct deployment *d, const char *account);

/* outside -> account, or -> the house's inventory of a domain. */
void trader_deposit(struct deployment *d, const char *account, uint32_t asset, uint64_t atoms);
void trader_deposit_amount(struct deployment *d, struct trader *t, uint32_t asset,
                           struct amount amount);
void trader_deposit_house(struct deployment *d, const char *domain, uint32_t asset, uint64_t atoms);

/* An intent with a new id: fill-or-kill and a minute to live unless changed before it is posted. */
struct intent trader_sell(struct deployment *d, struct trader_deposit sell,
                          struct trader_deposit buy);
struct intent trader_buy(struct deployment *d, struct trader_deposit sell,
                         struct trader_deposit buy);
#define ATOMS(asset_, atoms_) ((struct trader_deposit){ (asset_), AMOUNT_OF(atoms_) })

/* Post it; the answer's code is a reject. */
enum reject trader_try(struct deployment *d, const char *account, const struct intent *i);

/* Post it; it must be accepted. Returns its id. */
struct id trader_post(struct deployment *d, const char *account, const struct intent *i);

/* Several intents of one trader, TRADER_ASK_MAX a request; rejects[n] tells what became of each. */
void trader_post_all(enum reject *rejects, struct deployment *d, struct trader *t,
                     const struct intent *intents, size_t n);

/* Any one item, signed by the account; what the answer points to lives until the next call. */
struct wire_item_answer trader_ask(struct deployment *d, const char *account,
                                   const struct wire_item *item);
struct wire_status trader_status(struct deployment *d, const char *account, struct id id);
enum reject trader_cancel(struct wire_status *out, struct deployment *d, const char *account,
                          struct id id);

/* Wait until the intent has the state, or is terminal; then it must have the state. */
struct wire_status trader_await(struct deployment *d, const char *account, struct id id,
                                enum intent_state state);

/* Wait until every intent that was posted is terminal. */
void trader_await_all(struct deployment *d);

/*
 * Let so many batches pass that took in every intent open now: each time two strangers post
 * opposite intents, which only a batch can match.
 */
void trader_await_batches(struct deployment *d, unsigned n);

/* Statuses of all intents of a trader, in their order, into the deployment's texts; codes[i] is
 * UNKNOWN_ID for one that the ledger never took. */
struct wire_status *trader_statuses(enum reject **codes, struct deployment *d, struct trader *t);

/* The code of an answer as a reject, and whether it asks to say the same again. */
enum reject trader_reject(uint32_t code);
bool trader_code_again(uint32_t code);

#define assert_rejected(got, wanted) assert_string_equal(reject_name(got), reject_name(wanted))
#define assert_atoms(amount_, atoms_) assert_true((amount_).atoms == (atoms_))

#endif
