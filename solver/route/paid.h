/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paid -- routes and paid prices for chosen fills (docs/math.md 5).
 *
 * One program does both: the fills are fixed, and
 *
 *     max  sum W_k (q_a - q_b)    W_k value of fill k, q log paid prices
 *     s.t. per asset: payouts <= what is sold + net trade of the curves,   q_a - q_b >= limits
 *
 * One fill alone gets the whole optimum of routing. The LP sees curves as segments around the
 * marginal prices and payouts as tangents of exp; its duals are the next marginal prices, and the
 * gap between the curves' best profits at them and the trades found is the certificate.
 */
#ifndef SLUICE_ROUTE_PAID_H
#define SLUICE_ROUTE_PAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/budget.h"
#include "solver/route/lp.h"
#include "solver/route/network.h"

struct paid {
    /* Inputs. */
    double *fill;    /* [orders_n] value at reference prices of the exact side; 0: not filled */
    bool *closed;    /* [edges_n] edges not to use; cutting cycles closes more */
    bool cycles;     /* may trades form a cycle? */
    size_t legs_max; /* edges that may trade; 0 = any number */
    uint64_t tolerance_ppt; /* relative gap to stop at, in 1e-12 */
    bool warm;              /* u, q and flow are those of a solved neighbour */
    uint64_t slack_ppt;     /* share of each asset's turnover to leave over for rounding, 1e-12 */
    /* In: where to start; out: the answer. Log prices over the reference. */
    double *u; /* [nodes_n] marginal */
    double *q; /* [nodes_n] paid */
    /* Outputs. */
    double
        *dual; /* [nodes_n] marginal log prices before edges were closed: they bound all routes */
    double *flow;   /* [edges_n] value given, at reference prices */
    bool *violates; /* [orders_n] fills whose limit cannot be met, the worst of each pair */
    size_t violates_n;
    double gap;
};

/* Arrays in the arena, zeroed. ERR_NOMEM */
MUST_USE enum err paid_init(struct paid *p, struct arena *arena, const struct network *n);

/*
 * Solve. With violates_n > 0 the answer is not usable: drop those fills and solve again.
 * errors  ERR_NOMEM, ERR_NUMERIC, ERR_TIMEOUT
 */
MUST_USE enum err paid_solve(struct paid *p, struct lp *lp, struct arena *arena,
                             const struct network *n, struct budget *work);

#endif
