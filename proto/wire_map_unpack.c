/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_map, bytes -> struct: scan, let protobuf-c unpack into scratch memory, copy and check. */
#include <string.h>

#include "proto/wire_alloc.h"
#include "proto/wire_amount.h"
#include "proto/wire_map.h"
#include "proto/wire_map_field.h"
#include "proto/wire_scan.h"
#include "solver/core/check.h"
#include "solver/core/id.h"

static enum err message_unpack(void *out, const struct wire_map *map, struct arena *arena,
                               const ProtobufCMessage *from);

static enum err version_unpack(const void *from)
{
    return wire_uint_load(from, sizeof(uint32_t)) == WIRE_VERSION ? ERR_OK : ERR_UNSUPPORTED;
}

static enum err uint_unpack(void *out, size_t size, const ProtobufCFieldDescriptor *f,
                            const void *from)
{
    size_t width = f->type == PROTOBUF_C_TYPE_UINT64 ? sizeof(uint64_t) : sizeof(uint32_t);

    return wire_uint_store(out, size, wire_uint_load(from, width)) ? ERR_OK : ERR_INVALID;
}

static enum err time_unpack(void *out, const ProtobufCFieldDescriptor *f, const void *from)
{
    int64_t v;

    memcpy(&v, from, sizeof(v));
    if (v < 0 && f->type == PROTOBUF_C_TYPE_UINT64)
        return ERR_INVALID;
    memcpy(out, &v, sizeof(v));
    return ERR_OK;
}

static enum err enum_unpack(void *out, const void *from, int last)
{
    uint64_t v = wire_uint_load(from, sizeof(uint32_t));

    if (v < 1 || v > (uint64_t)last)
        return ERR_INVALID;
    memcpy(out, &(int){ (int)v }, sizeof(int));
    return ERR_OK;
}

static void flag_unpack(void *out, const void *from)
{
    protobuf_c_boolean v;

    memcpy(&v, from, sizeof(v));
    memcpy(out, &(bool){ v != 0 }, sizeof(bool));
}

static ProtobufCBinaryData bytes_load(const void *from)
{
    ProtobufCBinaryData data;

    memcpy(&data, from, sizeof(data));
    return data;
}

static enum err amount_unpack(void *out, const void *from, bool zero_is_empty)
{
    ProtobufCBinaryData data = bytes_load(from);
    struct amount a = AMOUNT_ZERO;

    if (!zero_is_empty || data.len > 0) {
        TRY(wire_amount_read(&a, data.data, data.len));
        if (zero_is_empty && amount_is_zero(a))
            return ERR_INVALID;
    }
    memcpy(out, &a, sizeof(a));
    return ERR_OK;
}

static enum err wide_unpack(void *out, const void *from)
{
    ProtobufCBinaryData data = bytes_load(from);
    struct u256 v;

    TRY(wire_wide_read(&v, data.data, data.len));
    memcpy(out, &v, sizeof(v));
    return ERR_OK;
}

/* out holds zeros already, which is what empty means. */
static enum err fixed_unpack(void *out, size_t size, const void *from, bool zero_is_empty)
{
    ProtobufCBinaryData data = bytes_load(from);

    if (zero_is_empty && data.len == 0)
        return ERR_OK;
    if (data.len != size || (zero_is_empty && wire_all_zero(data.data, size)))
        return ERR_INVALID;
    memcpy(out, data.data, size);
    return ERR_OK;
}

static enum err span_unpack(void *out, struct arena *arena, const void *from)
{
    ProtobufCBinaryData data = bytes_load(from);
    struct wire_span span = { .n = data.len };

    if (data.len > 0) {
        uint8_t *copy = arena_alloc(arena, data.len, 1);

        if (copy == NULL)
            return ERR_NOMEM;
        memcpy(copy, data.data, data.len);
        span.bytes = copy;
    }
    memcpy(out, &span, sizeof(span));
    return ERR_OK;
}

static enum err text_unpack(void *out, struct arena *arena, const void *from, bool empty_is_null)
{
    const char *text, *copy = NULL;

    memcpy(&text, from, sizeof(text));
    if (!empty_is_null || text[0] != '\0') {
        copy = arena_copy_text(arena, text, strlen(text));
        if (copy == NULL)
            return ERR_NOMEM;
    }
    memcpy(out, &copy, sizeof(copy));
    return ERR_OK;
}

static enum err name_unpack(void *out, const void *from, bool may_be_empty)
{
    struct name name = { { 0 } };
    const char *text;

    memcpy(&text, from, sizeof(text));
    if (!may_be_empty || text[0] != '\0')
        TRY(name_parse(&name, text, strlen(text)));
    memcpy(out, &name, sizeof(name));
    return ERR_OK;
}

static enum err scalar_unpack(void *out, struct arena *arena, const struct wire_row *row,
                              const ProtobufCFieldDescriptor *f, const void *from)
{
    switch ((int)wire_scalar_kind(row)) {
    case WIRE_MAP_VERSION: return version_unpack(from);
    case WIRE_MAP_UINT: return uint_unpack(out, row->size, f, from);
    case WIRE_MAP_TIME: return time_unpack(out, f, from);
    case WIRE_MAP_SINT: memcpy(out, from, sizeof(int32_t)); return ERR_OK;
    case WIRE_MAP_FLAG: flag_unpack(out, from); return ERR_OK;
    case WIRE_MAP_ENUM: return enum_unpack(out, from, row->tag);
    case WIRE_MAP_AMOUNT: return amount_unpack(out, from, false);
    case WIRE_MAP_AMOUNT_OR_ZERO: return amount_unpack(out, from, true);
    case WIRE_MAP_WIDE: return wide_unpack(out, from);
    case WIRE_MAP_FIXED: return fixed_unpack(out, row->size, from, false);
    case WIRE_MAP_FIXED_OR_ZERO: return fixed_unpack(out, row->size, from, true);
    case WIRE_MAP_NAME: return name_unpack(out, from, false);
    case WIRE_MAP_NAME_OR_EMPTY: return name_unpack(out, from, true);
    case WIRE_MAP_TEXT: return text_unpack(out, arena, from, false);
    case WIRE_MAP_TEXT_OR_NULL: return text_unpack(out, arena, from, true);
    case WIRE_MAP_SPAN: return span_unpack(out, arena, from);
    default: UNREACHABLE("a row of no scalar kind");
    }
}

/* The message whose pointer is in the slot at from; NULL when it was not sent. */
static const ProtobufCMessage *sub_load(const void *from)
{
    const ProtobufCMessage *m;

    memcpy(&m, from, sizeof(m));
    return m;
}

static enum err list_unpack(char *out, struct arena *arena, const struct wire_row *row,
                            const ProtobufCFieldDescriptor *f, const char *from)
{
    size_t width = wire_slot_size(f), n;
    const char *slots;
    char *items;

    memcpy(&n, from + f->quantifier_offset, sizeof(n));
    memcpy(&slots, from + f->offset, sizeof(slots));
    if (n == 0)
        return ERR_OK;
    items = arena_alloc(arena, n, row->size);
    if (items == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        char *item = items + i * row->size;

        if (row->sub != NULL)
            TRY(message_unpack(item, row->sub, arena, sub_load(slots + i * width)));
        else
            TRY(scalar_unpack(item, arena, row, f, slots + i * width));
    }
    memcpy(out + row->offset, &items, sizeof(items));
    memcpy(out + row->aux, &n, sizeof(n));
    return ERR_OK;
}

/* As many as there is room for, and as were counted before. */
static enum err array_unpack(char *out, struct arena *arena, const struct wire_row *row,
                             const ProtobufCFieldDescriptor *f, const char *from)
{
    size_t width = wire_slot_size(f), n;
    const char *slots;

    memcpy(&n, from + f->quantifier_offset, sizeof(n));
    memcpy(&slots, from + f->offset, sizeof(slots));
    if (n > (size_t)row->tag)
        return ERR_INVALID;
    if (row->follows && n != wire_uint_load(out + row->aux, sizeof(uint32_t)))
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        TRY(scalar_unpack(out + row->offset + i * row->size, arena, row, f, slots + i * width));
    memcpy(out + row->aux, &(uint32_t){ (uint32_t)n }, sizeof(uint32_t));
    return ERR_OK;
}

static enum err case_unpack(char *out, struct arena *arena, const struct wire_row *row,
                            const ProtobufCFieldDescriptor *f, const char *from)
{
    if (wire_uint_load(from + f->quantifier_offset, sizeof(uint32_t)) != f->id)
        return ERR_OK;
    memcpy(out + row->aux, &row->tag, sizeof(row->tag));
    out += row->offset;
    if (row->borrowed) {
        char *self = arena_alloc(arena, 1, row->sub->size);

        if (self == NULL)
            return ERR_NOMEM;
        memcpy(out, &self, sizeof(self));
        out = self;
    }
    return message_unpack(out, row->sub, arena, sub_load(from + f->offset));
}

static enum err row_unpack(char *out, struct arena *arena, const struct wire_row *row,
                           const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *f = wire_field(message->descriptor, row);
    const char *from = (const char *)message;
    const ProtobufCMessage *sub;

    switch ((int)row->kind) {
    case WIRE_MAP_SUB:
    case WIRE_MAP_MAYBE:
        sub = sub_load(from + f->offset);
        if (sub == NULL)
            return row->kind == WIRE_MAP_MAYBE ? ERR_OK : ERR_INVALID;
        if (row->kind == WIRE_MAP_MAYBE)
            memcpy(out + row->aux, &(bool){ true }, sizeof(bool));
        return message_unpack(out + row->offset, row->sub, arena, sub);
    case WIRE_MAP_CASE: return case_unpack(out, arena, row, f, from);
    case WIRE_MAP_LIST:
    case WIRE_MAP_LIST_OF: return list_unpack(out, arena, row, f, from);
    case WIRE_MAP_ARRAY: return array_unpack(out, arena, row, f, from);
    default: return scalar_unpack(out + row->offset, arena, row, f, from + f->offset);
    }
}

/* out holds zeros. */
static enum err message_unpack(void *out, const struct wire_map *map, struct arena *arena,
                               const ProtobufCMessage *from)
{
    for (size_t i = 0; i < map->rows_n; i++)
        TRY(row_unpack(out, arena, &map->rows[i], from));
    if (!wire_case_known(map, out) || (map->valid != NULL && !map->valid(out)))
        return ERR_INVALID;
    return ERR_OK;
}

/* Another version may have fields that are unknown here, so it is looked for before the scan.
 * Writers put field 1 first. */
static bool version_foreign(const struct wire_map *map, struct wire_span bytes)
{
    return map->rows[0].kind == WIRE_MAP_VERSION && bytes.n >= 2 && bytes.bytes[0] == 1 << 3 &&
           bytes.bytes[1] != WIRE_VERSION;
}

/* protobuf-c answers NULL only when the cap of the scratch memory is reached: the scan has refused
 * everything else. */
static enum err unpack_in(void *out, struct wire_alloc *scratch, const struct wire_map *map,
                          struct arena *arena, struct wire_span bytes)
{
    void *self = arena_alloc(arena, 1, map->size);
    ProtobufCMessage *m;

    if (self == NULL)
        return ERR_NOMEM;
    m = protobuf_c_message_unpack(map->type, &scratch->base, bytes.n, bytes.bytes);
    if (m == NULL)
        return ERR_OVERFLOW;
    TRY(message_unpack(self, map, arena, m));
    memcpy(out, self, map->size);
    return ERR_OK;
}

enum err wire_map_unpack(void *out, const struct wire_map *map, struct arena *arena,
                         struct wire_span bytes)
{
    struct wire_alloc scratch;
    enum err err;

    if (version_foreign(map, bytes))
        return ERR_UNSUPPORTED;
    TRY(wire_scan(map->type, map->limits, bytes.bytes, bytes.n));
    wire_alloc_init(&scratch, map->limits);
    err = unpack_in(out, &scratch, map, arena, bytes);
    wire_alloc_fini(&scratch);
    return err;
}
