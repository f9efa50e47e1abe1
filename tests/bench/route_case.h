/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route_case -- a market and its orders for the route bench: a shared instance, or a generated one.
 */
#ifndef SLUICE_TESTS_BENCH_ROUTE_CASE_H
#define SLUICE_TESTS_BENCH_ROUTE_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/input/auction_file.h"
#include "solver/route/route_market.h"
#include "solver/route/router.h"
#include "tests/support/networks.h"

struct route_case {
    struct arena arena;
    struct networks made;     /* a generated case lives in it */
    struct auction_file file; /* or in this one */
    struct curve *curves;
    size_t curves_n;
    size_t assets_n;
    struct router_order *orders;
    size_t orders_n;
    const char **refs; /* [orders_n] how a file names its orders; NULL: generated */
    struct route_market market;
    double build_us; /* of the market */
};

/* false, after a line that says why: the file is absent, unsound, or has kinds of curves that are
 * not supported. */
bool route_case_read(struct route_case *c, const char *path);

/* The case takes what it was made of. */
void route_case_make(struct route_case *c, struct networks *made);

void route_case_close(struct route_case *c);

double route_case_now_us(void); /* monotonic */
double route_case_cpu_us(void); /* of this thread: what else runs on the machine counts less */

#endif
