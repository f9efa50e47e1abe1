/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_alloc -- the memory of one protobuf-c message: a capped arena behind its allocator.
 *
 * Freeing a piece does nothing; wire_alloc_fini releases all. In place, must not be moved between
 * init and fini.
 */
#ifndef SLUICE_PROTO_WIRE_ALLOC_H
#define SLUICE_PROTO_WIRE_ALLOC_H

#include <protobuf-c/protobuf-c.h>

#include "proto/wire.h"
#include "solver/core/arena.h"

#define WIRE_ALLOC_FACTOR 8 /* bytes of memory per byte of the message limit */

struct wire_alloc {
    ProtobufCAllocator base;
    struct arena arena; /* cap WIRE_ALLOC_FACTOR * limits->bytes_max */
};

void wire_alloc_init(struct wire_alloc *a, const struct wire_limits *limits);
void wire_alloc_fini(struct wire_alloc *a);

#endif
