/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger -- the one writer of truth, as a list of typed calls.
 *
 * Every change of money or state is one call of one Redis Function (ledger.lua), atomic,
 * idempotent and fsynced before its reply. The same calls run against the C model (model.c), which
 * answers reply by reply the same; both stand behind struct store, so that admission, leader,
 * recovery and the simulator do not know which one they use.
 *
 * Accounts, per asset. Owned, never negative: user:<account> available and held, pot:<plan>
 * available and held, inv:<domain> available and held, dust, fees. World, signed: venue:<v>,
 * outside. Every journal entry sums to zero per asset (docs/ledger.md).
 *
 * Outcomes are in reply.reject; enum err of store_call is only about reaching the store.
 * A store belongs to one thread. Texts and arrays of a reply live in the store until the next
 * store_call; what a call points to must live until store_call returns.
 */
#ifndef SLUICE_LEDGER_LEDGER_H
#define SLUICE_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/id.h"
#include "solver/core/intent.h"
#include "solver/core/reject.h"
#include "solver/core/row.h"
#include "solver/core/sign.h"

#define LEDGER_VERSION "1"
#define LEDGER_PLAN_ITEMS_MAX 256         /* legs and fills of one plan together */
#define LEDGER_PAYLOAD_MAX 4096           /* bytes of a payload, of a receipt, of a batch report */
#define LEDGER_REPORT_MAX 65536           /* bytes of a venues report */
#define LEDGER_BATCH_REPORTS_MAX 256      /* kept */
#define LEDGER_DEADLINE_MAX_MS 86400000   /* a deadline lies at most 24 h ahead */
#define LEDGER_TOMBSTONE_MAX_MS 172800000 /* of a cancel: outlives what is accepted within 24 h */
#define LEDGER_LEASE_MAX_MS 60000
#define LEDGER_FREEZE_MAX 4096
#define LEDGER_EXPIRE_MAX 256
#define LEDGER_EVENTS_MAX 1000
#define LEDGER_CALLS_MAX 1024  /* calls of one store_call */
#define LEDGER_LIMITS_MAX 1024 /* limits that can be set */
#define LEDGER_HOME "home"     /* the domain whose legs are paid from the pot */
#define LEDGER_ANY "any"       /* subject of a limit: default for all without their own */

/* Columns: name, repairs (may run at maxmemory: allow-oom), what it does. */
#define LEDGER_FNS(X)                                                                              \
    X(accept, false, "hold the sell amount of a new intent and open it to batches")                \
    X(cancel, true, "close an intent, or mark it for closing when its batch settles")              \
    X(get, true, "read one intent")                                                                \
    X(expire, true, "close intents whose deadline has passed")                                     \
    X(deposit, false, "outside -> user or inventory; the first one binds an account to its key")   \
    X(withdraw, true, "user or inventory -> outside")                                              \
    X(transfer, true, "inventory of one domain -> another")                                        \
    X(balances, true, "read all balances of an owner")                                             \
    X(limit_set, true, "set one limit")                                                            \
    X(limits, true, "read all limits with their use")                                              \
    X(mode, true, "pause or resume: accept, send")                                                 \
    X(lead, true, "take or renew the lease; a new leader gets a higher fence")                     \
    X(freeze, true, "number the next auction and list the open intents")                           \
    X(plan, false, "reserve a plan: pot, inventory cover, legs PREP; all or none")                 \
    X(extend, false, "more legs and cover for an open plan whose pot cannot pay its fills")        \
    X(send, true, "PREP -> SENT, before bytes leave")                                              \
    X(fill, true, "post one fill of a leg, once per fill id")                                      \
    X(unknown, true, "SENT -> UNKNOWN")                                                            \
    X(void, true, "close a leg with what it filled so far: rejected, tombstone or never sent")     \
    X(settle, true, "pay fills of a plan, return what was not used, empty the pot")                \
    X(plans, true, "list the plans that are not settled, with their legs and fills")               \
    X(report, true, "keep the leader's venue status and batch summary for operators (no money)")   \
    X(reports, true, "read the venue status and the last batch summaries")                         \
    X(events, true, "read events after a sequence number")                                         \
    X(audit, true, "recompute every balance from the journal and compare")                         \
    X(checkpoint, true, "write down all balances so that later audits start here")

enum ledger_fn {
#define X(name, repairs, doc) LEDGER_##name,
    LEDGER_FNS(X)
#undef X
        LEDGER_FNS_N
};

enum leg_state { LEG_PREP = 1, LEG_SENT, LEG_UNKNOWN, LEG_FILLED, LEG_PART, LEG_VOID };
/* FILLED: whole input used. PART: closed with some fill. VOID: closed with none. */

const char *leg_state_name(enum leg_state s);

/* Whose balance: a user's account, the inventory of a domain, or one of the singletons. */
enum owner_kind {
    OWNER_USER = 1,
    OWNER_INVENTORY,
    OWNER_POT,
    OWNER_DUST,
    OWNER_FEES,
    OWNER_VENUE,
    OWNER_OUTSIDE
};

struct owner {
    enum owner_kind kind;
    struct name name; /* account, domain or venue; the plan's id in hex for a pot; else empty */
};

const char *ledger_fn_name(enum ledger_fn fn); /* "accept", ... static */

struct asset_amount {
    uint32_t asset;
    struct amount amount;
};

struct ledger_leg {
    struct id id;
    struct name venue;
    struct name domain; /* "home": input from the pot, output to it; else inv:<domain> both */
    uint64_t curve;
    uint64_t curve_seq;
    uint32_t no;
    uint32_t stage;
    uint32_t group;
    uint32_t in_asset;
    uint32_t out_asset;
    struct amount in;
    struct amount min_out;
    struct amount value; /* micro-units of account at the batch's marks, for the value limit */
    /* Progress; zero in a plan call. */
    enum leg_state state;
    struct amount filled_in;
    struct amount filled_out;
};

struct ledger_fill {
    struct id intent;
    uint32_t sell_asset; /* reply of plans only, like the next two */
    uint32_t buy_asset;
    bool settled;
    struct amount paid;
    struct amount got;
};

/* ---- arguments, one struct per function; functions without a struct take none ---- */

struct ledger_accept {
    struct intent intent;       /* progress fields ignored */
    struct sign_key key;        /* must be the account's */
    struct digest payload_hash; /* same id, other hash: ID_CONFLICT */
    const uint8_t *payload;     /* signed bytes, kept for audits */
    size_t payload_n;
};

/*
 * An open intent is closed at once (NONE), one in a plan is marked (IN_BATCH), a final one is
 * TOO_LATE, unless a cancel closed it: then the answer is NONE again. An unknown id leaves a
 * tombstone (NONE, the record says REJECTED).
 */
struct ledger_cancel {
    struct id intent;
    struct name account;
    struct sign_key key;
    int64_t tombstone_until_ms; /* an unknown id is refused CANCELLED until then; <= 48 h ahead */
};

struct ledger_get {
    struct id intent;
};

struct ledger_expire {
    uint32_t max; /* at most this many in one call, 1..256 */
};

/* deposit and withdraw: user (with key for the first deposit) or inventory. ref makes it once. */
struct ledger_money {
    struct id ref;
    struct owner owner;
    bool has_key;
    struct sign_key key;
    struct asset_amount what;
};

struct ledger_transfer {
    struct id ref;
    struct name source;
    struct name target;
    struct asset_amount what;
};

/*
 * With a key the owner is a user, and the key must be the account's: UNKNOWN_ACCOUNT or
 * FOREIGN_ACCOUNT otherwise, with no balances. Without one the caller is trusted (operators, the
 * leader). An empty name stands for all users or all domains.
 */
struct ledger_balances {
    struct owner owner; /* USER or INVENTORY */
    bool has_key;
    struct sign_key key;
};

struct ledger_limit_set {
    struct row limit; /* used ignored; min for ROW_INVENTORY only */
};

struct ledger_mode {
    bool accept; /* false: new intents are refused PAUSED */
    bool send;   /* false: no leg leaves PREP */
};

struct ledger_lead {
    struct name holder;
    uint64_t fence; /* 0: take; else renew this one */
    uint32_t ttl_ms;
};

struct ledger_freeze {
    uint64_t fence;
    uint32_t max;   /* most open intents to list, oldest first */
    uint64_t after; /* only those accepted after this sequence number; 0: from the oldest */
};

/*
 * plan, and extend: legs and cover are added to an open plan, which then has at most
 * LEDGER_PLAN_ITEMS_MAX legs (LIMIT); there are no fills, and auction is the one that found them.
 * The plan's intents become EXECUTING; with no legs and covers that is all extend does.
 */
struct ledger_plan {
    uint64_t fence;
    struct id plan;
    uint64_t auction;
    const struct ledger_fill *fills;
    size_t fills_n;
    const struct ledger_leg *legs;
    size_t legs_n;
    const struct asset_amount *covers; /* inv:home available -> held */
    size_t covers_n;
};

/*
 * All legs of one stage of one plan; in may only shrink, min_out with it. A leg reserves its input.
 * In a group the outputs of earlier legs pay the inputs of later ones: a leg then reserves its
 * input less what earlier legs of its group in this call promise and nobody before it uses, and its
 * fill takes the reserved part first and the rest from the pot (decision 0003).
 */
struct ledger_send {
    uint64_t fence;
    struct id plan;
    const struct ledger_leg *legs; /* id, in, min_out are read */
    size_t legs_n;
};

struct ledger_leg_fill {
    uint64_t fence;
    struct id leg;
    struct id fill; /* given by the venue; counts once */
    struct amount in;
    struct amount out;
    bool last; /* nothing more will come for this leg */
};

struct ledger_leg_close { /* unknown, void */
    uint64_t fence;
    struct id leg;
};

/*
 * settle: fills with their final amounts (paid 0: dropped, everything returns to the hold).
 * to_house / from_house: what inv:home takes from and gives to the pot (from_house <= cover).
 * last: the pot must be empty afterwards, its rest goes to dust (fees for improvement), covers are
 * released, and the plan is closed. Intents that are complete, past their deadline or marked for
 * cancelling become terminal, the others open again. receipt is stored with each intent.
 * Byte by byte the same call again is answered as before and moves nothing; a fill that is settled
 * may be named again with the same amounts. That got respects the signed limit is the caller's check.
 */
struct ledger_settle_fill {
    struct id intent;
    struct amount paid;
    struct amount got;
    const uint8_t *receipt;
    size_t receipt_n;
};

struct ledger_settle {
    uint64_t fence;
    struct id plan;
    const struct ledger_settle_fill *fills;
    size_t fills_n;
    const struct asset_amount *to_house;
    size_t to_house_n;
    const struct asset_amount *from_house;
    size_t from_house_n;
    const struct asset_amount *fees;
    size_t fees_n;
    const struct asset_amount *dust;
    size_t dust_n;
    bool last;
};

struct ledger_events {
    uint64_t after; /* sequence */
    uint32_t max;   /* 1..1000 */
};

/* Opaque bytes of the leader for operators: venues replaces the last one, batch is appended to a
 * ring of the last 256. Either may be empty. Not journalled: no money moves. */
struct ledger_report {
    uint64_t fence;
    const uint8_t *venues; /* packed OpAnswer with venues only */
    size_t venues_n;
    const uint8_t *batch; /* packed OpBatch */
    size_t batch_n;
};

struct ledger_blob {
    const uint8_t *bytes;
    size_t n;
};

struct ledger_audit {
    bool full; /* from genesis instead of the last checkpoint */
};

struct ledger_call {
    enum ledger_fn fn;
    union {
        struct ledger_accept accept;
        struct ledger_cancel cancel;
        struct ledger_get get;
        struct ledger_expire expire;
        struct ledger_money money; /* deposit, withdraw */
        struct ledger_transfer transfer;
        struct ledger_balances balances;
        struct ledger_limit_set limit_set;
        struct ledger_mode mode;
        struct ledger_lead lead;
        struct ledger_freeze freeze;
        struct ledger_plan plan; /* plan, extend */
        struct ledger_send send;
        struct ledger_leg_fill fill;
        struct ledger_leg_close leg_close; /* unknown, void */
        struct ledger_settle settle;
        struct ledger_events events;
        struct ledger_report report;
        struct ledger_audit audit;
    } as;
};

/* ---- replies ---- */

/* One intent as stored: get, accept (again), cancel, freeze. */
struct ledger_intent {
    struct intent intent; /* with progress */
    enum intent_state state;
    enum reject refused; /* for INTENT_REJECTED */
    bool cancel_marked;
    struct sign_key key;    /* of the owner */
    struct id plan;         /* zero when in none */
    struct name venue;      /* of the UNKNOWN leg while EXECUTING */
    const uint8_t *receipt; /* of the last settle, may be empty */
    size_t receipt_n;
};

struct ledger_balance {
    struct owner owner;
    uint32_t asset;
    struct amount available;
    struct amount held;
};

struct ledger_event {
    uint64_t seq; /* dense */
    int64_t unix_ms;
    struct name account;
    struct id intent;
    enum intent_state state;
    struct amount paid; /* totals after the event */
    struct amount got;
};

struct ledger_open_plan {
    struct id plan;
    uint64_t auction;
    const struct ledger_leg *legs;
    size_t legs_n;
    const struct ledger_fill *fills;
    size_t fills_n;
    const struct asset_amount *covers;
    size_t covers_n;
    const struct asset_amount *pot; /* available now */
    size_t pot_n;
};

struct ledger_audit_row {
    uint32_t asset;
    struct amount owned;     /* sum over owned accounts */
    struct delta world;      /* sum over world accounts */
    struct delta difference; /* owned + world; and journal against balances: zero when sound */
};

struct ledger_venue_row {
    struct name venue;
    uint32_t asset;
    struct delta net; /* received from us, minus given */
};

struct ledger_reply {
    enum reject reject;
    struct ledger_intent intent; /* accept, cancel, get */
    uint64_t seq;                /* accept: order; events: newest sequence */
    uint64_t fence;              /* lead */
    uint64_t auction;            /* freeze: its number */
    int64_t now_ms;              /* store's clock */
    bool paused_accept;          /* freeze, limits */
    bool paused_send;
    const struct ledger_intent *intents; /* freeze, expire; without key and receipt */
    size_t intents_n;
    const struct ledger_balance *balances; /* balances; freeze: inventory of every domain */
    size_t balances_n;
    const struct row *limits; /* limits, freeze */
    size_t limits_n;
    const struct ledger_event *events;
    size_t events_n;
    const struct ledger_open_plan *plans; /* plans */
    size_t plans_n;
    struct ledger_blob venues_report;        /* reports */
    const struct ledger_blob *batch_reports; /* reports, newest first */
    size_t batch_reports_n;
    const struct ledger_audit_row *audit;
    size_t audit_n;
    const struct ledger_venue_row *venues; /* audit */
    size_t venues_n;
    uint64_t open_pots; /* audit */
    uint64_t open_legs;
    uint64_t journal_entries; /* audit: read since the start point */
    bool sound;               /* audit: every difference is zero */
};

/* The store port: Redis (store_redis.h) or the model (model.h). */
struct store {
    void *self;
    /* Run n calls in order, all sent before the first reply is read. On ERR_IO or ERR_TIMEOUT the
     * outcome of every call is unknown and the store has dropped its connection; the next call
     * reconnects. ERR_UNSUPPORTED: server settings too weak or other library version. */
    enum err (*call)(void *self, struct ledger_reply *replies, const struct ledger_call *calls,
                     size_t n);
};

MUST_USE enum err store_call(struct store *s, struct ledger_reply *replies,
                             const struct ledger_call *calls, size_t n);

/* One call. */
MUST_USE enum err store_call_one(struct store *s, struct ledger_reply *reply,
                                 const struct ledger_call *call);

#endif
