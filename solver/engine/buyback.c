/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buyback -- a pot that two failed venues left short buys what its fills still lack.
 *
 * What such a pot holds and owes to nobody is sold like any intent: a batch of its own, with orders
 * of the pot instead of those of users, is frozen, solved and certified as ever, and its legs then
 * extend the pot's own plan. Sent, collected and settled they are like the others; if the orders
 * fill badly the pot is parked again and the next try asks for less, down to what users signed.
 * When that does not help the house pays from its inventory and takes over what the pot can spare,
 * if the difference at the marks is small enough (buyback_house_value).
 */
#include <inttypes.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/engine/leader.h"
#include "solver/engine/snapshot.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define WAIT_MAX_MS 8000 /* between two tries */
#define ROBUST_TRIES 4   /* later ones risk that a leg fails and the pot holds a third asset */
#define ORDERS_MAX 64
#define BUYBACKS_MAX 10 /* tries; then fills may get less than planned */
#define GROUND_PPT                                                                                 \
    1 /* the first try asks for 1/1000 less than planned, each later one twice that */

/* A shortage or a spare of the pot, with its weight: the value at the marks, at least 1. */
struct side {
    uint32_t asset;
    struct amount amount;
    struct amount weight;
};

struct offer {
    struct side sells[RUN_ASSETS_MAX], buys[RUN_ASSETS_MAX];
    size_t sells_n, buys_n;
    struct amount sells_weight, buys_weight;
};

struct id buyback_due(const struct leader *l, uint64_t now)
{
    for (size_t i = 0; i < l->runs_n; i++) {
        const struct run *r = l->runs[i];
        if (r->parked && r->result == ALLOCATE_UNCOVERED && now >= r->buyback_ns)
            return r->plan;
    }
    return (struct id){ { 0 } };
}

static struct amount weight_of(const struct asset *asset, struct amount atoms)
{
    struct price mark = snapshot_mark(asset);
    struct amount value;

    if (amount_muldiv_ceil(&value, atoms, mark.num, mark.den) != ERR_OK || amount_is_zero(value))
        return AMOUNT_OF(1);
    return value;
}

static enum err side_add(const struct leader *l, struct side *list, size_t *n, struct amount *sum,
                         uint32_t asset, struct amount amount)
{
    const struct asset *known = asset_get(l->assets, asset);

    if (known == NULL || amount_is_zero(amount))
        return ERR_OK;
    struct side *s = &list[(*n)++];
    *s = (struct side){ .asset = asset, .amount = amount, .weight = weight_of(known, amount) };
    return amount_add(sum, *sum, s->weight);
}

/* What this try asks for at least: less each time, but never less than users signed. */
static struct amount ask_of(const struct run *r, const struct allocate_asset *a)
{
    uint64_t ground = GROUND_PPT << (r->buybacks < BUYBACKS_MAX ? r->buybacks : BUYBACKS_MAX);
    struct amount less = a->needed, ask = a->needed;

    if (ground < 1000)
        CHECK(amount_muldiv_floor(&less, a->needed, AMOUNT_OF(ground), AMOUNT_OF(1000)) == ERR_OK);
    ask = amount_sub_or_zero(ask, less);
    if (amount_cmp(ask, a->needed_min) < 0)
        ask = a->needed_min;
    return amount_is_zero(ask) ? AMOUNT_OF(1) : ask;
}

static enum err offer_of(struct offer *t, const struct leader *l, const struct run *r)
{
    *t = (struct offer){ .sells_n = 0 };
    for (size_t i = 0; i < r->assets_n; i++) {
        const struct allocate_asset *a = &r->assets[i];
        TRY(side_add(l, t->sells, &t->sells_n, &t->sells_weight, a->asset, a->spare));
        if (!amount_is_zero(a->needed))
            TRY(side_add(l, t->buys, &t->buys_n, &t->buys_weight, a->asset, ask_of(r, a)));
    }
    return ERR_OK;
}

/* Each spare buys of each shortage the share that its weight pays. */
static enum err order_amounts(struct intent *order, const struct offer *t, const struct side *sell,
                              const struct side *buy)
{
    TRY(amount_muldiv_floor(&order->sell_amount, sell->amount, buy->weight, t->buys_weight));
    return amount_muldiv_ceil(&order->buy_amount, buy->amount, sell->weight, t->sells_weight);
}

static struct id order_id(const struct run *r, uint64_t auction, size_t no)
{
    struct hash h;

    hash_init(&h, "sluice/buyback");
    hash_bytes(&h, r->plan.bytes, ID_BYTES);
    hash_u64(&h, auction);
    hash_u64(&h, no);
    return hash_id(&h);
}

/* Orders of the pot instead of users' intents. false: it has nothing to sell. */
static bool orders_make(struct leader *l, const struct run *r, struct ledger_reply *frozen)
{
    struct ledger_intent *orders = ARENA_NEW(&l->batch.arena, ORDERS_MAX, struct ledger_intent);
    struct offer t;
    size_t n = 0;

    if (orders == NULL || offer_of(&t, l, r) != ERR_OK)
        return false;
    for (size_t s = 0; s < t.sells_n; s++) {
        for (size_t b = 0; b < t.buys_n && n < ORDERS_MAX; b++) {
            struct intent order = { .id = order_id(r, frozen->auction, n),
                                    .kind = INTENT_SELL,
                                    .partial = true,
                                    .sell_asset = t.sells[s].asset,
                                    .buy_asset = t.buys[b].asset,
                                    .deadline_ms = INT64_MAX };
            if (order_amounts(&order, &t, &t.sells[s], &t.buys[b]) != ERR_OK ||
                amount_is_zero(order.sell_amount) || order.sell_asset == order.buy_asset)
                continue;
            orders[n++] = (struct ledger_intent){ .intent = order, .state = INTENT_ACCEPTED };
        }
    }
    frozen->intents = orders;
    frozen->intents_n = n;
    frozen->balances_n = 0; /* the pot pays, no inventory does */
    return n > 0;
}

/* Add legs or cover to the plan. false: refused, or the reign is over. */
static bool plan_extend(struct leader *l, const struct ledger_plan *more)
{
    const struct ledger_call call = { .fn = LEDGER_extend, .as.plan = *more };
    struct ledger_reply reply;

    if (!leader_commit(l, &reply, &call))
        return false;
    if (reply.reject != REJECT_NONE)
        log_event(LOG_EV_PLAN_REFUSED, "auction=%" PRIu64 " extend=%s", more->auction,
                  reject_name(reply.reject));
    return reply.reject == REJECT_NONE;
}

/* Does the solution sell all that was offered?  Then a later try would find no more. */
static bool sells_all(const struct batch *b)
{
    if (b->best.fills_n < b->auction.intents_n)
        return false;
    for (size_t i = 0; i < b->best.fills_n; i++) {
        const struct solution_fill *f = &b->best.fills[i];
        if (u256_cmp(&f->paid, &b->auction.intents[f->intent].sell_max) < 0)
            return false;
    }
    return true;
}

static uint32_t last_group(const struct run *r)
{
    uint32_t last = 0;

    for (size_t i = 0; i < r->legs_n; i++)
        last = r->legs[i].leg.group > last ? r->legs[i].leg.group : last;
    return last;
}

static struct run *run_of_batch(struct leader *l)
{
    for (size_t i = 0; i < l->runs_n; i++) {
        struct run *r = l->runs[i];
        if (id_cmp(r->plan, l->batch.buyback) == 0 && r->parked && r->result == ALLOCATE_UNCOVERED)
            return r;
    }
    return NULL; /* settled meanwhile */
}

/* The legs of the batch's solution as further stages of the run. */
static bool legs_append(struct leader *l, struct run *r)
{
    struct ledger_leg legs[RUN_ITEMS_MAX];
    size_t n = l->batch.best.legs_n;
    uint32_t stage = run_last_stage(r) + 1, group = last_group(r);

    if (n == 0 || r->legs_n + n > RUN_ITEMS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct run_leg g = plan_leg(l, (uint32_t)i);
        g.leg.no = (uint32_t)(r->legs_n + i);
        g.leg.stage += stage;
        g.leg.group += g.leg.group != 0 ? group : 0;
        r->legs[r->legs_n + i] = g;
        legs[i] = g.leg;
    }
    const struct ledger_plan more = { .fence = l->fence,
                                      .plan = r->plan,
                                      .auction = l->batch.auction.number,
                                      .legs = legs,
                                      .legs_n = n };
    if (!plan_extend(l, &more))
        return false;
    for (size_t i = r->legs_n; i < r->legs_n + n; i++)
        venue_leg_opened(&l->venues.venues[r->legs[i].venue], r->legs[i].leg.curve);
    r->buyback_leg = r->legs_n;
    r->legs_n += n;
    return true;
}

enum step_result buyback_plan(struct leader *l)
{
    struct run *r = run_of_batch(l);

    if (r == NULL || !legs_append(l, r))
        return STEP_END;
    log_event(LOG_EV_BUYBACK, "auction=%" PRIu64 " by=%" PRIu64 " legs=%zu", r->auction,
              l->batch.auction.number, l->batch.best.legs_n);
    r->sold_all = sells_all(&l->batch);
    r->parked = false;
    return STEP_END;
}

bool buyback_is_done(const struct run *r)
{
    if (r->buybacks >= BUYBACKS_MAX)
        return true;
    for (size_t i = r->buyback_leg; i < r->legs_n; i++) {
        const struct run_leg *g = &r->legs[i];
        if (g->state != RUN_LEG_CLOSED || amount_cmp(g->leg.filled_in, g->leg.in) != 0)
            return false;
    }
    return r->sold_all;
}

static void cover_add(struct run *r, struct asset_amount more)
{
    for (size_t i = 0; i < r->covers_n; i++) {
        struct asset_amount *c = &r->covers[i];
        if (c->asset != more.asset)
            continue;
        CHECK(amount_add(&c->amount, c->amount, more.amount) == ERR_OK); /* the ledger holds both */
        return;
    }
    CHECK(r->covers_n < RUN_ASSETS_MAX);
    r->covers[r->covers_n++] = more;
}

/* Value at the mark; false without one. */
static bool value_add(struct amount *sum, const struct leader *l, uint32_t asset,
                      struct amount atoms)
{
    const struct asset *known = asset_get(l->assets, asset);

    return known != NULL && !amount_is_zero(known->mark) &&
           amount_add(sum, *sum, weight_of(known, atoms)) == ERR_OK;
}

/* What the house would pay for what is missing to the limits, less what it takes in exchange. */
static bool house_may_pay(const struct leader *l, const struct run *r)
{
    struct amount pays = AMOUNT_ZERO, takes = AMOUNT_ZERO;

    for (size_t i = 0; i < r->assets_n; i++) {
        const struct allocate_asset *a = &r->assets[i];
        if (!amount_is_zero(a->needed_min) && !value_add(&pays, l, a->asset, a->needed_min))
            return false;
        if (!amount_is_zero(a->spare))
            (void)value_add(&takes, l, a->asset, a->spare); /* without a mark it counts nothing */
    }
    return !amount_is_zero(pays) && amount_cmp(amount_sub_or_zero(pays, takes),
                                               AMOUNT_OF(l->config->buyback_house_value)) <= 0;
}

/* The house pays what is missing to the limits and takes over what the pot can spare. */
static bool house_covers(struct leader *l, struct run *r, uint64_t auction)
{
    struct asset_amount covers[RUN_ASSETS_MAX];
    size_t n = 0;

    if (!house_may_pay(l, r))
        return false;
    for (size_t i = 0; i < r->assets_n; i++) {
        const struct allocate_asset *a = &r->assets[i];
        if (!amount_is_zero(a->needed_min))
            covers[n++] = (struct asset_amount){ a->asset, a->needed_min };
    }
    const struct ledger_plan more = {
        .fence = l->fence, .plan = r->plan, .auction = auction, .covers = covers, .covers_n = n
    };
    if (r->covers_n + n > RUN_ASSETS_MAX || !plan_extend(l, &more))
        return false;
    log_event(LOG_EV_BUYBACK, "auction=%" PRIu64 " by=house assets=%zu", r->auction, n);
    for (size_t i = 0; i < n; i++)
        cover_add(r, covers[i]);
    return true;
}

bool buyback_freeze(struct leader *l, struct ledger_reply *frozen)
{
    struct run *r = run_of_batch(l);
    uint64_t wait_ms = l->config->batch_ms;

    if (r == NULL)
        return false;
    for (uint32_t i = 0; i < r->buybacks && wait_ms < WAIT_MAX_MS; i++)
        wait_ms *= 2;
    r->buyback_ns = l->clock.now_ns(l->clock.self) + wait_ms * MS_NS;
    r->buybacks++;
    l->batch.robust = r->buybacks <= ROBUST_TRIES;
    bool orders = orders_make(l, r, frozen);
    if (orders && r->buybacks < BUYBACKS_MAX)
        return true;
    if (!house_covers(l, r, frozen->auction))
        return orders;
    r->parked = false; /* it can be settled now */
    return false;
}
