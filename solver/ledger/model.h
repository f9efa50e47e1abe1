/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model -- the ledger's state machine in C, in memory, behind struct store.
 *
 * It answers every call exactly as the Functions of ledger.lua do, which the property tests check reply
 * by reply; the simulator and unit tests of other parts run on it. It forgets everything with
 * the process, and memory that is not there ends the process: it is not for production.
 */
#ifndef SLUICE_LEDGER_MODEL_H
#define SLUICE_LEDGER_MODEL_H

#include "solver/core/port.h"
#include "solver/ledger/ledger.h"

struct model_options {
    struct clock_port clock; /* unix_ms is read once per call */
    int64_t retain_ms;       /* records live until max(terminal, deadline) + retain_ms */
};

/* A new, empty ledger; model_free ends it. errors ERR_NOMEM */
MUST_USE enum err model_new(struct store *out, const struct model_options *options);
void model_free(struct store *s);

/* The deliberate damage that proves an audit: add one atom to a balance behind the journal's back.
 * errors ERR_NOT_FOUND there is no such balance */
MUST_USE enum err model_corrupt(struct store *s, const struct owner *owner, uint32_t asset);

#endif
