/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_alloc.h"

static void *piece_alloc(void *self, size_t size)
{
    struct wire_alloc *a = self;

    return arena_alloc(&a->arena, 1, size);
}

static void piece_free(void *self, void *piece)
{
    (void)self;
    (void)piece;
}

void wire_alloc_init(struct wire_alloc *a, const struct wire_limits *limits)
{
    a->base = (ProtobufCAllocator){
        .alloc = piece_alloc,
        .free = piece_free,
        .allocator_data = a,
    };
    arena_init(&a->arena, WIRE_ALLOC_FACTOR * limits->bytes_max);
}

void wire_alloc_fini(struct wire_alloc *a)
{
    arena_fini(&a->arena);
}
