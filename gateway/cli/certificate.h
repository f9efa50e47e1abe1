/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate -- what solve publishes beside a route and verify computes again: the bound from the
 * dual prices alone, and the buffer from the order of execution.
 */
#ifndef SLUICE_CLI_CERTIFICATE_H
#define SLUICE_CLI_CERTIFICATE_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/solution_json.h"

/*
 * Fill in value, bound, upper_bound, lower_bound, surplus and buffer of a line from its fills, legs and duals;
 * a routed sale, and an order that was not filled, are bounded for all that they may sell. Without duals value and bound are zero.
 *
 * in/out  l  indexes are in the ranges of a
 * errors  ERR_OVERFLOW, ERR_NOMEM
 */
MUST_USE enum err certificate_make(struct solution_line *l, const struct auction *a,
                                   struct arena *arena);

#endif
