/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/frame.h"

#include <string.h>

static unsigned live_n(const struct real_curve *c)
{
    return (unsigned)__builtin_popcount(c->live);
}

static enum err touches_make(struct frame *f, struct arena *arena)
{
    size_t touches = 0;

    for (size_t i = 0; i < f->curves_n; i++)
        touches += live_n(&f->curves[i]);
    f->first = ARENA_NEW(arena, f->n + 2, size_t);
    f->touch = ARENA_NEW(arena, touches + 1, uint32_t);
    if (f->first == NULL || f->touch == NULL)
        return ERR_NOMEM;
    size_t *next = f->first + 1; /* while filling, next[i] is where node i goes on */

    for (size_t i = 0; i < f->curves_n; i++) {
        for (unsigned k = 0; k < f->curves[i].n; k++) {
            if (frame_live(&f->curves[i], k) && f->curves[i].node[k] + 1 < f->n)
                next[f->curves[i].node[k] + 1]++;
        }
    }
    for (size_t i = 1; i < f->n; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < f->curves_n; i++) {
        for (unsigned k = 0; k < f->curves[i].n; k++) {
            if (frame_live(&f->curves[i], k))
                f->touch[next[f->curves[i].node[k]]++] = (uint32_t)i;
        }
    }
    return ERR_OK;
}

/* The pairs of live assets of each curve, in the order in which dual.c adds them. */
static enum err pairs_make(struct frame *f, struct arena *arena, struct laplacian_pair **pairs,
                           size_t *pairs_n)
{
    size_t n = 0;

    f->pair_first = ARENA_NEW(arena, f->curves_n + 1, uint32_t);
    for (size_t i = 0; i < f->curves_n; i++)
        n += live_n(&f->curves[i]) * (live_n(&f->curves[i]) - 1) / 2;
    *pairs = ARENA_NEW(arena, n + 1, struct laplacian_pair);
    if (f->pair_first == NULL || *pairs == NULL)
        return ERR_NOMEM;
    *pairs_n = 0;
    for (size_t i = 0; i < f->curves_n; i++) {
        const struct real_curve *c = &f->curves[i];

        f->pair_first[i] = (uint32_t)*pairs_n;
        for (unsigned y = 1; y < c->n; y++) {
            for (unsigned x = 0; x < y; x++) {
                if (frame_live(c, x) && frame_live(c, y))
                    (*pairs)[(*pairs_n)++] = (struct laplacian_pair){ c->node[x], c->node[y] };
            }
        }
    }
    return ERR_OK;
}

enum err frame_build(struct frame *f, struct arena *arena, size_t n,
                     const struct real_curve *curves, size_t curves_n)
{
    struct laplacian_pair *pairs;
    size_t pairs_n;

    *f = (struct frame){ .n = n, .curves = curves, .curves_n = curves_n };
    TRY(touches_make(f, arena));
    TRY(pairs_make(f, arena, &pairs, &pairs_n));
    return laplacian_init(&f->laplacian, arena, n, pairs, pairs_n);
}
