/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow -- a steady stream of intents of one account into a gateway, each followed to its end.
 *
 * Intent i is due at start_ns + i * interval_ns and sent then, one a message, however slow the
 * answers are; both times count from when it was due. One thread sends, another watches: an intent
 * has ended when the event of a terminal state reached the client.
 */
#ifndef SLUICE_TESTS_BENCH_FLOW_H
#define SLUICE_TESTS_BENCH_FLOW_H

#include <pthread.h>
#include <stdatomic.h>

#include "gateway/client/client.h"
#include "tests/bench/nng_load.h"

struct flow {
    const char *url;
    const struct client_signer *who;
    const struct intent *intents; /* [n]; their ids are from flow_id */
    size_t n;
    uint64_t interval_ns;

    /* results, complete after flow_join */
    struct nng_load load; /* latency: until the acknowledgement */
    struct stats ended;   /* until the end */
    size_t filled;
    size_t closed; /* ended in another way than filled */
    atomic_size_t ends;

    /* private */
    atomic_bool stop;
    atomic_bool sent_all;
    pthread_t sender;
    pthread_t watcher;
};

/* The id of intent no. */
struct id flow_id(size_t no);

/* Sign everything, then begin. A zeroed flow with its first five members set. */
void flow_start(struct flow *f);

/* Send nothing more. */
void flow_stop(struct flow *f);

/* Wait until all that was sent has ended; every single one must have been accepted and must end. */
void flow_join(struct flow *f);

#endif
