/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_parts -- the messages that only stand inside others, as they stand in wire_samples.
 */
#ifndef SLUICE_TESTS_SUPPORT_WIRE_PARTS_H
#define SLUICE_TESTS_SUPPORT_WIRE_PARTS_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* Types that are part of a sample and no sample themselves; each once, in order of appearance.
 * Returns how many there are; at most cap are written. */
size_t wire_parts(const ProtobufCMessageDescriptor **types, size_t cap);

/* The bytes of the first message of that type in a sample, on the heap; NULL when none has one. */
uint8_t *wire_part_bytes(size_t *n, const ProtobufCMessageDescriptor *type);

#endif
