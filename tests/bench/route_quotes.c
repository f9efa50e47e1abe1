/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/route_quotes.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>

#include "solver/core/check.h"
#include "tests/bench/numbers.h"

#define THREADS_MAX 2
#define NAME_MAX_N 128

/* One thread's work. */
struct teller {
    const struct route_case *c;
    double seconds;
    size_t first; /* order */
    bool warm;
    struct numbers us;
    double grown; /* bytes in use after all quotes above those after the first of each order */
};

static double bytes_in_use(void)
{
    return (double)mallinfo2().uordblks;
}

static void *teller_run(void *arg)
{
    struct teller *t = arg;
    struct router *router = router_new();
    struct router_options options;
    struct router_result result;
    double begin = route_case_now_us(), now = begin, after, bytes = 0;

    CHECK(router != NULL);
    router_defaults(&options);
    options.cycles = true;
    options.warm = t->warm;
    for (size_t i = t->first; i == t->first || now - begin < t->seconds * 1e6; i++) {
        const struct router_order *order = &t->c->orders[i % t->c->orders_n];

        CHECK(router_solve(&result, router, &t->c->market, order, &options) == ERR_OK);
        after = route_case_now_us();
        numbers_add(&t->us, after - now);
        now = after;
        if (i == t->first + t->c->orders_n)
            bytes = bytes_in_use() - (double)(t->us.room * sizeof *t->us.v);
    }
    t->grown = bytes_in_use() - (double)(t->us.room * sizeof *t->us.v) - bytes;
    router_free(router);
    return NULL;
}

static void tellers_run(const struct route_case *c, const char *name, double seconds,
                        size_t threads, bool warm)
{
    struct teller tellers[THREADS_MAX] = { 0 };
    pthread_t thread[THREADS_MAX];
    struct numbers us = { 0 };
    double begin = route_case_now_us(), rate;
    char text[NAME_MAX_N];

    for (size_t i = 0; i < threads; i++) {
        tellers[i] = (struct teller){ .c = c, .seconds = seconds, .first = 7 * i, .warm = warm };
        CHECK(pthread_create(&thread[i], NULL, teller_run, &tellers[i]) == 0);
    }
    for (size_t i = 0; i < threads; i++) {
        CHECK(pthread_join(thread[i], NULL) == 0);
        for (size_t k = 0; k < tellers[i].us.n; k++)
            numbers_add(&us, tellers[i].us.v[k]);
        numbers_fini(&tellers[i].us);
    }
    rate = (double)us.n / ((route_case_now_us() - begin) / 1e6);
    (void)snprintf(text, sizeof text, "%s: quotes, %zu threads, %s", name, threads,
                   warm ? "warm" : "cold");
    numbers_line("route", text, rate, "/s");
    (void)snprintf(text, sizeof text, "%s: quotes, %zu threads, %s, p99", name, threads,
                   warm ? "warm" : "cold");
    numbers_line("route", text, numbers_quantile(&us, 0.99) / 1e3, "ms");
    if (threads == 1) {
        (void)snprintf(text, sizeof text, "%s: quotes, %s, memory grown in all", name,
                       warm ? "warm" : "cold");
        numbers_line("route", text, tellers[0].grown, "B");
    }
    numbers_fini(&us);
}

void route_quotes(const struct route_case *c, const char *name, double seconds)
{
    for (size_t threads = 1; threads <= THREADS_MAX; threads++) {
        tellers_run(c, name, seconds, threads, true);
        tellers_run(c, name, seconds, threads, false);
    }
}
