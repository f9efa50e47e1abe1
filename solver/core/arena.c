/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"

#define ALIGNMENT 16
#define BLOCK_MIN ((size_t)16 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes in data */
    size_t used;
    _Alignas(ALIGNMENT) unsigned char data[];
};

void arena_init(struct arena *a, size_t cap_bytes)
{
    *a = (struct arena){ .cap = cap_bytes };
}

static void blocks_free(struct arena *a)
{
    struct arena_block *b = a->first;

    while (b != NULL) {
        struct arena_block *next = b->next;

        free(b);
        b = next;
    }
    a->first = NULL;
    a->current = NULL;
}

void arena_fini(struct arena *a)
{
    blocks_free(a);
    *a = (struct arena){ 0 };
}

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/*
 * Append a block with room for need bytes. The first one is as large as the largest round so far.
 * False when there is no memory.
 */
static bool block_add(struct arena *a, size_t need)
{
    size_t size = largest(largest(need, BLOCK_MIN), a->first == NULL ? a->high_water : 0);
    struct arena_block *b;

    if (size > SIZE_MAX - sizeof(*b))
        return false;
    b = malloc(sizeof(*b) + size);
    if (b == NULL)
        return false;
    *b = (struct arena_block){ .size = size };
    if (a->first == NULL)
        a->first = b;
    else
        a->current->next = b;
    a->current = b;
    return true;
}

/* Bytes to take for n items of size bytes: a positive multiple of ALIGNMENT, or 0 on overflow. */
static size_t bytes_for(size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        return 0;
    return largest((bytes + ALIGNMENT - 1) / ALIGNMENT, 1) * ALIGNMENT;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
    size_t need = bytes_for(n, size);
    struct arena_block *b = a->current;
    void *p;

    if (need == 0 || need > a->cap - a->used)
        return NULL;
    if (b == NULL || b->size - b->used < need) {
        if (!block_add(a, need))
            return NULL;
        b = a->current;
    }
    p = b->data + b->used;
    b->used += need;
    a->used += need;
    a->high_water = largest(a->high_water, a->used);
    CHECK(b->used <= b->size);
    CHECK(a->used <= a->cap);
    return memset(p, 0, need);
}

char *arena_copy_text(struct arena *a, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(a, len + 1, 1) : NULL;

    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

void arena_reset(struct arena *a)
{
    a->used = 0;
    if (a->first == NULL)
        return;
    if (a->first->next == NULL)
        a->first->used = 0;
    else
        blocks_free(a); /* the next round starts with one block that holds all of this one */
}
