/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

#define TAKEOVER_MS 5000

/* A venue that is frozen for a while must not count as down before its leg is on its way. */
static const struct deployment_options pair = {
    .settings = { "leg_timeout_ms=1500" },
    .venues = { { .name = "uni", .kind = "amm" } },
    .standby = true,
};

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

static void test_standby_takes_over_from_a_killed_leader(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &pair);
    fill_one(d);
    uint64_t killed_ms = deployment_now_ms();
    deployment_kill(d, "leader");
    struct intent after = one_eth(d);
    trader_post(d, "alice", &after);
    trader_await(d, "alice", after.id, INTENT_FILLED);
    uint64_t took_ms = deployment_now_ms() - killed_ms;
    print_message("took over and filled within %llu ms\n", (unsigned long long)took_ms);
    assert_true(took_ms < TAKEOVER_MS);
    assert_int_equal(deployment_logged(d, "standby", " LEADER "), 1);
    deployment_start(d, "leader"); /* as the new standby */
    deployment_close(d);
}

static void test_standby_finishes_what_the_killed_leader_had_sent(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &pair);
    struct intent i = one_eth(d);
    deployment_freeze(d, "uni");
    trader_post(d, "alice", &i);
    trader_await(d, "alice", i.id, INTENT_PLANNED);
    deployment_kill(d, "leader");
    deployment_thaw(d, "uni");
    struct wire_status s = trader_await(d, "alice", i.id, INTENT_FILLED);
    assert_int_equal(s.receipt.fills_n, 1);
    deployment_close(d);
}

/* What a stopped leader left half done is finished by the other; awake again it finds that out. */
static void test_leader_stopped_past_its_lease_does_nothing_when_it_wakes(void **state)
{
    struct deployment *d = *state;

    deployment_open(d, &pair);
    struct intent first = one_eth(d);
    deployment_freeze(d, "uni");
    trader_post(d, "alice", &first);
    deployment_await_log(d, "leader", " BATCH ", 0); /* planned, and told */
    deployment_freeze(d, "leader");
    deployment_thaw(d, "uni");
    trader_await(d, "alice", first.id, INTENT_FILLED);
    size_t batches = deployment_logged(d, "leader", " BATCH ");
    deployment_thaw(d, "leader");
    deployment_await_log(d, "leader", " FENCED ", 0);
    fill_one(d);
    assert_int_equal(deployment_logged(d, "leader", " BATCH "), batches);
    assert_int_equal(deployment_logged(d, "leader", " LEADER "), 1);
    assert_int_equal(deployment_logged(d, "standby", " LEADER "), 1);
    deployment_close(d);
}

static void test_leaders_that_die_in_turns_fill_everything_once(void **state)
{
    static const char *const solvers[] = { "leader", "standby" };
    struct deployment *d = *state;

    deployment_open(d, &pair);
    for (size_t i = 0; i < 4; i++) {
        struct intent a = one_eth(d);
        struct intent b = one_eth(d);
        trader_post(d, "alice", &a);
        trader_post(d, "alice", &b);
        deployment_crash(d, solvers[i % 2]);
        trader_await(d, "alice", a.id, INTENT_FILLED);
        trader_await(d, "alice", b.id, INTENT_FILLED);
    }
    deployment_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        deployment_test(test_standby_takes_over_from_a_killed_leader),
        deployment_test(test_standby_finishes_what_the_killed_leader_had_sent),
        deployment_test(test_leader_stopped_past_its_lease_does_nothing_when_it_wakes),
        deployment_test(test_leaders_that_die_in_turns_fill_everything_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
