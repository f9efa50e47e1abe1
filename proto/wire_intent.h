/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_intent -- the public face: what clients ask (Request > Envelope > Batch > Item) and what the
 * gateway answers (Answer). Both sides use these structs; docs/protocol.md has the rules.
 *
 * The payload of an envelope stays raw bytes until its signature was checked: verify with
 * wire_envelope_verify, then read it with wire_payload_unpack.
 */
#ifndef SLUICE_PROTO_WIRE_INTENT_H
#define SLUICE_PROTO_WIRE_INTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire.h"
#include "solver/core/arena.h"
#include "solver/core/intent.h"
#include "solver/core/sign.h"

#define WIRE_WATCH_MS_MAX 30000

enum wire_item_kind {
    WIRE_ITEM_INTENT = 1,
    WIRE_ITEM_CANCEL,
    WIRE_ITEM_GET,
    WIRE_ITEM_WATCH,   /* alone in its payload */
    WIRE_ITEM_BALANCES /* alone in its payload */
};

/* One intent by its id: cancel, get. */
struct wire_ref {
    struct id id;
};

struct wire_watch {
    uint64_t after;   /* sequence; 0 = from the oldest kept */
    uint32_t wait_ms; /* [0, WIRE_WATCH_MS_MAX] */
    uint32_t max;     /* [0, WIRE_ITEMS_MAX]; 0 = WIRE_ITEMS_MAX */
};

struct wire_item {
    enum wire_item_kind kind;
    union {
        struct intent intent; /* account is that of the payload; no progress */
        struct wire_ref cancel;
        struct wire_ref get;
        struct wire_watch watch;
    } as;
};

/* What a user signs: the Batch message. */
struct wire_payload {
    struct name account;
    struct wire_item *items; /* [1..WIRE_ITEMS_MAX] */
    size_t items_n;
};

enum wire_algorithm { WIRE_ED25519 = 1 };

struct wire_envelope {
    struct wire_span payload; /* a packed wire_payload */
    enum wire_algorithm algorithm;
    struct sign_key key;
    uint8_t signature[SIGN_BYTES];
};

struct wire_request {
    uint64_t nonce;                  /* echoed */
    struct wire_envelope *envelopes; /* [1..WIRE_ITEMS_MAX] */
    size_t envelopes_n;
};

/* One fill of one batch, as a receipt tells it. */
struct wire_receipt_fill {
    uint64_t auction;
    struct id batch; /* plan id */
    struct amount paid;
    struct amount got;
    struct amount surplus_limit; /* sell: buy atoms above the limit; buy: sell atoms below it */
    struct amount alone;         /* the same alone at the best single venue; zero: none serves it */
    struct name alone_venue;     /* may be empty */
    struct digest solution;
    int64_t unix_ms;
};

struct wire_receipt {
    struct id intent;
    struct wire_receipt_fill *fills;
    size_t fills_n;
};

struct wire_status {
    struct id id;
    enum intent_state state;
    struct amount paid;
    struct amount got;
    uint64_t seq;
    struct name venue; /* whose answer is awaited while EXECUTING; else empty */
    bool has_receipt;
    struct wire_receipt receipt;
    bool has_intent;
    struct intent intent; /* account and progress are not sent */
};

struct wire_event {
    uint64_t seq; /* dense */
    int64_t unix_ms;
    struct id intent;
    enum intent_state state;
    struct amount paid;
    struct amount got;
};

struct wire_balance {
    uint32_t asset;
    struct amount available;
    struct amount held;
};

/* The answer to one item. */
struct wire_item_answer {
    struct id id;     /* zero: the item has none */
    uint32_t code;    /* 0, or the number of SLU-nnnn (core/reject.h) */
    const char *text; /* never NULL after unpack; NULL packs as "" */
    bool transient;
    bool has_status;
    struct wire_status status;
    struct wire_event *events; /* watch */
    size_t events_n;
    uint64_t newest; /* watch: continue after this */
    struct wire_balance *balances;
    size_t balances_n;
};

struct wire_envelope_answer {
    uint32_t code; /* of the envelope as a whole; then there are no items */
    const char *text;
    struct wire_item_answer *items;
    size_t items_n;
};

struct wire_answer {
    uint64_t nonce;
    uint32_t code; /* of the message as a whole; then there are no answers */
    const char *text;
    struct wire_envelope_answer *answers;
    size_t answers_n;
};

MUST_USE enum err wire_payload_pack(struct wire_bytes *out, const struct wire_payload *p);
MUST_USE enum err wire_payload_unpack(struct wire_payload *out, struct arena *arena,
                                      const void *bytes, size_t n);

/* The Intent message alone: what is stored and hashed for one intent, however it was grouped. */
MUST_USE enum err wire_intent_pack(struct wire_bytes *out, const struct intent *i);
MUST_USE enum err wire_intent_unpack(struct intent *out, struct arena *arena, const void *bytes,
                                     size_t n);

/* out: an envelope around payload, which is borrowed. */
void wire_envelope_sign(struct wire_envelope *out, struct wire_span payload,
                        const struct sign_key *key, const struct sign_secret *secret);
bool wire_envelope_verify(const struct wire_envelope *e);

MUST_USE enum err wire_request_pack(struct wire_bytes *out, const struct wire_request *r);
MUST_USE enum err wire_request_unpack(struct wire_request *out, struct arena *arena,
                                      const void *bytes, size_t n);

MUST_USE enum err wire_answer_pack(struct wire_bytes *out, const struct wire_answer *a);
MUST_USE enum err wire_answer_unpack(struct wire_answer *out, struct arena *arena,
                                     const void *bytes, size_t n);

/* The Receipt message alone, as the ledger stores it with its intent. */
MUST_USE enum err wire_receipt_pack(struct wire_bytes *out, const struct wire_receipt *r);
MUST_USE enum err wire_receipt_unpack(struct wire_receipt *out, struct arena *arena,
                                      const void *bytes, size_t n);

#endif
