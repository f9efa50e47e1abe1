/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redis_load -- the accept Function called by a bare hiredis client, pipelined, nothing else: the
 * commands are made before the clock starts, the answers are only looked at for errors.
 */
#ifndef SLUICE_TESTS_BENCH_REDIS_LOAD_H
#define SLUICE_TESTS_BENCH_REDIS_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "solver/ledger/ledger.h"

struct redis_load {
    const char *socket;                /* path of the server's unix socket */
    const struct ledger_call *accepts; /* [n] */
    size_t n;
    size_t depth;        /* calls sent before the first answer is read */
    uint64_t elapsed_ns; /* added to */
};

/* Ends the process on an error. The Functions must be loaded. */
void redis_load_run(struct redis_load *l);

#endif
