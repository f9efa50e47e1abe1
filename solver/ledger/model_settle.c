/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settling: pay the fills of a plan, return what was not used, empty the pot. */
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/ledger/model_state.h"

static const struct name home = { LEDGER_HOME };

/* One settle call on its way: staged covers, and the fills that it settles. */
struct settling {
    struct run *run;
    const struct ledger_settle *call;
    struct model_plan *plan;
    struct asset_amount *covers; /* what is left of the plan's covers */
    struct ledger_fill **fills;  /* [call->fills_n] of the plan; NULL: settled before */
    struct place pot;
};

static void moves_hash(struct hash *h, const struct asset_amount *moves, size_t n)
{
    hash_u64(h, n);
    for (size_t i = 0; i < n; i++) {
        hash_u64(h, moves[i].asset);
        hash_amount(h, moves[i].amount);
    }
}

/* Of the money: a receipt only tells it. */
static struct digest settle_digest(const struct ledger_settle *c)
{
    struct hash h;

    hash_init(&h, "model/settle");
    for (size_t i = 0; i < c->fills_n; i++) {
        hash_bytes(&h, c->fills[i].intent.bytes, sizeof c->fills[i].intent.bytes);
        hash_amount(&h, c->fills[i].paid);
        hash_amount(&h, c->fills[i].got);
    }
    moves_hash(&h, c->to_house, c->to_house_n);
    moves_hash(&h, c->from_house, c->from_house_n);
    moves_hash(&h, c->fees, c->fees_n);
    moves_hash(&h, c->dust, c->dust_n);
    hash_u64(&h, c->last);
    return hash_digest(&h);
}

/* The pot is the one source: what it lacks is a plan that does not add up. */
static enum reject from_pot(struct settling *s, struct place target, uint32_t asset,
                            struct amount amount)
{
    enum reject reject = model_money_move(s->run, s->pot, target, asset, amount);

    return reject == REJECT_BALANCE ? REJECT_UNBALANCED : reject;
}

static enum reject from_house(struct settling *s, const struct asset_amount *a)
{
    struct place house = { OWNER_INVENTORY, LEDGER_HOME, true };
    enum reject reject;
    size_t at = 0;

    if (amount_is_zero(a->amount))
        return REJECT_NONE;
    while (at < s->plan->covers_n && s->covers[at].asset != a->asset)
        at++;
    if (at == s->plan->covers_n || amount_cmp(a->amount, s->covers[at].amount) > 0)
        return REJECT_LIMIT;
    s->covers[at].amount = amount_sub_or_zero(s->covers[at].amount, a->amount);
    reject = model_limit_count(s->run, (struct counted){ COUNT_LEAVES, &home, a->asset }, a->amount,
                               false);
    if (reject != REJECT_NONE)
        return reject;
    return model_money_move(s->run, house, s->pot, a->asset, a->amount);
}

static bool intent_complete(const struct intent *n, struct amount paid, struct amount got)
{
    return n->kind == INTENT_SELL ? amount_cmp(paid, n->sell_amount) == 0
                                  : amount_cmp(got, n->buy_amount) == 0;
}

/* Totals of an intent with a fill; the plan made sure that paid fits. */
static enum reject fill_totals(struct amount *paid, struct amount *got, const struct intent *n,
                               const struct ledger_settle_fill *f)
{
    if (amount_add(paid, n->paid, f->paid) != ERR_OK || amount_add(got, n->got, f->got) != ERR_OK)
        return REJECT_AMOUNT_RANGE;
    if (n->kind == INTENT_BUY && amount_cmp(*got, n->buy_amount) > 0)
        return REJECT_LIMIT;
    if (!n->partial && !amount_is_zero(f->paid) && !intent_complete(n, *paid, *got))
        return REJECT_LIMIT;
    return REJECT_NONE;
}

/* The state that an intent leaves its plan in. */
static enum intent_state fill_outcome(const struct settling *s, const struct model_intent *i,
                                      struct amount paid, struct amount got)
{
    bool some = !amount_is_zero(paid);

    if (intent_complete(&i->record.intent, paid, got))
        return INTENT_FILLED;
    if (i->record.cancel_marked)
        return some ? INTENT_PARTIAL_CLOSED : INTENT_CANCELLED;
    if (i->record.intent.deadline_ms <= s->run->now_ms)
        return some ? INTENT_PARTIAL_CLOSED : INTENT_EXPIRED;
    return INTENT_ACCEPTED;
}

/* Stage the money of one fill: what it got, what it did not pay, and the hold when it ends. */
static enum reject fill_stage(struct settling *s, const struct ledger_fill *planned,
                              const struct ledger_settle_fill *f)
{
    struct model_intent *i = model_intent_find(s->run, f->intent);
    struct amount paid, got;

    CHECK(i != NULL);

    const struct intent *n = &i->record.intent;
    struct place user = { OWNER_USER, n->account.text, false };
    struct place hold = { OWNER_USER, n->account.text, true };
    enum reject reject = fill_totals(&paid, &got, n, f);

    if (reject == REJECT_NONE)
        reject = from_pot(s, user, n->buy_asset, f->got);
    if (reject == REJECT_NONE)
        reject = from_pot(s, hold, n->sell_asset, amount_sub_or_zero(planned->paid, f->paid));
    if (reject != REJECT_NONE || !intent_state_terminal(fill_outcome(s, i, paid, got)))
        return reject;
    return model_intent_release(s->run, i, amount_sub_or_zero(n->sell_amount, paid));
}

static enum reject fill_check(struct settling *s, size_t no)
{
    const struct ledger_settle_fill *f = &s->call->fills[no];
    struct ledger_fill *planned = model_plan_fill(s->plan, f->intent);

    if (planned == NULL)
        return REJECT_UNKNOWN_ID;
    for (size_t i = 0; i < no; i++) {
        if (id_cmp(s->call->fills[i].intent, f->intent) == 0)
            return REJECT_STATE;
    }
    if (planned->settled)
        return amount_cmp(planned->paid, f->paid) == 0 && amount_cmp(planned->got, f->got) == 0
                   ? REJECT_NONE
                   : REJECT_ID_CONFLICT;
    if (amount_is_zero(f->paid) != amount_is_zero(f->got))
        return REJECT_ZERO_AMOUNT;
    if (amount_cmp(f->paid, planned->paid) > 0)
        return REJECT_LIMIT;
    s->fills[no] = planned;
    return fill_stage(s, planned, f);
}

static enum reject moves_stage(struct settling *s, enum owner_kind kind, const char *name,
                               const struct asset_amount *moves, size_t n)
{
    enum reject reject = REJECT_NONE;

    for (size_t i = 0; i < n && reject == REJECT_NONE; i++)
        reject = from_pot(s, (struct place){ kind, name, false }, moves[i].asset, moves[i].amount);
    return reject;
}

static bool pot_empty(const struct settling *s)
{
    const struct table *t = &s->run->model->balances;

    for (size_t i = 0; i < t->n; i++) {
        const struct balance *b = t->rows[i].value;
        const struct holding *h = b->touched ? &b->staged : &b->now;

        if (b->owner.kind == OWNER_POT && strcmp(b->owner.name.text, s->plan->key) == 0 &&
            (!amount_is_zero(h->available) || !amount_is_zero(h->held)))
            return false;
    }
    return true;
}

static bool fill_in_call(const struct settling *s, const struct ledger_fill *planned)
{
    for (size_t i = 0; i < s->call->fills_n; i++) {
        if (s->fills[i] == planned)
            return true;
    }
    return false;
}

/* The last settle of a plan: nothing is open, nothing is left, covers go back. */
static enum reject last_stage(struct settling *s)
{
    struct place held = { OWNER_INVENTORY, LEDGER_HOME, true };
    struct place available = { OWNER_INVENTORY, LEDGER_HOME, false };
    enum reject reject = REJECT_NONE;

    for (size_t i = 0; i < s->plan->legs_n; i++) {
        if (s->plan->legs[i]->leg.state < LEG_FILLED)
            return REJECT_STATE;
    }
    for (size_t i = 0; i < s->plan->fills_n; i++) {
        if (!s->plan->fills[i].settled && !fill_in_call(s, &s->plan->fills[i]))
            return REJECT_STATE;
    }
    if (!pot_empty(s))
        return REJECT_UNBALANCED;
    for (size_t i = 0; i < s->plan->covers_n && reject == REJECT_NONE; i++) {
        struct asset_amount *c = &s->covers[i];

        reject = model_limit_count(s->run, (struct counted){ COUNT_LEAVES, &home, c->asset },
                                   c->amount, false);
        if (reject == REJECT_NONE)
            reject = model_money_move(s->run, held, available, c->asset, c->amount);
        c->amount = AMOUNT_ZERO;
    }
    return reject;
}

static enum reject settle_stage(struct settling *s)
{
    const struct ledger_settle *c = s->call;
    enum reject reject = REJECT_NONE;

    for (size_t i = 0; i < c->from_house_n && reject == REJECT_NONE; i++)
        reject = from_house(s, &c->from_house[i]);
    for (size_t i = 0; i < c->fills_n && reject == REJECT_NONE; i++)
        reject = fill_check(s, i);
    if (reject == REJECT_NONE)
        reject = moves_stage(s, OWNER_INVENTORY, LEDGER_HOME, c->to_house, c->to_house_n);
    if (reject == REJECT_NONE)
        reject = moves_stage(s, OWNER_FEES, "", c->fees, c->fees_n);
    if (reject == REJECT_NONE)
        reject = moves_stage(s, OWNER_DUST, "", c->dust, c->dust_n);
    return reject == REJECT_NONE && c->last ? last_stage(s) : reject;
}

static void receipt_write(struct model_intent *i, const struct ledger_settle_fill *f)
{
    if (f->receipt_n == 0)
        return;
    free(i->receipt);
    i->receipt = model_alloc(f->receipt_n, 1);
    memcpy(i->receipt, f->receipt, f->receipt_n);
    i->record.receipt = i->receipt;
    i->record.receipt_n = f->receipt_n;
}

static void fill_write(struct settling *s, struct ledger_fill *planned,
                       const struct ledger_settle_fill *f)
{
    struct model_intent *i = model_intent_find(s->run, f->intent);

    planned->settled = true;
    planned->paid = f->paid;
    planned->got = f->got;
    i->record.intent.paid.atoms += f->paid.atoms;
    i->record.intent.got.atoms += f->got.atoms;
    receipt_write(i, f);
    model_intent_enter(s->run, i, fill_outcome(s, i, i->record.intent.paid, i->record.intent.got));
}

static void settle_write(struct settling *s, struct digest digest)
{
    struct model_plan *p = s->plan;

    model_commit(s->run);
    for (size_t i = 0; i < s->call->fills_n; i++) {
        if (s->fills[i] != NULL)
            fill_write(s, s->fills[i], &s->call->fills[i]);
    }
    if (p->covers_n > 0)
        memcpy(p->covers, s->covers, p->covers_n * sizeof *p->covers);
    model_plan_did(p, digest);
    if (!s->call->last)
        return;
    p->closed = true;
    p->gone_ms = s->run->now_ms + s->run->model->options.retain_ms;
    (void)table_take(&s->run->model->open_plans, p->open_key);
}

enum reject model_settle(struct run *r)
{
    struct settling s = { .run = r, .call = &r->call->as.settle };
    struct digest digest = settle_digest(s.call);
    struct arena *arena = &r->model->arena;

    if (model_fence(r, s.call->fence) != REJECT_NONE)
        return REJECT_FENCE;
    s.plan = model_plan_find(r, s.call->plan);
    if (s.plan == NULL)
        return REJECT_UNKNOWN_ID;
    if (model_plan_done(s.plan, digest))
        return REJECT_NONE;
    if (s.plan->closed)
        return REJECT_STATE;
    s.pot = (struct place){ OWNER_POT, s.plan->key, false };
    s.covers = ARENA_NEW(arena, s.plan->covers_n, struct asset_amount);
    s.fills = ARENA_NEW(arena, s.call->fills_n, struct ledger_fill *);
    CHECK(s.covers != NULL && s.fills != NULL);
    if (s.plan->covers_n > 0)
        memcpy(s.covers, s.plan->covers, s.plan->covers_n * sizeof *s.covers);

    enum reject reject = settle_stage(&s);

    if (reject == REJECT_NONE)
        settle_write(&s, digest);
    return reject;
}
