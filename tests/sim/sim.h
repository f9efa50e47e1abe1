/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim -- a whole deployment in one thread with a virtual clock: the real leader and engine, the C
 * ledger model, four venues with their own books of legs, a worker, and faults drawn from a seed.
 *
 * Time jumps from event to event. A request to a venue may be lost, late, executed without its
 * answer arriving, or arrive twice; a call of the ledger may lose its answer, with or without
 * effect; the worker may vanish or lie; the leader may be killed or stopped between any two events
 * and another takes over. The same seed gives the same history.
 */
#ifndef SLUICE_TESTS_SIM_SIM_H
#define SLUICE_TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/id.h"

/* Chances in 1 of 1000 per occasion. */
struct sim_faults {
    uint32_t request_lost;
    uint32_t answer_lost;
    uint32_t duplicated;
    uint32_t late;         /* far beyond the leg time-out */
    uint32_t leg_rejected; /* the venue says no */
    uint32_t leg_partial;  /* a venue takes less than it was sent */
    uint32_t worker_lost;
    uint32_t worker_lies;   /* a solution is changed on its way */
    uint32_t leader_killed; /* per event */
    uint32_t cancelled;     /* per intent */
    uint32_t store_lost;    /* a ledger call's answer is lost, half of them without effect */
    uint32_t leg_open;      /* a leg first answers OPEN with half of its fill */
};

struct sim_result {
    uint64_t events;
    uint64_t accepted;
    uint64_t filled; /* with at least one fill */
    uint64_t terminal;
    uint64_t legs; /* executed by venues */
    uint64_t kills;
    uint64_t stuck;        /* plans still open in the end */
    uint64_t violations;   /* of I1, I3, I4, I5, I7 or venue books; each is printed */
    struct digest history; /* of every event */
};

void sim_run(struct sim_result *out, uint64_t seed, uint32_t intents, const struct sim_faults *f);

#endif
