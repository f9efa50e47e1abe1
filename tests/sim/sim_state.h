/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_state -- what the files of the simulator share: the world, its events in the order of virtual
 * time, its leaders.
 */
#ifndef SLUICE_TESTS_SIM_SIM_STATE_H
#define SLUICE_TESTS_SIM_SIM_STATE_H

#include "solver/clear/clear.h"
#include "solver/core/hash.h"
#include "solver/engine/leader.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_venue.h"

#define MS ((uint64_t)1000000)
#define VENUES 4
#define LEADERS 2
#define INTENTS_MAX 4096

enum event_kind {
    EVENT_TICK,
    EVENT_REQUEST,
    EVENT_ANSWER,
    EVENT_TIMEOUT,
    EVENT_WORKER,
    EVENT_INTENT,
    EVENT_CANCEL,
    EVENT_BIRTH
};

struct event {
    uint64_t at_ns;
    uint64_t no; /* ties in the order of making */
    enum event_kind kind;
    uint32_t leader;
    uint32_t life; /* of the leader: what was meant for a dead one is lost */
    uint32_t venue;
    uint64_t tag;
    bool answered; /* EVENT_ANSWER: bytes came */
    struct wire_bytes bytes;
};

struct sim_leader {
    struct sim *sim;
    uint32_t no;
    uint32_t life;
    struct leader *leader; /* NULL: dead */
    struct config config;
    uint64_t paused_until_ns; /* SIGSTOP */
    uint64_t *answered;       /* tags that had their one event */
    size_t answered_n, answered_cap;
};

struct sim {
    struct prng rng;
    const struct sim_faults *faults;
    uint64_t now_ns;
    uint64_t events_made;
    struct event *heap;
    size_t heap_n, heap_cap;
    struct store store;
    struct asset assets[SIM_ASSETS];
    struct asset_table table;
    struct sim_venue venues[VENUES];
    struct sim_leader leaders[LEADERS];
    struct clear *clear;
    struct arena arena;
    struct id intents[INTENTS_MAX];
    size_t intents_n;
    uint32_t intents_to_come;
    bool house_later; /* the house has no inventory before the faults are over */
    bool faults_over;
    struct hash history;
    struct sim_result *result;
};

/* sim_queue.c: the earliest event next, ties in the order of making. */
void sim_push(struct sim *s, struct event e);
struct event sim_pop(struct sim *s);

/* sim_world.c: assets, and money for users and the house. */
#define SIM_USERS 8
struct name sim_account(uint64_t no);
void sim_world_assets(struct sim *s);
void sim_world_money(struct sim *s, struct owner owner, uint64_t no);

/* sim_check.c: what must hold when everything is at rest. */
struct ledger_intent sim_stored(struct sim *s, struct id id);
void sim_check(struct sim *s);

#endif
