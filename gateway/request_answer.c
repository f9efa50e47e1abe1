/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/request_answer.h"

#include <string.h>

#include "solver/core/check.h"

/* ---- one item ---- */

static bool key_equal(const struct sign_key *a, const struct sign_key *b)
{
    return memcmp(a->bytes, b->bytes, SIGN_KEY_BYTES) == 0;
}

/* A receipt that cannot be read is left out: the state and the amounts still stand. */
static void receipt_read(struct wire_status *s, struct arena *arena, const struct ledger_intent *i)
{
    s->has_receipt = i->receipt_n > 0 &&
                     wire_receipt_unpack(&s->receipt, arena, i->receipt, i->receipt_n) == ERR_OK;
}

static void status_make(struct wire_status *s, const struct ledger_intent *i)
{
    s->id = i->intent.id;
    s->state = i->state;
    s->paid = i->intent.paid;
    s->got = i->intent.got;
    s->seq = i->intent.seq;
    s->venue = i->venue;
}

/* The stored intent, if there is one and the signer owns it. */
static void answer_status(struct wire_item_answer *a, struct arena *arena,
                          const struct ledger_reply *r, const struct request_parcel *p,
                          enum ledger_fn fn)
{
    a->has_status = r->intent.state != 0 && key_equal(&r->intent.key, &p->envelope->key);
    if (!a->has_status)
        return;
    status_make(&a->status, &r->intent);
    receipt_read(&a->status, arena, &r->intent);
    /* A tombstone of a cancel has no intent to show. */
    a->status.has_intent = fn == LEDGER_get && r->intent.intent.kind != 0;
    if (a->status.has_intent)
        a->status.intent = r->intent.intent;
}

static enum reject answer_events(struct wire_item_answer *a, struct arena *arena,
                                 const struct ledger_reply *r)
{
    a->newest = r->seq;
    a->events = ARENA_NEW(arena, r->events_n, struct wire_event);
    if (a->events == NULL)
        return REJECT_TOO_LARGE;
    a->events_n = r->events_n;
    for (size_t i = 0; i < r->events_n; i++) {
        const struct ledger_event *e = &r->events[i];
        a->events[i] = (struct wire_event){ .seq = e->seq,
                                            .unix_ms = e->unix_ms,
                                            .intent = e->intent,
                                            .state = e->state,
                                            .paid = e->paid,
                                            .got = e->got };
    }
    return REJECT_NONE;
}

static enum reject answer_balances(struct wire_item_answer *a, struct arena *arena,
                                   const struct ledger_reply *r)
{
    a->balances = ARENA_NEW(arena, r->balances_n, struct wire_balance);
    if (a->balances == NULL)
        return REJECT_TOO_LARGE;
    a->balances_n = r->balances_n;
    for (size_t i = 0; i < r->balances_n; i++) {
        const struct ledger_balance *b = &r->balances[i];
        a->balances[i] = (struct wire_balance){ b->asset, b->available, b->held };
    }
    return REJECT_NONE;
}

static enum reject answer_get(const struct ledger_reply *r, const struct request_parcel *p)
{
    if (r->reject == REJECT_NONE && !key_equal(&r->intent.key, &p->envelope->key))
        return REJECT_FOREIGN_ACCOUNT;
    return r->reject;
}

/* What the ledger said to an item. */
static enum reject answer_reply(struct wire_item_answer *a, struct exchange *x,
                                const struct request_parcel *p, const struct wire_item *item,
                                size_t call)
{
    const struct ledger_reply *r = &x->job.replies[call];

    switch (item->kind) {
    case WIRE_ITEM_INTENT:
    case WIRE_ITEM_CANCEL:
        answer_status(a, &x->arena, r, p, x->job.calls[call].fn);
        return r->reject;
    case WIRE_ITEM_GET: answer_status(a, &x->arena, r, p, LEDGER_get); return answer_get(r, p);
    case WIRE_ITEM_WATCH:
        return r->reject != REJECT_NONE ? r->reject : answer_events(a, &x->arena, r);
    case WIRE_ITEM_BALANCES:
        return r->reject != REJECT_NONE ? r->reject : answer_balances(a, &x->arena, r);
    }
    UNREACHABLE("the wire lets no other kind of item through");
}

static struct id item_id(const struct wire_item *item)
{
    switch (item->kind) {
    case WIRE_ITEM_INTENT: return item->as.intent.id;
    case WIRE_ITEM_CANCEL: return item->as.cancel.id;
    case WIRE_ITEM_GET: return item->as.get.id;
    case WIRE_ITEM_WATCH:
    case WIRE_ITEM_BALANCES: break;
    }
    return (struct id){ { 0 } };
}

static void answer_item(struct wire_item_answer *a, struct exchange *x,
                        const struct request_parcel *p, size_t no, struct metrics *metrics)
{
    const struct wire_item *item = &p->payload.items[no];
    enum reject why = p->asks[no].refused;

    a->id = item_id(item);
    if (why == REJECT_NONE)
        why = x->job.outcome;
    if (why == REJECT_NONE)
        why = answer_reply(a, x, p, item, p->asks[no].call);
    if (why == REJECT_NONE && item->kind == WIRE_ITEM_INTENT)
        metrics_add(metrics, METRIC_accepted, 1);
    a->code = (uint32_t)reject_code(why);
    a->transient = reject_transient(why);
    if (why != REJECT_NONE) {
        a->text = job_text(&x->job, why);
        metrics_add(metrics, METRIC_items_refused, 1);
    }
}

/* ---- the whole message ---- */

static enum err answer_envelope(struct wire_envelope_answer *a, struct exchange *x,
                                const struct request_parcel *p, struct metrics *metrics)
{
    a->code = (uint32_t)reject_code(p->refused);
    if (p->refused != REJECT_NONE) {
        a->text = reject_text(p->refused);
        return ERR_OK;
    }
    a->items = ARENA_NEW(&x->arena, p->payload.items_n, struct wire_item_answer);
    if (a->items == NULL)
        return ERR_NOMEM;
    a->items_n = p->payload.items_n;
    for (size_t i = 0; i < a->items_n; i++)
        answer_item(&a->items[i], x, p, i, metrics);
    return ERR_OK;
}

static enum err answer_pack(struct exchange *x, const struct request *r, struct metrics *metrics)
{
    struct wire_answer answer = { .nonce = r->nonce };

    answer.answers = ARENA_NEW(&x->arena, r->parcels_n, struct wire_envelope_answer);
    if (answer.answers == NULL)
        return ERR_NOMEM;
    answer.answers_n = r->parcels_n;
    for (size_t i = 0; i < r->parcels_n; i++)
        TRY(answer_envelope(&answer.answers[i], x, &r->parcels[i], metrics));
    return wire_answer_pack(&x->out, &answer);
}

/* A code and nothing else always fits. */
static void refuse_all(struct exchange *x, uint64_t nonce, enum reject why)
{
    struct wire_answer answer = { .nonce = nonce,
                                  .code = (uint32_t)reject_code(why),
                                  .text = reject_text(why) };

    if (wire_answer_pack(&x->out, &answer) != ERR_OK)
        x->out.n = 0; /* no memory at all: an empty message, which a client asks again about */
}

void request_answer(struct exchange *x, struct metrics *metrics)
{
    const struct request *r = x->state;

    if (r == NULL)
        refuse_all(x, 0, REJECT_OVERLOADED);
    else if (r->refused != REJECT_NONE)
        refuse_all(x, r->nonce, r->refused);
    else if (answer_pack(x, r, metrics) != ERR_OK)
        refuse_all(x, r->nonce, REJECT_TOO_LARGE);
}
