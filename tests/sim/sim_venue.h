/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_venue -- an honest venue in memory: constant-product pools, a book of legs that survives
 * everything, a fence. It answers requests at once; delays and losses are the simulator's.
 */
#ifndef SLUICE_TESTS_SIM_SIM_VENUE_H
#define SLUICE_TESTS_SIM_SIM_VENUE_H

#include "proto/wire_venue.h"
#include "solver/core/asset.h"
#include "tests/sim/sim.h"
#include "tests/support/prng.h"

#define SIM_CURVES 6
#define SIM_LEGS_MAX 4096
#define SIM_ASSETS 5

struct sim_leg {
    struct id id;
    enum wire_leg_outcome outcome; /* FILLED, REJECTED or VOIDED */
    struct wire_fill fills[2];
    size_t fills_n;
    uint32_t open; /* so many more answers tell only the first fill */
    uint64_t seq_after;
};

struct sim_venue {
    struct name name;
    bool atomic;
    struct digest assets;
    struct curve curves[SIM_CURVES];
    uint64_t seq;
    uint64_t highest_fence;
    struct sim_leg legs[SIM_LEGS_MAX];
    size_t legs_n;
    struct delta net[SIM_ASSETS]; /* received minus given; asset ids are 1..SIM_ASSETS */
    uint64_t fences_refused;
    struct prng *rng;
    const struct sim_faults *faults;
};

/* Pools over random pairs with reserves near the assets' marks. */
void sim_venue_init(struct sim_venue *v, unsigned no, const struct asset_table *assets,
                    struct prng *rng, const struct sim_faults *faults);

/* Answer r; arrays live in arena. */
void sim_venue_answer(struct sim_venue *v, struct wire_venue_answer *out, struct arena *arena,
                      const struct wire_venue_request *r);

#endif
