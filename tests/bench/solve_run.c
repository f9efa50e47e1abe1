/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/solve_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "solver/clear/certify.h"
#include "solver/clear/score.h"
#include "solver/core/check.h"
#include "solver/core/system.h"
#include "solver/route/bound.h"
#include "solver/route/edge.h"
#include "tests/bench/numbers.h"

#define SCRATCH_MAX ((size_t)1 << 30)
#define SCORE_UNIT 0x1p64 /* of a micro-unit of account */

struct judge {
    struct solve_run *run;
    const struct auction *a;
};

static double gap_of(const struct auction *a, const struct solution *s)
{
    struct u256 bound, value;

    if (s->fills_n == 0)
        return NAN;
    CHECK(bound_value(&bound, a, s) == ERR_OK && bound_payout(&value, a, s) == ERR_OK);
    return edge_double(&bound) / edge_double(&value) - 1;
}

static void certified(const struct auction *a, const struct solution *s)
{
    struct arena scratch;
    struct verdict v;

    arena_init(&scratch, SCRATCH_MAX);
    if (!certify(&v, &scratch, a, s)) {
        (void)fprintf(stderr, "bench_solve: refused: %s\n", certify_rule_name(v.rule));
        exit(EXIT_FAILURE);
    }
    arena_fini(&scratch);
}

static enum err judge_take(void *ctx, const struct solution *s)
{
    struct judge *j = ctx;
    struct solve_run *r = j->run;
    struct u256 score;

    certified(j->a, s);
    if (!s->final)
        return ERR_OK;
    CHECK(score_solution(&score, j->a, s) == ERR_OK);
    r->got = s->fills_n > 0 ? edge_double(&s->fills[0].got) : 0;
    r->gap = gap_of(j->a, s);
    r->surplus = edge_double(&score) / SCORE_UNIT / 1e6;
    r->fills = s->fills_n;
    r->legs = s->legs_n;
    r->rounds = s->work.rounds;
    r->pivots = s->work.pivots;
    return ERR_OK;
}

static enum err ignore(void *ctx, const struct solution *s)
{
    (void)ctx;
    (void)s;
    return ERR_OK;
}

static uint64_t cpu_ns(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void solve_run(struct solve_run *r, struct clear *c, const struct auction *a, uint64_t budget_us)
{
    struct clock_port clock = system_clock();
    struct judge judge = { r, a };
    struct numbers us = { 0 }, cpu_us = { 0 };
    uint64_t begun = clock.now_ns(clock.self), start, end = begun;

    CHECK(clear_solve(c, a, judge_take, &judge) == ERR_OK);
    for (size_t i = 0; i == 0 || (i < SOLVE_REPEATS && end - begun < budget_us * 1000); i++) {
        uint64_t cpu = cpu_ns();
        start = clock.now_ns(clock.self);
        CHECK(clear_solve(c, a, ignore, NULL) == ERR_OK);
        end = clock.now_ns(clock.self);
        numbers_add(&us, (double)(end - start) / 1000);
        numbers_add(&cpu_us, (double)(cpu_ns() - cpu) / 1000);
    }
    r->us = numbers_quantile(&us, 0.5);
    r->cpu_us = numbers_quantile(&cpu_us, 0.5);
    numbers_fini(&us);
    numbers_fini(&cpu_us);
}
