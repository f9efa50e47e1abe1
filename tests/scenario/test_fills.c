/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

static const struct deployment_options one_pool = { .venues = {
                                                        { .name = "uni", .kind = "amm" } } };
static const struct deployment_options no_venue = { .venues = { { .name = NULL } } };

/* What the pool of markets/uni.json gives for ETH when it is untouched. */
static uint64_t uni_usd(uint64_t eth)
{
    u128 in = (u128)eth * 997;

    return (uint64_t)(in * UNITS(3000000) / ((u128)UNITS(1000) * 1000 + in));
}

static void test_sell_fills_at_the_pool_and_says_what_it_saved(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(2));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_atoms(s.paid, UNITS(1));
    assert_atoms(s.got, uni_usd(UNITS(1)));
    assert_int_equal(s.receipt.fills_n, 1);
    assert_atoms(s.receipt.fills[0].surplus_limit, uni_usd(UNITS(1)) - UNITS(2900));
    assert_atoms(s.receipt.fills[0].alone, uni_usd(UNITS(1)));
    assert_string_equal(s.receipt.fills[0].alone_venue.text, "uni");
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(1));
    assert_atoms(books_held(d, "user:alice", ETH), 0);
    deployment_close(d);
}

/* Each batch looks at two intents only, and four that nobody can fill came first. */
static void test_intents_that_rest_keep_nobody_out(void **state)
{
    struct deployment *d = *state;
    struct deployment_options few = one_pool;

    few.settings[0] = "batch_intents_max=2";
    deployment_open(d, &few);
    trader_deposit(d, "alice", ETH, UNITS(10));
    for (int n = 0; n < 4; n++) {
        struct intent rests = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(9000)));
        trader_post(d, "alice", &rests);
    }
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
    trader_post(d, "alice", &i);
    (void)trader_await(d, "alice", i.id, INTENT_FILLED);
    deployment_close(d);
}

static void test_buy_gets_exactly_what_it_asked_for(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", USD, UNITS(4000));
    struct intent i = trader_buy(d, ATOMS(USD, UNITS(3100)), ATOMS(ETH, UNITS(1)));
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_atoms(s.got, UNITS(1));
    assert_true(s.paid.atoms < UNITS(3100));
    assert_atoms(s.receipt.fills[0].surplus_limit, UNITS(3100) - s.paid.atoms);
    assert_atoms(books_available(d, "user:alice", USD), UNITS(4000) - s.paid.atoms);
    deployment_close(d);
}

/* The pool can serve a part of it at the limit, which an all-or-nothing intent refuses. */
static void test_fill_or_kill_never_fills_in_part(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(100));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(100)), ATOMS(USD, UNITS(295000)));
    i.deadline_ms = deployment_unix_ms() + 3000;
    trader_post(d, "alice", &i);
    trader_await_batches(d, 2);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_EXPIRED);
    assert_atoms(s.paid, 0);
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(100));
    assert_atoms(books_held(d, "user:alice", ETH), 0);
    deployment_close(d);
}

static void test_partial_fills_what_the_limit_allows_and_closes_at_the_deadline(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(100));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(100)), ATOMS(USD, UNITS(295000)));
    i.partial = true;
    i.deadline_ms = deployment_unix_ms() + 3000;
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_PARTIAL_CLOSED);
    assert_true(s.paid.atoms > UNITS(1) && s.paid.atoms < UNITS(100));
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(100) - s.paid.atoms);
    assert_atoms(books_held(d, "user:alice", ETH), 0);
    deployment_close(d);
}

static void test_ambitious_limit_rests_and_expires_with_its_hold_returned(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(1));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(3500)));
    i.deadline_ms = deployment_unix_ms() + 3000;
    trader_post(d, "alice", &i);
    assert_atoms(books_held(d, "user:alice", ETH), UNITS(1));
    trader_await_batches(d, 1);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_ACCEPTED);
    trader_await(d, "alice", i.id, INTENT_EXPIRED);
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(1));
    assert_atoms(books_held(d, "user:alice", ETH), 0);
    deployment_close(d);
}

static void test_opposite_intents_net_without_a_venue(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &no_venue);
    trader_deposit(d, "alice", ETH, UNITS(1));
    trader_deposit(d, "bob", USD, UNITS(3100));
    struct intent a = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
    struct intent b = trader_buy(d, ATOMS(USD, UNITS(3100)), ATOMS(ETH, UNITS(1)));
    trader_post(d, "alice", &a);
    trader_post(d, "bob", &b);
    struct wire_status sold = trader_await(d, "alice", a.id, INTENT_FILLED);
    struct wire_status bought = trader_await(d, "bob", b.id, INTENT_FILLED);
    assert_atoms(sold.paid, UNITS(1));
    assert_atoms(bought.got, UNITS(1));
    assert_true(sold.got.atoms >= UNITS(2900) && sold.got.atoms <= UNITS(3100));
    assert_true(bought.paid.atoms >= sold.got.atoms);
    assert_true(bought.paid.atoms - sold.got.atoms <= 1); /* what rounding leaves to the house */
    assert_true(amount_is_zero(sold.receipt.fills[0].alone));
    deployment_close(d);
}

static void test_ring_of_three_nets_without_a_venue(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &no_venue);
    trader_deposit(d, "alice", ETH, UNITS(20));
    trader_deposit(d, "bob", USD, UNITS(60000));
    trader_deposit(d, "carol", BTC, UNITS(1));
    struct intent a = trader_sell(d, ATOMS(ETH, UNITS(20)), ATOMS(USD, UNITS(59000)));
    struct intent b = trader_sell(d, ATOMS(USD, UNITS(60000)), ATOMS(BTC, UNITS(0.98)));
    struct intent c = trader_sell(d, ATOMS(BTC, UNITS(1)), ATOMS(ETH, UNITS(19)));
    trader_post(d, "alice", &a);
    trader_post(d, "bob", &b);
    trader_post(d, "carol", &c);
    trader_await(d, "alice", a.id, INTENT_FILLED);
    trader_await(d, "bob", b.id, INTENT_FILLED);
    trader_await(d, "carol", c.id, INTENT_FILLED);
    deployment_close(d);
}

static void test_same_intent_again_is_answered_and_other_content_is_a_conflict(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(5));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
    trader_post(d, "alice", &i);
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_atoms(s.paid, UNITS(1));
    trader_post(d, "alice", &i);
    struct intent other = i;
    other.buy_amount = AMOUNT_OF(UNITS(2901));
    assert_rejected(trader_try(d, "alice", &other), REJECT_ID_CONFLICT);
    trader_await_batches(d, 1);
    assert_atoms(books_available(d, "user:alice", ETH), UNITS(4));
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_sell_fills_at_the_pool_and_says_what_it_saved),
        deployment_test(test_intents_that_rest_keep_nobody_out),
        deployment_test(test_buy_gets_exactly_what_it_asked_for),
        deployment_test(test_fill_or_kill_never_fills_in_part),
        deployment_test(test_partial_fills_what_the_limit_allows_and_closes_at_the_deadline),
        deployment_test(test_ambitious_limit_rests_and_expires_with_its_hold_returned),
        deployment_test(test_opposite_intents_net_without_a_venue),
        deployment_test(test_ring_of_three_nets_without_a_venue),
        deployment_test(test_same_intent_again_is_answered_and_other_content_is_a_conflict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
