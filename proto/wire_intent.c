/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_intent.h"

#include "proto/intent.pb-c.h"
#include "proto/wire_map.h"

/* ---- what clients ask ---- */

static const struct wire_row intent_rows[] = {
    WIRE_ROW(1, struct intent, id, FIXED),
    WIRE_ROW_ENUM(2, struct intent, kind, INTENT_BUY),
    WIRE_ROW(3, struct intent, sell_asset, UINT),
    WIRE_ROW(4, struct intent, buy_asset, UINT),
    WIRE_ROW(5, struct intent, sell_amount, AMOUNT),
    WIRE_ROW(6, struct intent, buy_amount, AMOUNT),
    WIRE_ROW(7, struct intent, partial, FLAG),
    WIRE_ROW(8, struct intent, deadline_ms, TIME),
};

const struct wire_map wire_map_intent = {
    WIRE_MAP_OF(sluice__v1__intent__descriptor, struct intent, intent_rows),
    .limits = &wire_limits_public,
};

static const struct wire_row ref_rows[] = { WIRE_ROW(1, struct wire_ref, id, FIXED) };

static const struct wire_map cancel_map = {
    WIRE_MAP_OF(sluice__v1__cancel__descriptor, struct wire_ref, ref_rows),
};

static const struct wire_map get_map = {
    WIRE_MAP_OF(sluice__v1__get__descriptor, struct wire_ref, ref_rows),
};

static bool watch_valid(const void *self)
{
    const struct wire_watch *w = self;

    return w->wait_ms <= WIRE_WATCH_MS_MAX && w->max <= WIRE_ITEMS_MAX;
}

static const struct wire_row watch_rows[] = {
    WIRE_ROW(1, struct wire_watch, after, UINT),
    WIRE_ROW(2, struct wire_watch, wait_ms, UINT),
    WIRE_ROW(3, struct wire_watch, max, UINT),
};

static const struct wire_map watch_map = {
    WIRE_MAP_OF(sluice__v1__watch__descriptor, struct wire_watch, watch_rows),
    .valid = watch_valid,
};

static const struct wire_row balances_rows[] = { WIRE_ROW_VERSION(1) };

static const struct wire_map balances_map = {
    .type = &sluice__v1__balances__descriptor,
    .rows = balances_rows,
    .rows_n = 1,
};

static const struct wire_row item_rows[] = {
    WIRE_ROW_CASE(1, struct wire_item, as.intent, kind, WIRE_ITEM_INTENT, &wire_map_intent),
    WIRE_ROW_CASE(2, struct wire_item, as.cancel, kind, WIRE_ITEM_CANCEL, &cancel_map),
    WIRE_ROW_CASE(3, struct wire_item, as.get, kind, WIRE_ITEM_GET, &get_map),
    WIRE_ROW_CASE(4, struct wire_item, as.watch, kind, WIRE_ITEM_WATCH, &watch_map),
    WIRE_ROW_CASE(5, struct wire_item, as, kind, WIRE_ITEM_BALANCES, &balances_map),
};

static const struct wire_map item_map = {
    WIRE_MAP_OF(sluice__v1__item__descriptor, struct wire_item, item_rows),
};

static bool stands_alone(const struct wire_item *item)
{
    return item->kind == WIRE_ITEM_WATCH || item->kind == WIRE_ITEM_BALANCES;
}

static bool payload_valid(const void *self)
{
    const struct wire_payload *p = self;

    if (p->items_n == 0 || p->items_n > WIRE_ITEMS_MAX)
        return false;
    for (size_t i = 0; p->items_n > 1 && i < p->items_n; i++)
        if (stands_alone(&p->items[i]))
            return false;
    return true;
}

static const struct wire_row payload_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct wire_payload, account, NAME),
    WIRE_ROW_LIST(3, struct wire_payload, items, &item_map),
};

const struct wire_map wire_map_payload = {
    WIRE_MAP_OF(sluice__v1__batch__descriptor, struct wire_payload, payload_rows),
    .valid = payload_valid,
    .limits = &wire_limits_public,
};

static const struct wire_row envelope_rows[] = {
    WIRE_ROW(1, struct wire_envelope, payload, SPAN),
    WIRE_ROW_ENUM(2, struct wire_envelope, algorithm, WIRE_ED25519),
    WIRE_ROW(3, struct wire_envelope, key, FIXED),
    WIRE_ROW(4, struct wire_envelope, signature, FIXED),
};

static const struct wire_map envelope_map = {
    WIRE_MAP_OF(sluice__v1__envelope__descriptor, struct wire_envelope, envelope_rows),
};

static bool request_valid(const void *self)
{
    const struct wire_request *r = self;

    return r->envelopes_n > 0 && r->envelopes_n <= WIRE_ITEMS_MAX;
}

static const struct wire_row request_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct wire_request, nonce, UINT),
    WIRE_ROW_LIST(3, struct wire_request, envelopes, &envelope_map),
};

const struct wire_map wire_map_request = {
    WIRE_MAP_OF(sluice__v1__request__descriptor, struct wire_request, request_rows),
    .valid = request_valid,
    .limits = &wire_limits_public,
};

/* ---- what the gateway answers ---- */

static const struct wire_row receipt_fill_rows[] = {
    WIRE_ROW(1, struct wire_receipt_fill, auction, UINT),
    WIRE_ROW(2, struct wire_receipt_fill, batch, FIXED),
    WIRE_ROW(3, struct wire_receipt_fill, paid, AMOUNT),
    WIRE_ROW(4, struct wire_receipt_fill, got, AMOUNT),
    WIRE_ROW(5, struct wire_receipt_fill, surplus_limit, AMOUNT),
    WIRE_ROW(6, struct wire_receipt_fill, alone, AMOUNT_OR_ZERO),
    WIRE_ROW(7, struct wire_receipt_fill, alone_venue, NAME_OR_EMPTY),
    WIRE_ROW(8, struct wire_receipt_fill, solution, FIXED),
    WIRE_ROW(9, struct wire_receipt_fill, unix_ms, TIME),
};

static const struct wire_map receipt_fill_map = {
    WIRE_MAP_OF(sluice__v1__receipt_fill__descriptor, struct wire_receipt_fill, receipt_fill_rows),
};

static const struct wire_row receipt_rows[] = {
    WIRE_ROW(1, struct wire_receipt, intent, FIXED),
    WIRE_ROW_LIST(2, struct wire_receipt, fills, &receipt_fill_map),
};

const struct wire_map wire_map_receipt = {
    WIRE_MAP_OF(sluice__v1__receipt__descriptor, struct wire_receipt, receipt_rows),
    .limits = &wire_limits_answer,
};

static const struct wire_row status_rows[] = {
    WIRE_ROW(1, struct wire_status, id, FIXED),
    WIRE_ROW_ENUM(2, struct wire_status, state, INTENT_REJECTED),
    WIRE_ROW(3, struct wire_status, paid, AMOUNT),
    WIRE_ROW(4, struct wire_status, got, AMOUNT),
    WIRE_ROW(5, struct wire_status, seq, UINT),
    WIRE_ROW(6, struct wire_status, venue, NAME_OR_EMPTY),
    WIRE_ROW_MAYBE(7, struct wire_status, receipt, has_receipt, &wire_map_receipt),
    WIRE_ROW_MAYBE(8, struct wire_status, intent, has_intent, &wire_map_intent),
};

static const struct wire_map status_map = {
    WIRE_MAP_OF(sluice__v1__intent_status__descriptor, struct wire_status, status_rows),
};

static const struct wire_row event_rows[] = {
    WIRE_ROW(1, struct wire_event, seq, UINT),
    WIRE_ROW(2, struct wire_event, unix_ms, TIME),
    WIRE_ROW(3, struct wire_event, intent, FIXED),
    WIRE_ROW_ENUM(4, struct wire_event, state, INTENT_REJECTED),
    WIRE_ROW(5, struct wire_event, paid, AMOUNT),
    WIRE_ROW(6, struct wire_event, got, AMOUNT),
};

static const struct wire_map event_map = {
    WIRE_MAP_OF(sluice__v1__event__descriptor, struct wire_event, event_rows),
};

static const struct wire_row balance_rows[] = {
    WIRE_ROW(1, struct wire_balance, asset, UINT),
    WIRE_ROW(2, struct wire_balance, available, AMOUNT),
    WIRE_ROW(3, struct wire_balance, held, AMOUNT),
};

static const struct wire_map balance_map = {
    WIRE_MAP_OF(sluice__v1__balance__descriptor, struct wire_balance, balance_rows),
};

static const struct wire_row item_answer_rows[] = {
    WIRE_ROW(1, struct wire_item_answer, id, FIXED_OR_ZERO),
    WIRE_ROW(2, struct wire_item_answer, code, UINT),
    WIRE_ROW(3, struct wire_item_answer, text, TEXT),
    WIRE_ROW(4, struct wire_item_answer, transient, FLAG),
    WIRE_ROW_MAYBE(5, struct wire_item_answer, status, has_status, &status_map),
    WIRE_ROW_LIST(6, struct wire_item_answer, events, &event_map),
    WIRE_ROW(7, struct wire_item_answer, newest, UINT),
    WIRE_ROW_LIST(8, struct wire_item_answer, balances, &balance_map),
};

static const struct wire_map item_answer_map = {
    WIRE_MAP_OF(sluice__v1__item_answer__descriptor, struct wire_item_answer, item_answer_rows),
};

static bool envelope_answer_valid(const void *self)
{
    const struct wire_envelope_answer *a = self;

    return a->code == 0 || a->items_n == 0;
}

static const struct wire_row envelope_answer_rows[] = {
    WIRE_ROW(1, struct wire_envelope_answer, code, UINT),
    WIRE_ROW(2, struct wire_envelope_answer, text, TEXT),
    WIRE_ROW_LIST(3, struct wire_envelope_answer, items, &item_answer_map),
};

static const struct wire_map envelope_answer_map = {
    WIRE_MAP_OF(sluice__v1__envelope_answer__descriptor, struct wire_envelope_answer,
                envelope_answer_rows),
    .valid = envelope_answer_valid,
};

static bool answer_valid(const void *self)
{
    const struct wire_answer *a = self;

    return a->code == 0 || a->answers_n == 0;
}

static const struct wire_row answer_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct wire_answer, nonce, UINT),
    WIRE_ROW(3, struct wire_answer, code, UINT),
    WIRE_ROW(4, struct wire_answer, text, TEXT),
    WIRE_ROW_LIST(5, struct wire_answer, answers, &envelope_answer_map),
};

const struct wire_map wire_map_answer = {
    WIRE_MAP_OF(sluice__v1__answer__descriptor, struct wire_answer, answer_rows),
    .valid = answer_valid,
    .limits = &wire_limits_answer,
};

/* ---- the public functions ---- */

enum err wire_payload_pack(struct wire_bytes *out, const struct wire_payload *p)
{
    return wire_map_pack(out, &wire_map_payload, p);
}

enum err wire_payload_unpack(struct wire_payload *out, struct arena *arena, const void *bytes,
                             size_t n)
{
    TRY(wire_map_unpack(out, &wire_map_payload, arena, (struct wire_span){ bytes, n }));
    for (size_t i = 0; i < out->items_n; i++)
        if (out->items[i].kind == WIRE_ITEM_INTENT)
            out->items[i].as.intent.account = out->account;
    return ERR_OK;
}

enum err wire_intent_pack(struct wire_bytes *out, const struct intent *i)
{
    return wire_map_pack(out, &wire_map_intent, i);
}

enum err wire_intent_unpack(struct intent *out, struct arena *arena, const void *bytes, size_t n)
{
    return wire_map_unpack(out, &wire_map_intent, arena, (struct wire_span){ bytes, n });
}

void wire_envelope_sign(struct wire_envelope *out, struct wire_span payload,
                        const struct sign_key *key, const struct sign_secret *secret)
{
    *out = (struct wire_envelope){ .payload = payload, .algorithm = WIRE_ED25519, .key = *key };
    sign_make(out->signature, secret, payload.bytes, payload.n);
}

bool wire_envelope_verify(const struct wire_envelope *e)
{
    return e->algorithm == WIRE_ED25519 &&
           sign_verify(e->signature, &e->key, e->payload.bytes, e->payload.n);
}

enum err wire_request_pack(struct wire_bytes *out, const struct wire_request *r)
{
    return wire_map_pack(out, &wire_map_request, r);
}

enum err wire_request_unpack(struct wire_request *out, struct arena *arena, const void *bytes,
                             size_t n)
{
    return wire_map_unpack(out, &wire_map_request, arena, (struct wire_span){ bytes, n });
}

enum err wire_answer_pack(struct wire_bytes *out, const struct wire_answer *a)
{
    return wire_map_pack(out, &wire_map_answer, a);
}

enum err wire_answer_unpack(struct wire_answer *out, struct arena *arena, const void *bytes,
                            size_t n)
{
    return wire_map_unpack(out, &wire_map_answer, arena, (struct wire_span){ bytes, n });
}

enum err wire_receipt_pack(struct wire_bytes *out, const struct wire_receipt *r)
{
    return wire_map_pack(out, &wire_map_receipt, r);
}

enum err wire_receipt_unpack(struct wire_receipt *out, struct arena *arena, const void *bytes,
                             size_t n)
{
    return wire_map_unpack(out, &wire_map_receipt, arena, (struct wire_span){ bytes, n });
}
