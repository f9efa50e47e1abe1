/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deployment -- the whole service for one test: redis-server, gateway, leader, standby and venues
 * as real processes in a private folder, on unix sockets only.
 *
 * Parts are named: "redis", "gateway", "leader", "standby", and each venue by its own name. A test
 * ends with deployment_close, which proves the books (books.h) and an orderly end; when it fails
 * before, the teardown prints every log.
 */
#ifndef SLUICE_TESTS_SCENARIO_DEPLOYMENT_H
#define SLUICE_TESTS_SCENARIO_DEPLOYMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/client/client.h"
#include "solver/core/arena.h"
#include "tests/support/test_support.h"

#define DEPLOYMENT_VENUES_MAX 6
#define DEPLOYMENT_SETTINGS_MAX 12
#define DEPLOYMENT_PARTS_MAX (DEPLOYMENT_VENUES_MAX + 3)
#define DEPLOYMENT_ARGV_MAX 64
#define DEPLOYMENT_WAIT_MS 30000 /* any wait; far above what a loaded machine needs */

struct deployment_venue {
    const char *name;
    const char *kind;   /* of sluice-venue; or NULL: the scripted venue_liar telling lie */
    const char *lie;    /* of venue_liar */
    const char *market; /* path; NULL: markets/<name>.json beside this file */
    const char *assets; /* path; NULL: those of the deployment */
    bool absent;        /* configured, but not started or never usable: nobody waits for it */
};

struct deployment_options {
    const char *assets;                            /* path; NULL: markets/assets.json */
    const char *settings[DEPLOYMENT_SETTINGS_MAX]; /* "field=value" of gateway and solvers */
    struct deployment_venue venues[DEPLOYMENT_VENUES_MAX];
    bool standby;
};

struct deployment_part {
    const char *name; /* NULL: free */
    struct process process;
    const char *argv[DEPLOYMENT_ARGV_MAX];
};

struct trader; /* trader.h */

struct deployment {
    bool open;
    struct redis redis;
    struct arena texts;
    struct deployment_options options;
    struct deployment_part parts[DEPLOYMENT_PARTS_MAX];
    const char *assets;
    struct client *client;   /* of the public socket */
    struct client *operator; /* of the operator socket */
    struct trader *traders;
    size_t traders_n;
    uint64_t ids; /* made so far */
};

/* cmocka fixtures: *state is a struct deployment that is not open. */
int deployment_setup(void **state);
int deployment_teardown(void **state);
#define deployment_test(f) cmocka_unit_test_setup_teardown(f, deployment_setup, deployment_teardown)

/* Start everything and wait until the leader uses every venue that is not absent. */
void deployment_open(struct deployment *d, const struct deployment_options *options);

/* Folder, redis-server and command lines only; the parts are started one by one. */
void deployment_prepare(struct deployment *d, const struct deployment_options *options);

/* Wait until nothing is in flight, prove the books, end all parts with status 0. */
void deployment_close(struct deployment *d);

/* One part by its name. */
void deployment_start(struct deployment *d, const char *part);
void deployment_kill(struct deployment *d, const char *part);   /* SIGKILL and reap */
void deployment_crash(struct deployment *d, const char *part);  /* SIGKILL, start again */
void deployment_freeze(struct deployment *d, const char *part); /* SIGSTOP */
void deployment_thaw(struct deployment *d, const char *part);   /* SIGCONT */
void deployment_stop(struct deployment *d, const char *part);   /* SIGTERM; must exit with 0 */

/* The same in two steps: SIGTERM, and then it must exit with 0 within ms. */
void deployment_ask_to_end(struct deployment *d, const char *part);
void deployment_ends(struct deployment *d, const char *part, uint64_t ms);

/* Start a part that must refuse to run: it exits with 1 and its log holds the text. */
void deployment_refuses(struct deployment *d, const char *part, const char *text);

/* The worker process of a solver; waits until there is one. */
pid_t deployment_worker(struct deployment *d, const char *solver);

/* The path of a program that is built for this folder's tests. */
const char *deployment_helper(struct deployment *d, const char *name);

/* A path inside the folder, living as long as the deployment. */
const char *deployment_path(struct deployment *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How often a text stands in the log of a part; and wait until it is there once more than before. */
size_t deployment_logged(const struct deployment *d, const char *part, const char *text);
void deployment_await_log(const struct deployment *d, const char *part, const char *text,
                          size_t before);

/* Wait until the leader's report shows so many usable venues. */
void deployment_await_venues(struct deployment *d, size_t up);

/* Ask an operator's verb until it is answered. */
struct wire_op_answer deployment_operate(struct deployment *d, const struct wire_op_request *r);

/* A counter of the gateway. */
uint64_t deployment_counter(struct deployment *d, const char *name);

/* Milliseconds of the monotonic and of the wall clock. */
uint64_t deployment_now_ms(void);
int64_t deployment_unix_ms(void);

#endif
