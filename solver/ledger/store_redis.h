/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_redis -- the ledger in a Redis server, through the Functions of ledger.lua.
 *
 * On connecting it refuses a server whose settings are weaker than the promises of the ledger, and
 * loads the Functions or checks that the loaded ones are exactly those of this build. It looks at
 * the settings again every recheck_ms, before the next call: CONFIG SET may weaken a server that
 * runs. Any error drops the connection, because answers could no longer be matched to calls; the
 * next call connects again. Calls block. A long answer is read in pages after the answers of all
 * calls of the same store_call, so a paged read sees what the calls behind it did.
 *
 * A process that opens a store ignores SIGPIPE, unless it has a handler of its own.
 */
#ifndef SLUICE_LEDGER_STORE_REDIS_H
#define SLUICE_LEDGER_STORE_REDIS_H

#include "solver/ledger/ledger.h"

struct store_redis_options {
    const char *address; /* "unix:PATH" or "tcp:HOST:PORT" */
    uint32_t shard;      /* N of the hash tag {sN} in every key */
    int64_t retain_ms;   /* records live until max(terminal, deadline) + retain_ms */
    uint32_t timeout_ms; /* to connect, and for each answer; 1..60000 */
    uint32_t recheck_ms; /* between two looks at the settings; 0: 10 s */
    bool deploy;         /* replace other loaded Functions by those of this build */
    bool look_only;      /* check version and settings, leave the Functions alone */
};

struct store_redis;

/*
 * Connect and check.
 *
 * out     why[why_max]  on an error: what is wrong and what to do, a sentence
 * owns    the caller closes *out with store_redis_close
 * errors  ERR_INVALID options; ERR_IO or ERR_TIMEOUT no server there; ERR_UNSUPPORTED its version,
 *         settings or loaded Functions; ERR_NOMEM. *out is untouched
 */
MUST_USE enum err store_redis_open(struct store_redis **out,
                                   const struct store_redis_options *options, char *why,
                                   size_t why_max);
void store_redis_close(struct store_redis *s); /* NULL is fine */

/* The store port; valid until the close. */
struct store store_redis_port(struct store_redis *s);

/* Why the last call failed; empty when it did not. Until the next call. */
const char *store_redis_reason(const struct store_redis *s);

#endif
