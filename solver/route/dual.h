/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dual -- the prices that prove most: the least upper bound on what a network can bring.
 *
 * Supply s goes in, multiples of a basket e come out. At any prices p > 0, whatever the routes,
 *
 *   the multiple is at most   ratio(p) = (s.p + sum of every edge's best profit at p) / (e.p)
 *
 * and at the best p this is what the best routes reach (docs/math.md 2). ratio is made small by
 * semi-smooth Newton steps in log prices, each a sparse Laplacian solve:
 *
 *   gradient    of s.p + profits - ratio e.p:   what flows into a node less what it should keep
 *   Hessian     a weight for each edge that trades, and for those about to (dual.c, tight), so that
 *               a node without trade still hangs together with its neighbours
 *   idle nodes  after a step, a node at which no edge need trade is moved to where none does: exact
 *               minimisation over one price
 *   damping     Levenberg-Marquardt with a line search on ratio itself
 *
 * Any u that comes back is a proof; how good is for the caller to see (bound.h, in integers).
 */
#ifndef SLUICE_ROUTE_DUAL_H
#define SLUICE_ROUTE_DUAL_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/edge.h"

struct dual {
    size_t n;                 /* nodes */
    const struct edge *edges; /* [edges_n], in value at the same reference prices as s and e */
    size_t edges_n;
    const double *supply; /* [n] s, not negative */
    const double *basket; /* [n] e; e.p must be positive at the start */
};

struct dual_result {
    double ratio;
    double gain;    /* what the last step promised to gain, relative: a measure of convergence */
    uint32_t steps; /* Newton steps */
    uint32_t evaluations;
    bool smooth; /* no book among the edges: gain means what it says */
};

/*
 * Improve the log prices u [n] in place.
 *
 * in      steps_max  Newton steps, over all widths of smoothing
 * errors  ERR_INVALID the start is not finite, or worth nothing; ERR_NOMEM; ERR_UNSUPPORTED a factor
 *         too large.   u is then as it was
 */
MUST_USE enum err dual_minimise(struct dual_result *out, double *u, struct arena *arena,
                                const struct dual *d, uint32_t steps_max);

#endif
