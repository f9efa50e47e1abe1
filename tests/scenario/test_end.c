/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process that is asked to end does so in time, whatever others do to it at that moment.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/books.h"
#include "tests/scenario/hostile.h"
#include "tests/scenario/trader.h"

#define ROUNDS 20
#define FLOODS_EVERY 5
#define GONE_MS 5000

static const char *const parts[] = { "uni", "lake", "gateway", "leader", "standby" };
#define PARTS (sizeof parts / sizeof parts[0])

static const char *const sockets[] = { "gateway.ipc", "operator.ipc", "venue-uni.ipc",
                                       "venue-lake.ipc" };
#define SOCKETS (sizeof sockets / sizeof sockets[0])

static void *flood(void *path)
{
    hostile_flood(path);
    return NULL;
}

static void floods_start(pthread_t floods[SOCKETS], struct deployment *d)
{
    for (size_t i = 0; i < SOCKETS; i++) {
        const char *path = deployment_path(d, "%s", sockets[i]);
        assert_int_equal(pthread_create(&floods[i], NULL, flood, (void *)(uintptr_t)path), 0);
    }
}

static void floods_join(pthread_t floods[SOCKETS])
{
    for (size_t i = 0; i < SOCKETS; i++)
        assert_int_equal(pthread_join(floods[i], NULL), 0);
}

/* Nobody fills these, so every batch has work for the engine. */
static void work_forever(struct deployment *d)
{
    trader_deposit(d, "bob", ETH, UNITS(8));
    for (int i = 0; i < 8; i++) {
        struct intent dream = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(3050)));
        trader_post(d, "bob", &dream);
    }
}

static void fill_one(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(1));
    struct intent i = trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2500)));

    trader_post(d, "alice", &i);
    trader_await(d, "alice", i.id, INTENT_FILLED);
}

/* SIGTERM to all in any order, nobody waits for anybody. */
static void ask_all(struct deployment *d, struct prng *r)
{
    const char *order[PARTS];

    memcpy(order, parts, sizeof parts);
    for (size_t i = PARTS; i > 0; i--) {
        size_t one = (size_t)prng_below(r, i);
        deployment_ask_to_end(d, order[one]);
        order[one] = order[i - 1];
    }
}

static void test_end_under_traffic_is_quick_twenty_times(void **state)
{
    static const struct deployment_options options = {
        .settings = { "batch_ms=1", "lease_ms=200" },
        .venues = { { .name = "uni", .kind = "amm" }, { .name = "lake", .kind = "book" } },
        .standby = true,
    };
    struct deployment *d = *state;
    pthread_t floods[SOCKETS];
    uint64_t slowest_ms = 0;
    struct prng r;

    prng_init(&r, 20);
    deployment_open(d, &options);
    work_forever(d);
    for (int round = 0; round < ROUNDS; round++) {
        bool flooded = round % FLOODS_EVERY == 0;
        if (flooded)
            floods_start(floods, d);
        fill_one(d);
        uint64_t asked_ms = deployment_now_ms();
        ask_all(d, &r);
        for (size_t i = 0; i < PARTS; i++)
            deployment_ends(d, parts[i], GONE_MS);
        uint64_t took_ms = deployment_now_ms() - asked_ms;
        slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
        if (flooded)
            floods_join(floods);
        for (size_t i = 0; i < PARTS; i++)
            deployment_start(d, parts[i]);
    }
    print_message("gone after %llu ms at most\n", (unsigned long long)slowest_ms);
    deployment_close(d);
}

/* A ledger that does not answer holds both up for longer than they have. */
static void test_end_does_not_wait_for_a_silent_ledger(void **state)
{
    static const struct deployment_options options = {
        .settings = { "redis_timeout_ms=60000" },
        .venues = { { .name = "uni", .kind = "amm" } },
    };
    static const char *const users[] = { "gateway", "leader" };
    struct deployment *d = *state;

    deployment_open(d, &options);
    work_forever(d);
    deployment_freeze(d, "redis");
    for (size_t i = 0; i < 2; i++)
        deployment_ask_to_end(d, users[i]);
    for (size_t i = 0; i < 2; i++)
        deployment_ends(d, users[i], GONE_MS);
    deployment_thaw(d, "redis");
    for (size_t i = 0; i < 2; i++)
        deployment_start(d, users[i]);
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_end_under_traffic_is_quick_twenty_times),
        deployment_test(test_end_does_not_wait_for_a_silent_ledger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
