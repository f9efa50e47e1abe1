/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link -- the ports of the leader to its venues and to its worker.
 *
 * Requests leave through a function table; what comes of them arrives later as one event each,
 * handed to leader_venue() or leader_worker() by the loop that drives the leader: the process loop
 * (engine/loop.c) or the simulator. The leader's one thread makes every call.
 */
#ifndef SLUICE_SOLVER_LINK_H
#define SLUICE_SOLVER_LINK_H

#include <stdint.h>

#include "proto/wire_batch.h"
#include "proto/wire_venue.h"
#include "solver/core/err.h"

enum link_status {
    LINK_ANSWER,  /* the peer answered and the answer is well-formed */
    LINK_TIMEOUT, /* nothing in time: the outcome is unknown */
    LINK_LOST,    /* the connection broke: the outcome is unknown */
    LINK_GARBAGE, /* bytes that are no answer: the outcome is unknown */
    LINK_FOREIGN, /* an answer in a version that is not spoken here: the outcome is unknown */
};

struct venue_event {
    uint32_t venue; /* index of the configured URL */
    uint64_t tag;   /* of the request */
    enum link_status status;
    const struct wire_venue_answer *answer; /* LINK_ANSWER only; borrowed during the call */
};

struct venue_link {
    /* Send r to a venue. The event with this tag comes exactly once, unless this call fails.
     * ERR_INVALID r cannot be packed; ERR_NOMEM; ERR_IO the link is closed. */
    enum err (*request)(void *self, uint32_t venue, uint64_t tag,
                        const struct wire_venue_request *r, uint32_t timeout_ms);
    void *self;
};

enum worker_status {
    WORKER_SOLUTION, /* an incumbent; more follow until one says final */
    WORKER_FAILURE,  /* it gave up on this auction and waits for the next */
    WORKER_LOST,     /* crashed, closed its socket or sent garbage; a new one is starting */
};

struct worker_event {
    enum worker_status status;
    const struct solution *solution; /* WORKER_SOLUTION only; borrowed during the call */
    const char *text;                /* WORKER_FAILURE, WORKER_LOST: for the log */
};

struct worker_link {
    /* Hand over an auction. ERR_AGAIN no worker is there yet; ERR_NOMEM, ERR_IO as above. */
    enum err (*solve)(void *self, const struct auction *a);

    /* End the worker and start a new one: it is silent for too long. */
    void (*replace)(void *self);
    void *self;
};

#endif
