/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_route -- the router on real and generated liquidity: time cold and warm, gap, work, memory,
 * beside the machine's floor, the plain linear program and the stored results of public routers.
 *
 * `bench_route [WORD...]` runs the cases whose name contains a word; a word that ends in .json is an
 * instance file of its own. Every case runs in a child process with an alarm, so its peak of memory
 * is its own and a case that fails or never ends is one line, not the end of the bench.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/core/check.h"
#include "tests/bench/plain_lp.h"
#include "tests/bench/route_peers.h"
#include "tests/bench/route_quotes.h"
#include "tests/support/shared.h"

#define CASE_SECONDS 4
#define CHILD_SECONDS 40 /* then the alarm */
#define QUOTE_SECONDS 1.5
#define PLAIN_SECONDS 6
#define NAME_MAX_N 128

enum made {
    MADE_NOT,
    MADE_MISPRICED,
    MADE_HUBS,
    MADE_EXPANDER,
    MADE_BOOKS,
    MADE_BALANCER,
    MADE_TICKS
};

struct bench_case {
    const char *name;
    const char *instance; /* shared; NULL: generated */
    enum made made;
    struct networks_size size; /* of hubs and expanders */
    double goal_us;
    bool quotes;
    bool plain; /* beside the plain program */
    bool grows; /* counts for the exponent */
};

static const struct bench_case cases[] = {
    { .name = "10 real pools", .instance = "cp-s10", .goal_us = 50, .plain = true },
    { .name = "100 real pools", .instance = "cp-m100", .goal_us = 300, .plain = true },
    { .name = "1,000 real pools",
      .instance = "cp-l1000",
      .goal_us = 3000,
      .plain = true,
      .quotes = true },
    { .name = "29 real pools", .instance = "cow-cp29" },
    { .name = "53 real pools, mixed", .instance = "cow-mixed53" },
    { .name = "10 weighted, real", .instance = "bal-s10" },
    { .name = "94 weighted and stable, real", .instance = "bal-m100", .goal_us = 500 },
    { .name = "19 with ticks, real", .instance = "cl-s19", .goal_us = 300 },
    { .name = "23 books, real", .instance = "books-20210417-half", .goal_us = 1000 },
    { .name = "19 with ticks", .made = MADE_TICKS, .goal_us = 300 },
    { .name = "46 books", .made = MADE_BOOKS, .goal_us = 1000 },
    { .name = "1,200 weighted and stable", .made = MADE_BALANCER, .goal_us = 8000 },
    { .name = "3,000 mispriced", .made = MADE_MISPRICED, .goal_us = 50000, .plain = true },
    { .name = "4,000 hubs as real", .made = MADE_HUBS, .size = { 4000, 3131 }, .goal_us = 12000 },
    { .name = "1,000 hubs", .made = MADE_HUBS, .size = { 1000, 100 }, .grows = true },
    { .name = "10,000 hubs", .made = MADE_HUBS, .size = { 10000, 1000 }, .grows = true },
    { .name = "100,000 hubs",
      .made = MADE_HUBS,
      .size = { 100000, 10000 },
      .goal_us = 1e6,
      .grows = true },
    { .name = "1,000 expander", .made = MADE_EXPANDER, .size = { 1000, 100 } },
    { .name = "10,000 expander", .made = MADE_EXPANDER, .size = { 10000, 1000 } },
    { .name = "100,000 expander", .made = MADE_EXPANDER, .size = { 100000, 10000 } },
};

#define CASES_N (sizeof cases / sizeof cases[0])

static double *medians; /* [CASES_N] of cold solves, shared with the children; 0: none */

static void say(const char *name, const char *what, double value, const char *unit)
{
    char text[NAME_MAX_N];

    (void)snprintf(text, sizeof text, "%s: %s", name, what);
    numbers_line("route", text, value, unit);
}

static bool case_open(struct route_case *c, const struct bench_case *b)
{
    char path[SHARED_PATH_MAX], name[NAME_MAX_N];
    struct networks n;

    switch (b->made) {
    case MADE_NOT:
        if (strstr(b->instance, ".json") != NULL)
            return route_case_read(c, b->instance);
        (void)snprintf(name, sizeof name, "data/pools/instances/%s.json", b->instance);
        return shared_path(path, name) && route_case_read(c, path);
    case MADE_MISPRICED: networks_mispriced(&n, 1); break;
    case MADE_HUBS: networks_hubs(&n, 1, b->size); break;
    case MADE_EXPANDER: networks_expander(&n, 1, b->size); break;
    case MADE_BOOKS: networks_books(&n, 1); break;
    case MADE_BALANCER: networks_balancer(&n, 1); break;
    case MADE_TICKS: networks_ticks(&n, 1); break;
    }
    route_case_make(c, &n);
    return true;
}

/* The first order that sells; orders_n: none. */
static size_t plain_order(const struct route_case *c)
{
    size_t i = 0;

    while (i < c->orders_n && c->orders[i].exact_out)
        i++;
    return i;
}

/* The yardstick, before the market moves. */
static void plain_run(struct plain_lp_result *p, const struct route_case *c)
{
    const struct plain_lp_limits limits = { .tolerance = 1e-9, .seconds = PLAIN_SECONDS };

    plain_lp_solve(p, &c->market, &c->orders[plain_order(c)], &limits);
}

static void plain_print(const struct plain_lp_result *p, const struct route_run_order *ours,
                        const char *name)
{
    say(name, p->done ? "plain program, time over ours" : "plain program, at least over ours",
        p->seconds * 1e6 / ours->cold_us, "x");
    say(name, "plain program, gap", p->gap, "");
    say(name, "plain program, rounds", p->rounds, "");
    say(name, "plain program, columns", (double)p->columns, "");
    say(name, "plain program, pivots", (double)p->pivots, "");
    if (p->done)
        say(name, "plain program, out over our bound - 1", p->out / ours->bound - 1, "");
}

/* In the child. */
static void case_run(const struct bench_case *b, size_t number)
{
    struct plain_lp_result plain;
    struct route_case c;
    struct route_run r;

    if (!case_open(&c, b))
        return;
    say(b->name, "curves", (double)c.curves_n, "");
    if (b->quotes)
        route_quotes(&c, b->name, QUOTE_SECONDS);
    bool compare = b->plain && plain_order(&c) < c.orders_n;

    if (compare)
        plain_run(&plain, &c);
    route_run(&r, &c, CASE_SECONDS);
    route_run_print(&r, &c, b->name, b->goal_us);
    medians[number] = numbers_quantile(&r.cold_us, 0.5);
    if (compare)
        plain_print(&plain, &r.orders[plain_order(&c)], b->name);
    struct solve_reference *reference = b->made == MADE_NOT ? solve_reference_open() : NULL;

    if (reference != NULL && strstr(b->instance, ".json") == NULL)
        route_peers_print(reference, b->instance, &c, &r);
    solve_reference_close(reference);
    route_run_fini(&r);
    route_case_close(&c);
}

static void case_fork(const struct bench_case *b, size_t number)
{
    struct rusage usage;
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        (void)alarm(CHILD_SECONDS);
        case_run(b, number);
        exit(EXIT_SUCCESS);
    }
    CHECK(wait4(child, &status, 0, &usage) == child);
    if (status != 0)
        say(b->name, WIFSIGNALED(status) ? "ended by signal" : "failed",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), "");
    say(b->name, "peak memory", (double)usage.ru_maxrss / 1024, "MB");
}

/* The slope of log time over log curves. */
static void growth_print(void)
{
    struct numbers sizes = { 0 }, times = { 0 };

    for (size_t i = 0; i < CASES_N; i++) {
        if (cases[i].grows && medians[i] > 0) {
            numbers_add(&sizes, log((double)cases[i].size.curves_n));
            numbers_add(&times, log(medians[i]));
        }
    }
    if (sizes.n >= 2)
        say("hubs", "time grows with curves to the power", numbers_slope(&sizes, &times), "");
    numbers_fini(&sizes);
    numbers_fini(&times);
}

static bool wanted(const char *name, int argc, char **argv)
{
    bool found = argc < 2;

    for (int i = 1; i < argc; i++)
        found = found || strstr(name, argv[i]) != NULL;
    return found;
}

int main(int argc, char **argv)
{
    medians = mmap(NULL, CASES_N * sizeof *medians, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(medians != MAP_FAILED);
    for (int i = 1; i < argc; i++) {
        struct bench_case own = { .name = argv[i], .instance = argv[i] };

        if (strstr(argv[i], ".json") != NULL)
            case_fork(&own, 0);
    }
    for (size_t i = 0; i < CASES_N; i++) {
        if (wanted(cases[i].name, argc, argv))
            case_fork(&cases[i], i);
    }
    growth_print();
    return EXIT_SUCCESS;
}
