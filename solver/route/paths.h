/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths -- prices to start from: the best single paths of an order at the rates of its first atom.
 *
 * Exact-in: u_i is the log of what an atom of value at i brings at the asset bought; at these prices
 * no curve trades where none is mispriced. Exact-out: minus the log of what an atom of value sold
 * brings at i. Then the order's amount, or as much of it as hardly moves them, is sent along its own
 * best path, and the prices on it follow. Where mispriced curves make paths ever better round and
 * round, the reference prices serve: u = 0.
 */
#ifndef SLUICE_ROUTE_PATHS_H
#define SLUICE_ROUTE_PATHS_H

#include <stdbool.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/frame.h"

struct paths_order {
    uint32_t sell; /* node */
    uint32_t buy;  /* node */
    bool exact_out;
    double amount; /* value at reference prices, of the exact side */
};

#define PATHS_HOPS_MAX 64

struct paths_hop {
    uint32_t curve; /* number in the frame */
    struct way way;
};

/* The order's own best path, in order of execution; empty where paths go round and round. */
struct paths_path {
    struct paths_hop hop[PATHS_HOPS_MAX];
    size_t n;
    bool rough; /* better paths go round and round, so prices begin anywhere */
};

/*
 * Fill u [n]; -INFINITY (exact-out: INFINITY) where no path leads: such a node can play no part.
 *
 * errors  ERR_NOMEM; ERR_NOT_FOUND no path leads from sell to buy
 */
MUST_USE enum err paths_start(double *u, struct paths_path *path, struct arena *arena,
                              const struct frame *f, const struct paths_order *order);

#endif
