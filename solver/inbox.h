/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox -- what arrived for the leader, in order: filled by nng's callbacks, emptied by its loop.
 *
 * A letter owns its bytes; they are unpacked on the leader's thread. Bounded by construction: one
 * letter for each request on its way, and the worker's incumbents.
 */
#ifndef SLUICE_SOLVER_INBOX_H
#define SLUICE_SOLVER_INBOX_H

#include <stdint.h>

#include "solver/core/err.h"
#include "solver/link.h"

enum letter_kind { LETTER_VENUE = 1, LETTER_WORKER, LETTER_WORKER_LOST };

struct letter {
    enum letter_kind kind;
    uint32_t venue;
    uint64_t tag;
    enum link_status status; /* LETTER_VENUE: LINK_ANSWER means bytes came, not yet unpacked */
    void *msg;               /* nng_msg, owned; NULL when there are no bytes */
};

struct inbox;

struct inbox *inbox_new(void); /* NULL without memory */
void inbox_free(struct inbox *in);

/* Any thread. Takes the letter's message; without memory it is dropped, as a lost one would be. */
void inbox_put(struct inbox *in, const struct letter *l);

/* The loop's thread: the oldest letter, waiting until the monotonic time until_ns at most.
 * ERR_AGAIN none came. The caller takes the message. */
MUST_USE enum err inbox_take(struct letter *out, struct inbox *in, uint64_t until_ns);

#endif
