/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/cli/progress.h"

/* Make fd the standard error; what was it before is returned. */
static int stderr_swap(int fd)
{
    int before = dup(STDERR_FILENO);

    assert_true(before >= 0 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
    (void)close(fd);
    return before;
}

static void told(int fd, const char *text)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    char got[256] = "";

    if (poll(&ready, 1, 100) == 1 && (ready.revents & POLLIN) != 0)
        assert_true(read(fd, got, sizeof got - 1) > 0);
    assert_string_equal(got, text);
}

static void test_cli_progress_shows_on_a_terminal_after_a_second(void **state)
{
    int screen = posix_openpt(O_RDWR | O_NOCTTY);
    struct progress p;

    (void)state;
    assert_true(screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0);
    int before = stderr_swap(open(ptsname(screen), O_RDWR | O_NOCTTY));

    progress_begin(&p);
    progress_show(&p, "too early");
    progress_clear(&p);
    told(screen, "");
    p.start_ns -= 2000000000u;
    progress_show(&p, "%d of %d", 2, 3);
    told(screen, "\r\033[K2 of 3");
    progress_clear(&p);
    told(screen, "\r\033[K");
    progress_clear(&p);
    told(screen, "");
    (void)close(stderr_swap(before));
    (void)close(screen);
}

static void test_cli_progress_is_silent_elsewhere(void **state)
{
    int ends[2];
    struct progress p;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    int before = stderr_swap(ends[1]);

    progress_begin(&p);
    p.start_ns -= 2000000000u;
    progress_show(&p, "nobody reads this");
    progress_clear(&p);
    told(ends[0], "");
    (void)close(stderr_swap(before));
    (void)close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cli_progress_shows_on_a_terminal_after_a_second),
        cmocka_unit_test(test_cli_progress_is_silent_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
