/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intents: acceptance, cancelling, expiry, and the doors between their states. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

void model_intent_free(struct model_intent *i)
{
    if (i != NULL)
        free(i->receipt);
    free(i);
}

/* The record of an id, unless it was never there or is forgotten. */
struct model_intent *model_intent_find(struct run *r, struct id id)
{
    char key[ID_TEXT];
    struct model_intent *i = table_get(&r->model->intents, id_text(key, id));

    if (i == NULL || i->gone_ms == 0 || r->now_ms <= i->gone_ms)
        return i;
    (void)table_take(&r->model->intents, key);
    model_intent_free(i);
    return NULL;
}

/* The record for its owner: with key and receipt. */
void model_intent_reply(struct run *r, const struct model_intent *i)
{
    struct ledger_intent *out = &r->reply->intent;
    const struct account *a = table_get(&r->model->accounts, i->record.intent.account.text);

    *out = i->record;
    if (a != NULL)
        out->key = a->key;
    if (out->receipt_n > 0) {
        char *copy = arena_copy_text(&r->model->arena, (const char *)i->receipt, out->receipt_n);

        CHECK(copy != NULL);
        out->receipt = (const uint8_t *)copy;
    }
}

/* The record in a list: without key and receipt. */
void model_intent_list(struct run *r, const struct model_intent *i)
{
    struct ledger_intent *row = MODEL_ROW(r, intents, struct ledger_intent);

    *row = i->record;
    row->receipt = NULL;
    row->receipt_n = 0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void intent_reopen(struct model *m, struct model_intent *i)
{
    const struct intent *n = &i->record.intent;

    (void)snprintf(i->open_key, sizeof i->open_key, "%020" PRIu64, n->seq);
    (void)snprintf(i->due_key, sizeof i->due_key, "%020" PRId64 ":%.32s", n->deadline_ms, i->key);
    table_put(&m->open, i->open_key, i);
    table_put(&m->due, i->due_key, i);
}

void model_intent_enter(struct run *r, struct model_intent *i, enum intent_state state)
{
    struct model *m = r->model;

    (void)table_take(&m->open, i->open_key);
    (void)table_take(&m->due, i->due_key);
    i->record.state = state;
    if (state == INTENT_ACCEPTED)
        intent_reopen(m, i);
    if (state == INTENT_ACCEPTED || intent_state_terminal(state)) {
        i->record.plan = (struct id){ { 0 } };
        i->record.venue = (struct name){ { 0 } };
    }
    if (intent_state_terminal(state))
        i->gone_ms = later(r->now_ms, i->record.intent.deadline_ms) + m->options.retain_ms;
    model_event_add(r, i);
}

enum intent_state model_intent_ended(const struct model_intent *i, bool cancelled)
{
    if (!amount_is_zero(i->record.intent.paid))
        return INTENT_PARTIAL_CLOSED;
    return cancelled ? INTENT_CANCELLED : INTENT_EXPIRED;
}

/* Stage the return of an intent's hold. */
enum reject model_intent_release(struct run *r, const struct model_intent *i, struct amount hold)
{
    const char *account = i->record.intent.account.text;

    return model_money_move(r, (struct place){ OWNER_USER, account, true },
                            (struct place){ OWNER_USER, account, false },
                            i->record.intent.sell_asset, hold);
}

static struct amount hold_of(const struct model_intent *i)
{
    return amount_sub_or_zero(i->record.intent.sell_amount, i->record.intent.paid);
}

static struct model_intent *intent_add(struct run *r, struct id id)
{
    struct model_intent *i = model_alloc(1, sizeof *i);

    id_text(i->key, id);
    i->record.intent.id = id;
    table_put(&r->model->intents, i->key, i);
    return i;
}

static struct model_intent *tombstone_add(struct run *r, struct id id, const struct name *account,
                                          enum reject refused, int64_t until_ms)
{
    struct model_intent *i = intent_add(r, id);

    i->record.intent.account = *account;
    i->record.intent.deadline_ms = until_ms;
    i->record.state = INTENT_REJECTED;
    i->record.refused = refused;
    i->gone_ms = until_ms;
    return i;
}

/* The stored answer of an id that is known. */
static enum reject accept_again(struct run *r, const struct model_intent *i)
{
    const struct ledger_accept *a = &r->call->as.accept;
    bool cancelled = i->record.refused == REJECT_CANCELLED;

    if (!name_equal(&i->record.intent.account, &a->intent.account) ||
        (!cancelled && !digest_equal(i->payload_hash, a->payload_hash)))
        return REJECT_ID_CONFLICT;
    model_intent_reply(r, i);
    r->reply->seq = i->record.intent.seq;
    return i->record.refused;
}

/* What needs no memory of the refusal: repeated, it is judged again. */
static enum reject accept_judge(const struct run *r, const struct intent *n)
{
    if (r->model->paused_accept)
        return REJECT_PAUSED;
    if (n->sell_asset == n->buy_asset)
        return REJECT_SAME_ASSET;
    if (amount_is_zero(n->sell_amount) || amount_is_zero(n->buy_amount))
        return REJECT_ZERO_AMOUNT;
    if (n->deadline_ms <= r->now_ms)
        return REJECT_EXPIRED;
    if (n->deadline_ms > r->now_ms + LEDGER_DEADLINE_MAX_MS)
        return REJECT_DEADLINE_FAR;
    return REJECT_NONE;
}

/* Stage the hold. */
static enum reject accept_hold(struct run *r, const struct intent *n)
{
    const char *account = n->account.text;
    enum reject reject = model_money_move(r, (struct place){ OWNER_USER, account, false },
                                          (struct place){ OWNER_USER, account, true },
                                          n->sell_asset, n->sell_amount);

    if (reject != REJECT_NONE)
        return reject;
    return model_limit_held(
        r, &n->account, n->sell_asset,
        model_money_get(r->model, OWNER_USER, account, n->sell_asset)->staged.held);
}

static void accept_write(struct run *r)
{
    const struct ledger_accept *a = &r->call->as.accept;
    struct model_intent *i = intent_add(r, a->intent.id);

    i->record.intent = a->intent;
    i->record.intent.paid = AMOUNT_ZERO;
    i->record.intent.got = AMOUNT_ZERO;
    i->record.intent.seq = ++r->model->seq;
    i->payload_hash = a->payload_hash;
    model_commit(r);
    model_intent_enter(r, i, INTENT_ACCEPTED);
    model_intent_reply(r, i);
    r->reply->seq = i->record.intent.seq;
}

enum reject model_accept(struct run *r)
{
    const struct ledger_accept *a = &r->call->as.accept;
    const struct intent *n = &a->intent;
    enum reject reject = model_money_key(r, &n->account, &a->key);
    struct model_intent *i;

    if (reject != REJECT_NONE)
        return reject;
    i = model_intent_find(r, n->id);
    if (i != NULL)
        return accept_again(r, i);
    reject = accept_judge(r, n);
    if (reject != REJECT_NONE)
        return reject;
    reject = accept_hold(r, n);
    if (reject == REJECT_NONE) {
        accept_write(r);
        return REJECT_NONE;
    }
    i = tombstone_add(r, n->id, &n->account, reject, n->deadline_ms);
    i->payload_hash = a->payload_hash;
    model_intent_reply(r, i);
    return reject;
}

static enum reject cancel_unknown(struct run *r)
{
    const struct ledger_cancel *c = &r->call->as.cancel;

    if (c->tombstone_until_ms <= r->now_ms)
        return REJECT_UNKNOWN_ID;
    if (c->tombstone_until_ms > r->now_ms + LEDGER_TOMBSTONE_MAX_MS)
        return REJECT_DEADLINE_FAR;
    model_intent_reply(
        r, tombstone_add(r, c->intent, &c->account, REJECT_CANCELLED, c->tombstone_until_ms));
    return REJECT_NONE;
}

/* A final intent: the same cancel again, or too late. */
static enum reject cancel_final(const struct model_intent *i)
{
    enum intent_state s = i->record.state;
    bool by_cancel =
        i->record.cancel_marked && (s == INTENT_CANCELLED || s == INTENT_PARTIAL_CLOSED);

    return by_cancel || i->record.refused == REJECT_CANCELLED ? REJECT_NONE : REJECT_TOO_LATE;
}

static enum reject cancel_known(struct run *r, struct model_intent *i)
{
    enum reject reject = REJECT_IN_BATCH;

    if (intent_state_terminal(i->record.state))
        return cancel_final(i);
    if (i->record.state == INTENT_ACCEPTED) {
        reject = model_intent_release(r, i, hold_of(i));
        if (reject != REJECT_NONE)
            return reject;
        model_commit(r);
        i->record.cancel_marked = true;
        model_intent_enter(r, i, model_intent_ended(i, true));
    }
    i->record.cancel_marked = true;
    return reject;
}

enum reject model_cancel(struct run *r)
{
    const struct ledger_cancel *c = &r->call->as.cancel;
    enum reject reject = model_money_key(r, &c->account, &c->key);
    struct model_intent *i;

    if (reject != REJECT_NONE)
        return reject;
    i = model_intent_find(r, c->intent);
    if (i == NULL)
        return cancel_unknown(r);
    if (!name_equal(&i->record.intent.account, &c->account))
        return REJECT_FOREIGN_ACCOUNT;
    reject = cancel_known(r, i);
    model_intent_reply(r, i);
    return reject;
}

enum reject model_get(struct run *r)
{
    const struct model_intent *i = model_intent_find(r, r->call->as.get.intent);

    if (i == NULL)
        return REJECT_UNKNOWN_ID;
    model_intent_reply(r, i);
    return REJECT_NONE;
}

/* The first intents that are due, at most max; returns how many. */
static size_t due_count(const struct run *r)
{
    const struct table *due = &r->model->due;
    size_t n = 0;

    while (n < due->n && n < r->call->as.expire.max &&
           ((const struct model_intent *)due->rows[n].value)->record.intent.deadline_ms <=
               r->now_ms)
        n++;
    return n;
}

enum reject model_expire(struct run *r)
{
    const struct table *due = &r->model->due;
    size_t n = due_count(r);

    for (size_t k = 0; k < n; k++) {
        const struct model_intent *i = due->rows[k].value;
        enum reject reject = model_intent_release(r, i, hold_of(i));

        if (reject != REJECT_NONE)
            return reject;
    }
    if (n > 0)
        model_commit(r);
    for (size_t k = 0; k < n; k++) {
        struct model_intent *i = due->rows[0].value; /* entering takes it out */

        model_intent_enter(r, i, model_intent_ended(i, false));
        model_intent_list(r, i);
    }
    return REJECT_NONE;
}
