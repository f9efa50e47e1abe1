/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * router_job -- one order on its way through the router; private to router*.c.
 */
#ifndef SLUICE_ROUTE_ROUTER_JOB_H
#define SLUICE_ROUTE_ROUTER_JOB_H

#include "solver/core/arena.h"
#include "solver/route/active.h"
#include "solver/route/lp.h"
#include "solver/route/paths.h"
#include "solver/route/router.h"

struct router {
    struct arena kept;    /* of the active network */
    struct arena scratch; /* of one order */
    struct active active;
    struct lp *lp; /* made when first needed */
    double *last;  /* [last_n] log prices by asset, NAN where unknown */
    size_t last_n;
    uint64_t last_shape; /* of the market they belong to */
};

struct job {
    struct router *r;
    const struct route_market *m;
    const struct router_order *order;
    const struct router_options *options;
    struct router_result *result;
    struct active *active;
    struct active reduced;
    struct paths_path path; /* the order's own, over path_active; unknown where prices began warm */
    const struct active *path_active;
    bool rough;              /* paths go round and round: prices begin anywhere */
    double *supply, *basket; /* [active->frame.n] of the dual, in value at reference prices */
    double *u;               /* [active->frame.n] best log prices */
    double *value;           /* [assets_n] of an atom at these */
    uint8_t *trims;          /* [curves_n] how often it earned too much; NULL: none did */
    bool smooth;             /* no straight piece among the curves */
    bool proved;             /* result has a bound */
    bool planned;            /* result has legs */
    double dust;             /* what rounding may take of them: two atoms of each leg's output */
    double net;              /* what they bring: bought (exact-out: minus sold), less costs */
};

/* The network, u and value. errors  ERR_NOT_FOUND no path; ERR_NOMEM, ERR_UNSUPPORTED, ERR_INVALID */
MUST_USE enum err router_prices(struct job *j);

/* The best single paths: prices u of the active nodes, and the order's own path. Errors as paths.h */
MUST_USE enum err router_paths(struct job *j, double *u);

/* Improve log prices u of the active nodes, and value with them; curves that are off do not trade. */
MUST_USE enum err router_prices_find(struct job *j, double *u, double *value, const bool *off);

/* Remember u for the next order. ERR_NOMEM */
MUST_USE enum err router_prices_keep(const struct job *j);

/*
 * Bound by the prices of value [assets_n], for all curves; kept if no earlier one is smaller.
 * ERR_NOMEM, ERR_OVERFLOW, ERR_INVALID
 */
MUST_USE enum err router_prove(struct job *j, const double *value);

/* The gap between the bound and what the legs bring, relative; 1 without legs. */
double router_gap(const struct job *j);

/* Is the gap within tolerance, rounding apart? */
bool router_closed(const struct job *j);

/* Legs for the result: the best of several plans. ERR_NOT_FOUND none can be executed; ERR_NOMEM */
MUST_USE enum err router_plan(struct job *j);

#endif
