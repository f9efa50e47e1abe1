/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A venue that lies beside an honest one: the lie is found, the books stay sound, the honest venue
 * goes on.
 */
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

/* The liar serves markets/lie.json, whose prices are so good that it gets the first leg. */
static void liar_open(struct deployment *d, const char *lie)
{
    const struct deployment_options options = {
        .venues = { { .name = "lie", .lie = lie, .absent = true },
                    { .name = "uni", .kind = "amm" } },
    };

    deployment_open(d, &options);
    trader_deposit(d, "alice", ETH, UNITS(10));
    deployment_start(d, "lie");
}

static struct id sell_one(struct deployment *d)
{
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));

    return trader_post(d, "alice", &i);
}

/* The liar gets a leg and lies about it; later the truth is found and nothing more is sent there. */
static void check_quarantine(struct deployment *d, const char *lie)
{
    liar_open(d, lie);
    deployment_await_venues(d, 2);
    struct id first = sell_one(d);
    deployment_await_log(d, "leader", " VENUE_QUARANTINED venue=lie", 0);
    struct wire_status s = trader_await(d, "alice", first, INTENT_FILLED);
    assert_atoms(s.paid, UNITS(1));
    struct wire_status t = trader_await(d, "alice", sell_one(d), INTENT_FILLED);
    assert_true(t.got.atoms < s.got.atoms); /* the honest venue is not so generous */
    assert_string_equal(t.receipt.fills[0].alone_venue.text, "uni");
    deployment_close(d);
}

static void test_liar_that_takes_more_than_it_was_given(void **state)
{
    check_quarantine(*state, "overfill");
}

static void test_liar_that_gives_less_than_it_promised(void **state)
{
    check_quarantine(*state, "below");
}

static void test_liar_that_tells_one_fill_twice(void **state)
{
    check_quarantine(*state, "twins");
}

static void test_liar_that_uses_one_fill_id_for_two(void **state)
{
    check_quarantine(*state, "double_use");
}

/* No rule of money is broken: the leg is UNKNOWN until Query tells the truth. */
static void check_unknown(struct deployment *d, const char *lie)
{
    liar_open(d, lie);
    deployment_await_venues(d, 2);
    struct id first = sell_one(d);
    deployment_await_log(d, "leader", " LEG_UNKNOWN venue=lie", 0);
    struct wire_status s = trader_await(d, "alice", first, INTENT_FILLED);
    assert_atoms(s.paid, UNITS(1));
    assert_int_equal(s.receipt.fills_n, 1);
    deployment_close(d);
}

static void test_liar_that_answers_for_legs_nobody_sent(void **state)
{
    check_unknown(*state, "wrong_leg");
}

static void test_liar_that_leaves_results_out(void **state)
{
    check_unknown(*state, "no_results");
}

static void test_liar_that_answers_noise_to_a_leg(void **state)
{
    check_unknown(*state, "garbage_submit");
}

static void test_liar_that_answers_another_verb(void **state)
{
    check_unknown(*state, "other_verb");
}

static void test_liar_that_is_silent_about_a_leg(void **state)
{
    check_unknown(*state, "silent_submit");
}

/* No rule is broken, but every batch chose it: until it rests. */
static void test_liar_that_quotes_well_and_rejects(void **state)
{
    struct deployment *d = *state;

    liar_open(d, "refuse");
    deployment_await_venues(d, 2);
    struct wire_status s = trader_await(d, "alice", sell_one(d), INTENT_FILLED);
    deployment_await_log(d, "leader", " VENUE_RESTS venue=lie failures=3 rest_ms=1000", 0);
    assert_string_equal(s.receipt.fills[0].alone_venue.text, "uni");
    assert_atoms(s.paid, UNITS(1));
    deployment_close(d);
}

/* Its curves are not used, others are. */
static void check_refused(struct deployment *d, const char *lie, const char *event)
{
    liar_open(d, lie);
    deployment_await_log(d, "leader", event, 0);
    struct wire_status s = trader_await(d, "alice", sell_one(d), INTENT_FILLED);
    assert_atoms(s.paid, UNITS(1));
    deployment_close(d);
}

static void test_liar_whose_sequence_falls(void **state)
{
    check_refused(*state, "backward", " VENUE_DOWN venue=lie why=\"its sequence went backwards\"");
}

static void test_liar_whose_curve_gets_older(void **state)
{
    check_refused(*state, "stale", " CURVE_REFUSED venue=lie");
}

static void test_liar_that_trades_an_asset_that_does_not_exist(void **state)
{
    check_refused(*state, "alien", " CURVE_REFUSED venue=lie");
}

static void test_liar_that_answers_noise_to_quotes(void **state)
{
    check_refused(*state, "garbage_quotes", " HOSTILE venue=lie");
}

static void test_liar_that_speaks_another_version(void **state)
{
    check_refused(
        *state, "foreign",
        " VENUE_DOWN venue=venue-1 why=\"speaks another version of the protocol\" url=ipc:");
}

static void test_liar_with_a_crossed_book(void **state)
{
    static const struct deployment_options options = {
        .venues = { { .name = "lake", .lie = "crossed", .absent = true },
                    { .name = "uni", .kind = "amm" } },
    };
    struct deployment *d = *state;

    deployment_open(d, &options);
    deployment_start(d, "lake");
    trader_deposit(d, "alice", ETH, UNITS(1));
    deployment_await_log(d, "leader", " CURVE_REFUSED venue=lake", 0);
    struct wire_status s = trader_await(d, "alice", sell_one(d), INTENT_FILLED);
    assert_string_equal(s.receipt.fills[0].alone_venue.text, "uni");
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_liar_that_takes_more_than_it_was_given),
        deployment_test(test_liar_that_gives_less_than_it_promised),
        deployment_test(test_liar_that_tells_one_fill_twice),
        deployment_test(test_liar_that_uses_one_fill_id_for_two),
        deployment_test(test_liar_that_answers_for_legs_nobody_sent),
        deployment_test(test_liar_that_leaves_results_out),
        deployment_test(test_liar_that_answers_noise_to_a_leg),
        deployment_test(test_liar_that_answers_another_verb),
        deployment_test(test_liar_that_is_silent_about_a_leg),
        deployment_test(test_liar_that_quotes_well_and_rejects),
        deployment_test(test_liar_whose_sequence_falls),
        deployment_test(test_liar_whose_curve_gets_older),
        deployment_test(test_liar_that_trades_an_asset_that_does_not_exist),
        deployment_test(test_liar_that_answers_noise_to_quotes),
        deployment_test(test_liar_that_speaks_another_version),
        deployment_test(test_liar_with_a_crossed_book),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
