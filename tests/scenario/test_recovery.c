/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

#define ROUNDS 3
#define ROUND_INTENTS 6
#define TTL_MS 4000 /* what does not fill ends soon */

static const struct deployment_options everything = {
    .venues = { { .name = "hub", .kind = "amm" },
                { .name = "lake", .kind = "book" },
                { .name = "uni", .kind = "amm" } },
};

static void fund(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(1000));
    trader_deposit(d, "bob", USD, UNITS(3000000));
    trader_deposit_house(d, "home", ETH, UNITS(50));
    trader_deposit_house(d, "home", USD, UNITS(150000));
    trader_deposit_house(d, "home", BTC, UNITS(2));
}

/* Alice sells what Bob buys, and one of them more, so that batches net and route; some for BTC. */
static void post_round(struct deployment *d, struct prng *r)
{
    struct intent sells[ROUND_INTENTS], buys[ROUND_INTENTS];
    enum reject rejects[ROUND_INTENTS];

    for (size_t i = 0; i < ROUND_INTENTS; i++) {
        uint64_t eth = UNITS(1) / 10 + prng_below(r, UNITS(3));
        bool hops = prng_below(r, 3) == 0;
        struct trader_deposit for_what =
            hops ? ATOMS(BTC, eth * 49 / 1000) : ATOMS(USD, eth * 2930);
        sells[i] = trader_sell(d, ATOMS(ETH, eth), for_what);
        buys[i] = trader_buy(d, ATOMS(USD, eth * 3060), ATOMS(ETH, eth));
        sells[i].partial = prng_below(r, 2) == 0;
        buys[i].partial = prng_below(r, 2) == 0;
        sells[i].deadline_ms = buys[i].deadline_ms = deployment_unix_ms() + TTL_MS;
    }
    trader_post_all(rejects, d, trader_get(d, "alice"), sells, ROUND_INTENTS);
    trader_post_all(rejects, d, trader_get(d, "bob"), buys, ROUND_INTENTS - prng_below(r, 4));
}

/* A moment in the middle of work: some reads later. */
static void pass_a_moment(struct deployment *d, struct prng *r)
{
    const struct trader *t = trader_get(d, "alice");

    for (uint64_t n = prng_below(r, 40); n > 0; n--)
        trader_status(d, "alice", t->intents[t->intents_n - 1].id);
}

static void kill_part(struct deployment *d, const char *part)
{
    if (strcmp(part, "worker") == 0)
        assert_int_equal(kill(deployment_worker(d, "leader"), SIGKILL), 0);
    else
        deployment_crash(d, part);
}

static void check_kills(struct deployment *d, const char *part, uint64_t seed)
{
    struct prng r;

    prng_init(&r, seed);
    deployment_open(d, &everything);
    fund(d);
    for (size_t i = 0; i < ROUNDS; i++) {
        post_round(d, &r);
        pass_a_moment(d, &r);
        kill_part(d, part);
    }
    post_round(d, &r);
    trader_await_all(d);
    assert_true(deployment_logged(d, "leader", " BATCH ") > 0);
    deployment_close(d);
}

static void test_killed_gateway_loses_nothing(void **state)
{
    check_kills(*state, "gateway", 1);
}

static void test_killed_leader_loses_nothing(void **state)
{
    check_kills(*state, "leader", 2);
}

static void test_killed_worker_loses_nothing(void **state)
{
    check_kills(*state, "worker", 3);
}

static void test_killed_pool_venue_loses_nothing(void **state)
{
    check_kills(*state, "hub", 4);
}

static void test_killed_book_venue_loses_nothing(void **state)
{
    check_kills(*state, "lake", 5);
}

static void test_killed_redis_loses_nothing(void **state)
{
    check_kills(*state, "redis", 6);
}

static void test_all_killed_at_once_loses_nothing(void **state)
{
    static const char *const parts[] = { "leader", "gateway", "redis", "hub", "lake", "uni" };
    struct deployment *d = *state;
    struct prng r;

    prng_init(&r, 7);
    deployment_open(d, &everything);
    fund(d);
    for (size_t i = 0; i < 2; i++) {
        post_round(d, &r);
        pass_a_moment(d, &r);
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
            deployment_kill(d, parts[k]);
        for (size_t k = sizeof parts / sizeof parts[0]; k > 0; k--)
            deployment_start(d, parts[k - 1]);
    }
    trader_await_all(d);
    deployment_close(d);
}

static void test_ended_in_the_middle_of_work_goes_on_after_a_start(void **state)
{
    static const char *const parts[] = { "leader", "gateway", "redis", "hub", "lake", "uni" };
    struct deployment *d = *state;
    struct prng r;

    prng_init(&r, 8);
    deployment_open(d, &everything);
    fund(d);
    post_round(d, &r);
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
        deployment_stop(d, parts[k]);
    for (size_t k = sizeof parts / sizeof parts[0]; k > 0; k--)
        deployment_start(d, parts[k - 1]);
    trader_await_all(d);
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_killed_gateway_loses_nothing),
        deployment_test(test_killed_leader_loses_nothing),
        deployment_test(test_killed_worker_loses_nothing),
        deployment_test(test_killed_pool_venue_loses_nothing),
        deployment_test(test_killed_book_venue_loses_nothing),
        deployment_test(test_killed_redis_loses_nothing),
        deployment_test(test_all_killed_at_once_loses_nothing),
        deployment_test(test_ended_in_the_middle_of_work_goes_on_after_a_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
