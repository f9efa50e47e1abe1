/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every store answers: intents, money, limits, modes, events. */
#include <stdio.h>

#include "tests/conformance/store_subject.h"

static struct ledger_call sell(struct ledger_fixture *f, uint64_t id, uint64_t atoms)
{
    return call_sell(id, "alice", fixture_what(1, atoms), fixture_what(2, 10),
                     store_subject_later(f));
}

static void test_store_accept_holds_and_repeats_its_answer(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = sell(f, 1, 600);

    for (int i = 0; i < 2; i++) {
        assert_done(f, c);
        assert_int_equal(f->reply.seq, 1);
        assert_int_equal(f->reply.intent.state, INTENT_ACCEPTED);
        assert_int_equal(f->reply.intent.intent.sell_amount.atoms, 600);
        assert_memory_equal(&f->reply.intent.key, &c.as.accept.key, sizeof c.as.accept.key);
        assert_balance(f, "alice", 1, 400, 600);
    }
    c.as.accept.payload_hash.bytes[0] ^= 1;
    assert_reject(f, c, REJECT_ID_CONFLICT);
}

static void test_store_accept_refuses_in_order(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = sell(f, 1, 0);

    c.as.accept.intent.buy_asset = 1;
    c.as.accept.intent.deadline_ms = 1;
    c.as.accept.intent.account = fixture_name("nobody");
    assert_reject(f, c, REJECT_UNKNOWN_ACCOUNT);
    c.as.accept.intent.account = fixture_name("bob");
    assert_reject(f, c, REJECT_FOREIGN_ACCOUNT);
    c.as.accept.key = fixture_key("bob");
    assert_done(f, call_mode(false, true));
    assert_reject(f, c, REJECT_PAUSED);
    assert_done(f, call_mode(true, true));
    assert_reject(f, c, REJECT_SAME_ASSET);
    c.as.accept.intent.sell_asset = 2;
    assert_reject(f, c, REJECT_ZERO_AMOUNT);
    c.as.accept.intent.sell_amount = AMOUNT_OF(2000);
    assert_reject(f, c, REJECT_EXPIRED);
    c.as.accept.intent.deadline_ms = store_subject_later(f) + LEDGER_DEADLINE_MAX_MS;
    assert_reject(f, c, REJECT_DEADLINE_FAR);
    assert_reject(f, call_get(1), REJECT_UNKNOWN_ID); /* none of these is remembered */
    c.as.accept.intent.deadline_ms = store_subject_later(f);
    assert_reject(f, c, REJECT_BALANCE);
}

static void test_store_refusals_of_money_leave_a_tombstone(void **state)
{
    struct ledger_fixture *f = *state;
    int64_t until = fixture_now(f) + 50;
    struct ledger_call c = sell(f, 1, 2000);

    c.as.accept.intent.deadline_ms = until;
    assert_reject(f, c, REJECT_BALANCE);
    assert_done(f, call_deposit(1, "alice", 1, 5000));
    assert_reject(f, c, REJECT_BALANCE); /* the stored answer, although it would fit now */
    assert_done(f, call_get(1));
    assert_int_equal(f->reply.intent.state, INTENT_REJECTED);
    assert_int_equal(f->reply.intent.refused, REJECT_BALANCE);
    assert_reject(f, call_cancel(1, "alice", until), REJECT_TOO_LATE);
    c.as.accept.payload_hash.bytes[0] ^= 1;
    assert_reject(f, c, REJECT_ID_CONFLICT);
    fixture_pass(f, until);
    assert_reject(f, call_get(1), REJECT_UNKNOWN_ID);
    assert_done(f, sell(f, 1, 2000));
}

static void test_store_limit_of_held_is_checked_at_accept(void **state)
{
    struct ledger_fixture *f = *state;

    assert_done(f, call_limit(ROW_HELD, LEDGER_ANY, 1, 0, 100));
    assert_reject(f, sell(f, 1, 101), REJECT_LIMIT);
    assert_done(f, call_limit(ROW_HELD, "alice", 1, 0, 300));
    assert_done(f, sell(f, 2, 300));
    assert_reject(f, sell(f, 3, 1), REJECT_LIMIT);
    assert_done(f, call_plain(LEDGER_limits));
    assert_int_equal(f->reply.limits_n, 2);
    assert_string_equal(f->reply.limits[0].subject.text, "alice");
    assert_int_equal(f->reply.limits[0].used.atoms, 300);
}

static void test_store_cancel_closes_an_open_intent_once(void **state)
{
    struct ledger_fixture *f = *state;

    assert_done(f, sell(f, 1, 600));
    assert_reject(f, call_cancel(1, "bob", 0), REJECT_FOREIGN_ACCOUNT);
    for (int i = 0; i < 2; i++) {
        assert_done(f, call_cancel(1, "alice", 0));
        assert_int_equal(f->reply.intent.state, INTENT_CANCELLED);
        assert_balance(f, "alice", 1, 1000, 0);
    }
    assert_done(f, sell(f, 1, 600)); /* the stored answer */
    assert_int_equal(f->reply.intent.state, INTENT_CANCELLED);
}

static void test_store_cancel_beats_a_late_arrival(void **state)
{
    struct ledger_fixture *f = *state;
    int64_t later = store_subject_later(f);

    assert_reject(f, call_cancel(1, "nobody", later), REJECT_UNKNOWN_ACCOUNT);
    assert_reject(f, call_cancel(1, "alice", 5), REJECT_UNKNOWN_ID);
    assert_reject(f, call_cancel(1, "alice", later + LEDGER_TOMBSTONE_MAX_MS), REJECT_DEADLINE_FAR);
    /* It may outlive the deadline of anything that can come. */
    assert_done(f, call_cancel(2, "alice", later + LEDGER_DEADLINE_MAX_MS));
    assert_reject(f, sell(f, 2, 600), REJECT_CANCELLED);
    assert_done(f, call_cancel(1, "alice", later));
    assert_done(f, call_cancel(1, "alice", later));
    assert_int_equal(f->reply.intent.state, INTENT_REJECTED);
    assert_reject(f, sell(f, 1, 600), REJECT_CANCELLED);
    assert_reject(f, call_sell(1, "bob", fixture_what(2, 5), fixture_what(1, 5), later),
                  REJECT_ID_CONFLICT);
    assert_balance(f, "alice", 1, 1000, 0);
}

static void test_store_expire_closes_what_is_due(void **state)
{
    struct ledger_fixture *f = *state;
    int64_t due = fixture_now(f) + 40;
    struct ledger_call c = sell(f, 1, 100);

    c.as.accept.intent.deadline_ms = due;
    assert_done(f, c);
    assert_done(f, sell(f, 2, 200));
    assert_done(f, call_expire(10));
    assert_int_equal(f->reply.intents_n, 0);
    fixture_pass(f, due);
    assert_done(f, call_freeze(1, 10));
    assert_int_equal(f->reply.intents_n, 1); /* no batch takes a late one */
    assert_done(f, call_expire(10));
    assert_int_equal(f->reply.intents_n, 1);
    assert_int_equal(f->reply.intents[0].state, INTENT_EXPIRED);
    assert_balance(f, "alice", 1, 800, 200);
    assert_reject(f, call_cancel(1, "alice", 0), REJECT_TOO_LATE);
    fixture_pass(f, due + FIXTURE_RETAIN_MS);
    fixture_pass(f, fixture_now(f) + FIXTURE_RETAIN_MS);
    assert_reject(f, call_get(1), REJECT_UNKNOWN_ID);
}

static void test_store_deposit_binds_an_account_to_its_key(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_deposit(1, "carol", 3, 7);

    c.as.money.has_key = false;
    assert_reject(f, c, REJECT_UNKNOWN_ACCOUNT);
    c.as.money.has_key = true;
    assert_done(f, c);
    assert_done(f, c); /* once */
    assert_balance(f, "carol", 3, 7, 0);
    c.as.money.what.amount = AMOUNT_OF(8);
    assert_reject(f, c, REJECT_ID_CONFLICT);
    c = call_deposit(2, "carol", 3, 7);
    c.as.money.key = fixture_key("alice");
    assert_reject(f, c, REJECT_FOREIGN_ACCOUNT);
    c.as.money.has_key = false; /* an operator may leave it out */
    assert_done(f, c);
    assert_reject(f, call_deposit(3, "carol", 3, 0), REJECT_ZERO_AMOUNT);
}

static void test_store_money_never_wraps(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_deposit(1, "alice", 9, 1);

    c.as.money.what.amount = AMOUNT_MAX;
    assert_done(f, c);
    assert_reject(f, call_deposit(2, "alice", 9, 1), REJECT_AMOUNT_RANGE);
    assert_reject(f, call_deposit(3, "bob", 9, 1), REJECT_AMOUNT_RANGE); /* of outside */
    assert_true(fixture_available(f, "alice", 9).atoms == U128_MAX);
    c = call_withdraw(4, "alice", 9, 1);
    c.as.money.what.amount = AMOUNT_MAX;
    assert_done(f, c);
    assert_reject(f, call_withdraw(5, "alice", 9, 1), REJECT_BALANCE);
    assert_reject(f, call_withdraw(6, "nobody", 9, 1), REJECT_UNKNOWN_ACCOUNT);
}

static void test_store_transfer_moves_inventory_once(void **state)
{
    struct ledger_fixture *f = *state;

    assert_done(f, call_transfer(1, "home", "cex", 1, 100));
    assert_done(f, call_transfer(1, "home", "cex", 1, 100));
    assert_reject(f, call_transfer(1, "home", "cex", 1, 101), REJECT_ID_CONFLICT);
    assert_reject(f, call_transfer(2, "home", "cex", 1, 401), REJECT_BALANCE);
    assert_reject(f, call_transfer(2, "home", "home", 1, 1), REJECT_MALFORMED);
    assert_reject(f, call_transfer(2, "home", "cex", 1, 0), REJECT_ZERO_AMOUNT);
    assert_balance(f, "inv:home", 1, 400, 0);
    assert_balance(f, "inv:cex", 1, 600, 0);
}

static void test_store_balances_know_their_owner(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_balances("alice");

    c.as.balances.has_key = true;
    c.as.balances.key = fixture_key("bob");
    assert_reject(f, c, REJECT_FOREIGN_ACCOUNT);
    assert_int_equal(f->reply.balances_n, 0);
    assert_reject(f, call_balances("nobody"), REJECT_UNKNOWN_ACCOUNT);
    c = call_balances("inv:home");
    c.as.balances.owner.name = (struct name){ { 0 } };
    assert_done(f, c);
    assert_int_equal(f->reply.balances_n, 4);
    assert_string_equal(f->reply.balances[0].owner.name.text, "cex");
    c.as.balances.owner.kind = OWNER_USER;
    assert_done(f, c);
    assert_int_equal(f->reply.balances_n, 2);
}

/* More owners than a page holds. */
static void test_store_lists_and_checkpoints_many_owners(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_balances("alice");

    for (uint64_t i = 0; i < 150; i++) {
        char account[16];

        (void)snprintf(account, sizeof account, "u%03u", (unsigned)i);
        assert_done(f, call_deposit(1000 + i, account, 1, i + 1));
    }
    c.as.balances.owner.name = (struct name){ { 0 } };
    assert_done(f, c);
    assert_int_equal(f->reply.balances_n, 152);
    assert_done(f, call_plain(LEDGER_checkpoint));
    assert_done(f, call_withdraw(2000, "u149", 1, 150));
    assert_done(f, call_audit(false));
    assert_int_equal(f->reply.journal_entries, 1);
    assert_true(f->reply.sound);
    assert_done(f, call_audit(true));
    assert_int_equal(f->reply.journal_entries, 157);
}

static void test_store_limits_are_checked_when_set(void **state)
{
    struct ledger_fixture *f = *state;

    assert_reject(f, call_limit(ROW_INVENTORY, "home", 1, 9, 8), REJECT_AMOUNT_RANGE);
    assert_done(f, call_limit(ROW_INVENTORY, "home", 1, 8, 9));
    assert_done(f, call_limit(ROW_VALUE, "amm", 77, 5, 6)); /* asset and min mean nothing here */
    assert_done(f, call_plain(LEDGER_limits));
    assert_int_equal(f->reply.limits_n, 2);
    assert_int_equal(f->reply.limits[0].used.atoms, 500);
    assert_int_equal(f->reply.limits[1].asset, 0);
    assert_int_equal(f->reply.limits[1].min.atoms, 0);
}

static void test_store_limits_have_a_number(void **state)
{
    struct ledger_fixture *f = *state;

    for (uint32_t i = 0; i < LEDGER_LIMITS_MAX; i++)
        assert_done(f, call_limit(ROW_HELD, LEDGER_ANY, i, 0, 5));
    assert_reject(f, call_limit(ROW_HELD, "alice", 1, 0, 5), REJECT_TOO_LARGE);
    assert_done(f, call_limit(ROW_HELD, LEDGER_ANY, 7, 0, 6));
    assert_done(f, call_plain(LEDGER_limits));
    assert_int_equal(f->reply.limits_n, LEDGER_LIMITS_MAX);
}

static void test_store_lease_passes_on_with_a_higher_fence(void **state)
{
    struct ledger_fixture *f = *state;

    assert_reject(f, call_lead("two", 0, 1000), REJECT_FENCE);
    assert_int_equal(f->reply.fence, 1);
    assert_done(f, call_lead("one", 1, 20));
    fixture_pass(f, fixture_now(f) + 20);
    assert_done(f, call_lead("two", 0, 60000));
    assert_int_equal(f->reply.fence, 2);
    assert_reject(f, call_lead("one", 1, 1000), REJECT_FENCE);
    assert_reject(f, call_freeze(1, 10), REJECT_FENCE);
    assert_done(f, call_freeze(2, 10));
    assert_int_equal(f->reply.auction, 2);
    assert_done(f, call_lead("two", 0, 1000)); /* the same process name, started again */
    assert_int_equal(f->reply.fence, 3);
}

static void test_store_freeze_lists_the_oldest_first(void **state)
{
    struct ledger_fixture *f = *state;

    for (uint64_t i = 0; i < 300; i++)
        assert_done(f, sell(f, 500 - i, 1));
    assert_done(f, call_freeze(1, 290));
    assert_int_equal(f->reply.intents_n, 290);
    for (uint64_t i = 0; i < 290; i++) {
        assert_int_equal(f->reply.intents[i].intent.seq, i + 1);
        assert_int_equal(id_cmp(f->reply.intents[i].intent.id, fixture_id(500 - i)), 0);
    }
    assert_int_equal(f->reply.balances_n, 4);
    assert_false(f->reply.paused_send);
}

static void test_store_freeze_goes_on_after_a_sequence(void **state)
{
    struct ledger_fixture *f = *state;
    struct ledger_call c = call_freeze(1, 200);

    for (uint64_t i = 0; i < 300; i++)
        assert_done(f, sell(f, 500 - i, 1));
    c.as.freeze.after = 30;
    assert_done(f, c);
    assert_int_equal(f->reply.intents_n, 200);
    for (uint64_t i = 0; i < 200; i++)
        assert_int_equal(f->reply.intents[i].intent.seq, 31 + i);
    c.as.freeze.after = 230;
    assert_done(f, c);
    assert_int_equal(f->reply.intents_n, 70);
    c.as.freeze.after = UINT64_MAX;
    assert_done(f, c);
    assert_int_equal(f->reply.intents_n, 0);
}

static void test_store_events_are_dense(void **state)
{
    struct ledger_fixture *f = *state;

    for (uint64_t i = 1; i <= 5; i++)
        assert_done(f, sell(f, i, 1));
    assert_done(f, call_cancel(5, "alice", 0));
    assert_done(f, call_events(2, 3));
    assert_int_equal(f->reply.seq, 6);
    assert_int_equal(f->reply.events_n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f->reply.events[i].seq, 3 + i);
    assert_done(f, call_events(5, 1000));
    assert_int_equal(f->reply.events[0].state, INTENT_CANCELLED);
    assert_done(f, call_events(UINT64_MAX, 1000));
    assert_int_equal(f->reply.events_n, 0);
}

static void test_store_keeps_the_last_reports(void **state)
{
    struct ledger_fixture *f = *state;
    uint8_t batch[2] = { 0, 0 };
    struct ledger_call c = { .fn = LEDGER_report };

    c.as.report = (struct ledger_report){ 2, batch, 2, batch, 2 };
    assert_reject(f, c, REJECT_FENCE);
    c.as.report.fence = 1;
    for (unsigned i = 0; i < LEDGER_BATCH_REPORTS_MAX + 10; i++) {
        batch[0] = (uint8_t)i;
        batch[1] = (uint8_t)(i >> 8);
        assert_done(f, c);
    }
    assert_done(f, call_plain(LEDGER_reports));
    assert_int_equal(f->reply.batch_reports_n, LEDGER_BATCH_REPORTS_MAX);
    assert_memory_equal(f->reply.batch_reports[0].bytes, batch, 2);
    assert_int_equal(f->reply.batch_reports[LEDGER_BATCH_REPORTS_MAX - 1].bytes[0], 10);
    assert_memory_equal(f->reply.venues_report.bytes, batch, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_accept_holds_and_repeats_its_answer),
        STORE_TEST(test_store_accept_refuses_in_order),
        STORE_TEST(test_store_refusals_of_money_leave_a_tombstone),
        STORE_TEST(test_store_limit_of_held_is_checked_at_accept),
        STORE_TEST(test_store_cancel_closes_an_open_intent_once),
        STORE_TEST(test_store_cancel_beats_a_late_arrival),
        STORE_TEST(test_store_expire_closes_what_is_due),
        STORE_TEST(test_store_deposit_binds_an_account_to_its_key),
        STORE_TEST(test_store_money_never_wraps),
        STORE_TEST(test_store_transfer_moves_inventory_once),
        STORE_TEST(test_store_balances_know_their_owner),
        STORE_TEST(test_store_lists_and_checkpoints_many_owners),
        STORE_TEST(test_store_limits_are_checked_when_set),
        STORE_TEST(test_store_limits_have_a_number),
        STORE_TEST(test_store_lease_passes_on_with_a_higher_fence),
        STORE_TEST(test_store_freeze_lists_the_oldest_first),
        STORE_TEST(test_store_freeze_goes_on_after_a_sequence),
        STORE_TEST(test_store_events_are_dense),
        STORE_TEST(test_store_keeps_the_last_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
