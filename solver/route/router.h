/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * router -- the best route of one order over all curves, with the proof of how good it is.
 *
 *   network   the curves that can matter: dead ends are left out                  router_network
 *   prices    Newton in log prices from the best single paths                     dual
 *   trades    every curve's best trade at these prices; where corners leave them
 *             open, a linear program over the curves near their best trade        master
 *   legs      cycles cut or bridged, order of execution, exact integers           legs
 *   bound     what no route can exceed at these prices, exact                     bound
 *
 * A market is built once and read by any number of routers; a router belongs to one thread and
 * keeps its memory and last prices from one order to the next. The same market, order and options
 * give the same result on a fresh router.
 */
#ifndef SLUICE_ROUTE_ROUTER_H
#define SLUICE_ROUTE_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/curve.h"
#include "solver/route/legs.h"
#include "solver/route/route_market.h"

struct router;

struct router_order {
    uint32_t sell; /* asset */
    uint32_t buy;  /* asset, another one */
    bool exact_out;
    struct u256 amount; /* exact-in: atoms sold; exact-out: atoms bought; > 0 */
};

struct router_options {
    double tolerance;        /* relative gap at which the linear program is not asked, 1e-9 */
    bool cycles;             /* the optimum may borrow inventory on the way (legs.h, buffer) */
    bool warm;               /* start from the last prices */
    uint32_t hops_max;       /* longest chain of legs; 0: any */
    uint32_t legs_max;       /* 0: any; likewise */
    const struct u256 *cost; /* [curves_n] atoms of the asset bought (exact-out: sold) that using a
                                curve costs, or NULL */
    uint32_t steps_max;      /* Newton steps */
    uint64_t pivots_max;
};

enum router_end {
    ROUTER_DONE, /* everything sold or bought, gap within tolerance or as small as integers allow */
    ROUTER_PART, /* the curves take no more: legs are the most that is possible */
    ROUTER_NO_ROUTE, /* no path from what is sold to what is bought, or none within the limits: legs are
                        empty, and without prices nothing is proved */
    ROUTER_WORK,     /* steps_max or pivots_max ended the search: the gap says how far */
};

struct router_result {
    enum router_end end;
    struct u256 sold; /* atoms */
    struct u256 bought;
    struct u256
        bound;  /* exact-in: most that can be bought for amount; exact-out: least that must be
                          sold; costs taken off, or added */
    double gap; /* relative, of bound and legs net of costs */
    struct amount *prices; /* [assets_n] of the certificate, value of an atom in a common unit */
    struct legs legs;      /* in order of execution */
    uint32_t iterations;   /* Newton steps */
    uint64_t pivots;       /* 0: the linear program was not needed */
    size_t active;         /* curves after pruning */
    size_t fill;           /* entries of the factor */
};

/* NULL: out of memory. */
struct router *router_new(void);
void router_free(struct router *r);

void router_defaults(struct router_options *o);

/*
 * Route one order. The result's arrays live until the next call on r.
 *
 * errors  ERR_INVALID an asset out of range, the same twice, or an amount of zero; ERR_NOMEM
 */
MUST_USE enum err router_solve(struct router_result *result, struct router *r,
                               const struct route_market *m, const struct router_order *order,
                               const struct router_options *options);

#endif
