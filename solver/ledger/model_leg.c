/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Legs: PREP -> SENT -> UNKNOWN -> FILLED, PART or VOID. */
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/ledger/model_state.h"

static const struct name home = { LEDGER_HOME };

static bool leg_home(const struct model_leg *l)
{
    return name_equal(&l->leg.domain, &home);
}

static bool leg_closed(const struct model_leg *l)
{
    return l->leg.state >= LEG_FILLED;
}

/* Where a leg's input comes from and its output goes to. */
static struct place leg_place(const struct model_leg *l, bool held)
{
    if (leg_home(l))
        return (struct place){ OWNER_POT, l->plan->key, held };
    return (struct place){ OWNER_INVENTORY, l->leg.domain.text, held };
}

/* What of the input is not filled yet, and of the least output. */
static struct amount leg_rest(const struct model_leg *l)
{
    return amount_sub_or_zero(l->leg.in, l->leg.filled_in);
}

static struct amount leg_missing(const struct model_leg *l)
{
    return amount_sub_or_zero(l->leg.min_out, l->leg.filled_out);
}

/* Stage that in less flies and may leave, and out less may come. */
static enum reject leg_uncount(struct run *r, const struct model_leg *l, struct amount in,
                               struct amount out)
{
    const struct ledger_leg *n = &l->leg;
    enum reject reject = model_limit_count(
        r, (struct counted){ COUNT_IN_FLIGHT, &n->venue, n->in_asset }, in, false);

    if (reject != REJECT_NONE || leg_home(l))
        return reject;
    reject =
        model_limit_count(r, (struct counted){ COUNT_LEAVES, &n->domain, n->in_asset }, in, false);
    if (reject != REJECT_NONE)
        return reject;
    return model_limit_count(r, (struct counted){ COUNT_COMES, &n->domain, n->out_asset }, out,
                             false);
}

/* Stage the end of a leg whose open part is in and out, and for which reserved is still held. */
static enum reject leg_close_stage(struct run *r, const struct model_leg *l, struct amount in,
                                   struct amount out, struct amount reserved)
{
    enum reject reject = leg_uncount(r, l, in, out);

    if (reject == REJECT_NONE)
        reject = model_limit_count(r, (struct counted){ COUNT_VALUE, &l->leg.venue, 0 },
                                   l->leg.value, false);
    if (reject == REJECT_NONE && l->leg.state != LEG_PREP)
        reject =
            model_money_move(r, leg_place(l, true), leg_place(l, false), l->leg.in_asset, reserved);
    return reject;
}

static void leg_enter(struct run *r, struct model_leg *l, enum leg_state state)
{
    bool was_open = !leg_closed(l);

    l->leg.state = state;
    if (was_open && leg_closed(l))
        r->model->open_legs--;
}

/* A leg that is not PREP any more: the same send again, or too late. */
static enum reject send_again(const struct model_leg *l, const struct ledger_leg *s)
{
    bool same =
        l->sent && amount_cmp(l->leg.in, s->in) == 0 && amount_cmp(l->leg.min_out, s->min_out) == 0;

    return same ? REJECT_NONE : REJECT_STATE;
}

static enum reject send_judge(const struct model_leg *l, const struct ledger_leg *s)
{
    int shrinks = amount_cmp(s->in, l->planned_in);
    int cheaper = amount_cmp(s->min_out, l->planned_min_out);

    if (amount_is_zero(s->in) || amount_is_zero(s->min_out))
        return REJECT_ZERO_AMOUNT;
    return shrinks > 0 || cheaper > 0 || (shrinks == 0 && cheaper != 0) ? REJECT_LIMIT
                                                                        : REJECT_NONE;
}

/*
 * What leg no of the call takes from its owner's available part: its input, less what earlier legs
 * of the same group in this call promise and nobody before it uses.
 */
static struct amount send_reserve(struct run *r, const struct model_leg *l, size_t no)
{
    const struct ledger_send *c = &r->call->as.send;
    struct amount spare = AMOUNT_ZERO;

    for (size_t i = 0; i < no && l->leg.group != 0; i++) {
        const struct model_leg *before = model_plan_leg(r, c->legs[i].id);

        if (before->leg.group != l->leg.group || before->leg.state != LEG_PREP)
            continue;
        if (before->leg.in_asset == l->leg.in_asset)
            spare = amount_sub_or_zero(spare, c->legs[i].in);
        if (before->leg.out_asset == l->leg.in_asset &&
            amount_add(&spare, spare, c->legs[i].min_out) != ERR_OK)
            spare = AMOUNT_MAX;
    }
    return amount_sub_or_zero(c->legs[no].in, spare);
}

static enum reject send_stage(struct run *r, struct model_leg *l, size_t no)
{
    const struct ledger_leg *s = &r->call->as.send.legs[no];
    enum reject reject = r->model->paused_send ? REJECT_PAUSED : send_judge(l, s);

    if (reject == REJECT_NONE)
        reject = leg_uncount(r, l, amount_sub_or_zero(l->planned_in, s->in),
                             amount_sub_or_zero(l->planned_min_out, s->min_out));
    if (reject != REJECT_NONE)
        return reject;
    l->staged = send_reserve(r, l, no);
    return model_money_move(r, leg_place(l, false), leg_place(l, true), l->leg.in_asset, l->staged);
}

static enum reject send_check(struct run *r, const struct model_plan *p, size_t *ready)
{
    const struct ledger_send *c = &r->call->as.send;

    for (size_t i = 0; i < c->legs_n; i++) {
        struct model_leg *l = model_plan_leg(r, c->legs[i].id);
        enum reject reject;

        if (l == NULL || l->plan != p)
            return REJECT_UNKNOWN_ID;
        if (l->run_seen == r->model->runs)
            return REJECT_STATE;
        l->run_seen = r->model->runs;
        if (l->leg.state == LEG_PREP) {
            reject = send_stage(r, l, i);
            (*ready)++;
        } else {
            reject = send_again(l, &c->legs[i]);
        }
        if (reject != REJECT_NONE)
            return reject;
    }
    return REJECT_NONE;
}

enum reject model_send(struct run *r)
{
    const struct ledger_send *c = &r->call->as.send;
    const struct model_plan *p;
    size_t ready = 0;

    if (model_fence(r, c->fence) != REJECT_NONE)
        return REJECT_FENCE;
    p = model_plan_find(r, c->plan);
    if (p == NULL)
        return REJECT_UNKNOWN_ID;

    enum reject reject = send_check(r, p, &ready);

    if (reject != REJECT_NONE || ready == 0)
        return reject;
    model_commit(r);
    for (size_t i = 0; i < c->legs_n; i++) {
        struct model_leg *l = model_plan_leg(r, c->legs[i].id);

        if (l->leg.state != LEG_PREP)
            continue;
        l->leg.in = c->legs[i].in;
        l->leg.min_out = c->legs[i].min_out;
        l->reserved = l->staged;
        l->sent = true;
        leg_enter(r, l, LEG_SENT);
    }
    return REJECT_NONE;
}

/* The answer of a fill id that was posted before; known says whether it was. */
static enum reject fill_again(bool *known, const struct model_leg *l,
                              const struct ledger_leg_fill *f)
{
    *known = false;
    for (size_t i = 0; i < l->fills_n; i++) {
        const struct ledger_leg_fill *k = &l->fills[i];

        if (id_cmp(k->fill, f->fill) != 0)
            continue;
        *known = true;
        return amount_cmp(k->in, f->in) == 0 && amount_cmp(k->out, f->out) == 0 &&
                       k->last == f->last
                   ? REJECT_NONE
                   : REJECT_ID_CONFLICT;
    }
    return REJECT_NONE;
}

static enum reject fill_judge(const struct model_leg *l, const struct ledger_leg_fill *f)
{
    struct amount out;

    if (l->leg.state != LEG_SENT && l->leg.state != LEG_UNKNOWN)
        return REJECT_STATE;
    if (amount_is_zero(f->in) || amount_is_zero(f->out))
        return REJECT_ZERO_AMOUNT;
    if (amount_cmp(f->in, leg_rest(l)) > 0)
        return REJECT_LIMIT;
    if (amount_add(&out, l->leg.filled_out, f->out) != ERR_OK)
        return REJECT_AMOUNT_RANGE;
    return amount_cmp(f->in, leg_rest(l)) == 0 && amount_cmp(out, l->leg.min_out) < 0 ? REJECT_LIMIT
                                                                                      : REJECT_NONE;
}

static enum reject fill_stage(struct run *r, const struct model_leg *l,
                              const struct ledger_leg_fill *f)
{
    struct place venue = { OWNER_VENUE, l->leg.venue.text, false };
    struct amount rest = amount_sub_or_zero(leg_rest(l), f->in);
    struct amount missing = amount_sub_or_zero(leg_missing(l), f->out);
    /* The reserved part first, the rest from what earlier legs of the group gave. */
    struct amount held = amount_min(l->reserved, f->in);
    enum reject reject = model_money_move(r, leg_place(l, true), venue, l->leg.in_asset, held);

    if (reject == REJECT_NONE)
        reject = model_money_move(r, leg_place(l, false), venue, l->leg.in_asset,
                                  amount_sub_or_zero(f->in, held));
    if (reject == REJECT_NONE)
        reject = model_money_move(r, venue, leg_place(l, false), l->leg.out_asset, f->out);
    if (reject == REJECT_NONE)
        reject = leg_uncount(r, l, f->in, amount_min(leg_missing(l), f->out));
    if (reject == REJECT_NONE && (f->last || amount_is_zero(rest)))
        reject = leg_close_stage(r, l, rest, missing, amount_sub_or_zero(l->reserved, held));
    return reject;
}

static void fill_write(struct run *r, struct model_leg *l, const struct ledger_leg_fill *f)
{
    l->fills = reallocarray(l->fills, l->fills_n + 1, sizeof *l->fills);
    CHECK(l->fills != NULL);
    l->fills[l->fills_n++] = *f;
    l->reserved = amount_sub_or_zero(l->reserved, f->in);
    l->leg.filled_in.atoms += f->in.atoms;
    l->leg.filled_out.atoms += f->out.atoms;
    if (amount_is_zero(leg_rest(l)))
        leg_enter(r, l, LEG_FILLED);
    else if (f->last)
        leg_enter(r, l, LEG_PART);
}

enum reject model_fill(struct run *r)
{
    const struct ledger_leg_fill *f = &r->call->as.fill;
    struct model_leg *l;
    bool known;

    if (model_fence(r, f->fence) != REJECT_NONE)
        return REJECT_FENCE;
    l = model_plan_leg(r, f->leg);
    if (l == NULL)
        return REJECT_UNKNOWN_ID;

    enum reject reject = fill_again(&known, l, f);

    if (reject != REJECT_NONE || known)
        return reject;
    reject = fill_judge(l, f);
    if (reject == REJECT_NONE)
        reject = fill_stage(r, l, f);
    if (reject != REJECT_NONE)
        return reject;
    model_commit(r);
    fill_write(r, l, f);
    return REJECT_NONE;
}

enum reject model_unknown(struct run *r)
{
    const struct ledger_leg_close *c = &r->call->as.leg_close;
    struct model_leg *l;

    if (model_fence(r, c->fence) != REJECT_NONE)
        return REJECT_FENCE;
    l = model_plan_leg(r, c->leg);
    if (l == NULL)
        return REJECT_UNKNOWN_ID;
    if (l->leg.state == LEG_UNKNOWN)
        return REJECT_NONE;
    if (l->leg.state != LEG_SENT)
        return REJECT_STATE;
    leg_enter(r, l, LEG_UNKNOWN);
    model_plan_execute(r, l->plan, &l->leg.venue);
    return REJECT_NONE;
}

enum reject model_void(struct run *r)
{
    const struct ledger_leg_close *c = &r->call->as.leg_close;
    struct model_leg *l;

    if (model_fence(r, c->fence) != REJECT_NONE)
        return REJECT_FENCE;
    l = model_plan_leg(r, c->leg);
    if (l == NULL)
        return REJECT_UNKNOWN_ID;
    if (leg_closed(l))
        return REJECT_NONE;

    enum reject reject = leg_close_stage(r, l, leg_rest(l), leg_missing(l), l->reserved);

    if (reject != REJECT_NONE)
        return reject;
    model_commit(r);
    leg_enter(r, l, amount_is_zero(l->leg.filled_in) ? LEG_VOID : LEG_PART);
    return REJECT_NONE;
}
