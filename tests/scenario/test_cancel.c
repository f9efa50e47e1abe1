/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

/* A venue that does not answer is waited for so long, before it counts as down. */
static const struct deployment_options patient = {
    .settings = { "leg_timeout_ms=1500" },
    .venues = { { .name = "uni", .kind = "amm" } },
};

static struct intent resting(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(1));
    return trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(3500)));
}

static void test_cancel_of_a_resting_intent_returns_its_hold(void **state)
{
    struct deployment *d = *state;
    struct wire_status s;

    deployment_open(d, &patient);
    struct intent i = resting(d);
    trader_post(d, "alice", &i);
    assert_rejected(trader_cancel(&s, d, "alice", i.id), REJECT_NONE);
    assert_int_equal(s.state, INTENT_CANCELLED);
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(1));
    assert_rejected(trader_try(d, "alice", &i), REJECT_NONE); /* the stored answer */
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_CANCELLED);
    deployment_close(d);
}

static void test_cancel_of_a_filled_intent_is_too_late_and_has_the_receipt(void **state)
{
    struct deployment *d = *state;
    struct wire_status s;

    deployment_open(d, &patient);
    trader_deposit(d, "alice", ETH, UNITS(1));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
    trader_post(d, "alice", &i);
    trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_rejected(trader_cancel(&s, d, "alice", i.id), REJECT_TOO_LATE);
    assert_int_equal(s.state, INTENT_FILLED);
    assert_true(s.has_receipt);
    deployment_close(d);
}

static void test_cancel_in_a_batch_lets_it_finish_and_closes_the_rest(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &patient);
    trader_deposit(d, "alice", ETH, UNITS(100));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(100)), ATOMS(USD, UNITS(295000)));
    i.partial = true;
    deployment_freeze(d, "uni");
    trader_post(d, "alice", &i);
    trader_await(d, "alice", i.id, INTENT_PLANNED);
    assert_rejected(trader_cancel(NULL, d, "alice", i.id), REJECT_IN_BATCH);
    deployment_thaw(d, "uni");
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_PARTIAL_CLOSED);
    assert_int_equal(s.receipt.fills_n, 1);
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(100) - s.paid.atoms);
    deployment_close(d);
}

static void test_cancel_before_the_intent_arrives_beats_it(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &patient);
    struct intent i = resting(d);
    enum reject first = trader_cancel(NULL, d, "alice", i.id);
    assert_true(first == REJECT_NONE || first == REJECT_UNKNOWN_ID);
    assert_rejected(trader_try(d, "alice", &i), REJECT_CANCELLED);
    assert_atoms(books_held(d, "user:alice", ETH), 0);
    deployment_close(d);
}

static void test_cancel_by_another_account_is_refused(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &patient);
    struct intent i = resting(d);
    trader_deposit(d, "mallory", USD, UNITS(1));
    trader_post(d, "alice", &i);
    enum reject r = trader_cancel(NULL, d, "mallory", i.id);
    assert_true(r != REJECT_NONE && r != REJECT_TOO_LATE);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_ACCEPTED);
    trader_cancel(NULL, d, "alice", i.id);
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_cancel_of_a_resting_intent_returns_its_hold),
        deployment_test(test_cancel_of_a_filled_intent_is_too_late_and_has_the_receipt),
        deployment_test(test_cancel_in_a_batch_lets_it_finish_and_closes_the_rest),
        deployment_test(test_cancel_before_the_intent_arrives_beats_it),
        deployment_test(test_cancel_by_another_account_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
