/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_quotes -- independent quotes over one market: a router per thread, orders in turn.
 */
#ifndef SLUICE_TESTS_BENCH_ROUTE_QUOTES_H
#define SLUICE_TESTS_BENCH_ROUTE_QUOTES_H

#include "tests/bench/route_case.h"

/* Lines of rate and latency with one and two threads, warm from the previous quote and cold. */
void route_quotes(const struct route_case *c, const char *name, double seconds);

#endif
