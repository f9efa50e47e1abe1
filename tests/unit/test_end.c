/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/end.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/core/system.h"
#include "tests/support/test_support.h"

#define SLACK_MS 2000 /* a loaded machine, and what a sanitizer does in the end */

static uint64_t now_ms(void)
{
    struct clock_port clock = system_clock();

    return clock.now_ns(clock.self) / 1000000;
}

/* Run body as a process of its own; returns its wait status. */
static int run(void (*body)(void))
{
    int status = -1;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        end_init();
        body();
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void asked_by(int signal_number)
{
    struct pollfd one = { .fd = end_fd(), .events = POLLIN };

    if (end_asked() || poll(&one, 1, 0) != 0)
        _exit(1);
    if (kill(getpid(), signal_number) != 0)
        _exit(2);
    end_wait();
    if (!end_asked() || poll(&one, 1, 0) != 1)
        _exit(3);
    _exit(0);
}

static void asked_by_sigterm(void)
{
    asked_by(SIGTERM);
}

static void asked_by_sigint(void)
{
    asked_by(SIGINT);
}

static void never_closes(void)
{
    (void)kill(getpid(), SIGTERM);
    for (;;)
        (void)pause();
}

static void test_end_is_told_by_sigterm_and_sigint(void **state)
{
    (void)state;
    assert_int_equal(run(asked_by_sigterm), 0);
    assert_int_equal(run(asked_by_sigint), 0);
}

static void test_end_does_not_wait_for_a_process_that_hangs(void **state)
{
    uint64_t before = now_ms();

    (void)state;
    assert_int_equal(run(never_closes), 0);
    assert_in_range(now_ms() - before, END_MS, END_MS + SLACK_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end_is_told_by_sigterm_and_sigint),
        cmocka_unit_test(test_end_does_not_wait_for_a_process_that_hangs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
