/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nng_load -- many requests in flight on one REQ socket, and a bare echo to compare with.
 *
 * Both use as many contexts as the gateway does, in processes of their own. The load is closed (the
 * next request goes out when one is answered) or open: each is due at a time of its own, and its
 * latency counts from then, so that a slow answer cannot hide the wait of those behind it.
 */
#ifndef SLUICE_TESTS_BENCH_NNG_LOAD_H
#define SLUICE_TESTS_BENCH_NNG_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/wire.h"
#include "solver/core/stats.h"

#define NNG_LOAD_CONTEXTS 64

struct nng_load {
    const char *url;
    const struct wire_bytes *requests; /* [n], each sent once */
    size_t n;
    struct wire_bytes *answers; /* [n], filled when not NULL; the caller's */
    uint64_t interval_ns;       /* 0: closed; else request i is due at start_ns + i * interval_ns */
    uint64_t start_ns;          /* monotonic */
    const atomic_bool *stop;    /* open: nothing more is sent once it is true; NULL: all is sent */
    size_t sent;                /* open: so many were */
    struct stats latency;       /* per request, added to */
    uint64_t elapsed_ns;        /* added to */
};

/* Send all, at most NNG_LOAD_CONTEXTS at a time, and wait for all answers; ends the process on an
 * error. */
void nng_load_run(struct nng_load *l);

/* A child that answers every message with the same bytes. Before the first nng call of this
 * process: nng does not survive a fork. It dies with its parent. */
pid_t nng_load_echo(const char *url);

#endif
