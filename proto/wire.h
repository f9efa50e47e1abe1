/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire -- what every conversion between bytes and structs shares: buffers and limits.
 *
 * Two verbs, the same for every message:
 *
 *   wire_X_pack    struct -> bytes. Deterministic: equal structs give equal bytes. What it returns
 *                  the twin accepts. The bytes replace the content of the buffer.
 *       errors     ERR_OVERFLOW the message exceeds a limit of its socket; ERR_INVALID the struct
 *                  cannot be said on the wire (name, enum, text, range); ERR_NOMEM
 *   wire_X_unpack  bytes -> struct. Bytes are scanned (wire_scan.h) before anything is allocated,
 *                  every width, name, enum and range is checked, and everything is copied into the
 *                  caller's arena: nothing points into bytes.
 *       errors     ERR_INVALID malformed; ERR_OVERFLOW a limit of the socket is exceeded;
 *                  ERR_UNSUPPORTED a version that is not spoken here; ERR_NOMEM arena full.
 *                  *out is untouched, the arena may hold unused memory
 *
 * Any bytes cost time linear in their number, scratch memory of at most 8 times the limit of their
 * socket, released before the return, and what the caller's arena allows.
 * Whether what was said makes sense (assets exist, quoted curves are not crossed, indexes of a
 * solution fit its auction) is for admission, curve_check and certify. All functions may run in any
 * thread; none blocks.
 */
#ifndef SLUICE_PROTO_WIRE_H
#define SLUICE_PROTO_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"

#define WIRE_VERSION 1 /* of every message that carries one */

/* A growable buffer: start from zeros, use it again and again, end with wire_bytes_fini. */
struct wire_bytes {
    uint8_t *data; /* [n], owned */
    size_t n;
    size_t cap;
};

/* Room for at least n bytes; the content is kept. ERR_NOMEM. */
MUST_USE enum err wire_bytes_reserve(struct wire_bytes *b, size_t n);
void wire_bytes_fini(struct wire_bytes *b);

/* Bytes that somebody else owns. */
struct wire_span {
    const uint8_t *bytes; /* [n]; may be NULL when n is 0 */
    size_t n;
};

/* What one message of a socket may cost. */
struct wire_limits {
    size_t bytes_max;
    uint32_t depth_max; /* the message itself has depth 1 */
    uint32_t items_max; /* elements of one repeated field */
    uint32_t total_max; /* elements of all repeated fields together */
};

/* Bytes, for NNG_OPT_RECVMAXSZ. */
#define WIRE_PUBLIC_MAX ((size_t)128 * 1024)
#define WIRE_ANSWER_MAX ((size_t)1024 * 1024)
#define WIRE_VENUE_MAX ((size_t)1024 * 1024)
#define WIRE_WORKER_MAX ((size_t)64 * 1024 * 1024)
#define WIRE_OPERATOR_MAX ((size_t)16 * 1024 * 1024)

extern const struct wire_limits wire_limits_public;   /* Request and Batch, to the gateway */
extern const struct wire_limits wire_limits_answer;   /* Answer, to a client */
extern const struct wire_limits wire_limits_venue;    /* VenueRequest, VenueAnswer */
extern const struct wire_limits wire_limits_worker;   /* WorkerMessage, Auction, Solution */
extern const struct wire_limits wire_limits_operator; /* OpRequest, OpAnswer */

#define WIRE_ITEMS_MAX 256 /* items of one Batch, envelopes of one Request */
#define WIRE_LEGS_MAX 256  /* legs of one Submit, Query or Void */

#endif
