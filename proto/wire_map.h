/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_map -- tables that say "this field of a message is that member of a struct", and the engine
 * that runs them in both directions.
 *
 * One table per message, one row per field. A row names its kind, and the kind says how the value
 * is checked, so both directions agree by construction. Private to proto/; the public functions
 * are one line each in wire_*.c. A test compares every table with its message descriptor.
 */
#ifndef SLUICE_PROTO_WIRE_MAP_H
#define SLUICE_PROTO_WIRE_MAP_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire.h"
#include "solver/core/arena.h"

enum wire_map_kind {
    /* Scalars. */
    WIRE_MAP_VERSION = 1,    /* WIRE_VERSION; no member */
    WIRE_MAP_UINT,           /* unsigned member of 1, 4 or 8 bytes, all its values */
    WIRE_MAP_TIME,           /* int64_t; [0, INT64_MAX] when the field is a uint64 */
    WIRE_MAP_FLAG,           /* bool */
    WIRE_MAP_ENUM,           /* enum in [1, tag] */
    WIRE_MAP_AMOUNT,         /* struct amount, 16 bytes */
    WIRE_MAP_AMOUNT_OR_ZERO, /* the same; zero is empty */
    WIRE_MAP_WIDE,           /* struct u256, minimal */
    WIRE_MAP_FIXED,          /* array of bytes of the member's size: id, digest, key */
    WIRE_MAP_FIXED_OR_ZERO,  /* the same; all zeros is empty */
    WIRE_MAP_NAME,           /* struct name */
    WIRE_MAP_NAME_OR_EMPTY,  /* the same; or "" */
    WIRE_MAP_TEXT,           /* const char *; NULL packs as "" and comes back as "" */
    WIRE_MAP_TEXT_OR_NULL,   /* the same; "" comes back as NULL */
    WIRE_MAP_SINT,           /* int32_t */
    WIRE_MAP_SPAN,           /* struct wire_span */
    /* Composites. */
    WIRE_MAP_SUB,     /* struct by value, always there */
    WIRE_MAP_MAYBE,   /* struct by value, there when the bool at aux is set */
    WIRE_MAP_CASE,    /* member of the oneof: there when the enum at aux equals tag */
    WIRE_MAP_LIST,    /* pointer to structs, their number a size_t at aux */
    WIRE_MAP_LIST_OF, /* pointer to scalars of kind element, number likewise */
    WIRE_MAP_ARRAY    /* array of scalars of kind element, number a uint32_t at aux, at most tag */
};

struct wire_map;

struct wire_row {
    uint32_t number;    /* of the field */
    const char *member; /* as written in the table; a test compares it with the field's name */
    enum wire_map_kind kind;
    enum wire_map_kind element; /* LIST_OF, ARRAY */
    bool borrowed;              /* CASE: the member is a pointer to the struct */
    bool follows;               /* ARRAY: as many as another one, which came before, counted */
    size_t offset;              /* of the member */
    size_t size;                /* of the member, or of one element of a list */
    size_t aux;                 /* offset: see the kinds */
    int tag;                    /* ENUM: largest value; CASE: value of the selector; ARRAY: most */
    const struct wire_map *sub;
};

struct wire_map {
    const ProtobufCMessageDescriptor *type;
    size_t size; /* of the struct */
    const struct wire_row *rows;
    size_t rows_n;
    bool caseless;                    /* the oneof may be without a member, its selector 0 */
    bool (*valid)(const void *self);  /* what rows cannot say, both directions; or NULL */
    const struct wire_limits *limits; /* of its socket; top-level messages only */
};

#define WIRE_ROW_AT(no, S, m) .number = (no), .member = #m, .offset = offsetof(S, m)
#define WIRE_ROW(no, S, m, k)                                                                      \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_##k, .size = sizeof(((S *)0)->m)                   \
    }
#define WIRE_ROW_VERSION(no)                                                                       \
    {                                                                                              \
        .number = (no), .member = "version", .kind = WIRE_MAP_VERSION                              \
    }
#define WIRE_ROW_ENUM(no, S, m, last)                                                              \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_ENUM, .size = sizeof(((S *)0)->m), .tag = (last)   \
    }
#define WIRE_ROW_SUB(no, S, m, map)                                                                \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_SUB, .sub = (map)                                  \
    }
#define WIRE_ROW_MAYBE(no, S, m, flag, map)                                                        \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_MAYBE, .aux = offsetof(S, flag), .sub = (map)      \
    }
#define WIRE_ROW_CASE(no, S, m, selector, value, map)                                              \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_CASE, .aux = offsetof(S, selector),                \
                               .tag = (value), .sub = (map)                                        \
    }
#define WIRE_ROW_CASE_BORROWED(no, S, m, selector, value, map)                                     \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_CASE, .aux = offsetof(S, selector),                \
                               .tag = (value), .sub = (map), .borrowed = true                      \
    }
#define WIRE_ROW_LIST(no, S, m, map)                                                               \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_LIST, .size = sizeof(*((S *)0)->m),                \
                               .aux = offsetof(S, m##_n), .sub = (map)                             \
    }
#define WIRE_ROW_LIST_OF(no, S, m, k)                                                              \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_LIST_OF, .element = WIRE_MAP_##k,                  \
                               .size = sizeof(*((S *)0)->m), .aux = offsetof(S, m##_n)             \
    }
#define WIRE_ROW_ARRAY(no, S, m, k, count, after)                                                  \
    {                                                                                              \
        WIRE_ROW_AT(no, S, m), .kind = WIRE_MAP_ARRAY, .element = WIRE_MAP_##k,                    \
                               .size = sizeof(((S *)0)->m[0]), .aux = offsetof(S, count),          \
                               .tag = sizeof(((S *)0)->m) / sizeof(((S *)0)->m[0]),                \
                               .follows = (after)                                                  \
    }
/* The rest of a map initialiser: its type, struct and rows. */
#define WIRE_MAP_OF(descriptor, S, table)                                                          \
    .type = &(descriptor), .size = sizeof(S), .rows = (table),                                     \
    .rows_n = sizeof(table) / sizeof((table)[0])

/* The two verbs of wire.h for any top-level map. */
MUST_USE enum err wire_map_pack(struct wire_bytes *out, const struct wire_map *map,
                                const void *from);
MUST_USE enum err wire_map_unpack(void *out, const struct wire_map *map, struct arena *arena,
                                  struct wire_span bytes);

/* Top-level messages. */
extern const struct wire_map wire_map_request;
extern const struct wire_map wire_map_payload;
extern const struct wire_map wire_map_intent;
extern const struct wire_map wire_map_answer;
extern const struct wire_map wire_map_receipt;
extern const struct wire_map wire_map_auction;
extern const struct wire_map wire_map_solution;
extern const struct wire_map wire_map_worker;
extern const struct wire_map wire_map_venue_request;
extern const struct wire_map wire_map_venue_answer;
extern const struct wire_map wire_map_op_request;
extern const struct wire_map wire_map_op_answer;
extern const struct wire_map wire_map_op_batch;

#endif
