/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session -- a REP socket whose requests are worked on by many contexts at a time.
 *
 * nng's threads run the callbacks: take a request, let the face decide, wait for the ledger thread
 * (the wait is one more asynchronous operation of the context, so no thread is held), let the face
 * make the answer, send it, take the next one. Every request that nng delivers is answered.
 *
 * As many contexts receive as the options say. A long poll would keep one of them busy for long, so
 * a spare context steps in for it; the number of spares bounds the long polls.
 */
#ifndef SLUICE_GATEWAY_SESSION_H
#define SLUICE_GATEWAY_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/job.h"
#include "gateway/ledger_thread.h"
#include "proto/wire.h"

/* One request being worked on; it belongs to one thread at a time. */
struct exchange {
    struct arena arena; /* empty when begin is called; everything of this request lives here */
    struct job job;     /* arena, done and arg are the session's */
    void *state;        /* the face's, from begin to finish */
    struct wire_bytes out;
};

/* What a socket speaks. Both callbacks run in nng's threads, several at a time. */
struct session_face {
    /* Decode a request. True: x->job goes to the ledger. bytes are gone after begin. */
    bool (*begin)(struct exchange *x, const void *bytes, size_t n, void *self);

    /* Put the answer into x->out: after begin said false, or with x->job.outcome set. */
    void (*finish)(struct exchange *x, void *self);

    void *self;
};

struct session_options {
    struct session_face face;
    struct ledger_thread *ledger; /* borrowed */
    size_t contexts;              /* receiving at a time */
    size_t spares;                /* long polls at a time */
    size_t request_max;           /* bytes; longer ones are dropped by nng with their connection */
    size_t arena_cap;             /* bytes of one exchange */
    const char *urls;             /* comma separated */
    int ipc_mode;                 /* permissions of ipc sockets */
    bool own_uid_only;            /* other users' connections are closed before a byte is read */
    struct metrics *metrics;      /* borrowed */
};

struct sessions;

/*
 * Open the socket and serve.
 * errors  ERR_NOMEM; ERR_IO with a sentence in why[why_n]: the URL cannot be listened on
 */
MUST_USE enum err sessions_open(struct sessions **out, const struct session_options *options,
                                char *why, size_t why_n);

/* Take no more requests than each context has in its hands or gets next. */
void sessions_drain(struct sessions *s);

/* Requests that came in and are not answered yet. */
size_t sessions_busy(struct sessions *s);

/* Close the socket, wait for jobs that the ledger thread still has, release everything. */
void sessions_close(struct sessions *s);

#endif
