/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_fixture -- a ledger for one test: the model with a virtual clock, or real Redis; and short
 * words for its calls. Ids are made from numbers, keys from account names.
 */
#ifndef SLUICE_TESTS_SUPPORT_LEDGER_FIXTURE_H
#define SLUICE_TESTS_SUPPORT_LEDGER_FIXTURE_H

#include "solver/ledger/ledger.h"
#include "solver/ledger/model.h"
#include "solver/ledger/store_redis.h"
#include "tests/support/test_support.h"

#define FIXTURE_RETAIN_MS 40

struct ledger_fixture {
    bool real;          /* Redis */
    int64_t virtual_ms; /* the model's clock */
    struct redis redis;
    struct store_redis *connection;
    struct store store;
    struct ledger_reply reply; /* of the last call */
};

void fixture_open_model(struct ledger_fixture *f);
void fixture_open_redis(struct ledger_fixture *f);
void fixture_close(struct ledger_fixture *f);

/* Connect (again) to the fixture's server. */
void fixture_connect(struct ledger_fixture *f);

/* The store's clock now; and let it get past a moment. */
int64_t fixture_now(struct ledger_fixture *f);
void fixture_pass(struct ledger_fixture *f, int64_t unix_ms);

/* Make one call, which must reach the store; the reply stays in f->reply. */
enum reject fixture_call(struct ledger_fixture *f, struct ledger_call call);

#define assert_reject(f, call, wanted)                                                             \
    do {                                                                                           \
        enum reject assert_reject_ = fixture_call((f), (call));                                    \
        if (assert_reject_ != (wanted))                                                            \
            fail_msg("%s: %s, not %s", #call, reject_name(assert_reject_), reject_name(wanted));   \
    } while (0)
#define assert_done(f, call) assert_reject(f, call, REJECT_NONE)

/* Audit both ways: every difference is zero. */
void fixture_assert_sound(struct ledger_fixture *f);

struct id fixture_id(uint64_t n);
struct name fixture_name(const char *text);
struct sign_key fixture_key(const char *account);
struct asset_amount fixture_what(uint32_t asset, uint64_t atoms);

/* What one owner has now. */
struct amount fixture_available(struct ledger_fixture *f, const char *owner, uint32_t asset);
struct amount fixture_held(struct ledger_fixture *f, const char *owner, uint32_t asset);
#define assert_balance(f, owner, asset, available, held)                                           \
    do {                                                                                           \
        assert_int_equal(fixture_available((f), (owner), (asset)).atoms, (available));             \
        assert_int_equal(fixture_held((f), (owner), (asset)).atoms, (held));                       \
    } while (0)

/* owner is "alice" for a user, "inv:home" for an inventory. */
struct ledger_call call_deposit(uint64_t ref, const char *owner, uint32_t asset, uint64_t atoms);
struct ledger_call call_withdraw(uint64_t ref, const char *owner, uint32_t asset, uint64_t atoms);
struct ledger_call call_transfer(uint64_t ref, const char *source, const char *target,
                                 uint32_t asset, uint64_t atoms);
struct ledger_call call_balances(const char *owner);
struct ledger_call call_sell(uint64_t id, const char *account, struct asset_amount sell,
                             struct asset_amount buy, int64_t deadline_ms);
struct ledger_call call_buy(uint64_t id, const char *account, struct asset_amount sell,
                            struct asset_amount buy, int64_t deadline_ms);
struct ledger_call call_cancel(uint64_t id, const char *account, int64_t until_ms);
struct ledger_call call_get(uint64_t id);
struct ledger_call call_expire(uint32_t max);
struct ledger_call call_limit(enum row_kind kind, const char *subject, uint32_t asset, uint64_t min,
                              uint64_t max);
struct ledger_call call_mode(bool accept, bool send);
struct ledger_call call_lead(const char *holder, uint64_t fence, uint32_t ttl_ms);
struct ledger_call call_freeze(uint64_t fence, uint32_t max);
struct ledger_call call_fill(uint64_t fence, uint64_t leg, uint64_t fill, uint64_t in, uint64_t out,
                             bool last);
struct ledger_call call_unknown(uint64_t fence, uint64_t leg);
struct ledger_call call_void(uint64_t fence, uint64_t leg);
struct ledger_call call_events(uint64_t after, uint32_t max);
struct ledger_call call_audit(bool full);
struct ledger_call call_plain(enum ledger_fn fn); /* a call without arguments */

struct ledger_leg fixture_leg(uint64_t id, const char *venue, const char *domain,
                              struct asset_amount in, struct asset_amount min_out);
struct ledger_fill fixture_fill(uint64_t intent, uint64_t paid, uint64_t got);

#endif
