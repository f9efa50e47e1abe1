/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vec -- a growing array of rows in an arena, for replies whose length is not known in advance.
 *
 * Rows are moved when the array grows, so a pointer to a row is valid until the next vec_add.
 */
#ifndef SLUICE_LEDGER_VEC_H
#define SLUICE_LEDGER_VEC_H

#include <stddef.h>

#include "solver/core/arena.h"

struct vec {
    void *rows; /* [n] rows of one size, in the arena */
    size_t n;
    size_t cap;
};

/* Append a zeroed row of size bytes; NULL when the arena's cap is reached. Every call for one vec
 * names the same size. */
void *vec_add(struct vec *v, struct arena *arena, size_t size);

#define VEC_ADD(vec, arena, type) ((type *)vec_add((vec), (arena), sizeof(type)))

#endif
