/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "proto/wire_map_field.h"
#include "proto/wire_scan.h"
#include "solver/core/amount.h"
#include "solver/core/id.h"
#include "solver/core/wide.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

/* Which field types a scalar kind may stand for. */
static bool kind_fits(enum wire_map_kind kind, const ProtobufCFieldDescriptor *f)
{
    switch ((int)kind) {
    case WIRE_MAP_VERSION: return f->type == PROTOBUF_C_TYPE_UINT32;
    case WIRE_MAP_UINT:
        return f->type == PROTOBUF_C_TYPE_UINT32 || f->type == PROTOBUF_C_TYPE_UINT64;
    case WIRE_MAP_TIME:
        return f->type == PROTOBUF_C_TYPE_SINT64 || f->type == PROTOBUF_C_TYPE_UINT64;
    case WIRE_MAP_SINT: return f->type == PROTOBUF_C_TYPE_SINT32;
    case WIRE_MAP_FLAG: return f->type == PROTOBUF_C_TYPE_BOOL;
    case WIRE_MAP_ENUM: return f->type == PROTOBUF_C_TYPE_UINT32 || f->type == PROTOBUF_C_TYPE_ENUM;
    case WIRE_MAP_NAME:
    case WIRE_MAP_NAME_OR_EMPTY:
    case WIRE_MAP_TEXT:
    case WIRE_MAP_TEXT_OR_NULL: return f->type == PROTOBUF_C_TYPE_STRING;
    default: return f->type == PROTOBUF_C_TYPE_BYTES;
    }
}

static size_t kind_size(enum wire_map_kind kind)
{
    switch ((int)kind) {
    case WIRE_MAP_AMOUNT:
    case WIRE_MAP_AMOUNT_OR_ZERO: return sizeof(struct amount);
    case WIRE_MAP_WIDE: return sizeof(struct u256);
    case WIRE_MAP_TIME: return sizeof(int64_t);
    case WIRE_MAP_SINT: return sizeof(int32_t);
    case WIRE_MAP_FLAG: return sizeof(bool);
    case WIRE_MAP_ENUM: return sizeof(int);
    case WIRE_MAP_NAME:
    case WIRE_MAP_NAME_OR_EMPTY: return sizeof(struct name);
    case WIRE_MAP_TEXT:
    case WIRE_MAP_TEXT_OR_NULL: return sizeof(char *);
    case WIRE_MAP_SPAN: return sizeof(struct wire_span);
    default: return 0; /* any */
    }
}

static void scalar_check(const struct wire_row *row, enum wire_map_kind kind,
                         const ProtobufCFieldDescriptor *f)
{
    size_t size = kind_size(kind);

    if (!kind_fits(kind, f))
        fail_msg("field %s: kind %d does not fit its type", f->name, (int)kind);
    if (size != 0 && row->size != size)
        fail_msg("field %s: its member has another size", f->name);
    if (kind == WIRE_MAP_UINT && f->type == PROTOBUF_C_TYPE_UINT32)
        assert_true(row->size <= sizeof(uint32_t)); /* else packing would cut it */
    if (kind == WIRE_MAP_ENUM && f->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumDescriptor *e = f->descriptor;

        assert_int_equal(e->values[0].value, 0);
        assert_int_equal(e->values[e->n_values - 1].value, row->tag);
        assert_int_equal(e->n_values, row->tag + 1);
    }
}

/* "as.intent" is intent, "net.atoms" is net, "mark.num" is mark_num, "asset[1]" is asset1. */
static void member_plain(char *out, size_t cap, const char *member)
{
    size_t n = 0;

    if (strncmp(member, "as.", 3) == 0)
        member += 3;
    for (; *member != '\0' && strcmp(member, ".atoms") != 0 && n + 1 < cap; member++)
        if (*member != '[' && *member != ']')
            out[n++] = *member == '.' ? '_' : *member;
    out[n] = '\0';
}

/* No two fields of one type are exchanged. */
static void member_check(const struct wire_row *row, const ProtobufCFieldDescriptor *f)
{
    const char *dot = strrchr(row->member, '.');
    char plain[64];

    member_plain(plain, sizeof(plain), row->member);
    if (strcmp(row->member, "as") != 0 && strcmp(plain, f->name) != 0 &&
        (dot == NULL || strcmp(dot + 1, f->name) != 0))
        fail_msg("field %s is mapped to %s", f->name, row->member);
}

static void row_check(const struct wire_map *map, const struct wire_row *row,
                      const ProtobufCFieldDescriptor *f)
{
    bool oneof = (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    bool list =
        row->kind == WIRE_MAP_LIST || row->kind == WIRE_MAP_LIST_OF || row->kind == WIRE_MAP_ARRAY;
    bool pointer = list || row->borrowed;

    assert_int_equal(oneof, row->kind == WIRE_MAP_CASE);
    assert_int_equal(list, f->label == PROTOBUF_C_LABEL_REPEATED);
    assert_int_equal(row->sub != NULL, f->type == PROTOBUF_C_TYPE_MESSAGE);
    if (row->sub != NULL) {
        assert_ptr_equal(row->sub->type, f->descriptor);
        assert_true(row->offset + (pointer ? sizeof(void *) : row->sub->size) <= map->size);
        if (row->kind == WIRE_MAP_LIST)
            assert_int_equal(row->size, row->sub->size);
    } else {
        scalar_check(row, wire_scalar_kind(row), f);
    }
    if (row->kind == WIRE_MAP_ARRAY)
        assert_true(row->offset + (size_t)row->tag * row->size <= map->size);
    if (list)
        (void)wire_slot_size(f); /* its type is known to the engine */
}

static void map_check(const struct wire_map *map, unsigned depth, const struct wire_limits *limits)
{
    assert_true(depth <= limits->depth_max);
    assert_int_equal(map->rows_n, map->type->n_fields);
    assert_true(map->rows_n <= WIRE_SCAN_FIELDS_MAX);
    for (size_t i = 0; i < map->rows_n; i++) {
        const ProtobufCFieldDescriptor *f = &map->type->fields[i];

        if (map->rows[i].number != f->id)
            fail_msg("%s: row %zu is not field %s", map->type->name, i, f->name);
        row_check(map, &map->rows[i], f);
        member_check(&map->rows[i], f);
        if (map->rows[i].sub != NULL)
            map_check(map->rows[i].sub, depth + 1, limits);
    }
}

/* Every field of every message has its row, of a kind that fits; no message is deeper than its
 * socket allows. */
static void test_wire_map_has_every_field_of_every_message(void **state)
{
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_non_null(all[i].map->limits);
        assert_true(all[i].map->limits->depth_max <= WIRE_SCAN_DEPTH_MAX);
        map_check(all[i].map, 1, all[i].map->limits);
    }
}

/* Messages with a version refuse another one by name, even with fields unknown here. */
static void test_wire_map_names_a_foreign_version(void **state)
{
    static const uint8_t second[] = { 1 << 3, 2, 0xfa, 0x01, 0x00 };
    static const uint8_t none[] = { 2 << 3, 7 };
    struct arena arena;
    char out[4096];
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct wire_span span = { second, sizeof(second) };

        assert_true(all[i].map->size <= sizeof(out));
        if (all[i].map->rows[0].kind == WIRE_MAP_VERSION)
            assert_err(wire_map_unpack(out, all[i].map, &arena, span), ERR_UNSUPPORTED);
    }
    assert_err(
        wire_map_unpack(out, &wire_map_request, &arena, (struct wire_span){ none, sizeof(none) }),
        ERR_UNSUPPORTED);
    arena_fini(&arena);
}

static void test_wire_map_uint_store_keeps_the_range_of_its_member(void **state)
{
    uint8_t small;
    uint32_t middle;
    uint64_t large;

    (void)state;
    assert_true(wire_uint_store(&small, 1, 255) && small == 255);
    assert_false(wire_uint_store(&small, 1, 256));
    assert_true(wire_uint_store(&middle, 4, UINT32_MAX) && middle == UINT32_MAX);
    assert_false(wire_uint_store(&middle, 4, (uint64_t)UINT32_MAX + 1));
    assert_true(wire_uint_store(&large, 8, UINT64_MAX) && large == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_map_has_every_field_of_every_message),
        cmocka_unit_test(test_wire_map_names_a_foreign_version),
        cmocka_unit_test(test_wire_map_uint_store_keeps_the_range_of_its_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
