/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/wire_parts.h"

#include <stdbool.h>
#include <stdlib.h>

#include "solver/core/check.h"
#include "tests/support/wire_samples.h"

struct parts {
    const ProtobufCMessageDescriptor **types;
    size_t cap;
    size_t n;
};

static bool is_sample(const ProtobufCMessageDescriptor *type)
{
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        if (all[i].map->type == type)
            return true;
    }
    return false;
}

static void map_take(struct parts *p, const struct wire_map *map)
{
    bool known = is_sample(map->type);

    for (size_t i = 0; i < p->n && i < p->cap; i++)
        known = known || p->types[i] == map->type;
    if (!known) {
        if (p->n < p->cap)
            p->types[p->n] = map->type;
        p->n++;
    }
    for (size_t i = 0; i < map->rows_n; i++) {
        if (map->rows[i].sub != NULL)
            map_take(p, map->rows[i].sub);
    }
}

size_t wire_parts(const ProtobufCMessageDescriptor **types, size_t cap)
{
    struct parts p = { types, cap, 0 };
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++)
        map_take(&p, all[i].map);
    return p.n;
}

static const ProtobufCMessage *find(const ProtobufCMessage *m,
                                    const ProtobufCMessageDescriptor *type);

/* Look into one field; only messages are of interest. */
static const ProtobufCMessage *field_find(const ProtobufCMessage *m,
                                          const ProtobufCFieldDescriptor *f,
                                          const ProtobufCMessageDescriptor *type)
{
    const uint8_t *at = (const uint8_t *)m;
    const ProtobufCMessage *const *one = (const void *)(at + f->offset);
    const ProtobufCMessage *found = NULL;

    if (f->type != PROTOBUF_C_TYPE_MESSAGE)
        return NULL;
    if (f->label == PROTOBUF_C_LABEL_REPEATED) {
        const size_t *n = (const void *)(at + f->quantifier_offset);
        const ProtobufCMessage *const *list =
            *(const ProtobufCMessage *const *const *)(const void *)one;
        for (size_t i = 0; i < *n && found == NULL; i++)
            found = find(list[i], type);
        return found;
    }
    if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        const uint32_t *chosen = (const void *)(at + f->quantifier_offset);
        if (*chosen != f->id)
            return NULL;
    }
    return *one != NULL ? find(*one, type) : NULL;
}

static const ProtobufCMessage *find(const ProtobufCMessage *m,
                                    const ProtobufCMessageDescriptor *type)
{
    const ProtobufCMessage *found = NULL;

    if (m->descriptor == type)
        return m;
    for (unsigned i = 0; i < m->descriptor->n_fields && found == NULL; i++)
        found = field_find(m, &m->descriptor->fields[i], type);
    return found;
}

static uint8_t *packed(size_t *n, const ProtobufCMessage *m)
{
    uint8_t *bytes = malloc(protobuf_c_message_get_packed_size(m) + 1);

    CHECK(bytes != NULL);
    *n = protobuf_c_message_pack(m, bytes);
    return bytes;
}

uint8_t *wire_part_bytes(size_t *n, const ProtobufCMessageDescriptor *type)
{
    struct wire_bytes bytes = { 0 };
    size_t samples;
    const struct wire_sample *all = wire_samples(&samples);
    uint8_t *out = NULL;

    for (size_t i = 0; i < samples && out == NULL; i++) {
        CHECK(wire_map_pack(&bytes, all[i].map, all[i].value) == ERR_OK);
        ProtobufCMessage *m =
            protobuf_c_message_unpack(all[i].map->type, NULL, bytes.n, bytes.data);
        CHECK(m != NULL);
        const ProtobufCMessage *part = find(m, type);
        if (part != NULL)
            out = packed(n, part);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    wire_bytes_fini(&bytes);
    return out;
}
