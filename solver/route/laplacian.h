/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * laplacian -- the linear systems of Newton steps in log prices (docs/math.md 1): a weight for each
 * pair of nodes that a curve joins, a sparse symmetric matrix over the nodes.
 *
 * The pattern is fixed by the pairs, so the elimination order (AMD) and the symbolic factor are made
 * once and serve every step. Same pairs and weights, same bits. The factor is L D L^T (SuiteSparse
 * LDL) in the caller's arena; AMD lends its own memory while laplacian_init runs. One thread.
 */
#ifndef SLUICE_ROUTE_LAPLACIAN_H
#define SLUICE_ROUTE_LAPLACIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"

#define LAPLACIAN_FILL_MAX 20000000 /* entries of the factor */

struct laplacian_pair {
    uint32_t a;
    uint32_t b;
};

struct laplacian {
    int n;
    int *column;   /* [n + 1] starts of columns in row and value */
    int *row;      /* the diagonal first; both halves of the matrix */
    double *value; /* likewise */
    int *diagonal; /* [n] positions in value */
    int *slot;     /* [2 * pairs_n] positions of a pair's two off-diagonal elements */
    int *order;    /* [n] elimination order */
    int *place;    /* [n] its inverse */
    int *tree;     /* [n] elimination tree */
    int *factor_column, *factor_row;
    double *factor_value, *factor_diagonal;
    double *work; /* [n] */
    double *answer;
    double *kept; /* [n] the diagonal while it is damped */
    int *count, *mark, *pattern;
    size_t fill; /* entries of the factor below its diagonal */
};

/*
 * in      pairs [pairs_n] with a, b < n, a != b; the same pair may come again
 * errors  ERR_NOMEM; ERR_UNSUPPORTED the factor would have more than LAPLACIAN_FILL_MAX entries
 */
MUST_USE enum err laplacian_init(struct laplacian *l, struct arena *arena, size_t n,
                                 const struct laplacian_pair *pairs, size_t pairs_n);

void laplacian_clear(struct laplacian *l);

/* Add weight * (e_a - e_b)(e_a - e_b)^T for pair number i, which joins nodes a and b. */
static inline void laplacian_add(struct laplacian *l, uint32_t a, uint32_t b, size_t i,
                                 double weight)
{
    l->value[l->diagonal[a]] += weight;
    l->value[l->diagonal[b]] += weight;
    l->value[l->slot[2 * i]] -= weight;
    l->value[l->slot[2 * i + 1]] -= weight;
}

/*
 * x <- (M + damping * diagonal of M)^-1 x, with x = 0 at node `pin`, whose row is left out.
 * Nodes without a weight keep x = 0. M is kept.
 * false: not positive definite in this arithmetic, x is undefined.
 */
MUST_USE bool laplacian_solve(struct laplacian *l, double *x, size_t pin, double damping);

#endif
