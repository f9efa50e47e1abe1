/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_venue -- what the solver says to a venue adapter, and what it answers.
 *
 * The adapter listens (nng REP), the solver dials. Asset numbers are registry ids, in curves too;
 * curve.venue is not sent. Every verb is idempotent by leg id; docs/protocol.md has the rules.
 */
#ifndef SLUICE_PROTO_WIRE_VENUE_H
#define SLUICE_PROTO_WIRE_VENUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire.h"
#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/id.h"
#include "solver/market/curve.h"

#define WIRE_QUOTES_MS_MAX 10000

enum wire_verb { WIRE_HELLO = 1, WIRE_QUOTES, WIRE_SUBMIT, WIRE_QUERY, WIRE_VOID, WIRE_SNAPSHOT };

struct wire_hello_request {
    struct digest assets; /* of assets.json; must agree */
    struct name solver;
    uint64_t fence;
};

struct wire_hello {
    struct name name; /* stored in receipts, never changes meaning */
    struct name kind;
    struct name domain;
    struct digest assets;
    bool atomic;     /* wire_submit_request.atomic is honoured */
    uint32_t ttl_ms; /* curves older than this are not used; > 0 */
    bool lost_state; /* the store of legs is new or was lost */
    uint64_t highest_fence;
    const char *build; /* NULL packs as "" */
};

/* Long poll for curves that changed. */
struct wire_quotes_request {
    uint64_t since_seq; /* 0: snapshot */
    uint32_t wait_ms;   /* [0, WIRE_QUOTES_MS_MAX] */
    uint64_t page;      /* 0, or next_page of the last answer */
};

struct wire_quotes {
    uint64_t seq;  /* of the venue; the next since_seq */
    bool snapshot; /* replaces everything known; else only the curves that changed */
    struct curve *curves;
    size_t curves_n;
    uint64_t next_page; /* 0 = complete; the pages of one answer belong to one seq */
    uint64_t *removed;  /* curve ids */
    size_t removed_n;
};

struct wire_leg {
    struct id id;
    uint64_t curve;
    uint64_t curve_seq;
    uint32_t in_asset;
    uint32_t out_asset;
    struct amount in;
    struct amount min_out;
};

struct wire_submit_request {
    uint64_t fence;
    bool atomic;           /* all legs or none, in this order */
    struct wire_leg *legs; /* [1..WIRE_LEGS_MAX] */
    size_t legs_n;
};

struct wire_query_request {
    struct id *legs; /* [1..WIRE_LEGS_MAX] */
    size_t legs_n;
};

struct wire_void_request {
    uint64_t fence;
    struct id *legs; /* [1..WIRE_LEGS_MAX] */
    size_t legs_n;
};

enum wire_leg_outcome {
    WIRE_LEG_FILLED = 1, /* whole input used, or an order book took what it could: closed */
    WIRE_LEG_REJECTED,   /* never executed and never will be */
    WIRE_LEG_OPEN,       /* accepted, more fills may come */
    WIRE_LEG_UNKNOWN,    /* the adapter cannot tell yet: ask again */
    WIRE_LEG_UNSEEN,     /* query only: never submitted here */
    WIRE_LEG_VOIDED      /* tombstone: never seen, and will not be accepted any more */
};

struct wire_fill {
    struct id id; /* unique at the venue */
    struct amount in;
    struct amount out;
};

struct wire_leg_result {
    struct id leg;
    enum wire_leg_outcome outcome;
    struct wire_fill *fills; /* all so far */
    size_t fills_n;
    uint64_t curve_seq_after;
    const char *reason; /* NULL packs as "" */
};

/* The answer of submit, query and void. */
struct wire_results {
    struct wire_leg_result *results;
    size_t results_n;
};

struct wire_snapshot_request {
    uint64_t after_leg; /* paging cursor, 0 = start */
};

/* Received from us minus given, over all legs. */
struct wire_snapshot_row {
    uint32_t asset;
    struct delta net;
};

struct wire_snapshot {
    struct wire_snapshot_row *rows;
    size_t rows_n;
    uint64_t legs;
    uint64_t open_legs;
};

struct wire_venue_request {
    enum wire_verb verb;
    union {
        struct wire_hello_request hello;
        struct wire_quotes_request quotes;
        struct wire_submit_request submit;
        struct wire_query_request query;
        struct wire_void_request void_legs;
        struct wire_snapshot_request snapshot;
    } as;
};

struct wire_venue_answer {
    uint32_t code;       /* 0, or the number of SLU-nnnn (core/reject.h) */
    const char *text;    /* NULL packs as "" */
    enum wire_verb verb; /* of the request; 0 exactly when code is not 0 */
    union {
        struct wire_hello hello;
        struct wire_quotes quotes;
        struct wire_results submit;
        struct wire_results query;
        struct wire_results void_legs;
        struct wire_snapshot snapshot;
    } as;
};

MUST_USE enum err wire_venue_request_pack(struct wire_bytes *out,
                                          const struct wire_venue_request *r);
MUST_USE enum err wire_venue_request_unpack(struct wire_venue_request *out, struct arena *arena,
                                            const void *bytes, size_t n);
MUST_USE enum err wire_venue_answer_pack(struct wire_bytes *out, const struct wire_venue_answer *a);
MUST_USE enum err wire_venue_answer_unpack(struct wire_venue_answer *out, struct arena *arena,
                                           const void *bytes, size_t n);

#endif
