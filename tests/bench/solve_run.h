/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_run -- one auction through the engine in this process: how long, how good, how much work.
 *
 * The first solve is judged (certify, the bound recomputed in integers) and not timed; the timed
 * ones only solve. An answer that does not certify ends the program.
 */
#ifndef SLUICE_TESTS_BENCH_SOLVE_RUN_H
#define SLUICE_TESTS_BENCH_SOLVE_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "solver/clear/clear.h"
#include "solver/market/auction.h"

#define SOLVE_REPEATS 5

struct solve_run {
    double us;      /* median over the repeats, by the clock on the wall */
    double cpu_us;  /* the same of this process: what else runs counts less */
    double got;     /* of the first fill; 0: none */
    double gap;     /* (bound - value) / value; NAN when nothing fills */
    double surplus; /* above the limits, in units of account at the marks */
    size_t fills;
    size_t legs;
    uint64_t rounds;
    uint64_t pivots;
};

/* At least one timed solve, at most SOLVE_REPEATS, none begun after budget_us. */
void solve_run(struct solve_run *r, struct clear *c, const struct auction *a, uint64_t budget_us);

#endif
