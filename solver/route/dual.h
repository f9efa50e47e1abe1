/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dual -- the prices that prove most: the least upper bound on what a network can bring.
 *
 * Supply s goes in, multiples of a basket e come out. At any prices p > 0, whatever the routes,
 *
 *   the multiple is at most   ratio(p) = (s.p + sum of every curve's best profit at p) / (e.p)
 *
 * and at the best p this is what the best routes reach (docs/math.md 2). A negative supply is owed,
 * so "sell as little a as buys 7 b" is s = -7 e_b, e = e_a: ratio is minus the least cost. ratio is
 * made small by semi-smooth Newton steps in log prices, each a sparse Laplacian solve:
 *
 *   gradient    of s.p + profits - ratio e.p:   what flows into a node less what it should keep
 *   Hessian     a weight for each pair of a curve that trades, and of those about to, so that a
 *               node without trade still hangs together with its neighbours
 *   idle nodes  with every step, a node at which no curve need trade is moved to where none does:
 *               exact minimisation over one price
 *   damping     Levenberg-Marquardt with a line search on ratio itself
 *
 * Any u that comes back is a proof; how good is for the caller to see (bound.h, exact).
 */
#ifndef SLUICE_ROUTE_DUAL_H
#define SLUICE_ROUTE_DUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/frame.h"

/* The last smoothing of straight pieces: trades at the prices found are those of this width. */
#define DUAL_WIDTH 1e-9

struct dual {
    struct frame *frame;  /* nodes, curves and the pattern of their pairs */
    const double *supply; /* [n] s, in value at the reference prices of the curves */
    const double *basket; /* [n] e; e.p must be positive at the start */
    const bool *off;      /* [curves_n] curves that may not trade; NULL: all may */
    double stop;          /* a ratio: lower ones are of no use, as nothing is bought or no amount
                             pays for it; 0: all are */
    bool rough;           /* the start may be far off: straight pieces bend more at first */
};

struct dual_result {
    double ratio;
    double gain;    /* what the last step promised to gain, relative: a measure of convergence */
    uint32_t steps; /* Newton steps */
    uint32_t evaluations;
    bool smooth; /* no straight piece among the curves: gain means what it says */
};

/*
 * Improve the log prices u [n] in place.
 *
 * in      steps_max  Newton steps, over all widths of smoothing
 * errors  ERR_INVALID the start is not finite, or worth nothing; ERR_NOMEM.   u is then as it was
 */
MUST_USE enum err dual_minimise(struct dual_result *out, double *u, struct arena *arena,
                                const struct dual *d, uint32_t steps_max);

#endif
