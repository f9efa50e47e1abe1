/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clear_run -- solve a small auction and keep the final answer.
 *
 * Every incumbent is judged by certify; the test fails on one that is refused, on numbers that do
 * not rise and on a missing or repeated final answer.
 */
#ifndef SLUICE_TESTS_SUPPORT_CLEAR_RUN_H
#define SLUICE_TESTS_SUPPORT_CLEAR_RUN_H

#include "solver/market/auction.h"
#include "solver/market/solution.h"

#define CLEAR_RUN_MAX 256

struct clear_run {
    struct solution s; /* the final answer; arrays below */
    struct solution_fill fills[CLEAR_RUN_MAX];
    struct solution_leg legs[CLEAR_RUN_MAX];
    struct solution_cover covers[CLEAR_RUN_MAX];
    struct amount prices[CLEAR_RUN_MAX];
    struct amount duals[CLEAR_RUN_MAX];
    struct u256 score;
};

void clear_run(struct clear_run *r, const struct auction *a);

/* The fill of an intent, or NULL. */
const struct solution_fill *clear_run_fill(const struct clear_run *r, uint32_t intent);

/* Digest of everything in the answer. */
struct digest clear_run_digest(const struct clear_run *r);

#endif
