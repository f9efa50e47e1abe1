/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_scan.h"

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/check.h"

struct frame {
    const ProtobufCMessageDescriptor *type;
    const uint8_t *end;
    uint32_t seen[WIRE_SCAN_FIELDS_MAX]; /* elements of each field of type */
};

struct scan {
    const struct wire_limits *limits;
    const uint8_t *at;
    uint32_t depth; /* frames in use */
    uint32_t total; /* elements of repeated fields */
    struct frame frames[WIRE_SCAN_DEPTH_MAX];
};

static struct frame *top(struct scan *s)
{
    return &s->frames[s->depth - 1];
}

/* The shortest form only: a last byte of zero would say nothing. */
static enum err varint_read(uint64_t *out, struct scan *s, const uint8_t *end)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (s->at == end)
            return ERR_INVALID;
        uint8_t byte = *s->at++;

        if (shift == 63 && byte > 1)
            return ERR_INVALID;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0)
                return ERR_INVALID;
            *out = v;
            return ERR_OK;
        }
    }
    return ERR_INVALID;
}

/* Negative int32 and enum values are sign-extended to 64 bits. */
static bool fits_int32(uint64_t v)
{
    return v <= INT32_MAX || v >= UINT64_MAX - INT32_MAX;
}

static bool enum_has(const ProtobufCEnumDescriptor *e, uint64_t v)
{
    return fits_int32(v) && protobuf_c_enum_descriptor_get_value(e, (int)(int64_t)v) != NULL;
}

static bool varint_fits(const ProtobufCFieldDescriptor *f, uint64_t v)
{
    switch ((int)f->type) {
    case PROTOBUF_C_TYPE_BOOL: return v <= 1;
    case PROTOBUF_C_TYPE_ENUM: return enum_has(f->descriptor, v);
    case PROTOBUF_C_TYPE_INT32: return fits_int32(v);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_SINT32: return v <= UINT32_MAX;
    default: return true;
    }
}

static ProtobufCWireType wire_type_of(const ProtobufCFieldDescriptor *f)
{
    switch ((int)f->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE: return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT: return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE: return PROTOBUF_C_WIRE_TYPE_64BIT;
    default: return PROTOBUF_C_WIRE_TYPE_VARINT;
    }
}

/* The length of the UTF-8 sequence at p, 0 when it is malformed or NUL (RFC 3629 section 4). */
static size_t utf8_length(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80, high = 0xbf;
    size_t length;

    if (p[0] < 0x80)
        return p[0] != 0;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (length > n)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0; /* no overlong forms */
    else if (p[0] == 0xed)
        high = 0x9f; /* no surrogates */
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f; /* nothing above U+10FFFF */
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return length;
}

static bool utf8_valid(const uint8_t *p, size_t n)
{
    while (n > 0) {
        size_t length = utf8_length(p, n);

        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

/* Count one more element of field f, the index-th of its message. */
static enum err element_count(struct scan *s, const ProtobufCFieldDescriptor *f, size_t index)
{
    struct frame *frame = top(s);

    frame->seen[index]++;
    if (f->label != PROTOBUF_C_LABEL_REPEATED)
        return frame->seen[index] == 1 ? ERR_OK : ERR_INVALID;
    s->total++;
    if (frame->seen[index] > s->limits->items_max || s->total > s->limits->total_max)
        return ERR_OVERFLOW;
    return ERR_OK;
}

/* No other member of the oneof of f was seen. */
static bool oneof_free(const struct frame *frame, const ProtobufCFieldDescriptor *f)
{
    const ProtobufCMessageDescriptor *type = frame->type;

    if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return true;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *other = &type->fields[i];

        if (other != f && frame->seen[i] > 0 && (other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
            other->quantifier_offset == f->quantifier_offset)
            return false;
    }
    return true;
}

/* One number of field f, which must end before end. */
static enum err number_skip(struct scan *s, const ProtobufCFieldDescriptor *f, const uint8_t *end)
{
    ProtobufCWireType wire = wire_type_of(f);
    uint64_t v;

    if (wire != PROTOBUF_C_WIRE_TYPE_VARINT) {
        size_t width = wire == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;

        if ((size_t)(end - s->at) < width)
            return ERR_INVALID;
        s->at += width;
        return ERR_OK;
    }
    TRY(varint_read(&v, s, end));
    return varint_fits(f, v) ? ERR_OK : ERR_INVALID;
}

/* Several numbers of the repeated field f in one length-prefixed run. */
static enum err packed_skip(struct scan *s, const ProtobufCFieldDescriptor *f, size_t index,
                            const uint8_t *end)
{
    if (f->label != PROTOBUF_C_LABEL_REPEATED || s->at == end)
        return ERR_INVALID;
    while (s->at < end) {
        TRY(number_skip(s, f, end));
        TRY(element_count(s, f, index));
    }
    return ERR_OK;
}

static enum err frame_push(struct scan *s, const ProtobufCMessageDescriptor *type,
                           const uint8_t *end)
{
    CHECK(type->n_fields <= WIRE_SCAN_FIELDS_MAX);
    if (s->depth == s->limits->depth_max)
        return ERR_OVERFLOW;
    s->depth++;
    *top(s) = (struct frame){ .type = type, .end = end };
    return ERR_OK;
}

/* A field with a length: the body of a message is left for the loop, all others are passed. */
static enum err length_enter(struct scan *s, const ProtobufCFieldDescriptor *f, size_t index)
{
    const uint8_t *end = top(s)->end;
    uint64_t length;

    TRY(varint_read(&length, s, end));
    if (length > (size_t)(end - s->at))
        return ERR_INVALID;
    end = s->at + length;
    if (wire_type_of(f) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return packed_skip(s, f, index, end);
    TRY(element_count(s, f, index));
    if (f->type == PROTOBUF_C_TYPE_MESSAGE)
        return frame_push(s, f->descriptor, end);
    if (f->type == PROTOBUF_C_TYPE_STRING && !utf8_valid(s->at, length))
        return ERR_INVALID;
    s->at = end;
    return ERR_OK;
}

static enum err field_enter(struct scan *s)
{
    const struct frame *frame = top(s);
    const ProtobufCFieldDescriptor *f;
    uint64_t tag;
    size_t index;

    TRY(varint_read(&tag, s, frame->end));
    if (tag > UINT32_MAX)
        return ERR_INVALID;
    f = protobuf_c_message_descriptor_get_field(frame->type, (unsigned)(tag >> 3));
    if (f == NULL || !oneof_free(frame, f))
        return ERR_INVALID;
    index = (size_t)(f - frame->type->fields);
    if ((tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return length_enter(s, f, index);
    if ((tag & 7) != (uint64_t)wire_type_of(f))
        return ERR_INVALID;
    TRY(number_skip(s, f, frame->end));
    return element_count(s, f, index);
}

enum err wire_scan(const ProtobufCMessageDescriptor *type, const struct wire_limits *limits,
                   const void *bytes, size_t n)
{
    struct scan s;

    CHECK(limits->depth_max <= WIRE_SCAN_DEPTH_MAX && (bytes != NULL || n == 0));
    if (n > limits->bytes_max)
        return ERR_OVERFLOW;
    if (n == 0)
        return ERR_OK;
    s.limits = limits;
    s.at = bytes;
    s.depth = 0;
    s.total = 0;
    TRY(frame_push(&s, type, s.at + n));
    while (s.depth > 0) {
        if (s.at == top(&s)->end)
            s.depth--;
        else
            TRY(field_enter(&s));
    }
    return ERR_OK;
}
