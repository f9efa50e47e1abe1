/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/laplacian.h"

#include <limits.h>
#include <string.h>
#include <suitesparse/amd.h>
#include <suitesparse/ldl.h>

#define PINNED 1e100 /* times the largest: x is zero there */

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

static enum err symbolic(struct laplacian *l, struct arena *arena)
{
    double info[AMD_INFO];
    double fill = 0;

    if (amd_order(l->n, l->column, l->row, l->order, NULL, info) < AMD_OK)
        return ERR_NOMEM;
    ldl_symbolic(l->n, l->column, l->row, l->factor_column, l->tree, l->count, l->mark, l->order,
                 l->place);
    for (int i = 0; i < l->n; i++)
        fill += l->count[i];
    if (fill > LAPLACIAN_FILL_MAX)
        return ERR_UNSUPPORTED;
    l->fill = (size_t)fill;
    l->factor_row = ARENA_NEW(arena, (size_t)fill + 1, int);
    l->factor_value = ARENA_NEW(arena, (size_t)fill + 1, double);
    return l->factor_row != NULL && l->factor_value != NULL ? ERR_OK : ERR_NOMEM;
}

static bool memory_take(struct laplacian *l, struct arena *arena, size_t n, size_t pairs_n)
{
    int *ints = ARENA_NEW(arena, 8 * n + 8, int);
    double *doubles = ARENA_NEW(arena, 4 * n + 4, double);

    l->row = ARENA_NEW(arena, n + 2 * pairs_n, int);
    l->value = ARENA_NEW(arena, n + 2 * pairs_n, double);
    l->slot = ARENA_NEW(arena, 2 * pairs_n + 1, int);
    if (ints == NULL || doubles == NULL || l->row == NULL || l->value == NULL || l->slot == NULL)
        return false;
    int **parts[] = { &l->column, &l->factor_column, &l->diagonal, &l->order,
                      &l->place,  &l->tree,          &l->count,    &l->mark };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] = ints + i * (n + 1);
    l->pattern = ARENA_NEW(arena, n + 1, int);
    l->work = doubles;
    l->answer = doubles + n;
    l->factor_diagonal = doubles + 2 * n;
    l->kept = doubles + 3 * n;
    return l->pattern != NULL;
}

enum err laplacian_init(struct laplacian *l, struct arena *arena, size_t n,
                        const struct laplacian_pair *pairs, size_t pairs_n)
{
    if (n >= INT_MAX / 16 || pairs_n >= INT_MAX / 16)
        return ERR_UNSUPPORTED;
    *l = (struct laplacian){ .n = (int)n };
    if (!memory_take(l, arena, n, pairs_n))
        return ERR_NOMEM;
    columns_count(l, pairs, pairs_n);
    columns_fill(l, pairs, pairs_n);
    columns_merge(l);
    slots_find(l, pairs, pairs_n);
    return symbolic(l, arena);
}

void laplacian_clear(struct laplacian *l)
{
    memset(l->value, 0, (size_t)l->column[l->n] * sizeof *l->value);
}

/* Damp the diagonal; a node without a weight stays where it is, as does the pinned one. */
static bool diagonal_damp(struct laplacian *l, size_t pin, double damping)
{
    double most = 0;

    for (int i = 0; i < l->n; i++) {
        l->kept[i] = l->value[l->diagonal[i]];
        most = l->kept[i] > most ? l->kept[i] : most;
    }
    if (!(most > 0))
        return false;
    for (int i = 0; i < l->n; i++)
        l->value[l->diagonal[i]] = l->kept[i] > 0 ? l->kept[i] * (1 + damping) : most;
    l->value[l->diagonal[pin]] = PINNED * most;
    return true;
}

bool laplacian_solve(struct laplacian *l, double *x, size_t pin, double damping)
{
    if (!diagonal_damp(l, pin, damping))
        return false;
    for (int i = 0; i < l->n; i++)
        l->answer[l->place[i]] = (size_t)i == pin ? 0 : x[i];
    int rank = ldl_numeric(l->n, l->column, l->row, l->value, l->factor_column, l->tree, l->count,
                           l->factor_row, l->factor_value, l->factor_diagonal, l->work, l->pattern,
                           l->mark, l->order, l->place);
    for (int i = 0; i < l->n; i++)
        l->value[l->diagonal[i]] = l->kept[i];
    if (rank != l->n)
        return false;
    ldl_lsolve(l->n, l->answer, l->factor_column, l->factor_row, l->factor_value);
    ldl_dsolve(l->n, l->answer, l->factor_diagonal);
    ldl_ltsolve(l->n, l->answer, l->factor_column, l->factor_row, l->factor_value);
    for (int i = 0; i < l->n; i++)
        x[i] = l->answer[l->place[i]];
    return true;
}
