/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request -- the public face: one Request from its bytes to its Answer.
 *
 * open -> count -> signature -> admit -> ledger calls -> answer. A refusal of the message, of an
 * envelope or of an item is final at the step where it is found; the items that are left become
 * the calls of one job. Items are answered one by one, in their order; nothing is atomic.
 */
#ifndef SLUICE_GATEWAY_REQUEST_H
#define SLUICE_GATEWAY_REQUEST_H

#include "gateway/admit.h"
#include "gateway/metrics.h"
#include "gateway/session.h"

/* What an exchange may take: wire structs (8 x the message), calls and replies of 256 items. */
#define REQUEST_ARENA_CAP (4 * WIRE_PUBLIC_MAX * 8)

struct request_face {
    struct admit_rules rules;
    struct clock_port clock;
    struct metrics *metrics; /* borrowed */
};

/* self is a struct request_face *, borrowed and read only. */
bool request_begin(struct exchange *x, const void *bytes, size_t n, void *self);
void request_finish(struct exchange *x, void *self);

#endif
