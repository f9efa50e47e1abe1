/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * publish -- hints on an nng PUB socket that more events are there.
 *
 * A hint is 8 bytes, big-endian: the newest event sequence. It says nothing about accounts and may
 * be lost; who needs the events asks with Watch. Used by the ledger thread; sending never blocks.
 */
#ifndef SLUICE_GATEWAY_PUBLISH_H
#define SLUICE_GATEWAY_PUBLISH_H

#include <stdint.h>

#include "solver/core/err.h"

#define PUBLISH_HINT_BYTES 8

struct publish {
    uint32_t socket; /* nng's number of it */
};

/* ERR_IO: *why is nng's reason, static. */
MUST_USE enum err publish_open(struct publish *p, const char *url, const char **why);
void publish_close(struct publish *p);

void publish_hint(struct publish *p, uint64_t seq);

#endif
