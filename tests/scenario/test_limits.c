/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

static const struct deployment_options one_pool = { .venues = {
                                                        { .name = "uni", .kind = "amm" } } };
static const struct deployment_options two_venues = {
    .venues = { { .name = "uni", .kind = "amm" }, { .name = "sushi", .kind = "amm" } },
};

static void limit_set(struct deployment *d, struct row limit, const char *subject)
{
    struct wire_op_request r = { .kind = WIRE_OP_LIMIT_SET, .as.limit_set = limit };

    assert_ok(name_parse(&r.as.limit_set.subject, subject, strlen(subject)));
    assert_int_equal(deployment_operate(d, &r).code, 0);
}

static void mode_set(struct deployment *d, bool accept, bool send)
{
    const struct wire_op_request r = { .kind = WIRE_OP_MODE, .as.mode = { accept, send } };

    assert_int_equal(deployment_operate(d, &r).code, 0);
}

static struct intent partial_sell(struct deployment *d, uint64_t eth)
{
    trader_deposit(d, "alice", ETH, eth);
    struct intent i = trader_sell(d, ATOMS(ETH, eth), ATOMS(USD, eth * 2900));

    i.partial = true;
    return i;
}

static void test_held_limit_refuses_what_goes_above_it(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(10));
    limit_set(d, (struct row){ .kind = ROW_HELD, .asset = ETH, .max = AMOUNT_OF(UNITS(3)) },
              "alice");
    struct intent a = trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(USD, UNITS(7000)));
    struct intent b = trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(USD, UNITS(7000)));
    trader_post(d, "alice", &a);
    assert_rejected(trader_try(d, "alice", &b), REJECT_LIMIT);
    assert_rejected(trader_cancel(NULL, d, "alice", a.id), REJECT_NONE);
    struct intent c = trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(USD, UNITS(7000)));
    trader_post(d, "alice", &c);
    trader_cancel(NULL, d, "alice", c.id);
    deployment_close(d);
}

/* Every fill respects the bound, and the rest follows in later batches. */
static void check_bounded(struct deployment *d, const struct intent *i, uint64_t most)
{
    struct wire_status s = trader_await(d, "alice", i->id, INTENT_FILLED);

    assert_true(s.receipt.fills_n >= 3);
    for (size_t k = 0; k < s.receipt.fills_n; k++)
        assert_true(s.receipt.fills[k].paid.atoms <= most);
}

static void test_in_flight_limit_bounds_each_batch(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    limit_set(d, (struct row){ .kind = ROW_IN_FLIGHT, .asset = ETH, .max = AMOUNT_OF(UNITS(2)) },
              "uni");
    struct intent i = partial_sell(d, UNITS(6));
    trader_post(d, "alice", &i);
    check_bounded(d, &i, UNITS(2));
    deployment_close(d);
}

static void test_value_limit_bounds_each_batch(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    limit_set(d, (struct row){ .kind = ROW_VALUE, .max = AMOUNT_OF(UNITS(6000)) }, "uni");
    struct intent i = partial_sell(d, UNITS(6));
    trader_post(d, "alice", &i);
    check_bounded(d, &i, UNITS(2));
    deployment_close(d);
}

/* The route needs cover, and the limit does not let the inventory go so low. */
static void test_inventory_limit_keeps_cover_back(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &two_venues);
    trader_deposit(d, "alice", ETH, UNITS(2));
    trader_deposit_house(d, "home", BTC, UNITS(1));
    struct row limit = { .kind = ROW_INVENTORY,
                         .asset = BTC,
                         .min = AMOUNT_OF(UNITS(0.99)),
                         .max = AMOUNT_OF(UNITS(5)) };
    limit_set(d, limit, "home");
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(BTC, UNITS(0.098)));
    trader_post(d, "alice", &i);
    trader_await_batches(d, 3);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_ACCEPTED);
    limit.min = AMOUNT_ZERO;
    limit_set(d, limit, "home");
    trader_await(d, "alice", i.id, INTENT_FILLED);
    deployment_close(d);
}

static void test_pause_refuses_or_holds_and_resume_goes_on(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    mode_set(d, true, false);
    struct intent held = partial_sell(d, UNITS(1));
    trader_post(d, "alice", &held);
    mode_set(d, false, false);
    struct intent refused = partial_sell(d, UNITS(1));
    assert_rejected(trader_try(d, "alice", &refused), REJECT_PAUSED);
    assert_int_equal(trader_status(d, "alice", held.id).state, INTENT_ACCEPTED);
    assert_int_equal(deployment_logged(d, "leader", " BATCH "), 0);
    mode_set(d, true, true);
    trader_await(d, "alice", held.id, INTENT_FILLED);
    trader_post(d, "alice", &refused);
    trader_await(d, "alice", refused.id, INTENT_FILLED);
    deployment_close(d);
}

static void test_intent_without_balance_or_within_nobodys_account_is_refused(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &one_pool);
    trader_deposit(d, "alice", ETH, UNITS(1));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(2)), ATOMS(USD, UNITS(6000)));
    assert_rejected(trader_try(d, "alice", &i), REJECT_BALANCE);
    struct intent j = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2000)));
    assert_rejected(trader_try(d, "alice", &j), REJECT_COLLAR);
    struct intent k = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(3000)));
    assert_rejected(trader_try(d, "nobody", &k), REJECT_UNKNOWN_ACCOUNT);
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_held_limit_refuses_what_goes_above_it),
        deployment_test(test_in_flight_limit_bounds_each_batch),
        deployment_test(test_value_limit_bounds_each_batch),
        deployment_test(test_inventory_limit_keeps_cover_back),
        deployment_test(test_pause_refuses_or_holds_and_resume_goes_on),
        deployment_test(test_intent_without_balance_or_within_nobodys_account_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
