/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fixtures that every other test trusts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test_support.h"

/* One inline command to the server; its first reply bytes in out. */
static void redis_ask(char out[64], const struct redis *r, const char *command)
{
    int fd = process_connect(r->socket);

    assert_true(fd >= 0);
    assert_int_equal(send(fd, command, strlen(command), MSG_NOSIGNAL), strlen(command));
    ssize_t n = recv(fd, out, 63, 0);

    assert_true(n > 0);
    out[n] = '\0';
    (void)close(fd);
}

static void test_support_redis_keeps_what_it_acknowledged(void **state)
{
    struct redis r;
    char reply[64];

    (void)state;
    redis_start(&r);
    redis_ask(reply, &r, "SET key value\r\n");
    assert_string_equal(reply, "+OK\r\n");
    redis_crash(&r);
    redis_ask(reply, &r, "GET key\r\n");
    assert_string_equal(reply, "$5\r\nvalue\r\n");
    redis_pause(&r);
    assert_int_equal(process_connect(r.socket), -1);
    redis_resume(&r);
    redis_ask(reply, &r, "GET key\r\n");
    assert_string_equal(reply, "$5\r\nvalue\r\n");
    redis_stop(&r);
    assert_int_equal(access(r.socket, F_OK), -1);
}

static void test_support_process_reports_its_end(void **state)
{
    const char *const ends[] = { "sh", "-c", "echo said; exit 3", NULL };
    const char *const stays[] = { "sleep", "60", NULL };
    struct tmpdir dir;
    struct process p;
    char log[PROCESS_LOG_MAX];
    size_t size;
    int status;

    (void)state;
    tmpdir_new(&dir);
    (void)snprintf(log, sizeof log, "%s/log", dir.path);
    process_start(&p, log, ends);
    status = process_wait(&p, 10000);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    char *said = shared_read(&size, log);

    assert_string_equal(said, "said\n");
    free(said);

    process_start(&p, log, stays);
    assert_false(process_ended(&status, &p));
    status = process_stop(&p);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(process_stop(&p), 0);
    tmpdir_free(&dir);
}

static void test_support_prng_repeats_and_stays_in_bounds(void **state)
{
    struct prng a, b;
    bool sizes[9] = { false };

    (void)state;
    prng_init(&a, 5);
    prng_init(&b, 5);
    for (int i = 0; i < 1000; i++) {
        assert_true(prng_u64(&a) == prng_u64(&b));
        assert_true(prng_below(&a, 7) < 7 && prng_below(&b, 7) < 7);
        uint64_t v = prng_sized(&a, 8);

        assert_true(v < 256 && v == prng_sized(&b, 8));
        sizes[v == 0 ? 0 : 64 - __builtin_clzll(v)] = true;
    }
    for (size_t i = 0; i < 9; i++)
        assert_true(sizes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_support_redis_keeps_what_it_acknowledged),
        cmocka_unit_test(test_support_process_reports_its_end),
        cmocka_unit_test(test_support_prng_repeats_and_stays_in_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
