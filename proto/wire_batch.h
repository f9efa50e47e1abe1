/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_batch -- a batch as two values: Auction and Solution, and the messages of leader and worker.
 *
 * The same bytes serve the worker, recordings, solve, verify and tests. Packing is deterministic,
 * so the digest of the bytes names the value.
 */
#ifndef SLUICE_PROTO_WIRE_BATCH_H
#define SLUICE_PROTO_WIRE_BATCH_H

#include <stddef.h>

#include "proto/wire.h"
#include "solver/core/arena.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/* Both refuse, as ERR_INVALID, what auction_check refuses. An arena holds what is unpacked. */
MUST_USE enum err wire_auction_pack(struct wire_bytes *out, const struct auction *a);
MUST_USE enum err wire_auction_unpack(struct auction *out, struct arena *arena, const void *bytes,
                                      size_t n);

/* Indexes are not checked here: they point into an auction that only certify has at hand. */
MUST_USE enum err wire_solution_pack(struct wire_bytes *out, const struct solution *s);
MUST_USE enum err wire_solution_unpack(struct solution *out, struct arena *arena, const void *bytes,
                                       size_t n);

enum wire_worker_kind { WIRE_WORKER_AUCTION = 1, WIRE_WORKER_SOLUTION, WIRE_WORKER_FAILURE };

/* The worker gives up on an auction; it stays alive. */
struct wire_worker_failure {
    struct id auction;
    const char *text; /* for the log */
};

struct wire_worker_message {
    enum wire_worker_kind kind;
    union {
        struct auction auction;
        struct solution solution;
        struct wire_worker_failure failure;
    } as;
};

MUST_USE enum err wire_worker_pack(struct wire_bytes *out, const struct wire_worker_message *m);
MUST_USE enum err wire_worker_unpack(struct wire_worker_message *out, struct arena *arena,
                                     const void *bytes, size_t n);

#endif
