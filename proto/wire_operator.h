/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_operator -- the operator's face of the gateway: OpRequest and OpAnswer as plain structs.
 *
 * The leader also packs its venue report (an answer with venues only) and its batch summaries
 * here; the ledger keeps both as bytes and the gateway hands them out.
 */
#ifndef SLUICE_PROTO_WIRE_OPERATOR_H
#define SLUICE_PROTO_WIRE_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire.h"
#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/id.h"
#include "solver/core/row.h"
#include "solver/core/sign.h"

enum wire_op_kind {
    WIRE_OP_DEPOSIT = 1,
    WIRE_OP_WITHDRAW,
    WIRE_OP_TRANSFER,
    WIRE_OP_LIMIT_SET,
    WIRE_OP_LIMITS,
    WIRE_OP_VENUES,
    WIRE_OP_INVENTORY,
    WIRE_OP_MODE,
    WIRE_OP_AUDIT,
    WIRE_OP_METRICS,
    WIRE_OP_CHECKPOINT,
    WIRE_OP_BALANCES,
    WIRE_OP_BATCHES
};

/* deposit, withdraw. owner is "user:NAME" or "inv:DOMAIN". */
struct wire_op_money {
    struct id ref; /* makes it happen once */
    const char *owner;
    struct sign_key key; /* deposit: binds a new account; zeros afterwards and for withdraw */
    uint32_t asset;
    struct amount amount;
};

struct wire_op_transfer {
    struct id ref;
    struct name source; /* domain */
    struct name target; /* domain */
    uint32_t asset;
    struct amount amount;
};

struct wire_op_mode {
    bool accept;
    bool send;
};

struct wire_op_audit {
    bool full;
};

/* Kinds without a member are plain reads. */
struct wire_op_request {
    enum wire_op_kind kind;
    union {
        struct wire_op_money deposit;
        struct wire_op_money withdraw;
        struct wire_op_transfer transfer;
        struct row limit_set; /* used is ignored */
        struct wire_op_mode mode;
        struct wire_op_audit audit;
    } as;
};

struct wire_op_balance {
    const char *owner;
    uint32_t asset;
    struct amount available;
    struct amount held;
};

struct wire_op_audit_row {
    uint32_t asset;
    struct amount owned;
    struct delta world;
    struct delta difference;
};

struct wire_op_venue {
    struct name name;
    struct name kind; /* empty until its first hello, like domain */
    struct name domain;
    bool up;
    uint64_t curves;
    uint64_t seq;
    uint64_t age_ms;
    uint64_t open_legs;
    const char *note;
    const char *state; /* down, syncing, up, resting or quarantined */
    const char *url;   /* where the leader asks it */
};

/* What the journal says a venue received from us minus what it gave. */
struct wire_op_books {
    struct name venue;
    uint32_t asset;
    struct delta net;
};

struct wire_op_metric {
    const char *name;
    uint64_t value;
    const char *doc;
};

/* One settled batch, for people. */
struct wire_op_batch {
    uint64_t auction;
    int64_t unix_ms;
    uint32_t intents;
    uint32_t fills;
    uint32_t legs;
    uint64_t gap_ppt;      /* optimality gap in 1e-12 */
    int64_t surplus_micro; /* against limits, micro-units of account at the marks */
    int64_t better_micro;  /* against each intent alone at its best single venue; may be less */
    uint32_t solve_us;
    struct digest solution;
};

struct wire_op_answer {
    uint32_t code; /* 0, or the number of SLU-nnnn (core/reject.h) */
    const char *text;
    struct row *limits;
    size_t limits_n;
    struct wire_op_venue *venues;
    size_t venues_n;
    struct wire_op_balance *balances; /* balances, inventory */
    size_t balances_n;
    struct wire_op_audit_row *audit;
    size_t audit_n;
    uint64_t open_pots;
    uint64_t open_legs;
    bool sound;
    struct wire_op_metric *metrics;
    size_t metrics_n;
    struct wire_op_batch *batches;
    size_t batches_n;
    uint64_t journal_entries;
    struct wire_op_books *books; /* audit */
    size_t books_n;
};

MUST_USE enum err wire_op_request_pack(struct wire_bytes *out, const struct wire_op_request *r);
MUST_USE enum err wire_op_request_unpack(struct wire_op_request *out, struct arena *arena,
                                         const void *bytes, size_t n);
MUST_USE enum err wire_op_answer_pack(struct wire_bytes *out, const struct wire_op_answer *a);
MUST_USE enum err wire_op_answer_unpack(struct wire_op_answer *out, struct arena *arena,
                                        const void *bytes, size_t n);

/* The OpBatch message alone, as the ledger keeps it. */
MUST_USE enum err wire_op_batch_pack(struct wire_bytes *out, const struct wire_op_batch *b);
MUST_USE enum err wire_op_batch_unpack(struct wire_op_batch *out, struct arena *arena,
                                       const void *bytes, size_t n);

#endif
