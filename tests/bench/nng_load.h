/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nng_load -- many requests in flight on one REQ socket, and a bare echo to compare with.
 *
 * Both use as many contexts as the gateway does, in processes of their own.
 */
#ifndef SLUICE_TESTS_BENCH_NNG_LOAD_H
#define SLUICE_TESTS_BENCH_NNG_LOAD_H

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
    struct stats latency;       /* per request, added to */
    uint64_t elapsed_ns;        /* added to */
};

/* Send all, NNG_LOAD_CONTEXTS at a time, and wait for all answers; ends the process on an error. */
void nng_load_run(struct nng_load *l);

/* A child that answers every message with the same bytes. Before the first nng call of this
 * process: nng does not survive a fork. It dies with its parent. */
pid_t nng_load_echo(const char *url);

#endif
