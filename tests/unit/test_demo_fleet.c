/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/demo/fleet.h"

#define MS UINT64_C(1000000)

static struct arena arena;
static struct fleet fleet;
static uint64_t now;
static char path[] = "/tmp/sluice-fleet-XXXXXX";

static int setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    now = 1000 * MS;
    arena_init(&arena, 1 << 20);
    assert_true(fd >= 0);
    close(fd);
    assert_ok(fleet_init(&fleet, &arena, path));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fleet_stop(&fleet);
    fleet_fini(&fleet);
    arena_fini(&arena);
    unlink(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return 0;
}

static void add(const char *name, const char *script)
{
    const char *const argv[] = { "sh", "-c", script, "sh", name, NULL };

    assert_ok(fleet_add(&fleet, name, argv));
}

/* Let every process that runs come to its end, unreaped. */
static void wait_for_ends(void)
{
    for (size_t i = 0; i < fleet.n; i++) {
        siginfo_t info;
        if (fleet.processes[i].pid > 0)
            assert_int_equal(waitid(P_PID, (id_t)fleet.processes[i].pid, &info, WEXITED | WNOWAIT),
                             0);
    }
}

static void test_fleet_keeps_a_line_for_each_end(void **state)
{
    (void)state;
    add("one", "exit 1");
    add("two", "exit 2");
    add("three", "kill -9 $$");
    fleet_step(&fleet, now);
    wait_for_ends();
    fleet_step(&fleet, now + 50 * MS);
    assert_int_equal(fleet.ends, 3);
    assert_non_null(strstr(fleet.news[0], "one (pid"));
    assert_non_null(strstr(fleet.news[0], "ended with status 1"));
    assert_non_null(strstr(fleet.news[1], "ended with status 2"));
    assert_non_null(strstr(fleet.news[2], "three (pid"));
    assert_non_null(strstr(fleet.news[2], "signal 9"));
}

/* Every process is started so many times and is seen to end lived_ms later. */
static void end_times(unsigned times, uint64_t lived_ms)
{
    for (unsigned i = 0; i < times; i++) {
        fleet_step(&fleet, now);
        wait_for_ends();
        now += lived_ms * MS;
        fleet_step(&fleet, now);
        now += FLEET_PAUSE_MAX_MS * MS;
    }
}

static void test_fleet_gives_up_what_ends_at_once(void **state)
{
    char line[FLEET_NEWS_TEXT];

    (void)state;
    add("weak", "echo 2026-01-01 weak error WHY; echo 2026-01-01 other info FINE; exit 1");
    end_times(FLEET_EARLY_MAX - 1, 10);
    assert_null(fleet_hopeless(&fleet));
    end_times(1, 10);
    assert_ptr_equal(fleet_hopeless(&fleet), &fleet.processes[0]);
    fleet_last_line(line, &fleet, &fleet.processes[0]);
    assert_string_equal(line, "2026-01-01 weak error WHY");
}

static void test_fleet_does_not_give_up_what_lived(void **state)
{
    (void)state;
    add("fine", "exit 1");
    end_times(FLEET_EARLY_MAX + 1, 1500);
    assert_null(fleet_hopeless(&fleet));
}

static void test_fleet_does_not_count_its_own_kills(void **state)
{
    (void)state;
    add("victim", "exec sleep 60");
    for (unsigned i = 0; i < FLEET_EARLY_MAX + 1; i++) {
        fleet_step(&fleet, now);
        assert_string_equal(fleet_kill(&fleet, 0), "victim");
        wait_for_ends();
        now += 10 * MS;
        fleet_step(&fleet, now);
        now += FLEET_PAUSE_MAX_MS * MS;
    }
    assert_null(fleet_hopeless(&fleet));
    assert_int_equal(fleet_restarts(&fleet), FLEET_EARLY_MAX + 1);
}

static void test_fleet_names_the_program_that_is_missing(void **state)
{
    const char *const argv[] = { "/nowhere/program", NULL };
    char line[FLEET_NEWS_TEXT];

    (void)state;
    assert_ok(fleet_add(&fleet, "none", argv));
    end_times(1, 10);
    fleet_last_line(line, &fleet, &fleet.processes[0]);
    assert_string_equal(line, "demo: cannot be started: /nowhere/program");
}

#define TEST(claim) cmocka_unit_test_setup_teardown(test_fleet_##claim, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_a_line_for_each_end),         TEST(gives_up_what_ends_at_once),
        TEST(does_not_give_up_what_lived),       TEST(does_not_count_its_own_kills),
        TEST(names_the_program_that_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
