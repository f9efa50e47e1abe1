/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena -- memory of one batch or one request: allocated in order, released at once.
 *
 * Blocks come from malloc. After arena_reset one block as large as the largest round so far is
 * kept, so a warm loop does not allocate. A hard cap bounds what one round can take. One owner
 * thread.
 */
#ifndef SLUICE_CORE_ARENA_H
#define SLUICE_CORE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *first;
    struct arena_block *current;
    size_t used;       /* bytes handed out since the last reset, in steps of 16 */
    size_t cap;        /* most bytes that may be handed out between two resets */
    size_t high_water; /* largest value of used so far */
};

void arena_init(struct arena *a, size_t cap_bytes);
void arena_fini(struct arena *a);

/* n items of size bytes, zeroed, aligned to 16; NULL when the cap or memory is reached. For zero
 * bytes the pointer is valid and points at nothing. */
void *arena_alloc(struct arena *a, size_t n, size_t size);

/* A NUL-terminated copy of len bytes; NULL as above. */
char *arena_copy_text(struct arena *a, const char *text, size_t len);

/* Forget everything that was handed out. */
void arena_reset(struct arena *a);

#define ARENA_NEW(arena, n, type) ((type *)arena_alloc((arena), (n), sizeof(type)))

#endif
