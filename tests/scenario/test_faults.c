/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario/books.h"
#include "tests/scenario/hostile.h"
#include "tests/scenario/trader.h"

static struct intent one_eth(struct deployment *d)
{
    trader_deposit(d, "alice", ETH, UNITS(1));
    return trader_sell(d, ATOMS(ETH, UNITS(1)), ATOMS(USD, UNITS(2900)));
}

static void fill_one(struct deployment *d)
{
    struct intent i = one_eth(d);

    trader_post(d, "alice", &i);
    trader_await(d, "alice", i.id, INTENT_FILLED);
}

/* ---- venues ---- */

static void test_dead_venue_does_not_stop_the_others(void **state)
{
    static const struct deployment_options options = {
        .venues = { { .name = "lake", .kind = "book", .absent = true },
                    { .name = "uni", .kind = "amm" } },
    };
    struct deployment *d = *state;

    deployment_open(d, &options);
    fill_one(d);
    deployment_start(d, "lake");
    deployment_await_venues(d, 2);
    deployment_kill(d, "uni");
    deployment_await_log(d, "leader", " VENUE_DOWN venue=uni", 0);
    fill_one(d);
    deployment_close(d);
}

/* The intent says whose answer is awaited; others go on; the truth ends it. */
static void test_silent_venue_leaves_its_leg_unknown_until_it_speaks(void **state)
{
    static const struct deployment_options options = {
        .venues = { { .name = "lie", .kind = "amm" }, { .name = "uni", .kind = "amm" } },
    };
    struct deployment *d = *state;

    deployment_open(d, &options);
    struct intent i = one_eth(d);
    deployment_freeze(d, "lie");
    trader_post(d, "alice", &i);
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_EXECUTING);
    assert_string_equal(s.venue.text, "lie");
    deployment_await_log(d, "leader", " LEG_UNKNOWN venue=lie", 0);
    fill_one(d);
    books_audit(d);
    assert_int_equal(trader_status(d, "alice", i.id).state, INTENT_EXECUTING);
    deployment_thaw(d, "lie");
    trader_await(d, "alice", i.id, INTENT_FILLED);
    deployment_close(d);
}

/* The venues' report says why the first one is not used. */
static bool note_says_assets(void *arg)
{
    const struct wire_op_request r = { .kind = WIRE_OP_VENUES };
    struct wire_op_answer a = deployment_operate(arg, &r);

    return a.venues_n == 2 && !a.venues[0].up && strstr(a.venues[0].note, "asset") != NULL;
}

static void test_venue_with_another_asset_file_is_not_used(void **state)
{
    static char other[SHARED_PATH_MAX];
    struct deployment_options options = {
        .venues = { { .name = "lake", .kind = "book", .assets = other, .absent = true },
                    { .name = "uni", .kind = "amm" } },
    };
    struct deployment *d = *state;

    shared_source(other, "tests/scenario/markets/other_assets.json");
    deployment_open(d, &options);
    deployment_start(d, "lake");
    process_until(note_says_assets, d, DEPLOYMENT_WAIT_MS, "the venue's note to say why");
    fill_one(d);
    assert_int_equal(deployment_logged(d, "leader", " why=\"its asset file "),
                     1); /* not each try */
    deployment_close(d);
}

/* ---- the worker ---- */

static void check_worker(struct deployment *d, const char *mode, const char *event)
{
    struct deployment_options options = { .venues = { { .name = "uni", .kind = "amm" } } };
    char real[SHARED_PATH_MAX], setting[SHARED_PATH_MAX + 8], count[] = "/tmp/sluice-stub-XXXXXX";
    int fd = mkstemp(count);

    assert_true(fd >= 0);
    close(fd);
    shared_program(real, "sluice-engine");
    setenv("STUB_MODE", mode, 1);
    setenv("STUB_COUNT", count, 1);
    setenv("STUB_REAL", real, 1);
    arena_init(&d->texts, SHARED_PATH_MAX * 4);
    snprintf(setting, sizeof setting, "worker=%s", deployment_helper(d, "worker_stub"));
    arena_fini(&d->texts);
    options.settings[0] = setting;
    deployment_open(d, &options);
    fill_one(d);
    assert_true(deployment_logged(d, "leader", event) >= 2);
    deployment_close(d);
    unlink(count);
}

static void test_worker_that_crashes_costs_a_batch_only(void **state)
{
    check_worker(*state, "crash", " WORKER_LOST ");
}

static void test_worker_that_hangs_is_replaced(void **state)
{
    check_worker(*state, "hang", " WORKER_LOST ");
}

static void test_worker_that_answers_noise_is_replaced(void **state)
{
    check_worker(*state, "noise", " WORKER_LOST ");
}

static void test_worker_that_gives_money_away_is_not_believed(void **state)
{
    check_worker(*state, "lie", " INCUMBENT_REFUSED ");
}

/* ---- redis ---- */

static bool socket_answers(void *arg)
{
    int fd = process_connect(arg);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Both processes that use the ledger refuse to start, and say which setting is too weak. */
static void check_weak(struct deployment *d, const char *setting, const char *value)
{
    const char *socket = d->redis.socket;
    const char *const argv[] = { "redis-server",
                                 "--port",
                                 "0",
                                 "--unixsocket",
                                 socket,
                                 "--dir",
                                 d->redis.dir.path,
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always",
                                 "--maxmemory-policy",
                                 "noeviction",
                                 setting,
                                 value,
                                 NULL };

    unlink(socket);
    process_start(&d->redis.server, deployment_path(d, "weak.log"), argv);
    process_until(socket_answers, d->redis.socket, DEPLOYMENT_WAIT_MS, "weak redis-server");
    deployment_refuses(d, "gateway", "STORE_REFUSED");
    deployment_refuses(d, "leader", "STORE_REFUSED");
    deployment_refuses(d, "gateway", setting + 2);
    process_kill(&d->redis.server);
}

static void test_redis_with_weak_settings_is_refused_by_every_process(void **state)
{
    static const struct deployment_options options = { .venues = { { .name = NULL } } };
    struct deployment *d = *state;

    deployment_prepare(d, &options);
    deployment_kill(d, "redis");
    check_weak(d, "--appendonly", "no");
    check_weak(d, "--appendfsync", "everysec");
    check_weak(d, "--maxmemory-policy", "allkeys-lru");
    deployment_start(d, "redis");
    deployment_start(d, "gateway");
    deployment_start(d, "leader");
    trader_await_batches(d, 1);
    deployment_close(d);
}

/* ---- hostile bytes ---- */

static void test_hostile_bytes_on_every_socket_while_honest_people_trade(void **state)
{
    static const struct deployment_options options = { .venues = {
                                                           { .name = "uni", .kind = "amm" } } };
    static const char *const sockets[] = { "gateway.ipc", "operator.ipc", "events.ipc",
                                           "venue-uni.ipc", "worker-leader.ipc" };
    struct deployment *d = *state;
    struct prng r;

    prng_init(&r, 9);
    deployment_open(d, &options);
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
            for (unsigned manner = 0; manner < HOSTILE_MANNERS; manner++)
                assert_true(hostile_visit(deployment_path(d, "%s", sockets[i]), manner, &r));
        }
        fill_one(d);
    }
    assert_true(deployment_counter(d, "requests_refused") > 0);
    assert_int_equal(deployment_logged(d, "leader", " FENCED "), 0);
    deployment_close(d);
}

/* Peers that do not read what they asked for keep nobody else waiting. */
static void test_deaf_peers_keep_nobody_waiting(void **state)
{
    static const struct deployment_options options = {
        .venues = { { .name = "uni", .kind = "amm" } },
    };
    static const char *const sockets[] = { "gateway.ipc", "operator.ipc", "venue-uni.ipc" };
    struct deployment *d = *state;
    int deaf[3];

    deployment_open(d, &options);
    for (size_t i = 0; i < 3; i++) {
        deaf[i] = hostile_deaf(deployment_path(d, "%s", sockets[i]));
        assert_true(deaf[i] >= 0);
    }
    fill_one(d);
    assert_int_equal(deployment_logged(d, "leader", " VENUE_DOWN "), 0);
    deployment_close(d);
    for (size_t i = 0; i < 3; i++)
        close(deaf[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_dead_venue_does_not_stop_the_others),
        deployment_test(test_silent_venue_leaves_its_leg_unknown_until_it_speaks),
        deployment_test(test_venue_with_another_asset_file_is_not_used),
        deployment_test(test_worker_that_crashes_costs_a_batch_only),
        deployment_test(test_worker_that_hangs_is_replaced),
        deployment_test(test_worker_that_answers_noise_is_replaced),
        deployment_test(test_worker_that_gives_money_away_is_not_believed),
        deployment_test(test_redis_with_weak_settings_is_refused_by_every_process),
        deployment_test(test_hostile_bytes_on_every_socket_while_honest_people_trade),
        deployment_test(test_deaf_peers_keep_nobody_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
