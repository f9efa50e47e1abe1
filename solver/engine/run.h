/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run -- one plan in execution: what was planned, what its legs really did, what its pot holds.
 *
 * Made by step_plan from a certified solution or by recovery from the ledger; after that both are
 * the same. The pot here mirrors the ledger's, so that sends never ask for more than there is.
 * Money moves in the ledger only; a run is a memory of it and may be lost at any instruction.
 *
 * A leg reserves its input from the pot when it is sent. In a group that one venue runs all or
 * none, the outputs of earlier legs pay the inputs of later ones, so a leg reserves only what
 * those outputs do not cover (run_reserve), and its fill takes the rest from the pot.
 */
#ifndef SLUICE_ENGINE_RUN_H
#define SLUICE_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/clear/allocate.h"
#include "solver/core/id.h"
#include "solver/core/intent.h"
#include "solver/engine/engine.h"
#include "solver/ledger/ledger.h"

#define RUN_ITEMS_MAX LEDGER_PLAN_ITEMS_MAX
#define RUN_ASSETS_MAX (2 * RUN_ITEMS_MAX)

enum run_leg_state {
    RUN_LEG_PLANNED,
    RUN_LEG_SENT,
    RUN_LEG_UNKNOWN, /* the ledger knows it too */
    RUN_LEG_CLOSED,
};

struct run_leg {
    struct ledger_leg leg; /* in and min_out shrink at send; filled_* grow */
    enum run_leg_state state;
    uint32_t venue;         /* index in the venue table, VENUE_NONE before its Hello */
    struct amount reserved; /* taken from the pot's available part and not used yet */
    uint64_t tag;           /* of the request on its way; 0 none */
    uint64_t ask_ns;        /* ask again then */
    uint32_t asked;
    bool unseen; /* the venue never saw it: void it */
};

struct run_fill {
    struct intent intent;
    struct amount paid; /* planned */
    struct amount got;
    struct amount alone; /* the same alone at the best single venue; 0 none */
    struct name alone_venue;
    bool settled;
};

struct run {
    struct id plan;
    uint64_t auction;
    struct digest solution; /* zero after recovery */
    enum engine_step step;
    uint32_t stage;
    bool parked;       /* settled as far as possible; waits for an unknown leg or for cover */
    uint64_t retry_ns; /* an uncovered pot is looked at again then */
    uint64_t alarm_ns; /* no alarm before that */
    /* Buying back what the pot lacks (buyback.c). */
    uint64_t buyback_ns; /* the next try is due then */
    uint32_t buybacks;   /* tries so far */
    size_t buyback_leg;  /* the first leg of the last try that found any */
    bool sold_all;       /* that try sold all that the pot could spare */
    uint64_t hello_ns; /* after a takeover: venues of legs not sent yet have until then to answer */
    struct run_leg legs[RUN_ITEMS_MAX];
    size_t legs_n;
    struct run_fill fills[RUN_ITEMS_MAX];
    size_t fills_n;
    struct asset_amount covers[RUN_ASSETS_MAX];
    size_t covers_n;
    struct asset_amount pot[RUN_ASSETS_MAX]; /* available */
    size_t pot_n;
    /* Of the last step_allocate. */
    struct allocate_fill shares[RUN_ITEMS_MAX];
    struct allocate_leg outcomes[RUN_ITEMS_MAX];
    struct allocate_asset assets[RUN_ASSETS_MAX];
    size_t outcomes_n;
    size_t assets_n;
    enum allocate_result result;
};

/* NULL when memory is out. */
struct run *run_new(void);
void run_free(struct run *r);

/* The pot's entry of an asset, added when missing. */
struct amount *run_pot(struct run *r, uint32_t asset);

/*
 * What leg i reserves from the pot when its group, or it alone, is sent now: its input less the
 * planned outputs of earlier open legs of the same group that nobody before it uses. While the
 * legs are unknown this is also what the pot may have lost to them.
 */
struct amount run_reserve(const struct run *r, size_t i);

/* What the ledger has reserved for leg i, which was sent with its whole group: run_reserve when
 * no leg was closed yet, less what its fills took. For recovery, which finds them closed. */
struct amount run_reserved(const struct run *r, size_t i);

struct run_leg *run_leg_find(struct run *r, struct id leg);

/* Is any leg of this stage (of any stage: UINT32_MAX) in that state? */
bool run_any(const struct run *r, uint32_t stage, enum run_leg_state state);

/* The last stage that has legs; 0 without legs. */
uint32_t run_last_stage(const struct run *r);

#endif
