/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * laplacian -- the linear systems of Newton steps in log prices (docs/math.md 1): a weight for each
 * pair of nodes that a curve joins, a sparse symmetric matrix over the nodes.
 *
 * The pattern is fixed by the pairs, so the elimination order (AMD) is made once and serves every
 * step; each step factors the part that has weights, L D L^T (SuiteSparse LDL) in the caller's arena,
 * or takes conjugate gradients where the factor would be too large. Same pairs and weights, same
 * bits. AMD lends its own memory while laplacian_init runs. One thread.
 */
#ifndef SLUICE_ROUTE_LAPLACIAN_H
#define SLUICE_ROUTE_LAPLACIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"

#define LAPLACIAN_FILL_MAX 2000000 /* entries of a factor; beyond that, conjugate gradients: */
#define LAPLACIAN_STEPS_MAX 1000
#define LAPLACIAN_CLOSE 1e-24 /* part of the energy that may be left */

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
    struct arena *arena;
    size_t fill_max; /* entries of a factor: LAPLACIAN_FILL_MAX, less for tests */
    /* of the last solve */
    int *place;                  /* [n] number of a node that has weights; -1 */
    int *part_column, *part_row; /* the matrix over those */
    double *part_value;
    int *factor_column, *factor_row; /* its factor */
    double *factor_value, *factor_diagonal;
    size_t room; /* entries that factor_row and factor_value hold */
    size_t fill; /* most that any solve needed */
    int *tree, *count, *mark, *pattern;
    double *work, *answer, *direction; /* [n] */
};

/*
 * in      pairs [pairs_n] with a, b < n, a != b; the same pair may come again
 * owns    the arena lends memory until the last laplacian_solve
 * errors  ERR_NOMEM; ERR_UNSUPPORTED more nodes or pairs than an int counts
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
 * Nodes without a weight get x = 0. M is kept.
 * false: nothing has a weight, or M is not positive definite in this arithmetic; x is undefined.
 */
MUST_USE bool laplacian_solve(struct laplacian *l, double *x, size_t pin, double damping);

#endif
