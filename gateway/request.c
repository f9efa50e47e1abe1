/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/request.h"

#include <string.h>

#include "gateway/auth.h"
#include "gateway/request_answer.h"
#include "solver/core/check.h"
#include "solver/core/hash.h"

#define NS_PER_MS UINT64_C(1000000)

/* A cancel of an unknown id stands in the way of a late arrival for as long as the ledger keeps
 * one, less what the two clocks may differ by. Whatever could be accepted within 24 h of the cancel
 * ends before the tombstone. */
#define TOMBSTONE_MS (LEDGER_TOMBSTONE_MAX_MS - 60000)
_Static_assert(TOMBSTONE_MS >= ADMIT_AHEAD_MS + 23 * INT64_C(3600000), "deadlines end before it");

/* Open every envelope and count all items, before anything dear is done. */
static enum reject parcels_open(size_t *items, struct request *r, struct arena *arena,
                                const struct wire_request *wire)
{
    *items = 0;
    r->parcels = ARENA_NEW(arena, wire->envelopes_n, struct request_parcel);
    if (r->parcels == NULL)
        return REJECT_TOO_LARGE;
    r->parcels_n = wire->envelopes_n;
    for (size_t i = 0; i < r->parcels_n; i++) {
        struct request_parcel *p = &r->parcels[i];
        p->envelope = &wire->envelopes[i];
        p->refused = auth_open(&p->payload, arena, p->envelope);
        if (p->refused == REJECT_NONE)
            *items += p->payload.items_n;
    }
    return *items > JOB_CALLS_MAX ? REJECT_TOO_LARGE : REJECT_NONE;
}

/* ---- items to calls ---- */

/* The bytes that stand for one intent, however it was grouped, and their digest with the account:
 * the same id with another digest is a conflict. */
static enum reject accept_bytes(struct ledger_accept *a, struct exchange *x)
{
    struct hash h;
    uint8_t *copy;

    /* The answer's buffer is free until the answer is made. */
    if (wire_intent_pack(&x->out, &a->intent) != ERR_OK)
        return REJECT_MALFORMED;
    copy = ARENA_NEW(&x->arena, x->out.n, uint8_t);
    if (copy == NULL)
        return REJECT_TOO_LARGE;
    memcpy(copy, x->out.data, x->out.n);
    a->payload = copy;
    a->payload_n = x->out.n;
    hash_init(&h, "sluice/v1/accept");
    hash_bytes(&h, a->intent.account.text, strnlen(a->intent.account.text, NAME_TEXT));
    hash_bytes(&h, a->payload, a->payload_n);
    a->payload_hash = hash_digest(&h);
    return REJECT_NONE;
}

static enum reject call_intent(struct ledger_call *call, struct exchange *x,
                               const struct request_parcel *p, const struct intent *intent,
                               const struct request_face *face, int64_t unix_ms)
{
    enum reject why = admit_intent(intent, &face->rules, unix_ms);

    if (why != REJECT_NONE)
        return why;
    call->fn = LEDGER_accept;
    call->as.accept = (struct ledger_accept){ .intent = *intent, .key = p->envelope->key };
    return accept_bytes(&call->as.accept, x);
}

static enum reject call_balances(struct ledger_call *call, const struct request_parcel *p)
{
    call->fn = LEDGER_balances;
    call->as.balances = (struct ledger_balances){
        .owner = { .kind = OWNER_USER, .name = p->payload.account },
        .has_key = true,
        .key = p->envelope->key,
    };
    return REJECT_NONE;
}

/* A long poll answers with its whole message, so it must be the only thing in it. The call only
 * checks that the key owns the account. */
static enum reject call_watch(struct ledger_call *call, struct exchange *x,
                              const struct request_parcel *p, const struct wire_watch *watch,
                              const struct request_face *face)
{
    const struct request *r = x->state;

    if (r->parcels_n != 1)
        return REJECT_MALFORMED;
    x->job.watch = (struct job_watch){
        .asked = true,
        .account = p->payload.account,
        .after = watch->after,
        .max = watch->max == 0 ? WIRE_ITEMS_MAX : watch->max,
        .until_ns = face->clock.now_ns(face->clock.self) + watch->wait_ms * NS_PER_MS,
    };
    return call_balances(call, p);
}

static enum reject call_ref(struct ledger_call *call, const struct request_parcel *p,
                            const struct wire_item *item, int64_t unix_ms)
{
    if (item->kind == WIRE_ITEM_GET) {
        call->fn = LEDGER_get;
        call->as.get.intent = item->as.get.id;
        return REJECT_NONE;
    }
    call->fn = LEDGER_cancel;
    call->as.cancel = (struct ledger_cancel){ .intent = item->as.cancel.id,
                                              .account = p->payload.account,
                                              .key = p->envelope->key,
                                              .tombstone_until_ms = unix_ms + TOMBSTONE_MS };
    return REJECT_NONE;
}

static enum reject call_make(struct ledger_call *call, struct exchange *x,
                             const struct request_parcel *p, const struct wire_item *item,
                             const struct request_face *face)
{
    int64_t unix_ms = face->clock.unix_ms(face->clock.self);

    switch (item->kind) {
    case WIRE_ITEM_INTENT: return call_intent(call, x, p, &item->as.intent, face, unix_ms);
    case WIRE_ITEM_CANCEL:
    case WIRE_ITEM_GET: return call_ref(call, p, item, unix_ms);
    case WIRE_ITEM_WATCH: return call_watch(call, x, p, &item->as.watch, face);
    case WIRE_ITEM_BALANCES: return call_balances(call, p);
    }
    UNREACHABLE("the wire lets no other kind of item through");
}

/* The items of one envelope, after its signature. */
static enum reject parcel_calls(struct request_parcel *p, struct exchange *x,
                                const struct request_face *face)
{
    struct job *j = &x->job;

    if (p->refused != REJECT_NONE)
        return p->refused;
    p->asks = ARENA_NEW(&x->arena, p->payload.items_n, struct request_ask);
    if (p->asks == NULL)
        return REJECT_TOO_LARGE;
    p->refused = auth_check(p->envelope);
    if (p->refused != REJECT_NONE)
        return p->refused;
    metrics_add(face->metrics, METRIC_items, p->payload.items_n);
    for (size_t i = 0; i < p->payload.items_n; i++) {
        struct request_ask *ask = &p->asks[i];
        ask->refused = call_make(&j->calls[j->calls_n], x, p, &p->payload.items[i], face);
        if (ask->refused == REJECT_NONE)
            ask->call = j->calls_n++;
    }
    return REJECT_NONE;
}

static enum reject request_open(struct exchange *x, const void *bytes, size_t n,
                                const struct request_face *face)
{
    struct request *r = x->state;
    struct wire_request wire;
    enum reject why;
    size_t items;
    enum err err = wire_request_unpack(&wire, &x->arena, bytes, n);

    if (err != ERR_OK)
        return auth_reject_of(err);
    r->nonce = wire.nonce;
    why = parcels_open(&items, r, &x->arena, &wire);
    if (why != REJECT_NONE)
        return why;
    x->job.calls = ARENA_NEW(&x->arena, items, struct ledger_call);
    x->job.replies = ARENA_NEW(&x->arena, items, struct ledger_reply);
    if (x->job.calls == NULL || x->job.replies == NULL)
        return REJECT_TOO_LARGE;
    for (size_t i = 0; i < r->parcels_n; i++) {
        struct request_parcel *p = &r->parcels[i];
        p->refused = parcel_calls(p, x, face);
        metrics_add(face->metrics, METRIC_envelopes_refused, p->refused != REJECT_NONE);
    }
    return REJECT_NONE;
}

bool request_begin(struct exchange *x, const void *bytes, size_t n, void *self)
{
    const struct request_face *face = self;
    struct request *r = ARENA_NEW(&x->arena, 1, struct request);

    metrics_add(face->metrics, METRIC_requests, 1);
    x->state = r;
    if (r == NULL)
        return false;
    r->refused = request_open(x, bytes, n, face);
    metrics_add(face->metrics, METRIC_requests_refused, r->refused != REJECT_NONE);
    return r->refused == REJECT_NONE && x->job.calls_n > 0;
}

void request_finish(struct exchange *x, void *self)
{
    const struct request_face *face = self;

    request_answer(x, face->metrics);
}
