/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/route_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/core/check.h"
#include "solver/route/certificate.h"
#include "tests/support/route_judge.h"

#define COLD_REPEATS 5
#define WARM_REPEATS 3
#define COLD_SHARE 0.6 /* of the time */
#define MOVED 100      /* one curve in so many */
#define SCRATCH_MAX ((size_t)1 << 30)
#define NAME_MAX_N 128

/* ---- the floor ---- */

static double floor_once(const struct route_case *c, const double *u, const double *e)
{
    const struct real_smooth smooth = { .width = 1e-9, .tight = 1e-3 };
    double begin = route_case_cpu_us(), sum = 0;

    for (size_t i = 0; i < c->market.curves_n; i++) {
        struct real_pull pull;

        if (c->market.real[i].live != 0 &&
            real_curve_pull(&pull, &c->market.real[i], u, e, &smooth) == REAL_TRADES)
            sum += pull.profit;
    }
    double us = route_case_cpu_us() - begin;

    CHECK(isfinite(sum));
    return us;
}

/* Prices a little off the reference, so that many curves trade. */
static double floor_measure(const struct route_case *c)
{
    double *u = calloc(c->assets_n, sizeof *u), *e = calloc(c->assets_n, sizeof *e);
    struct numbers us = { 0 };

    CHECK(u != NULL && e != NULL);
    for (size_t i = 0; i < c->assets_n; i++) {
        u[i] = 0.01 * (double)((i * 7) % 11) / 11;
        e[i] = exp(u[i]);
    }
    for (int i = 0; i < 2 * COLD_REPEATS; i++)
        numbers_add(&us, floor_once(c, u, e));
    double median = numbers_quantile(&us, 0.5);

    numbers_fini(&us);
    free(u);
    free(e);
    return median;
}

/* ---- one order ---- */

struct runner {
    struct route_run *run;
    struct route_case *c;
    struct router *router;
    struct router_options options;
    struct prng random;
    double begin; /* us */
    double seconds;
};

/* Is the share of the time that is meant for this used up? */
static bool spent(const struct runner *x, double share)
{
    return route_case_now_us() - x->begin > share * x->seconds * 1e6;
}

static double solve_us(struct router_result *result, struct runner *x, size_t order)
{
    double begin = route_case_cpu_us();

    CHECK(router_solve(result, x->router, &x->c->market, &x->c->orders[order], &x->options) ==
          ERR_OK);
    return route_case_cpu_us() - begin;
}

/* As anybody would check it: the bound from the prices, the legs on copies. */
static void certify_time(struct runner *x, size_t order, const struct router_result *result)
{
    const struct route_case *c = x->c;
    const struct certificate_market m = { c->curves, c->curves_n, c->assets_n };
    struct certificate_verdict v = { .fault = CERTIFICATE_NONE };
    double begin = route_case_cpu_us();
    struct arena scratch;
    struct u256 bound;

    if (result->end == ROUTER_NO_ROUTE)
        return;
    arena_init(&scratch, SCRATCH_MAX);
    CHECK(certificate_bound(&bound, &m, &c->orders[order], result->prices, NULL) == ERR_OK);
    CHECK(certificate_replay(&v, &scratch, &m, &c->orders[order], &result->legs) == ERR_OK);
    arena_fini(&scratch);
    numbers_add(&x->run->certify_us, route_case_cpu_us() - begin);
    CHECK(v.fault == CERTIFICATE_NONE);
}

static void judge_count(struct runner *x, size_t order, const struct router_result *result)
{
    struct route_judge j;

    route_judge(&j, &x->c->market, &x->c->orders[order], &x->options, result);
    if (j.fault != NULL) {
        x->run->faults++;
        (void)fprintf(stderr, "bench_route: order %s, number %zu: %s\n",
                      x->c->refs != NULL ? x->c->refs[order] : "-", order, j.fault);
    }
    x->run->open += !j.closed;
}

/* Solved once, judged and counted. */
static void order_judge(struct runner *x, size_t order)
{
    struct route_run *r = x->run;
    struct router_result result;

    (void)solve_us(&result, x, order);
    certify_time(x, order, &result);
    judge_count(x, order, &result);
    if (result.end == ROUTER_DONE)
        numbers_add(&r->gap, result.gap);
    else
        r->partial++;
    numbers_add(&r->legs, (double)result.legs.n);
    numbers_add(&r->iterations, (double)result.iterations);
    numbers_add(&r->pivots, (double)result.pivots);
    numbers_add(&r->active, (double)result.active);
    numbers_add(&r->fill, (double)result.fill);
    r->orders[order].bought = networks_double(&result.bought);
    r->orders[order].bound = networks_double(&result.bound);
}

static void order_cold(struct runner *x, size_t order)
{
    struct router_result result;
    struct numbers us = { 0 };

    for (int i = 0; i < COLD_REPEATS && (i == 0 || !spent(x, COLD_SHARE)); i++) {
        double one = solve_us(&result, x, order);

        numbers_add(&us, one);
        numbers_add(&x->run->cold_us, one);
    }
    x->run->orders[order].cold_us = numbers_quantile(&us, 0.5);
    numbers_fini(&us);
}

/* What one block changes; the curves stay sound. */
static void market_move(struct runner *x)
{
    struct route_case *c = x->c;
    size_t moves = c->curves_n / MOVED + 1;
    double us = 0;

    for (size_t i = 0; i < moves; i++) {
        size_t curve = prng_below(&x->random, c->curves_n);

        networks_move(&c->curves[curve], &x->random);
        double begin = route_case_cpu_us();

        CHECK(route_market_update(&c->market, &c->arena, curve) == ERR_OK);
        us += route_case_cpu_us() - begin;
    }
    numbers_add(&x->run->update_us, us);
}

static void order_warm(struct runner *x, size_t order)
{
    struct router_result result;

    (void)solve_us(&result, x, order);
    for (int i = 0; i < WARM_REPEATS && (i == 0 || !spent(x, 1)); i++) {
        market_move(x);
        x->options.warm = true;
        numbers_add(&x->run->warm_us, solve_us(&result, x, order));
        numbers_add(&x->run->warm_iterations, (double)result.iterations);
        x->options.warm = false;
        numbers_add(&x->run->moved_us, solve_us(&result, x, order));
    }
}

void route_run(struct route_run *r, struct route_case *c, double seconds)
{
    struct runner x = { .run = r, .c = c, .router = router_new(), .seconds = seconds };

    *r = (struct route_run){ .floor_us = floor_measure(c) };
    r->orders = calloc(c->orders_n, sizeof *r->orders);
    CHECK(x.router != NULL && r->orders != NULL);
    router_defaults(&x.options);
    x.options.cycles = true;
    prng_seed(&x.random, 1);
    x.begin = route_case_now_us();
    for (size_t i = 0; i < c->orders_n; i++)
        r->orders[i].cold_us = NAN;
    for (size_t i = 0; i < c->orders_n; i++) {
        if (i > 0 && spent(&x, COLD_SHARE))
            break;
        order_judge(&x, i);
        order_cold(&x, i);
    }
    for (size_t i = 0; i < c->orders_n; i++) {
        if (isnan(r->orders[i].cold_us) || (i > 0 && spent(&x, 1)))
            break;
        order_warm(&x, i);
    }
    router_free(x.router);
}

void route_run_fini(struct route_run *r)
{
    struct numbers *const all[] = { &r->cold_us, &r->warm_us, &r->moved_us,   &r->update_us,
                                    &r->gap,     &r->legs,    &r->iterations, &r->pivots,
                                    &r->active,  &r->fill,    &r->certify_us, &r->warm_iterations };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        numbers_fini(all[i]);
    free(r->orders);
}

/* ---- what is printed ---- */

static void say(const char *name, const char *what, double value, const char *unit)
{
    char text[NAME_MAX_N];

    (void)snprintf(text, sizeof text, "%s: %s", name, what);
    numbers_line("route", text, value, unit);
}

static void say_work(struct route_run *r, const char *name)
{
    say(name, "gap, median", numbers_quantile(&r->gap, 0.5), "");
    say(name, "gap, worst", numbers_quantile(&r->gap, 1), "");
    say(name, "orders whose gap stays open", (double)r->open, "");
    say(name, "orders not as claimed", (double)r->faults, "");
    say(name, "orders not traded whole", (double)r->partial, "");
    say(name, "legs, median", numbers_quantile(&r->legs, 0.5), "");
    say(name, "Newton steps, median", numbers_quantile(&r->iterations, 0.5), "");
    say(name, "Newton steps, worst", numbers_quantile(&r->iterations, 1), "");
    say(name, "Newton steps, warm, median", numbers_quantile(&r->warm_iterations, 0.5), "");
    say(name, "pivots, median", numbers_quantile(&r->pivots, 0.5), "");
    say(name, "pivots, worst", numbers_quantile(&r->pivots, 1), "");
    say(name, "active curves, median", numbers_quantile(&r->active, 0.5), "");
    say(name, "entries of the factor, worst", numbers_quantile(&r->fill, 1), "");
}

void route_run_print(struct route_run *r, const struct route_case *c, const char *name,
                     double goal_us)
{
    double cold = numbers_quantile(&r->cold_us, 0.5), warm = numbers_quantile(&r->warm_us, 0.5);
    double moved = numbers_quantile(&r->moved_us, 0.5);

    say(name, "orders", (double)r->legs.n, "");
    say(name, "cold, median", cold, "us");
    say(name, "cold, p99", numbers_quantile(&r->cold_us, 0.99), "us");
    if (goal_us > 0)
        say(name, "cold, median, over the goal", cold / goal_us, "x");
    say(name, "warm, median", warm, "us");
    say(name, "warm, p99", numbers_quantile(&r->warm_us, 0.99), "us");
    say(name, "warm over cold on the same market", warm / moved, "x");
    say(name, "update of the market", numbers_quantile(&r->update_us, 0.5), "us");
    say(name, "building the market", c->build_us, "us");
    say(name, "floor, every curve once", r->floor_us, "us");
    say(name, "cold over the floor", cold / r->floor_us, "x");
    say(name, "certified again, over cold", numbers_quantile(&r->certify_us, 0.5) / cold, "x");
    say_work(r, name);
}
