/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * laplacian -- the linear systems of Newton steps in log prices (docs/math.md 1): one weight for each
 * edge, a sparse symmetric matrix over the nodes.
 *
 * The pattern is fixed by the edges, so the elimination order (AMD) and the symbolic factor are made
 * once and serve every step. Same edges and weights, same bits. The factor is L D L^T (SuiteSparse
 * LDL) in the caller's arena; AMD lends its own memory while laplacian_init runs. One thread.
 */
#ifndef SLUICE_ROUTE_LAPLACIAN_H
#define SLUICE_ROUTE_LAPLACIAN_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/edge.h"

#define LAPLACIAN_FILL_MAX 20000000 /* entries of the factor */

struct laplacian {
    int n;
    int *column;   /* [n + 1] starts of columns in row and value */
    int *row;      /* sorted in each column; both halves of the matrix */
    double *value; /* likewise */
    int *diagonal; /* [n] positions in value */
    int *slot;     /* [2 * edges_n] positions of an edge's two off-diagonal elements */
    int *order;    /* [n] elimination order */
    int *place;    /* [n] its inverse */
    int *tree;     /* [n] elimination tree */
    int *factor_column, *factor_row;
    double *factor_value, *factor_diagonal;
    double *work; /* [n] */
    double *answer;
    int *count, *mark, *pattern;
};

/*
 * in      edges [edges_n] with a, b < n, a != b
 * errors  ERR_NOMEM; ERR_UNSUPPORTED the factor would have more than LAPLACIAN_FILL_MAX entries
 */
MUST_USE enum err laplacian_init(struct laplacian *l, struct arena *arena, size_t n,
                                 const struct edge *edges, size_t edges_n);

void laplacian_clear(struct laplacian *l);

/* Add weight * (e_a - e_b)(e_a - e_b)^T for edge number i. */
void laplacian_add(struct laplacian *l, const struct edge *e, size_t i, double weight);

/*
 * x <- (M + damping * diagonal of M)^-1 x, with x = 0 at node `pin`, whose row is left out.
 * Nodes without a weight keep x = 0. M is not changed for the next call of laplacian_add, only for
 * the next solve: clear first. false: not positive definite in this arithmetic, x is undefined.
 */
MUST_USE bool laplacian_solve(struct laplacian *l, double *x, size_t pin, double damping);

#endif
