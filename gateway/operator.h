/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * operator -- the operator's face: one OpRequest from its bytes to its OpAnswer.
 *
 * Who may connect is settled by the socket (mode 0600, own uid only), so requests are not signed.
 * Every verb is one ledger call, or none for metrics.
 */
#ifndef SLUICE_GATEWAY_OPERATOR_H
#define SLUICE_GATEWAY_OPERATOR_H

#include "gateway/metrics.h"
#include "gateway/session.h"
#include "solver/core/asset.h"

/* Balances of all users, at most; what the socket itself may carry. */
#define OPERATOR_ARENA_CAP (8 * WIRE_OPERATOR_MAX)

struct operator_face {
    const struct asset_table *assets; /* borrowed */
    struct metrics *metrics;          /* borrowed */
};

/* self is a struct operator_face *, borrowed and read only. */
bool operator_begin(struct exchange *x, const void *bytes, size_t n, void *self);
void operator_finish(struct exchange *x, void *self);

#endif
