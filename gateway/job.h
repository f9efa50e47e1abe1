/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job -- a few ledger calls on behalf of one request, on their way to the ledger thread and back.
 *
 * Whoever asks fills the first part and hands the job over (ledger_thread_push); from then on it,
 * its calls, what they point to and its arena belong to the ledger thread until done is called, in
 * the ledger thread, as the last thing that happens to the job there.
 */
#ifndef SLUICE_GATEWAY_JOB_H
#define SLUICE_GATEWAY_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/ledger/ledger.h"

#define JOB_CALLS_MAX 256

/* A long poll: after its calls succeeded the job is parked until an event of account comes. */
struct job_watch {
    bool asked;
    struct name account;
    uint64_t after;    /* sequence */
    uint32_t max;      /* events, 1..256 */
    uint64_t until_ns; /* answered without events then */
};

struct job {
    struct ledger_call *calls;    /* [calls_n] */
    size_t calls_n;               /* 1..JOB_CALLS_MAX */
    struct ledger_reply *replies; /* [calls_n] */
    struct arena *arena;          /* for what replies point to */
    struct job_watch watch;
    void (*done)(void *arg);
    void *arg;

    /* NONE: every call has its reply; a watch has events and newest sequence in replies[0].
     * OVERLOADED, NOT_READY: nothing was asked. RETRY: the outcome of every call is unknown.
     * TOO_LARGE: everything was done, but the replies do not fit the arena. */
    enum reject outcome;

    struct job *next; /* ledger thread's */
};

/*
 * Copy the replies of a store, which last until its next call, into the job.
 *
 * Receipts are kept for get and cancel only, so that what an accept needs always fits.
 * errors  ERR_NOMEM the arena is full
 */
MUST_USE enum err job_keep(struct job *j, const struct ledger_reply *replies);

/* The sentence on a refusal. OVERLOADED from the store itself means that it is full, not busy. */
const char *job_text(const struct job *j, enum reject why);

#endif
