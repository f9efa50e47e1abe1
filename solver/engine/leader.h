/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leader -- the process that clears batches and carries them out, as a state machine on ports.
 *
 * It is driven by three calls: leader_tick when time passed, leader_venue and leader_worker when
 * something arrived. None of them blocks except in the ledger store. All state is in struct
 * leader; the truth is in the ledger, so a leader may vanish at any instruction: the next one
 * takes the lease with a higher fence and finishes what it finds (recover.c).
 *
 * The struct is shared by the files of this folder; other code uses the functions only.
 */
#ifndef SLUICE_ENGINE_LEADER_H
#define SLUICE_ENGINE_LEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire_operator.h"
#include "solver/core/arena.h"
#include "solver/core/port.h"
#include "solver/engine/engine.h"
#include "solver/engine/record.h"
#include "solver/engine/run.h"
#include "solver/engine/venue_table.h"
#include "solver/ledger/ledger.h"
#include "solver/link.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"
#include "solver/shell/config.h"

#define LEADER_RUNS_MAX 64

enum leader_role { ROLE_STANDBY, ROLE_RECOVERING, ROLE_LEADER };

/* Requests that follow a venue's curves: one at a time, Hello until it answers, then Quotes. */
struct venue_poll {
    uint64_t tag;      /* of the request on its way; 0 none */
    uint64_t asked_ns; /* when the curve set on its way was asked for: it may be that old */
    uint64_t next_ns;  /* not before */
    uint64_t page;     /* of an unfinished curve set */
    uint32_t failures; /* in a row */
    char cause[96];    /* of the last one that was logged; empty when it is up */
};

struct batch {
    bool active;
    enum engine_step step;
    uint64_t began_ns;  /* for the summary and the next batch's start */
    uint64_t solve_ns;  /* when the worker got it */
    uint64_t heard_ns;  /* last sign of life of the worker */
    uint64_t solved_us; /* until the chosen incumbent */
    uint32_t attempt;
    struct id buyback;          /* the plan whose pot buys what it lacks; zero: users' intents */
    bool robust;                /* only plans that any one leg or venue may fail */
    struct arena arena;         /* everything below */
    struct ledger_reply frozen; /* scalars, and the arrays copied */
    uint64_t after;             /* the list holds intents accepted after this one ... */
    uint64_t next;              /* ... and the next batch's those after this one */
    struct auction auction;
    bool have_best;
    bool final;
    bool lost; /* the worker gave up or vanished */
    struct solution best;
    struct digest digest; /* of the best solution's bytes */
    struct u256 best_score;
    struct id *only; /* second attempt with the most valuable intents; NULL: all */
    size_t only_n;
};

struct leader_counters {
    uint64_t batches;
    uint64_t fills;
    uint64_t legs;
    uint64_t incumbents_refused;
    uint64_t plans_refused;
    uint64_t legs_unknown;
    uint64_t workers_lost;
};

struct leader {
    const struct config *config;
    const struct asset_table *assets;
    struct store store;
    struct clock_port clock;
    struct venue_link link;
    struct worker_link worker;
    struct recorder *recorder; /* NULL: nothing is recorded */
    struct name name;

    enum leader_role role;
    uint64_t fence;
    uint64_t lease_ns;            /* the lease surely holds until then */
    uint64_t renew_ns;            /* take or renew it then */
    uint64_t batch_ns;            /* the next batch starts then */
    uint64_t report_ns;           /* the venues' status is due then */
    struct wire_op_batch summary; /* of the last batch, until it is reported; fills 0: none */
    uint64_t tag;                 /* of the last request */
    uint64_t events_seen;         /* newest event of the ledger at the last freeze */
    bool store_down;

    struct venue_table venues;
    struct venue_poll polls[VENUES_MAX];
    struct batch batch;
    struct run *runs[LEADER_RUNS_MAX];
    size_t runs_n;
    struct arena scratch;  /* of one event */
    struct arena outgoing; /* of one settle: its receipts */
    struct leader_counters counters;
};

struct leader_ports {
    struct store store;
    struct clock_port clock;
    struct venue_link link;
    struct worker_link worker;
    struct recorder *recorder;
};

/* venues_n: number of configured URLs. config and assets are borrowed. NULL when memory is out. */
struct leader *leader_new(const struct config *config, const struct asset_table *assets,
                          const struct leader_ports *ports, uint32_t venues_n);
void leader_free(struct leader *l);

/* Do what is due at this time; returns when to call again at the latest. */
uint64_t leader_tick(struct leader *l);

void leader_venue(struct leader *l, const struct venue_event *e);
void leader_worker(struct leader *l, const struct worker_event *e);

/* ---- between the files of this folder ---- */

/* One ledger call. A FENCE answer steps the leader down; a store that cannot be reached is noted.
 * false: nothing is known about the outcome, or this process does not lead any more. */
bool leader_call(struct leader *l, struct ledger_reply *replies, const struct ledger_call *calls,
                 size_t n);

/*
 * A call that moves a plan on. An unknown outcome is asked again at once with the same bytes, which
 * gives the stored answer; unknown still, it ends the reign and recovery will find it. false: that,
 * or this process does not lead any more.
 */
bool leader_commit(struct leader *l, struct ledger_reply *reply, const struct ledger_call *call);

/* Stop acting: another leader finds everything in the ledger. Runs stay in memory until the next
 * tick, so that callers may return through them. */
void leader_step_down(struct leader *l, const char *why);

/* Send a request and return its tag, or 0 when it could not be sent. */
uint64_t leader_request(struct leader *l, uint32_t venue, const struct wire_venue_request *r,
                        uint32_t timeout_ms);

/* poll.c: a leg at a venue was filled, or was not: rejected, or nobody knows. */
void leader_judge(struct leader *l, uint32_t venue, bool filled, uint64_t now_ns);

/* poll.c: follow the venues' curves. */
void poll_tick(struct leader *l, uint64_t now_ns);
void poll_answer(struct leader *l, const struct venue_event *e, uint64_t now_ns);

/* recover.c: runs from the ledger's open plans. false: try again. */
bool recover_runs(struct leader *l);
/* A venue said Hello: its open legs get their index. */
void recover_venue(struct leader *l, uint32_t venue);

/* plan.c: leg no of the batch's best solution, not in any plan yet. */
struct run_leg plan_leg(const struct leader *l, uint32_t no);

/* buyback.c: batches of an uncovered pot. */

/* The plan that is to buy back now; zero when there is none. */
struct id buyback_due(const struct leader *l, uint64_t now_ns);
/* Put the orders of the batch's pot in the place of users' intents. false: it has none. */
bool buyback_freeze(struct leader *l, struct ledger_reply *frozen);
/* Extend the pot's plan by the legs of the batch's solution. */
enum step_result buyback_plan(struct leader *l);
/* Was all sold that could be?  Then fills may get less than planned, down to their limits. */
bool buyback_is_done(const struct run *r);

/* collect.c */
void collect_tick(struct leader *l, struct run *r, uint64_t now_ns);
void collect_answer(struct leader *l, const struct venue_event *e, uint64_t now_ns);

/* report.c: venue status and the batch's summary for operators. report_batch makes the summary while
 * the batch is there; report_tick hands it to the ledger, and the venues' status at times. */
void report_batch(struct leader *l);
void report_tick(struct leader *l, uint64_t now_ns);

#endif
