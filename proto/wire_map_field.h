/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_map_field -- what both directions of wire_map need to know about one row and its field.
 */
#ifndef SLUICE_PROTO_WIRE_MAP_FIELD_H
#define SLUICE_PROTO_WIRE_MAP_FIELD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire_map.h"

/* The field of a row; a table that names another one is our bug. */
const ProtobufCFieldDescriptor *wire_field(const ProtobufCMessageDescriptor *type,
                                           const struct wire_row *row);

/* Bytes of one value of the field inside a protobuf-c struct. */
size_t wire_slot_size(const ProtobufCFieldDescriptor *f);

/* An unsigned member of 1, 4 or 8 bytes. */
uint64_t wire_uint_load(const void *from, size_t size);

/* False when v does not fit size bytes. */
bool wire_uint_store(void *to, size_t size, uint64_t v);

/* The kind of a scalar row, or of the elements of a list or an array of scalars. */
enum wire_map_kind wire_scalar_kind(const struct wire_row *row);

bool wire_all_zero(const void *bytes, size_t n);

/* The selector of the oneof of a CASE row in the struct self. */
int wire_case_load(const char *self, const struct wire_row *row);

/* The selector of the struct names a member, or nothing where that is allowed. */
bool wire_case_known(const struct wire_map *map, const void *self);

#endif
