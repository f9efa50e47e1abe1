/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/core/id.h"
#include "solver/shell/log.h"
#include "tests/sim/sim.h"

static const struct sim_faults calm = { 0 };
static const struct sim_faults storm = { .request_lost = 30,
                                         .answer_lost = 50,
                                         .duplicated = 50,
                                         .late = 10,
                                         .leg_rejected = 100,
                                         .leg_partial = 100,
                                         .worker_lost = 50,
                                         .worker_lies = 50,
                                         .leader_killed = 5,
                                         .cancelled = 100,
                                         .store_lost = 5,
                                         .leg_open = 200 };

/* Venues are honest and whole here: what strands a pot then is the takeover alone. */
static const struct sim_faults takeovers = { .request_lost = 30,
                                             .answer_lost = 50,
                                             .duplicated = 50,
                                             .leader_killed = 30,
                                             .store_lost = 20,
                                             .leg_open = 200 };

static uint64_t count(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void run(struct sim_result *r, uint64_t seed, const struct sim_faults *f)
{
    sim_run(r, seed, 60, f);
    if (r->violations > 0)
        fail_msg("seed %" PRIu64 ": %" PRIu64 " violations", seed, r->violations);
}

static void test_sim_calm_world_fills_and_settles(void **state)
{
    struct sim_result r;
    uint64_t filled = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run(&r, seed, &calm);
        assert_int_equal(r.terminal, r.accepted);
        filled += r.filled;
    }
    assert_true(filled > 50);
}

static void run_seeds(const struct sim_faults *f)
{
    uint64_t first = count("SLUICE_SEED", 1000);
    uint64_t seeds = count("SLUICE_SIM_SEEDS", 3);
    struct sim_result r, sum = { 0 };

    for (uint64_t seed = first; seed < first + seeds; seed++) {
        run(&r, seed, f);
        sum.events += r.events;
        sum.accepted += r.accepted;
        sum.filled += r.filled;
        sum.legs += r.legs;
        sum.kills += r.kills;
    }
    printf("seeds %" PRIu64 "+%" PRIu64 ": %" PRIu64 " events, %" PRIu64 " accepted, %" PRIu64
           " filled, %" PRIu64 " legs, %" PRIu64 " kills\n",
           first, seeds, sum.events, sum.accepted, sum.filled, sum.legs, sum.kills);
    assert_true(sum.kills > 0 && sum.filled > 0);
}

static void test_sim_storm_loses_and_doubles_nothing(void **state)
{
    (void)state;
    run_seeds(&storm);
}

static void test_sim_takeovers_strand_nothing(void **state)
{
    (void)state;
    run_seeds(&takeovers);
}

static void test_sim_same_seed_gives_same_history(void **state)
{
    struct sim_result a, b;

    (void)state;
    run(&a, 77, &storm);
    run(&b, 77, &storm);
    assert_true(digest_equal(a.history, b.history));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sim_calm_world_fills_and_settles),
        cmocka_unit_test(test_sim_storm_loses_and_doubles_nothing),
        cmocka_unit_test(test_sim_takeovers_strand_nothing),
        cmocka_unit_test(test_sim_same_seed_gives_same_history),
    };

    log_init("sim", getenv("SLUICE_SIM_LOG") != NULL ? LOG_DEBUG : LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
