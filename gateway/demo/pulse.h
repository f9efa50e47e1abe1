/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse -- what the demo's screen knows of the service: a thread that reads batches, venues and
 * inventory from the operator socket a few times a second. Between two answers the last one stands,
 * with its age.
 */
#ifndef SLUICE_DEMO_PULSE_H
#define SLUICE_DEMO_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/wire_operator.h"
#include "solver/shell/config.h"

#define PULSE_VENUES_MAX 16
#define PULSE_HOLDINGS_MAX 64
#define PULSE_NOTE_TEXT 64

struct pulse_venue {
    struct name name;
    struct name kind;
    bool up;
    uint64_t curves;
    uint64_t seq;
    uint64_t age_ms;
    uint64_t open_legs;
    char note[PULSE_NOTE_TEXT];
};

struct pulse_holding {
    uint32_t asset;
    struct amount amount; /* available and held */
};

struct pulse_view {
    uint64_t seen_ns; /* of the last answer; 0: none yet */
    uint64_t batches;
    uint64_t fills;
    uint64_t legs;
    int64_t surplus_micro;
    int64_t better_micro;
    struct wire_op_batch last; /* auction 0: none yet */
    struct pulse_venue venues[PULSE_VENUES_MAX];
    size_t venues_n;
    struct pulse_holding house[PULSE_HOLDINGS_MAX]; /* domain home */
    size_t house_n;
};

/* Count the batches of an answer, newest first as it has them, that are newer than the last one. */
void pulse_count(struct pulse_view *v, const struct wire_op_answer *a);

struct pulse;

MUST_USE enum err pulse_start(struct pulse **out, const struct config *config);
void pulse_view(struct pulse_view *out, struct pulse *p);
void pulse_free(struct pulse *p); /* NULL is allowed */

#endif
