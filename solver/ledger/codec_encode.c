/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls as words, in the order in which the Functions take them. */
#include "solver/ledger/codec.h"

static void put_key(struct words *w, const struct sign_key *key, bool has)
{
    words_hex(w, key->bytes, has ? sizeof key->bytes : 0);
}

static void put_moves(struct words *w, const struct asset_amount *moves, size_t n)
{
    words_u64(w, n);
    for (size_t i = 0; i < n; i++) {
        words_u64(w, moves[i].asset);
        words_amount(w, moves[i].amount);
    }
}

static void encode_nothing(struct words *w, const struct ledger_call *c)
{
    (void)w;
    (void)c;
}

static void encode_accept(struct words *w, const struct ledger_call *c)
{
    const struct ledger_accept *a = &c->as.accept;

    words_id(w, a->intent.id);
    words_text(w, a->intent.account.text);
    put_key(w, &a->key, true);
    words_u64(w, a->intent.kind);
    words_flag(w, a->intent.partial);
    words_u64(w, a->intent.sell_asset);
    words_u64(w, a->intent.buy_asset);
    words_amount(w, a->intent.sell_amount);
    words_amount(w, a->intent.buy_amount);
    words_i64(w, a->intent.deadline_ms);
    words_hex(w, a->payload_hash.bytes, sizeof a->payload_hash.bytes);
    words_add(w, a->payload, a->payload_n);
}

static void encode_cancel(struct words *w, const struct ledger_call *c)
{
    words_id(w, c->as.cancel.intent);
    words_text(w, c->as.cancel.account.text);
    put_key(w, &c->as.cancel.key, true);
    words_i64(w, c->as.cancel.tombstone_until_ms);
}

static void encode_get(struct words *w, const struct ledger_call *c)
{
    words_id(w, c->as.get.intent);
}

static void encode_expire(struct words *w, const struct ledger_call *c)
{
    words_u64(w, c->as.expire.max);
}

static void encode_money(struct words *w, const struct ledger_call *c)
{
    const struct ledger_money *m = &c->as.money;
    char owner[TABLE_KEY];

    words_id(w, m->ref);
    words_text(w, owner_text(owner, &m->owner));
    put_key(w, &m->key, m->has_key);
    words_u64(w, m->what.asset);
    words_amount(w, m->what.amount);
}

static void encode_transfer(struct words *w, const struct ledger_call *c)
{
    const struct ledger_transfer *t = &c->as.transfer;

    words_id(w, t->ref);
    words_text(w, t->source.text);
    words_text(w, t->target.text);
    words_u64(w, t->what.asset);
    words_amount(w, t->what.amount);
}

static void encode_balances(struct words *w, const struct ledger_call *c)
{
    const struct ledger_balances *b = &c->as.balances;

    words_text(w, b->owner.kind == OWNER_USER ? "user" : "inv");
    words_text(w, b->owner.name.text);
    put_key(w, &b->key, b->has_key);
}

static void encode_limit_set(struct words *w, const struct ledger_call *c)
{
    const struct row *l = &c->as.limit_set.limit;

    words_u64(w, l->kind);
    words_text(w, l->subject.text);
    words_u64(w, l->asset);
    words_amount(w, l->min);
    words_amount(w, l->max);
}

static void encode_mode(struct words *w, const struct ledger_call *c)
{
    words_flag(w, c->as.mode.accept);
    words_flag(w, c->as.mode.send);
}

static void encode_lead(struct words *w, const struct ledger_call *c)
{
    words_text(w, c->as.lead.holder.text);
    words_u64(w, c->as.lead.fence);
    words_u64(w, c->as.lead.ttl_ms);
}

static void encode_freeze(struct words *w, const struct ledger_call *c)
{
    words_u64(w, c->as.freeze.fence);
    words_u64(w, c->as.freeze.max);
    words_u64(w, c->as.freeze.after);
}

static void put_leg(struct words *w, const struct ledger_leg *l)
{
    words_id(w, l->id);
    words_text(w, l->venue.text);
    words_text(w, l->domain.text);
    words_u64(w, l->curve);
    words_u64(w, l->curve_seq);
    words_u64(w, l->no);
    words_u64(w, l->stage);
    words_u64(w, l->group);
    words_u64(w, l->in_asset);
    words_u64(w, l->out_asset);
    words_amount(w, l->in);
    words_amount(w, l->min_out);
    words_amount(w, l->value);
}

static void encode_plan(struct words *w, const struct ledger_call *c)
{
    const struct ledger_plan *p = &c->as.plan;

    words_u64(w, p->fence);
    words_id(w, p->plan);
    words_u64(w, p->auction);
    words_u64(w, p->fills_n);
    for (size_t i = 0; i < p->fills_n; i++) {
        words_id(w, p->fills[i].intent);
        words_amount(w, p->fills[i].paid);
        words_amount(w, p->fills[i].got);
    }
    put_moves(w, p->covers, p->covers_n);
    words_u64(w, p->legs_n);
    for (size_t i = 0; i < p->legs_n; i++)
        put_leg(w, &p->legs[i]);
}

static void encode_send(struct words *w, const struct ledger_call *c)
{
    const struct ledger_send *s = &c->as.send;

    words_u64(w, s->fence);
    words_id(w, s->plan);
    words_u64(w, s->legs_n);
    for (size_t i = 0; i < s->legs_n; i++) {
        words_id(w, s->legs[i].id);
        words_amount(w, s->legs[i].in);
        words_amount(w, s->legs[i].min_out);
    }
}

static void encode_fill(struct words *w, const struct ledger_call *c)
{
    const struct ledger_leg_fill *f = &c->as.fill;

    words_u64(w, f->fence);
    words_id(w, f->leg);
    words_id(w, f->fill);
    words_amount(w, f->in);
    words_amount(w, f->out);
    words_flag(w, f->last);
}

static void encode_leg_close(struct words *w, const struct ledger_call *c)
{
    words_u64(w, c->as.leg_close.fence);
    words_id(w, c->as.leg_close.leg);
}

static void encode_settle(struct words *w, const struct ledger_call *c)
{
    const struct ledger_settle *s = &c->as.settle;

    words_u64(w, s->fence);
    words_id(w, s->plan);
    words_u64(w, s->fills_n);
    for (size_t i = 0; i < s->fills_n; i++) {
        words_id(w, s->fills[i].intent);
        words_amount(w, s->fills[i].paid);
        words_amount(w, s->fills[i].got);
        words_add(w, s->fills[i].receipt, s->fills[i].receipt_n);
    }
    put_moves(w, s->to_house, s->to_house_n);
    put_moves(w, s->from_house, s->from_house_n);
    put_moves(w, s->fees, s->fees_n);
    put_moves(w, s->dust, s->dust_n);
    words_flag(w, s->last);
}

static void encode_report(struct words *w, const struct ledger_call *c)
{
    const struct ledger_report *r = &c->as.report;

    words_u64(w, r->fence);
    words_add(w, r->venues, r->venues_n);
    words_add(w, r->batch, r->batch_n);
}

static void encode_events(struct words *w, const struct ledger_call *c)
{
    words_u64(w, c->as.events.after);
    words_u64(w, c->as.events.max);
}

static void encode_audit(struct words *w, const struct ledger_call *c)
{
    words_flag(w, c->as.audit.full);
}

static void (*const encoders[LEDGER_FNS_N])(struct words *w, const struct ledger_call *c) = {
    [LEDGER_accept] = encode_accept,
    [LEDGER_cancel] = encode_cancel,
    [LEDGER_get] = encode_get,
    [LEDGER_expire] = encode_expire,
    [LEDGER_deposit] = encode_money,
    [LEDGER_withdraw] = encode_money,
    [LEDGER_transfer] = encode_transfer,
    [LEDGER_balances] = encode_balances,
    [LEDGER_limit_set] = encode_limit_set,
    [LEDGER_limits] = encode_nothing,
    [LEDGER_mode] = encode_mode,
    [LEDGER_lead] = encode_lead,
    [LEDGER_freeze] = encode_freeze,
    [LEDGER_plan] = encode_plan,
    [LEDGER_extend] = encode_plan,
    [LEDGER_send] = encode_send,
    [LEDGER_fill] = encode_fill,
    [LEDGER_unknown] = encode_leg_close,
    [LEDGER_void] = encode_leg_close,
    [LEDGER_settle] = encode_settle,
    [LEDGER_plans] = encode_nothing,
    [LEDGER_report] = encode_report,
    [LEDGER_reports] = encode_nothing,
    [LEDGER_events] = encode_events,
    [LEDGER_audit] = encode_audit,
    [LEDGER_checkpoint] = encode_nothing,
};

void codec_encode(struct words *out, const struct ledger_call *call)
{
    encoders[call->fn](out, call);
}
