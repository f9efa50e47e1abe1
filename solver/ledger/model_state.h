/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_state -- what the files of the model share: the state, one run of a call, and staging.
 *
 * A function reads, then checks while it stages movements (model_money_move, model_limit_count),
 * and writes only after the last check; model_commit makes the staged movements real and journals
 * them. When it returns a reject instead, the dispatcher drops what was staged. Same order of
 * checks as the Function of the same name.
 */
#ifndef SLUICE_LEDGER_MODEL_STATE_H
#define SLUICE_LEDGER_MODEL_STATE_H

#include "solver/core/arena.h"
#include "solver/ledger/audit.h"
#include "solver/ledger/model.h"
#include "solver/ledger/table.h"
#include "solver/ledger/vec.h"

/* One owner and asset. World accounts use net, the others available and held. */
struct balance {
    char key[TABLE_KEY];
    struct owner owner;
    uint32_t asset;
    struct holding now;
    struct holding staged;
    struct holding base; /* at the last checkpoint */
    bool touched;
};

/* Use of a limit: in flight, value, what may leave or come into an inventory. */
struct counter {
    char key[TABLE_KEY];
    struct amount now;
    struct amount staged;
    bool touched;
};

struct account {
    struct name name;
    struct sign_key key;
};

struct model_intent {
    char key[TABLE_KEY];
    char open_key[TABLE_KEY]; /* by acceptance */
    char due_key[TABLE_KEY];  /* by deadline */
    struct ledger_intent record;
    struct digest payload_hash;
    int64_t gone_ms;   /* forgotten after this; 0: not yet final */
    uint64_t run_seen; /* number of the call that named it last */
    uint8_t *receipt;  /* malloc'd; record.receipt points to it */
};

struct model_leg {
    char key[TABLE_KEY];
    struct ledger_leg leg;
    struct amount planned_in;
    struct amount planned_min_out;
    struct model_plan *plan;
    struct amount reserved; /* held for it and not used yet */
    struct amount staged;   /* reserved, once the send on its way is done */
    bool sent;
    uint64_t run_seen;
    struct ledger_leg_fill *fills; /* [fills_n] malloc'd */
    size_t fills_n;
};

struct model_plan {
    char key[TABLE_KEY];
    char open_key[TABLE_KEY]; /* by auction */
    struct id id;
    uint64_t auction;
    struct digest digest;
    bool closed;
    int64_t gone_ms;
    struct model_leg **legs; /* [legs_n] malloc'd */
    size_t legs_n;
    struct ledger_fill *fills; /* [fills_n] planned amounts, final ones once settled */
    size_t fills_n;
    struct asset_amount *covers; /* [covers_n] one per asset, ascending, what is left */
    size_t covers_n;
    struct digest *done; /* [done_n] settle and extend calls that were done */
    size_t done_n;
};

struct model_ref {
    char key[TABLE_KEY];
    struct digest digest;
};

struct model_limit {
    char key[TABLE_KEY];
    struct row row;
};

/* One posting of the journal; the last one of an entry is marked. */
struct posting {
    struct balance *balance;
    bool held;
    struct delta change;
};

struct blob {
    uint8_t *bytes; /* malloc'd */
    size_t n;
};

struct model {
    struct model_options options;
    struct arena arena; /* replies */
    struct table accounts, balances, counters, limits, intents, open, due, plans, open_plans, legs,
        refs;
    uint64_t runs; /* calls so far */
    uint64_t seq, event_seq, auction, fence;
    uint64_t open_legs;
    struct name leader;
    int64_t lease_ms;
    bool paused_accept, paused_send;
    struct ledger_event *events; /* [event_seq] */
    size_t events_cap;
    struct posting *journal; /* [journal_n], then [staged_n] staged ones */
    size_t journal_n, staged_n, journal_cap;
    uint64_t entries;
    size_t checkpoint;           /* journal position where audits start */
    uint64_t checkpoint_entries; /* entries before it */
    struct balance **touched;    /* [touched_n] staged balances */
    size_t touched_n, touched_cap;
    struct counter **counted; /* [counted_n] staged counters */
    size_t counted_n, counted_cap;
    struct blob venues_report;
    struct blob batch_reports[LEDGER_BATCH_REPORTS_MAX]; /* newest first */
    size_t batch_reports_n;
};

/* One call being answered. */
struct run {
    struct model *model;
    const struct ledger_call *call;
    struct ledger_reply *reply;
    int64_t now_ms;
    struct vec intents, balances, limits, events, plans, blobs;
};

/* model.c */
void *model_alloc(size_t n, size_t size);
/* The array with room for one more than its n items of size bytes; it may move. */
void *model_grow(void *items, size_t n, size_t *cap, size_t size);
/* A zeroed row in a reply. */
#define MODEL_ROW(run, vec, type) ((type *)model_row((run), &(run)->vec, sizeof(type)))
void *model_row(struct run *r, struct vec *v, size_t size);
/* Check that fence is the current one. */
enum reject model_fence(const struct run *r, uint64_t fence);
void model_commit(struct run *r);

/* model_money.c */
struct place {
    enum owner_kind kind;
    const char *name;
    bool held;
};
enum reject model_money_move(struct run *r, struct place source, struct place target,
                             uint32_t asset, struct amount amount);
struct balance *model_money_get(struct model *m, enum owner_kind kind, const char *name,
                                uint32_t asset);
struct amount model_money_owned(const struct holding *h);
enum reject model_money_key(const struct run *r, const struct name *account,
                            const struct sign_key *key);
enum reject model_deposit(struct run *r);
enum reject model_withdraw(struct run *r);
enum reject model_transfer(struct run *r);
enum reject model_balances(struct run *r);
void model_money_list(struct run *r, enum owner_kind kind, const char *name);

/* model_intent.c */
void model_intent_free(struct model_intent *i);
struct model_intent *model_intent_find(struct run *r, struct id id);
void model_intent_reply(struct run *r, const struct model_intent *i);
void model_intent_list(struct run *r, const struct model_intent *i);
/* Set the state, open or close it, write the event; the hold must have been returned before. */
void model_intent_enter(struct run *r, struct model_intent *i, enum intent_state state);
/* What the rest becomes when an intent ends without being complete. */
enum intent_state model_intent_ended(const struct model_intent *i, bool cancelled);
enum reject model_intent_release(struct run *r, const struct model_intent *i, struct amount hold);
enum reject model_accept(struct run *r);
enum reject model_cancel(struct run *r);
enum reject model_get(struct run *r);
enum reject model_expire(struct run *r);

/* model_limit.c */
enum counter_kind { COUNT_IN_FLIGHT, COUNT_VALUE, COUNT_LEAVES, COUNT_COMES };
struct counted {
    enum counter_kind kind;
    const struct name *subject;
    uint32_t asset;
};
/* Stage more (or less) of a counter. AMOUNT_RANGE when it does not fit. */
enum reject model_limit_count(struct run *r, struct counted what, struct amount amount, bool more);
/* Does what is staged break a limit, and worse than before? */
enum reject model_limit_check(struct run *r);
/* Would held be above the limit of the account? */
enum reject model_limit_held(struct run *r, const struct name *account, uint32_t asset,
                             struct amount held);
void model_limit_list(struct run *r);
enum reject model_limit_set(struct run *r);
enum reject model_limits(struct run *r);

/* model_plan.c */
void model_plan_free(struct model *m, struct model_plan *p); /* with its legs */
struct model_plan *model_plan_find(struct run *r, struct id id);
struct model_leg *model_plan_leg(struct run *r, struct id id);
struct ledger_fill *model_plan_fill(struct model_plan *p, struct id intent);
/* Was this call on the plan done before; note that it was. */
bool model_plan_done(const struct model_plan *p, struct digest call);
void model_plan_did(struct model_plan *p, struct digest call);
/* Its intents wait for a venue, or (no name) for what the pot lacks. */
void model_plan_execute(struct run *r, const struct model_plan *p, const struct name *venue);
enum reject model_plan(struct run *r);
enum reject model_extend(struct run *r);
enum reject model_plans(struct run *r);

/* model_leg.c */
enum reject model_send(struct run *r);
enum reject model_fill(struct run *r);
enum reject model_unknown(struct run *r);
enum reject model_void(struct run *r);

/* model_settle.c */
enum reject model_settle(struct run *r);

/* model_lead.c */
enum reject model_mode(struct run *r);
enum reject model_lead(struct run *r);
enum reject model_freeze(struct run *r);
enum reject model_report(struct run *r);
enum reject model_reports(struct run *r);
enum reject model_events(struct run *r);
void model_event_add(struct run *r, const struct model_intent *i);

/* model_audit.c */
enum reject model_audit(struct run *r);
enum reject model_checkpoint(struct run *r);

#endif
