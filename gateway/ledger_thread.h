/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_thread -- the one thread of a gateway that speaks to the ledger: group commit.
 *
 * Jobs wait in a bounded queue. Each round takes all that wait (up to a cap), sends their calls in
 * one pipeline, and hands every job back with its replies: many requests share one fsync. Between
 * them it sweeps passed deadlines, reads new events, answers parked watchers and publishes hints.
 *
 * Nothing is ever reported as done that was not: when the store fails under a round, its jobs end
 * with RETRY, and later ones with NOT_READY, at once, until a probe is answered again.
 */
#ifndef SLUICE_GATEWAY_LEDGER_THREAD_H
#define SLUICE_GATEWAY_LEDGER_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/job.h"
#include "gateway/metrics.h"
#include "solver/core/port.h"

struct ledger_thread;

struct ledger_thread_options {
    struct store *store;            /* borrowed; used by the new thread only, from _new to _free */
    const char *(*why)(void *self); /* a sentence about the store's last error; may be NULL */
    void *why_self;
    struct clock_port clock;                /* now_ns is CLOCK_MONOTONIC: the thread sleeps by it */
    struct metrics *metrics;                /* borrowed */
    void (*hint)(void *self, uint64_t seq); /* called in the thread when events came; may be NULL */
    void *hint_self;
    size_t queue_max;    /* calls waiting */
    size_t watchers_max; /* parked jobs */
    uint64_t expire_ms;  /* between two sweeps */
};

/* ERR_NOMEM; ERR_IO the thread cannot be made. */
MUST_USE enum err ledger_thread_new(struct ledger_thread **out,
                                    const struct ledger_thread_options *options);

/* Finish what waits, answer all watchers, end the thread. Nobody may push any more. */
void ledger_thread_free(struct ledger_thread *t);

/*
 * Hand a job over. Never blocks on the store.
 * returns  NONE: done will be called. OVERLOADED, NOT_READY, MALFORMED (a call that no store may
 *          see): it will not, the job stays the caller's.
 */
enum reject ledger_thread_push(struct ledger_thread *t, struct job *j);

/* Answer all watchers now and park no more: the process is about to end. */
void ledger_thread_wake_watchers(struct ledger_thread *t);

#endif
