/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/route_case.h"

#include <stdio.h>
#include <time.h>

#include "solver/core/check.h"
#include "solver/core/system.h"

#define ARENA_MAX ((size_t)1 << 30)

double route_case_now_us(void)
{
    struct clock_port clock = system_clock();

    return (double)clock.now_ns(clock.self) / 1e3;
}

double route_case_cpu_us(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void market_build(struct route_case *c)
{
    double begin = route_case_cpu_us();

    CHECK(route_market_build(&c->market, &c->arena, c->curves, c->curves_n, c->assets_n) == ERR_OK);
    c->build_us = route_case_cpu_us() - begin;
}

bool route_case_read(struct route_case *c, const char *path)
{
    struct input_error e;

    *c = (struct route_case){ 0 };
    arena_init(&c->arena, ARENA_MAX);
    if (auction_file_load(&c->file, &e, path, &c->arena) != ERR_OK) {
        (void)fprintf(stderr, "bench_route: %s\n", e.text);
        return false;
    }
    const struct auction *a = &c->file.auction;

    if (input_skipped_total(&c->file.skipped) > 0) {
        (void)fprintf(stderr, "bench_route: %s: %zu items are not supported\n", path,
                      input_skipped_total(&c->file.skipped));
        return false;
    }
    c->curves = a->curves;
    c->curves_n = a->curves_n;
    c->assets_n = a->assets_n;
    c->orders_n = a->intents_n;
    c->orders = ARENA_NEW(&c->arena, a->intents_n, struct router_order);
    c->refs = ARENA_NEW(&c->arena, a->intents_n, const char *);
    CHECK(c->orders != NULL && c->refs != NULL);
    for (size_t i = 0; i < a->intents_n; i++) {
        c->orders[i] = (struct router_order){ .sell = a->intents[i].sell,
                                              .buy = a->intents[i].buy,
                                              .amount = a->intents[i].sell_max };
        c->refs[i] = a->intents[i].ref;
    }
    market_build(c);
    return true;
}

void route_case_make(struct route_case *c, struct networks *made)
{
    *c = (struct route_case){ .made = *made };
    arena_init(&c->arena, ARENA_MAX);
    c->curves = made->curves;
    c->curves_n = made->curves_n;
    c->assets_n = made->assets_n;
    c->orders = made->orders;
    c->orders_n = made->orders_n;
    market_build(c);
}

void route_case_close(struct route_case *c)
{
    networks_fini(&c->made);
    arena_fini(&c->arena);
}
