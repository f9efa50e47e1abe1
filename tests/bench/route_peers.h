/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_peers -- the stored results of public routers on the orders of an instance, beside ours.
 *
 * All losses are against our certified bound of the order, in basis points. Their times were
 * measured elsewhere (two cores, node 20) and are good to a factor of two.
 */
#ifndef SLUICE_TESTS_BENCH_ROUTE_PEERS_H
#define SLUICE_TESTS_BENCH_ROUTE_PEERS_H

#include "tests/bench/route_run.h"
#include "tests/bench/solve_reference.h"

void route_peers_print(const struct solve_reference *reference, const char *instance,
                       const struct route_case *c, const struct route_run *r);

#endif
