/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_map, struct -> bytes: fill the protobuf-c message in a scratch arena, then serialise it. */
#include <string.h>

#include "proto/wire_alloc.h"
#include "proto/wire_amount.h"
#include "proto/wire_map.h"
#include "proto/wire_map_field.h"
#include "proto/wire_scan.h"
#include "solver/core/check.h"
#include "solver/core/id.h"

static enum err message_pack(ProtobufCMessage **out, const struct wire_map *map,
                             struct arena *arena, const void *from);

static enum err uint_pack(void *to, const ProtobufCFieldDescriptor *f, const void *from,
                          size_t size)
{
    uint64_t v = wire_uint_load(from, size);

    if (f->type == PROTOBUF_C_TYPE_UINT64)
        memcpy(to, &v, sizeof(v));
    else
        memcpy(to, &(uint32_t){ (uint32_t)v }, sizeof(uint32_t));
    return ERR_OK;
}

static enum err time_pack(void *to, const ProtobufCFieldDescriptor *f, const void *from)
{
    int64_t v;

    memcpy(&v, from, sizeof(v));
    if (v < 0 && f->type == PROTOBUF_C_TYPE_UINT64)
        return ERR_INVALID;
    memcpy(to, &v, sizeof(v));
    return ERR_OK;
}

static enum err enum_pack(void *to, const void *from, int last)
{
    int v;

    memcpy(&v, from, sizeof(v));
    if (v < 1 || v > last)
        return ERR_INVALID;
    memcpy(to, &v, sizeof(v));
    return ERR_OK;
}

static enum err bytes_pack(void *to, struct arena *arena, const void *bytes, size_t n)
{
    ProtobufCBinaryData data = { .len = n };

    if (n > 0) {
        data.data = arena_alloc(arena, n, 1);
        if (data.data == NULL)
            return ERR_OVERFLOW;
        memcpy(data.data, bytes, n);
    }
    memcpy(to, &data, sizeof(data));
    return ERR_OK;
}

static enum err amount_pack(void *to, struct arena *arena, const void *from, bool zero_is_empty)
{
    uint8_t bytes[AMOUNT_BYTES];
    struct amount a;

    memcpy(&a, from, sizeof(a));
    amount_to_bytes(bytes, a);
    return bytes_pack(to, arena, bytes, zero_is_empty && amount_is_zero(a) ? 0 : sizeof(bytes));
}

static enum err wide_pack(void *to, struct arena *arena, const void *from)
{
    uint8_t bytes[WIRE_WIDE_BYTES];
    struct u256 v;

    memcpy(&v, from, sizeof(v));
    return bytes_pack(to, arena, bytes, wire_wide_write(bytes, &v));
}

static enum err span_pack(void *to, struct arena *arena, const void *from)
{
    struct wire_span span;

    memcpy(&span, from, sizeof(span));
    return bytes_pack(to, arena, span.bytes, span.n);
}

static enum err text_pack(void *to, struct arena *arena, const char *text)
{
    char *copy;

    if (text == NULL)
        text = "";
    copy = arena_copy_text(arena, text, strlen(text));
    if (copy == NULL)
        return ERR_OVERFLOW;
    memcpy(to, &copy, sizeof(char *));
    return ERR_OK;
}

static enum err name_pack(void *to, struct arena *arena, const void *from, bool may_be_empty)
{
    struct name name, parsed;

    memcpy(&name, from, sizeof(name));
    if (!may_be_empty || name.text[0] != '\0')
        TRY(name_parse(&parsed, name.text, strnlen(name.text, sizeof(name.text))));
    return text_pack(to, arena, name.text);
}

static enum err scalar_pack(void *to, struct arena *arena, const struct wire_row *row,
                            const ProtobufCFieldDescriptor *f, const void *from)
{
    const char *text;

    switch ((int)wire_scalar_kind(row)) {
    case WIRE_MAP_VERSION: memcpy(to, &(uint32_t){ WIRE_VERSION }, sizeof(uint32_t)); return ERR_OK;
    case WIRE_MAP_UINT: return uint_pack(to, f, from, row->size);
    case WIRE_MAP_TIME: return time_pack(to, f, from);
    case WIRE_MAP_SINT: memcpy(to, from, sizeof(int32_t)); return ERR_OK;
    case WIRE_MAP_FLAG:
        memcpy(to, &(protobuf_c_boolean){ wire_uint_load(from, sizeof(bool)) != 0 },
               sizeof(protobuf_c_boolean));
        return ERR_OK;
    case WIRE_MAP_ENUM: return enum_pack(to, from, row->tag);
    case WIRE_MAP_AMOUNT: return amount_pack(to, arena, from, false);
    case WIRE_MAP_AMOUNT_OR_ZERO: return amount_pack(to, arena, from, true);
    case WIRE_MAP_WIDE: return wide_pack(to, arena, from);
    case WIRE_MAP_FIXED: return bytes_pack(to, arena, from, row->size);
    case WIRE_MAP_FIXED_OR_ZERO:
        return bytes_pack(to, arena, from, wire_all_zero(from, row->size) ? 0 : row->size);
    case WIRE_MAP_NAME: return name_pack(to, arena, from, false);
    case WIRE_MAP_NAME_OR_EMPTY: return name_pack(to, arena, from, true);
    case WIRE_MAP_TEXT:
    case WIRE_MAP_TEXT_OR_NULL:
        memcpy(&text, from, sizeof(text));
        return text_pack(to, arena, text);
    case WIRE_MAP_SPAN: return span_pack(to, arena, from);
    default: UNREACHABLE("a row of no scalar kind");
    }
}

/* A message by pointer into the slot at to. */
static enum err sub_pack(void *to, struct arena *arena, const struct wire_map *map,
                         const void *from)
{
    ProtobufCMessage *m;

    TRY(message_pack(&m, map, arena, from));
    memcpy(to, &m, sizeof(m));
    return ERR_OK;
}

static enum err items_pack(ProtobufCMessage *to, struct arena *arena, const struct wire_row *row,
                           const ProtobufCFieldDescriptor *f, const char *items, size_t n)
{
    size_t width = wire_slot_size(f);
    char *slots;

    if (n == 0)
        return ERR_OK;
    slots = arena_alloc(arena, n, width);
    if (slots == NULL)
        return ERR_OVERFLOW;
    for (size_t i = 0; i < n; i++) {
        if (row->sub != NULL)
            TRY(sub_pack(slots + i * width, arena, row->sub, items + i * row->size));
        else
            TRY(scalar_pack(slots + i * width, arena, row, f, items + i * row->size));
    }
    memcpy((char *)to + f->quantifier_offset, &n, sizeof(n));
    memcpy((char *)to + f->offset, &slots, sizeof(slots));
    return ERR_OK;
}

static enum err list_pack(ProtobufCMessage *to, struct arena *arena, const struct wire_row *row,
                          const ProtobufCFieldDescriptor *f, const char *from)
{
    const char *items;
    size_t n;

    memcpy(&n, from + row->aux, sizeof(n));
    memcpy(&items, from + row->offset, sizeof(items));
    return items_pack(to, arena, row, f, items, n);
}

static enum err array_pack(ProtobufCMessage *to, struct arena *arena, const struct wire_row *row,
                           const ProtobufCFieldDescriptor *f, const char *from)
{
    uint64_t n = wire_uint_load(from + row->aux, sizeof(uint32_t));

    if (n > (uint64_t)row->tag)
        return ERR_INVALID;
    return items_pack(to, arena, row, f, from + row->offset, n);
}

static enum err case_pack(ProtobufCMessage *to, struct arena *arena, const struct wire_row *row,
                          const ProtobufCFieldDescriptor *f, const char *from)
{
    if (wire_case_load(from, row) != row->tag)
        return ERR_OK;
    memcpy((char *)to + f->quantifier_offset, &f->id, sizeof(f->id));
    const void *sub = from + row->offset;

    if (row->borrowed)
        memcpy(&sub, from + row->offset, sizeof(sub));
    return sub == NULL ? ERR_INVALID : sub_pack((char *)to + f->offset, arena, row->sub, sub);
}

static enum err row_pack(ProtobufCMessage *to, struct arena *arena, const struct wire_row *row,
                         const char *from)
{
    const ProtobufCFieldDescriptor *f = wire_field(to->descriptor, row);
    char *slot = (char *)to + f->offset;

    switch ((int)row->kind) {
    case WIRE_MAP_MAYBE:
        if (wire_uint_load(from + row->aux, sizeof(bool)) == 0)
            return ERR_OK;
        return sub_pack(slot, arena, row->sub, from + row->offset);
    case WIRE_MAP_SUB: return sub_pack(slot, arena, row->sub, from + row->offset);
    case WIRE_MAP_CASE: return case_pack(to, arena, row, f, from);
    case WIRE_MAP_LIST:
    case WIRE_MAP_LIST_OF: return list_pack(to, arena, row, f, from);
    case WIRE_MAP_ARRAY: return array_pack(to, arena, row, f, from);
    default: return scalar_pack(slot, arena, row, f, from + row->offset);
    }
}

static enum err message_pack(ProtobufCMessage **out, const struct wire_map *map,
                             struct arena *arena, const void *from)
{
    ProtobufCMessage *m = arena_alloc(arena, 1, map->type->sizeof_message);

    if (m == NULL)
        return ERR_OVERFLOW;
    map->type->message_init(m);
    if (!wire_case_known(map, from) || (map->valid != NULL && !map->valid(from)))
        return ERR_INVALID;
    for (size_t i = 0; i < map->rows_n; i++)
        TRY(row_pack(m, arena, &map->rows[i], from));
    *out = m;
    return ERR_OK;
}

/* The scan of what was just made keeps the promise that the twin takes it: texts may come from
 * anywhere and are only judged here. */
static enum err serialise(struct wire_bytes *out, const struct wire_map *map,
                          const ProtobufCMessage *m)
{
    size_t n = protobuf_c_message_get_packed_size(m);

    if (n > map->limits->bytes_max)
        return ERR_OVERFLOW;
    TRY(wire_bytes_reserve(out, n));
    out->n = 0;
    CHECK(protobuf_c_message_pack(m, out->data) == n);
    TRY(wire_scan(map->type, map->limits, out->data, n));
    out->n = n;
    return ERR_OK;
}

enum err wire_map_pack(struct wire_bytes *out, const struct wire_map *map, const void *from)
{
    struct wire_alloc scratch;
    ProtobufCMessage *m;
    enum err err;

    wire_alloc_init(&scratch, map->limits);
    err = message_pack(&m, map, &scratch.arena, from);
    if (err == ERR_OK)
        err = serialise(out, map, m);
    wire_alloc_fini(&scratch);
    return err;
}
