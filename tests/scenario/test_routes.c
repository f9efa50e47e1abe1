/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

static const struct deployment_options two_venues = {
    .venues = { { .name = "uni", .kind = "amm" }, { .name = "sushi", .kind = "amm" } },
};
static const struct deployment_options pool_and_book = {
    .venues = { { .name = "uni", .kind = "amm" }, { .name = "lake", .kind = "book" } },
};

static struct intent eth_for_btc(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(2));
    return trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(BTC, UNITS(0.098)));
}

/* Either venue may fail after the other one has traded, and nobody could pay for that. */
static void test_two_hops_over_two_venues_need_house_inventory(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &two_venues);
    struct intent i = eth_for_btc(d);
    trader_post(d, "alice", &i);
    trader_await_batches(d, 3);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_ACCEPTED);
    trader_deposit_house(d, "home", BTC, UNITS(1));
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_true(s.got.atoms >= UNITS(0.098));
    assert_true(amount_is_zero(s.receipt.fills[0].alone));
    books_await_quiet(d);
    assert_atoms(books_available(d, "inv:home", BTC), UNITS(1));
    assert_atoms(books_held(d, "inv:home", BTC), 0);
    deployment_close(d);
}

static void test_two_hops_in_one_atomic_venue_need_none(void **state)
{
    static const struct deployment_options options = { .venues = {
                                                           { .name = "hub", .kind = "amm" } } };
    struct deployment *d = *state;

    deployment_open(d, &options);
    struct intent i = eth_for_btc(d);
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_true(amount_cmp(s.got, s.receipt.fills[0].alone) >= 0);
    assert_string_equal(s.receipt.fills[0].alone_venue.text, "hub");
    deployment_close(d);
}

static struct wire_status sell_twenty(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(20));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(20)), ATOMS(USD, UNITS(58000)));

    i.partial = true;
    trader_post(d, "alice", &i);
    return trader_await(d, "alice", i.id, INTENT_FILLED);
}

static void test_large_sell_is_split_over_pool_and_book(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &pool_and_book);
    trader_deposit_house(d, "home", ETH, UNITS(30));
    trader_deposit_house(d, "home", USD, UNITS(100000));
    struct wire_status s = sell_twenty(d);
    assert_true(deployment_logged(d, "leader", " legs=2 ") > 0);
    assert_int_equal(s.receipt.fills_n, 1);
    assert_true(amount_cmp(s.got, s.receipt.fills[0].alone) > 0);
    deployment_close(d);
}

/* A split is better but nobody could cover half of it; one leg is always possible. */
static void test_large_sell_without_inventory_still_fills_at_one_venue(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &pool_and_book);
    struct wire_status s = sell_twenty(d);
    assert_true(amount_cmp(s.got, s.receipt.fills[0].alone) >= 0);
    deployment_close(d);
}

static void test_netting_and_routing_mix_in_one_batch(void **state)
{
    struct deployment *d = *state;
    enum reject rejects[3];

    deployment_open(d, &pool_and_book);
    trader_deposit(d, "alice", ETH, UNITS(9));
    trader_deposit(d, "bob", USD, UNITS(9300));
    struct intent bob = trader_buy(d, ATOMS(USD, UNITS(9300)), ATOMS(ETH, UNITS(3)));
    struct intent alice[3];
    for (size_t k = 0; k < 3; k++) {
        alice[k] = trader_sell(d, ATOMS(ETH, UNITS(3)), ATOMS(USD, UNITS(8700)));
        alice[k].partial = true;
    }
    trader_post(d, "bob", &bob);
    trader_post_all(rejects, d, trader_get(d, "alice"), alice, 3);
    trader_await_all(d);
    assert_int_equal(trader_status(d, "bob", bob.id).state, INTENT_FILLED);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(trader_status(d, "alice", alice[k].id).state, INTENT_FILLED);
    deployment_close(d);
}

static void test_prefunded_venue_trades_the_inventory_of_its_domain(void **state)
{
    static const struct deployment_options options = { .venues = {
                                                           { .name = "cex", .kind = "book" } } };
    struct deployment *d = *state;

    deployment_open(d, &options);
    trader_deposit(d, "alice", ETH, UNITS(1));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2950)));
    trader_post(d, "alice", &i);
    trader_await_batches(d, 2);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_ACCEPTED);
    trader_deposit_house(d, "cex", ETH, UNITS(10));
    trader_deposit_house(d, "home", USD, UNITS(10000));
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    books_await_quiet(d);
    assert_atoms(books_available(d, "inv:cex", ETH), UNITS(9));
    assert_true(books_available(d, "inv:cex", USD).atoms >= UNITS(2990));
    assert_atoms(books_available(d, "inv:home", ETH), UNITS(1));
    assert_atoms(books_available(d, "inv:home", USD), UNITS(10000) - s.got.atoms);
    deployment_close(d);
}

/* Little inventory fills little; the rest waits for more. */
static void test_prefunded_venue_trades_no_more_than_there_is(void **state)
{
    static const struct deployment_options options = { .venues = {
                                                           { .name = "cex", .kind = "book" } } };
    struct deployment *d = *state;

    deployment_open(d, &options);
    trader_deposit(d, "alice", ETH, UNITS(3));
    trader_deposit_house(d, "cex", ETH, UNITS(2));
    trader_deposit_house(d, "home", USD, UNITS(10000));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(3)), ATOMS(USD, UNITS(8700)));
    i.partial = true;
    trader_post(d, "alice", &i);
    trader_await_batches(d, 3);
    struct wire_status s = trader_status(d, "alice", i.id);
    assert_int_equal(s.state, INTENT_ACCEPTED);
    assert_in_range(s.paid.atoms, UNITS(1.99), UNITS(2));
    trader_deposit_house(d, "cex", ETH, UNITS(2));
    trader_await(d, "alice", i.id, INTENT_FILLED);
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_two_hops_over_two_venues_need_house_inventory),
        deployment_test(test_two_hops_in_one_atomic_venue_need_none),
        deployment_test(test_large_sell_is_split_over_pool_and_book),
        deployment_test(test_large_sell_without_inventory_still_fills_at_one_venue),
        deployment_test(test_netting_and_routing_mix_in_one_batch),
        deployment_test(test_prefunded_venue_trades_the_inventory_of_its_domain),
        deployment_test(test_prefunded_venue_trades_no_more_than_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
