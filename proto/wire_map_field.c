/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_map_field.h"

#include <string.h>

#include "solver/core/check.h"

const ProtobufCFieldDescriptor *wire_field(const ProtobufCMessageDescriptor *type,
                                           const struct wire_row *row)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(type, row->number);

    CHECK(f != NULL);
    return f;
}

size_t wire_slot_size(const ProtobufCFieldDescriptor *f)
{
    switch ((int)f->type) {
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_UINT64: return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_UINT32: return sizeof(uint32_t);
    default: UNREACHABLE("no list has elements of this type");
    }
}

uint64_t wire_uint_load(const void *from, size_t size)
{
    uint8_t small;
    uint32_t middle;
    uint64_t large;

    switch (size) {
    case sizeof(small): memcpy(&small, from, size); return small;
    case sizeof(middle): memcpy(&middle, from, size); return middle;
    case sizeof(large): memcpy(&large, from, size); return large;
    default: UNREACHABLE("an integer member of another size");
    }
}

bool wire_uint_store(void *to, size_t size, uint64_t v)
{
    uint8_t small = (uint8_t)v;
    uint32_t middle = (uint32_t)v;

    switch (size) {
    case sizeof(small): memcpy(to, &small, size); return small == v;
    case sizeof(middle): memcpy(to, &middle, size); return middle == v;
    case sizeof(v): memcpy(to, &v, size); return true;
    default: UNREACHABLE("an integer member of another size");
    }
}

enum wire_map_kind wire_scalar_kind(const struct wire_row *row)
{
    return row->kind == WIRE_MAP_LIST_OF || row->kind == WIRE_MAP_ARRAY ? row->element : row->kind;
}

bool wire_all_zero(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

int wire_case_load(const char *self, const struct wire_row *row)
{
    int selector;

    memcpy(&selector, self + row->aux, sizeof(selector));
    return selector;
}

bool wire_case_known(const struct wire_map *map, const void *self)
{
    bool has_cases = false;

    for (size_t i = 0; i < map->rows_n; i++) {
        const struct wire_row *row = &map->rows[i];

        if (row->kind != WIRE_MAP_CASE)
            continue;
        int selector = wire_case_load(self, row);

        if (selector == row->tag || (selector == 0 && map->caseless))
            return true;
        has_cases = true;
    }
    return !has_cases;
}
