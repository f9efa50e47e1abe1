/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_run -- the orders of a case through one router: how long, how good, how much work.
 *
 * Each order is first solved and judged (route_judge.h), then timed cold: market built, no prices
 * from before. Then one curve in a hundred moves and it is timed again, warm from its own last
 * prices, several times, and cold for comparison. The floor is the time to read every curve once
 * at fixed prices. All times are of the processor, so that a busy machine shows less.
 */
#ifndef SLUICE_TESTS_BENCH_ROUTE_RUN_H
#define SLUICE_TESTS_BENCH_ROUTE_RUN_H

#include "tests/bench/numbers.h"
#include "tests/bench/route_case.h"

struct route_run_order {
    double cold_us; /* median */
    double bought;  /* exact-in, atoms */
    double bound;
};

struct route_run {
    struct numbers cold_us; /* every sample */
    struct numbers warm_us;
    struct numbers moved_us;  /* cold, on the markets that warm_us saw */
    struct numbers update_us; /* of a market, by the changes of one block */
    struct numbers gap;       /* certified, relative */
    struct numbers legs, iterations, pivots, active, fill;
    struct numbers warm_iterations;
    struct numbers certify_us;      /* the bound again from the prices, and the legs again */
    struct route_run_order *orders; /* [case's orders_n]; cold_us NAN: not reached in the time */
    size_t open;                    /* gaps above 1e-9 and two atoms a leg */
    size_t faults;                  /* not as claimed: each is named on stderr */
    size_t partial;                 /* not all could be traded */
    double floor_us;
};

/* No order is begun after seconds; the first one always is. */
void route_run(struct route_run *r, struct route_case *c, double seconds);
void route_run_fini(struct route_run *r);

/* JSON lines, each name after "NAME: "; goal_us of a cold solve, 0: none. */
void route_run_print(struct route_run *r, const struct route_case *c, const char *name,
                     double goal_us);

#endif
