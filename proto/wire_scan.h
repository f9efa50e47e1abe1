/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_scan -- judge raw bytes against a message descriptor before anything is allocated.
 *
 * protobuf-c 1.4.1 limits neither depth nor counts, does not look at UTF-8, keeps unknown fields
 * and lets the last of several singular fields win. After this scan none of that can happen: what
 * passes has one meaning. The scan is a loop over a fixed stack, linear in n, and allocates
 * nothing.
 */
#ifndef SLUICE_PROTO_WIRE_SCAN_H
#define SLUICE_PROTO_WIRE_SCAN_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#include "proto/wire.h"
#include "solver/core/err.h"

#define WIRE_SCAN_DEPTH_MAX 8   /* of any wire_limits.depth_max */
#define WIRE_SCAN_FIELDS_MAX 32 /* fields of one message type */

/*
 * Every field known, of its wire type, and complete; singular fields at most once, one member of a
 * oneof; varints in their shortest form and within the range of their type, booleans 0 or 1, enums
 * among their values; strings UTF-8 (RFC 3629) without NUL; every length ends exactly where its
 * message does.
 *
 * errors  ERR_OVERFLOW a limit is exceeded; ERR_INVALID anything else
 */
MUST_USE enum err wire_scan(const ProtobufCMessageDescriptor *type,
                            const struct wire_limits *limits, const void *bytes, size_t n);

#endif
