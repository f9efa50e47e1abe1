/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid_basis.h"

#include <math.h>

enum err paid_basis_init(struct paid_basis *b, struct arena *arena, const struct network *n)
{
    *b = (struct paid_basis){
        .row = ARENA_NEW(arena, n->nodes_n + n->caps_n + n->orders_n, uint8_t),
        .change = ARENA_NEW(arena, n->nodes_n, uint8_t),
        .short_of = ARENA_NEW(arena, n->nodes_n, uint8_t),
        .slack = ARENA_NEW(arena, n->orders_n, uint8_t),
        .chords = ARENA_NEW(arena, n->orders_n, uint8_t),
        .edge = ARENA_NEW(arena, n->edges_n, uint8_t),
    };
    return b->row == NULL || b->change == NULL || b->short_of == NULL || b->slack == NULL ||
                   b->chords == NULL || b->edge == NULL
               ? ERR_NOMEM
               : ERR_OK;
}

static size_t rows_n(const struct paid_lp *l)
{
    return l->n->nodes_n + l->n->caps_n + l->pairs_n;
}

static uint8_t basic_count(const struct paid_lp *l, size_t first, size_t end)
{
    size_t n = 0;

    for (size_t c = first; c < end; c++)
        n += lp_column_place(l->lp, c) == LP_BASIC;
    return n > UINT8_MAX ? UINT8_MAX : (uint8_t)n;
}

void paid_basis_save(struct paid_lp *l)
{
    struct paid_basis *b = &l->basis;

    for (size_t i = 0; i < rows_n(l); i++)
        b->row[i] = (uint8_t)lp_row_place(l->lp, i);
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        if (l->change[i] != SIZE_MAX)
            b->change[i] = (uint8_t)lp_column_place(l->lp, l->change[i]);
        if (l->short_of[i] != SIZE_MAX)
            b->short_of[i] = (uint8_t)lp_column_place(l->lp, l->short_of[i]);
    }
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct pair *p = &l->pairs[k];

        b->slack[k] = (uint8_t)lp_column_place(l->lp, p->slack);
        b->chords[k] = basic_count(l, p->slack + 1, p->slack + 1 + p->chords);
    }
    for (size_t i = 0; i < l->n->edges_n; i++)
        b->edge[i] = basic_count(l, l->segment[i], l->segment[i + 1]);
    b->saved = true;
}

/*
 * Columns [first, end) fill up one after the other to `at` in all, in units of unit[column], NULL: 1.
 * Those below it start full, those above empty; `basics` of them, where it lies and next to that, basic.
 */
static void pile_start(struct paid_lp *l, size_t first, size_t end, double at, const double *unit,
                       size_t basics)
{
    double below = 0;

    for (size_t c = first; c < end; c++) {
        double width = lp_upper(l->lp, c) * (unit == NULL ? 1 : unit[c]);
        bool holds = below + width > at || c + 1 == end;

        if (holds && basics > 0) {
            lp_place(l->lp, c, LP_BASIC);
            basics--;
        } else if (!holds) {
            lp_place(l->lp, c, LP_UPPER);
        }
        below += width;
    }
}

/* What exact-buys pay is a tangent that moves with every round: near the old corner the simplex ends in
 * one where rounds go back and forth. */
static bool tangents_move(const struct paid_lp *l)
{
    for (size_t k = 0; k < l->pairs_n; k++) {
        if (l->pairs[k].bought > 0)
            return true;
    }
    return false;
}

void paid_basis_start(struct paid_lp *l)
{
    const struct paid_basis *b = &l->basis;

    if (!b->saved || tangents_move(l))
        return;
    for (size_t i = 0; i < rows_n(l); i++)
        lp_place_row(l->lp, i, (enum lp_place)b->row[i]);
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        if (l->change[i] != SIZE_MAX)
            lp_place(l->lp, l->change[i], (enum lp_place)b->change[i]);
        if (l->short_of[i] != SIZE_MAX)
            lp_place(l->lp, l->short_of[i], (enum lp_place)b->short_of[i]);
    }
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct pair *p = &l->pairs[k];

        lp_place(l->lp, p->slack, (enum lp_place)b->slack[k]);
        pile_start(l, p->slack + 1, p->slack + 1 + p->chords, -p->lowest, NULL, b->chords[k]);
    }
    for (size_t i = 0; i < l->n->edges_n; i++)
        pile_start(l, l->segment[i], l->segment[i + 1], l->p->flow[i], l->unit, b->edge[i]);
}
