/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leader_scene -- one plan in a leader's hands, step by step: fake ports, a scripted venue "v", the
 * ledger model. The plan is made here and handed over, so no auction is solved. Alice sells SOLD of
 * asset 1 for at least WANTED of asset 2; a plan gives her PLANNED.
 */
#ifndef SLUICE_TESTS_SUPPORT_LEADER_SCENE_H
#define SLUICE_TESTS_SUPPORT_LEADER_SCENE_H

#include "solver/engine/leader.h"
#include "tests/support/ledger_fixture.h"

#define REQUESTS_MAX 256
#define SOLD 1000
#define WANTED 900
#define PLANNED 950

struct request {
    uint64_t tag;
    enum wire_verb verb;
    bool atomic;
    struct id legs[WIRE_LEGS_MAX];
    size_t legs_n;
};

struct scene {
    struct ledger_fixture ledger;
    uint64_t now_ns;
    struct config config;
    struct asset assets[3];
    struct asset_table table;
    struct leader *leader;
    struct run *run; /* the leader's, gone once it is settled */
    struct request requests[REQUESTS_MAX];
    size_t requests_n;
    unsigned submits_to_refuse;
    enum ledger_fn lose; /* the answer of the next call of this function is lost */
    bool losing;
    enum ledger_fn steal; /* another leader takes the lease just before this function */
    bool stealing;
    unsigned freezes;
    size_t submits_at_report; /* sent before the last summary of a batch was written */
    bool solves;              /* there is a worker: scene_work lets it answer */
    struct wire_bytes auction;
};

void scene_tick(struct scene *s, uint64_t ms);

/* The newest request of a verb; NULL when there is none. */
struct request *scene_asked(struct scene *s, enum wire_verb verb);
size_t scene_count(const struct scene *s, enum wire_verb verb);
void scene_answer(struct scene *s, enum wire_verb verb, struct wire_venue_answer a);
void scene_hello(struct scene *s, bool lost_state);

/* The worker answers the auction that it was given, if there is one. */
void scene_work(struct scene *s);

/* The connection broke before the answer to the newest request of a verb. */
void scene_lose(struct scene *s, enum wire_verb verb);

/* A leader that has the lease and one venue "v", and alice with SOLD of asset 1. */
void scene_open(struct scene *s);
void scene_close(struct scene *s);

/* The leader is killed; another of the same name takes over and says Hello to the venue. */
void scene_restart(struct scene *s);

/* Hand a plan of these legs to the leader; its one fill pays SOLD and gets PLANNED. */
void scene_plan(struct scene *s, const struct ledger_leg *legs, size_t legs_n);

/* Legs 10 and 11, each half of the plan. */
void scene_plan_halves(struct scene *s);
void scene_plan_whole(struct scene *s);
struct wire_fill scene_fill(uint64_t id, uint64_t in, uint64_t out);
struct wire_leg_result scene_result(uint64_t leg, enum wire_leg_outcome outcome,
                                    struct wire_fill *fills, size_t fills_n);
void scene_results(struct scene *s, enum wire_verb verb, struct wire_leg_result *results, size_t n);

/* Alice got what was planned, and nothing is open. */
void scene_assert_settled(struct scene *s);
enum venue_state scene_venue_state(const struct scene *s);

#endif
