/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/laplacian.h"

#include <limits.h>
#include <string.h>
#include <suitesparse/amd.h>
#include <suitesparse/ldl.h>

/* Column lists of all elements with repetitions: diagonals first, then both halves of each pair. */
static void columns_count(struct laplacian *l, const struct laplacian_pair *pairs, size_t pairs_n)
{
    for (int i = 0; i < l->n; i++)
        l->column[i + 1] = 1;
    for (size_t i = 0; i < pairs_n; i++) {
        l->column[pairs[i].a + 1]++;
        l->column[pairs[i].b + 1]++;
    }
    for (int i = 0; i < l->n; i++)
        l->column[i + 1] += l->column[i];
}

static void columns_fill(struct laplacian *l, const struct laplacian_pair *pairs, size_t pairs_n)
{
    int *next = l->count;

    memcpy(next, l->column, (size_t)l->n * sizeof *next);
    for (int i = 0; i < l->n; i++)
        l->row[next[i]++] = i;
    for (size_t i = 0; i < pairs_n; i++) {
        l->row[next[pairs[i].a]++] = (int)pairs[i].b;
        l->row[next[pairs[i].b]++] = (int)pairs[i].a;
    }
}

/* Keep each row once, in the order of first appearance; the diagonal is first. */
static void columns_merge(struct laplacian *l)
{
    int kept = 0;

    for (int i = 0; i < l->n; i++)
        l->mark[i] = -1;
    for (int c = 0; c < l->n; c++) {
        int first = l->column[c], end = l->column[c + 1];
        l->column[c] = kept;
        for (int k = first; k < end; k++) {
            if (l->mark[l->row[k]] == c)
                continue;
            l->mark[l->row[k]] = c;
            l->row[kept++] = l->row[k];
        }
        l->diagonal[c] = l->column[c];
    }
    l->column[l->n] = kept;
}

/* Where each pair's element lies in the column of `b`, or of `a`: one pass over each column. */
static void slots_find(struct laplacian *l, const struct laplacian_pair *pairs, size_t pairs_n)
{
    int *heads = l->pattern; /* the pairs of a column, as a list through slot */

    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < l->n; i++)
            heads[i] = -1;
        for (size_t i = 0; i < pairs_n; i++) {
            uint32_t c = side == 0 ? pairs[i].a : pairs[i].b;
            l->slot[2 * i + (size_t)side] = heads[c];
            heads[c] = (int)i;
        }
        for (int c = 0; c < l->n; c++) {
            for (int k = l->column[c]; k < l->column[c + 1]; k++)
                l->mark[l->row[k]] = k;
            for (int i = heads[c], next; i >= 0; i = next) {
                int *slot = &l->slot[2 * i + side];
                next = *slot;
                *slot = l->mark[side == 0 ? pairs[i].b : pairs[i].a];
            }
        }
    }
}

static bool memory_take(struct laplacian *l, struct arena *arena, size_t n, size_t pairs_n)
{
    int *ints = ARENA_NEW(arena, 10 * (n + 1), int);
    double *doubles = ARENA_NEW(arena, 4 * (n + 1), double);

    l->row = ARENA_NEW(arena, n + 2 * pairs_n, int);
    l->value = ARENA_NEW(arena, n + 2 * pairs_n, double);
    l->slot = ARENA_NEW(arena, 2 * pairs_n + 1, int);
    l->part_row = ARENA_NEW(arena, n + 2 * pairs_n, int);
    l->part_value = ARENA_NEW(arena, n + 2 * pairs_n, double);
    if (ints == NULL || doubles == NULL || l->row == NULL || l->value == NULL || l->slot == NULL ||
        l->part_row == NULL || l->part_value == NULL)
        return false;
    int **parts[] = { &l->column, &l->diagonal, &l->order, &l->place,   &l->part_column,
                      &l->tree,   &l->count,    &l->mark,  &l->pattern, &l->factor_column };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] = ints + i * (n + 1);
    l->work = doubles;
    l->answer = doubles + (n + 1);
    l->factor_diagonal = doubles + 2 * (n + 1);
    l->direction = doubles + 3 * (n + 1);
    return true;
}

enum err laplacian_init(struct laplacian *l, struct arena *arena, size_t n,
                        const struct laplacian_pair *pairs, size_t pairs_n)
{
    double info[AMD_INFO];

    if (n >= INT_MAX / 16 || pairs_n >= INT_MAX / 16)
        return ERR_UNSUPPORTED;
    *l = (struct laplacian){ .n = (int)n, .arena = arena, .fill_max = LAPLACIAN_FILL_MAX };
    if (!memory_take(l, arena, n, pairs_n))
        return ERR_NOMEM;
    columns_count(l, pairs, pairs_n);
    columns_fill(l, pairs, pairs_n);
    columns_merge(l);
    slots_find(l, pairs, pairs_n);
    return amd_order(l->n, l->column, l->row, l->order, NULL, info) < AMD_OK ? ERR_NOMEM : ERR_OK;
}

void laplacian_clear(struct laplacian *l)
{
    memset(l->value, 0, (size_t)l->column[l->n] * sizeof *l->value);
}

/* ---- factors ---- */

/*
 * The part of the matrix that has weights, its nodes numbered in the order of elimination, the upper
 * half: in networks near balance most pairs have none. Returns how many nodes; place[i] is -1 for
 * the others, which stay where they are.
 */
static int part_take(struct laplacian *l, size_t pin, double damping)
{
    int n = 0, entries = 0;

    for (int k = 0; k < l->n; k++) {
        int i = l->order[k];

        l->place[i] = (size_t)i != pin && l->value[l->diagonal[i]] > 0 ? n++ : -1;
    }
    n = 0;
    for (int k = 0; k < l->n; k++) {
        int i = l->order[k];

        if (l->place[i] < 0)
            continue;
        l->part_column[n++] = entries;
        l->part_row[entries] = l->place[i];
        l->part_value[entries++] = l->value[l->diagonal[i]] * (1 + damping);
        for (int e = l->column[i] + 1; e < l->column[i + 1]; e++) {
            int other = l->place[l->row[e]];

            if (other < 0 || other > l->place[i] || l->value[e] == 0)
                continue;
            l->part_row[entries] = other;
            l->part_value[entries++] = l->value[e];
        }
    }
    l->part_column[n] = entries;
    return n;
}

/* Room for a factor. false: there is no memory. */
static bool factor_room(struct laplacian *l, size_t fill)
{
    if (fill <= l->room)
        return true;
    l->room = 0;
    l->factor_row = ARENA_NEW(l->arena, 2 * fill, int);
    l->factor_value = ARENA_NEW(l->arena, 2 * fill, double);
    if (l->factor_row == NULL || l->factor_value == NULL)
        return false;
    l->room = 2 * fill;
    return true;
}

/* Solve for l->answer, of the part's n nodes. false: not positive definite. */
static bool factor_solve(struct laplacian *l, int n)
{
    if (!factor_room(l, (size_t)l->factor_column[n] + 1))
        return false;
    if (ldl_numeric(n, l->part_column, l->part_row, l->part_value, l->factor_column, l->tree,
                    l->count, l->factor_row, l->factor_value, l->factor_diagonal, l->work,
                    l->pattern, l->mark, NULL, NULL) != n)
        return false;
    ldl_lsolve(n, l->answer, l->factor_column, l->factor_row, l->factor_value);
    ldl_dsolve(n, l->answer, l->factor_diagonal);
    ldl_ltsolve(n, l->answer, l->factor_column, l->factor_row, l->factor_value);
    return true;
}

/* ---- conjugate gradients, where a factor would be too large ---- */

/* y = M x of the part, whose upper half is kept, the diagonal first. */
static void part_times(const struct laplacian *l, int n, double *y, const double *x)
{
    for (int k = 0; k < n; k++)
        y[k] = l->part_value[l->part_column[k]] * x[k];
    for (int k = 0; k < n; k++) {
        for (int e = l->part_column[k] + 1; e < l->part_column[k + 1]; e++) {
            y[k] += l->part_value[e] * x[l->part_row[e]];
            y[l->part_row[e]] += l->part_value[e] * x[k];
        }
    }
}

/* The same as factor_solve, preconditioned by the diagonal. false: it does not converge. */
static bool gradients_solve(struct laplacian *l, int n)
{
    double *rest = l->factor_diagonal, *product = l->work, energy = 0, first, last;

    for (int k = 0; k < n; k++) {
        rest[k] = l->answer[k];
        l->answer[k] = 0;
        l->direction[k] = rest[k] / l->part_value[l->part_column[k]];
        energy += rest[k] * l->direction[k];
    }
    first = energy;
    for (int step = 0; step < LAPLACIAN_STEPS_MAX && energy > LAPLACIAN_CLOSE * first; step++) {
        double curve = 0, length;

        part_times(l, n, product, l->direction);
        for (int k = 0; k < n; k++)
            curve += product[k] * l->direction[k];
        if (!(curve > 0))
            return false;
        length = energy / curve;
        last = energy;
        energy = 0;
        for (int k = 0; k < n; k++) {
            l->answer[k] += length * l->direction[k];
            rest[k] -= length * product[k];
            energy += rest[k] * rest[k] / l->part_value[l->part_column[k]];
        }
        for (int k = 0; k < n; k++)
            l->direction[k] =
                rest[k] / l->part_value[l->part_column[k]] + energy / last * l->direction[k];
    }
    return true;
}

bool laplacian_solve(struct laplacian *l, double *x, size_t pin, double damping)
{
    int n = part_take(l, pin, damping);

    if (n == 0)
        return false;
    for (int i = 0; i < l->n; i++) {
        if (l->place[i] >= 0)
            l->answer[l->place[i]] = x[i];
    }
    ldl_symbolic(n, l->part_column, l->part_row, l->factor_column, l->tree, l->count, l->mark, NULL,
                 NULL);
    size_t fill = (size_t)l->factor_column[n];

    l->fill = fill > l->fill ? fill : l->fill;
    if (fill <= l->fill_max ? !factor_solve(l, n) : !gradients_solve(l, n))
        return false;
    for (int i = 0; i < l->n; i++)
        x[i] = l->place[i] >= 0 ? l->answer[l->place[i]] : 0;
    return true;
}
