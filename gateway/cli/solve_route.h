/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_route -- the orders of a file, each routed on its own over all of its curves.
 *
 * The market is built once for a file; every order then sees it untouched. An order's limit does not
 * change its route, the line says whether it is met. What an option costs is found by routing again
 * without it.
 */
#ifndef SLUICE_CLI_SOLVE_ROUTE_H
#define SLUICE_CLI_SOLVE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"
#include "solver/route/route_market.h"
#include "solver/route/router.h"

#define SOLVE_REPEAT_MAX 1000

/* What was asked for on the command line. */
struct solve_wish {
    uint64_t repeat; /* [1, SOLVE_REPEAT_MAX] */
    bool no_cycles;
    bool no_venue_limits;
    uint32_t hops_max; /* 0: any */
    uint32_t legs_max;
};

struct solve_route {
    const struct solve_wish *wish;   /* borrowed */
    const struct auction_file *file; /* borrowed */
    struct auction auction;          /* of the file, as it is routed */
    struct route_market market;      /* in the arena given to _init */
    struct router *router;
};

/*
 * The market of f, whose weighted pools lose their venue's limits where that is wished for.
 * errors  ERR_NOMEM
 */
MUST_USE enum err solve_route_init(struct solve_route *r, struct arena *arena,
                                   const struct auction_file *f, const struct solve_wish *wish);
void solve_route_fini(struct solve_route *r); /* also of a zeroed one */

/*
 * Route one order, repeatedly for the time; all of l is filled but its file.
 *
 * owns    what l points at lives in arena
 * errors  ERR_INVALID the order sells what it buys, or nothing; ERR_OVERFLOW; ERR_NOMEM
 */
MUST_USE enum err solve_route_order(struct solution_line *l, struct solve_route *r, size_t intent,
                                    struct arena *arena);

/* The median of n > 0 times, which are sorted. */
uint64_t solve_route_median_us(uint64_t *ns, size_t n);

/* Give a other curves: weighted pools trade beyond the share of a balance that their venue allows.
 * ERR_NOMEM */
MUST_USE enum err solve_route_unlimit(struct auction *a, struct arena *arena);

#endif
