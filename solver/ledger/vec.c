/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/vec.h"

#include <string.h>

#define VEC_FIRST 16

void *vec_add(struct vec *v, struct arena *arena, size_t size)
{
    if (v->n == v->cap) {
        size_t cap = v->cap == 0 ? VEC_FIRST : 2 * v->cap;
        void *rows = arena_alloc(arena, cap, size);

        if (rows == NULL)
            return NULL;
        if (v->n > 0)
            memcpy(rows, v->rows, v->n * size);
        v->rows = rows;
        v->cap = cap;
    }
    return (char *)v->rows + size * v->n++;
}
