/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "solver/core/system.h"
#include "solver/link_worker.h"
#include "tests/support/world.h"

#define WAIT_MS 60000 /* for what must come, on any machine */
#define MS ((uint64_t)1000000)
#define URL_MAX 128

struct fixture {
    struct tmpdir dir;
    char program[URL_MAX]; /* a script in dir */
    char url[URL_MAX];     /* of the link's socket */
    struct inbox *inbox;
    struct link_worker *link;
    struct worker_link port;
    uint64_t now; /* what the link is told */
    struct world world;
    struct arena arena;
};

static char why[512];

static void script_write(struct fixture *f, const char *command)
{
    FILE *file = fopen(f->program, "w");

    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s\n", command) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(f->program, 0700), 0);
}

static enum err open_program(struct fixture *f, const char *program)
{
    enum err err =
        link_worker_open(&f->link, program, f->dir.path, "test", f->inbox, why, sizeof why);

    if (err == ERR_OK)
        f->port = link_worker_port(f->link);
    return err;
}

/* A worker that lives and does nothing: the test speaks for it. */
static void open_idle(struct fixture *f)
{
    script_write(f, "exec sleep 600");
    assert_ok(open_program(f, f->program));
    link_worker_tick(f->link, f->now);
}

static nng_socket worker_dial(const struct fixture *f)
{
    nng_socket s;

    assert_int_equal(nng_pair0_open(&s), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, WAIT_MS), 0);
    assert_int_equal(nng_dial(s, f->url, NULL, 0), 0);
    return s;
}

static struct letter next_letter(struct fixture *f)
{
    struct clock_port clock = system_clock();
    struct letter l;

    assert_ok(inbox_take(&l, f->inbox, clock.now_ns(clock.self) + WAIT_MS * MS));
    return l;
}

static enum err solve(const struct fixture *f)
{
    return f->port.solve(f->port.self, &f->world.a);
}

static bool solve_ready(void *arg)
{
    struct fixture *f = arg;
    enum err err = solve(f);

    link_worker_tick(f->link, f->now);
    assert_true(err == ERR_OK || err == ERR_AGAIN);
    return err == ERR_OK;
}

/* Children of this process: 0 none, 1 one that runs, 2 one that ended and is not buried. */
static int child_state(void)
{
    siginfo_t info = { 0 };

    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return 0;
    return info.si_pid == 0 ? 1 : 2;
}

static bool child_ended(void *arg)
{
    (void)arg;
    return child_state() == 2;
}

static bool child_buried(void *arg)
{
    struct fixture *f = arg;

    link_worker_tick(f->link, f->now);
    return child_state() == 0;
}

static void test_link_worker_names_a_missing_program(void **state)
{
    struct fixture *f = *state;

    assert_err(open_program(f, "/nowhere/sluice-engine"), ERR_IO);
    assert_string_equal(why, "worker /nowhere/sluice-engine: No such file or directory");
    script_write(f, "exit");
    assert_int_equal(chmod(f->program, 0600), 0);
    assert_err(open_program(f, f->program), ERR_IO);
    assert_non_null(strstr(why, "Permission denied"));
    assert_null(f->link);
    link_worker_close(NULL);
}

static void test_link_worker_names_a_socket_it_cannot_have(void **state)
{
    struct fixture *f = *state;

    script_write(f, "exit");
    assert_err(
        link_worker_open(&f->link, f->program, "/nowhere", "test", f->inbox, why, sizeof why),
        ERR_IO);
    assert_non_null(strstr(why, "ipc:///nowhere/worker-test.ipc: "));
    assert_null(f->link);
}

static void test_link_worker_says_when_nobody_is_there(void **state)
{
    struct fixture *f = *state;

    open_idle(f);
    assert_int_equal(child_state(), 1);
    assert_err(solve(f), ERR_AGAIN);
}

static void test_link_worker_hands_over_an_auction(void **state)
{
    struct fixture *f = *state;
    struct wire_worker_message m;
    nng_msg *msg;

    open_idle(f);
    nng_socket worker = worker_dial(f);
    process_until(solve_ready, f, WAIT_MS, "the auction is sent");
    assert_int_equal(nng_recvmsg(worker, &msg, 0), 0);
    assert_ok(wire_worker_unpack(&m, &f->arena, nng_msg_body(msg), nng_msg_len(msg)));
    nng_msg_free(msg);
    assert_int_equal(m.kind, WIRE_WORKER_AUCTION);
    assert_int_equal(id_cmp(m.as.auction.id, f->world.a.id), 0);
    assert_int_equal(m.as.auction.intents_n, 2);
    nng_close(worker);
}

static void test_link_worker_refuses_an_auction_that_is_none(void **state)
{
    struct fixture *f = *state;

    open_idle(f);
    f->world.intents[0].sell = 99;
    assert_err(solve(f), ERR_INVALID);
}

/* The loop judges bytes; the link brings them as they are. */
static void test_link_worker_brings_garbage_unread(void **state)
{
    static char noise[] = "\xff\xff no message";
    struct fixture *f = *state;
    struct wire_worker_message m;

    open_idle(f);
    nng_socket worker = worker_dial(f);
    assert_int_equal(nng_send(worker, noise, sizeof noise, 0), 0);
    struct letter l = next_letter(f);
    assert_int_equal(l.kind, LETTER_WORKER);
    assert_int_equal(nng_msg_len(l.msg), sizeof noise);
    assert_err(wire_worker_unpack(&m, &f->arena, nng_msg_body(l.msg), nng_msg_len(l.msg)),
               ERR_INVALID);
    nng_msg_free(l.msg);
    nng_close(worker);
    assert_int_equal(next_letter(f).kind, LETTER_WORKER_LOST);
}

/* Whoever of this user comes to the socket and leaves at once, the next worker gets in. */
static void test_link_worker_lets_the_worker_in_after_a_rude_peer(void **state)
{
    struct fixture *f = *state;
    nng_msg *msg;

    open_idle(f);
    process_hang_up(strchr(f->url, '/') + 2);
    nng_socket worker = worker_dial(f);
    process_until(solve_ready, f, WAIT_MS, "the auction is sent");
    assert_int_equal(nng_recvmsg(worker, &msg, 0), 0);
    nng_msg_free(msg);
    nng_close(worker);
}

/* Read answers until the last one, which must be of this auction. */
static void final_solution(struct fixture *f)
{
    struct wire_worker_message m;

    do {
        struct letter l = next_letter(f);
        assert_int_equal(l.kind, LETTER_WORKER);
        assert_ok(wire_worker_unpack(&m, &f->arena, nng_msg_body(l.msg), nng_msg_len(l.msg)));
        nng_msg_free(l.msg);
        assert_int_equal(m.kind, WIRE_WORKER_SOLUTION);
        assert_int_equal(id_cmp(m.as.solution.auction, f->world.a.id), 0);
    } while (!m.as.solution.final);
    assert_int_equal(m.as.solution.fills_n, 2);
}

static void test_link_worker_runs_the_engine_and_its_successor(void **state)
{
    char program[SHARED_PATH_MAX];
    struct fixture *f = *state;

    shared_program(program, "sluice-engine");
    assert_ok(open_program(f, program));
    process_until(solve_ready, f, WAIT_MS, "the auction is sent");
    final_solution(f);
    f->port.replace(f->port.self);
    assert_int_equal(next_letter(f).kind, LETTER_WORKER_LOST);
    assert_err(solve(f), ERR_AGAIN); /* not into the connection that just ended */
    process_until(child_buried, f, WAIT_MS, "the worker is buried");
    f->now += 50 * MS;
    process_until(solve_ready, f, WAIT_MS, "the auction is sent again");
    final_solution(f);
}

/* Pauses of 50, 100, ... 2000 ms after workers that end at once; none after one that lived well. */
static void test_link_worker_pauses_before_it_tries_again(void **state)
{
    static const uint64_t pauses_ms[] = { 50, 100, 200, 400, 800, 1600, 2000, 2000 };
    struct fixture *f = *state;

    script_write(f, "exit 3");
    assert_ok(open_program(f, f->program));
    assert_int_equal(child_state(), 0);
    for (size_t i = 0; i < sizeof pauses_ms / sizeof *pauses_ms; i++) {
        link_worker_tick(f->link, f->now);
        assert_int_not_equal(child_state(), 0);
        process_until(child_buried, f, WAIT_MS, "the worker is buried");
        f->now += pauses_ms[i] * MS - 1;
        link_worker_tick(f->link, f->now);
        assert_int_equal(child_state(), 0);
        f->now += 1;
    }
    script_write(f, "exec sleep 0.1");
    link_worker_tick(f->link, f->now);
    process_until(child_ended, f, WAIT_MS, "the worker ends");
    f->now += 10000 * MS;
    link_worker_tick(f->link, f->now);
    assert_int_not_equal(child_state(), 0);
}

static void test_link_worker_ends_its_worker(void **state)
{
    struct fixture *f = *state;

    open_idle(f);
    assert_int_equal(child_state(), 1);
    link_worker_close(f->link);
    f->link = NULL;
    assert_int_equal(child_state(), 0);
}

/* This program as a worker: it talks without end. */
static int talk(const char *url)
{
    static char word[256];
    nng_socket s;

    if (nng_pair0_open(&s) != 0 || nng_dial(s, url, NULL, 0) != 0)
        return 1;
    while (nng_send(s, word, sizeof word, 0) == 0)
        continue;
    return 0;
}

static void test_link_worker_closes_while_its_worker_talks(void **state)
{
    char program[SHARED_PATH_MAX] = "";
    struct fixture *f = *state;

    assert_true(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    for (int round = 0; round < 8; round++) {
        assert_ok(open_program(f, program));
        link_worker_tick(f->link, f->now);
        for (int n = 0; n < 50; n++) {
            struct letter l = next_letter(f);
            assert_int_equal(l.kind, LETTER_WORKER);
            nng_msg_free(l.msg);
        }
        link_worker_close(f->link);
        f->link = NULL;
        assert_int_equal(child_state(), 0);
        inbox_free(f->inbox);
        f->inbox = inbox_new();
        assert_non_null(f->inbox);
    }
}

/* Two intents that match whole. */
static int setup(void **state)
{
    static struct fixture f;

    f = (struct fixture){ .now = 1000 * MS };
    tmpdir_new(&f.dir);
    snprintf(f.program, sizeof f.program, "%s/worker", f.dir.path);
    snprintf(f.url, sizeof f.url, "ipc://%s/worker-test.ipc", f.dir.path);
    f.inbox = inbox_new();
    assert_non_null(f.inbox);
    world_init(&f.world, 2, 1);
    (void)world_sell(&f.world, 0, 1, 1000, 900);
    (void)world_sell(&f.world, 1, 0, 1000, 900);
    f.world.a.options.pivots_max = 10000;
    f.world.a.options.rounds_max = 100;
    arena_init(&f.arena, 1 << 24);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    link_worker_close(f->link);
    inbox_free(f->inbox);
    arena_fini(&f->arena);
    tmpdir_free(&f->dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_link_worker_##name, setup, teardown)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--connect") == 0)
        return talk(argv[2]);
    const struct CMUnitTest tests[] = {
        TEST(names_a_missing_program),
        TEST(names_a_socket_it_cannot_have),
        TEST(says_when_nobody_is_there),
        TEST(hands_over_an_auction),
        TEST(refuses_an_auction_that_is_none),
        TEST(brings_garbage_unread),
        TEST(lets_the_worker_in_after_a_rude_peer),
        TEST(runs_the_engine_and_its_successor),
        TEST(pauses_before_it_tries_again),
        TEST(ends_its_worker),
        TEST(closes_while_its_worker_talks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
