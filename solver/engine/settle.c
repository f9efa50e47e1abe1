/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "proto/wire_intent.h"
#include "solver/core/check.h"
#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define RETRY_MS 1000
#define ALARM_MS 10000
#define PART_MAX 100         /* fills of one settle call */
#define RECEIPT_FILLS_MAX 20 /* the newest ones; they fit into LEDGER_PAYLOAD_MAX */

static void asset_add(struct run *r, uint32_t asset)
{
    size_t at = 0;

    while (at < r->assets_n && r->assets[at].asset < asset)
        at++;
    if (at < r->assets_n && r->assets[at].asset == asset)
        return;
    CHECK(r->assets_n < RUN_ASSETS_MAX);
    memmove(&r->assets[at + 1], &r->assets[at], (r->assets_n - at) * sizeof *r->assets);
    r->assets[at] = (struct allocate_asset){ .asset = asset };
    r->assets_n++;
}

static void assets_take(struct run *r)
{
    r->assets_n = 0;
    for (size_t i = 0; i < r->fills_n; i++) {
        asset_add(r, r->fills[i].intent.sell_asset);
        asset_add(r, r->fills[i].intent.buy_asset);
    }
    for (size_t i = 0; i < r->outcomes_n; i++) {
        asset_add(r, r->outcomes[i].in_asset);
        asset_add(r, r->outcomes[i].out_asset);
    }
    for (size_t i = 0; i < r->covers_n; i++)
        asset_add(r, r->covers[i].asset);
    for (size_t i = 0; i < r->covers_n; i++) {
        for (size_t k = 0; k < r->assets_n; k++) {
            if (r->assets[k].asset == r->covers[i].asset)
                r->assets[k].cover = r->covers[i].amount;
        }
    }
}

static void outcomes_take(struct run *r)
{
    r->outcomes_n = 0;
    for (size_t i = 0; i < r->legs_n; i++) {
        const struct ledger_leg *g = &r->legs[i].leg;
        bool unknown = r->legs[i].state == RUN_LEG_UNKNOWN;
        if (strcmp(g->domain.text, LEDGER_HOME) != 0)
            continue; /* it trades the inventory of its own domain, not the pot */
        struct allocate_leg *o = &r->outcomes[r->outcomes_n++];
        *o = (struct allocate_leg){ .in_asset = g->in_asset,
                                    .out_asset = g->out_asset,
                                    .unknown = unknown,
                                    .in = unknown ? run_reserve(r, i) : g->filled_in,
                                    .out = g->filled_out };
        /* A leg that shrank to nothing was never sent and promised nothing. */
        if (!amount_is_zero(o->in))
            CHECK(amount_muldiv_floor(&o->promised, g->min_out, o->in, g->in) == ERR_OK);
    }
}

static void shares_take(struct run *r)
{
    for (size_t i = 0; i < r->fills_n; i++) {
        const struct run_fill *f = &r->fills[i];
        struct allocate_fill *s = &r->shares[i];
        struct amount paid = s->paid, got = s->got; /* of an earlier settle */
        *s = (struct allocate_fill){ .intent = f->intent.id,
                                     .sell_asset = f->intent.sell_asset,
                                     .buy_asset = f->intent.buy_asset,
                                     .partial = f->intent.partial,
                                     .exact_buy = f->intent.kind == INTENT_BUY,
                                     .signed_sell = f->intent.sell_amount,
                                     .signed_buy = f->intent.buy_amount,
                                     .planned_paid = f->paid,
                                     .planned_got = f->got,
                                     .state = f->settled ? ALLOCATE_SETTLED : ALLOCATE_PLANNED };
        if (f->settled) {
            s->paid = paid;
            s->got = got;
        }
    }
}

enum step_result step_allocate(struct leader *l, struct run *r)
{
    struct allocate x = { .fills = r->shares,
                          .fills_n = r->fills_n,
                          .to_limit = buyback_is_done(r) };

    outcomes_take(r);
    assets_take(r);
    shares_take(r);
    x.legs = r->outcomes;
    x.legs_n = r->outcomes_n;
    x.assets = r->assets;
    x.assets_n = r->assets_n;
    enum err err = allocate_run(&r->result, &x);
    if (err != ERR_OK) {
        log_event(LOG_EV_UNCOVERED, "auction=%" PRIu64 " err=%s", r->auction, err_name(err));
        r->result = ALLOCATE_UNCOVERED;
        r->parked = true;
        r->retry_ns = l->clock.now_ns(l->clock.self) + RETRY_MS * MS_NS;
        r->step = ENGINE_collect;
        return STEP_WAIT;
    }
    return STEP_NEXT;
}

/* What earlier batches filled, from the ledger's receipt; none when it cannot be had. */
static void earlier_fills(struct leader *l, struct wire_receipt *receipt, const struct run_fill *f)
{
    const struct ledger_call call = { .fn = LEDGER_get, .as.get = { .intent = f->intent.id } };
    struct ledger_reply reply;

    receipt->fills_n = 0;
    if (amount_is_zero(f->intent.paid) || !leader_call(l, &reply, &call, 1) ||
        reply.reject != REJECT_NONE)
        return;
    if (wire_receipt_unpack(receipt, &l->scratch, reply.intent.receipt, reply.intent.receipt_n) !=
        ERR_OK)
        receipt->fills_n = 0;
}

/* One fill of this run as a receipt tells it. */
static struct wire_receipt_fill receipt_fill(struct leader *l, const struct run *r,
                                             const struct run_fill *f,
                                             const struct allocate_fill *s)
{
    bool whole = amount_cmp(s->paid, f->paid) == 0 && amount_cmp(s->got, f->got) == 0;

    return (struct wire_receipt_fill){
        .auction = r->auction,
        .batch = r->plan,
        .paid = s->paid,
        .got = s->got,
        .surplus_limit = intent_surplus(&f->intent, s->paid, s->got),
        .alone = whole ? f->alone : AMOUNT_ZERO,
        .alone_venue = whole ? f->alone_venue : (struct name){ { 0 } },
        .solution = r->solution,
        .unix_ms = l->clock.unix_ms(l->clock.self),
    };
}

/* Attach to out the receipt of all fills so far, in l->outgoing; none when memory is out. */
static void receipt_make(struct leader *l, struct ledger_settle_fill *out, const struct run *r,
                         const struct run_fill *f, const struct allocate_fill *s)
{
    struct wire_receipt_fill fills[RECEIPT_FILLS_MAX + 1];
    struct wire_receipt receipt = { .intent = f->intent.id };
    struct wire_bytes bytes = { 0 };
    size_t n = 0;

    arena_reset(&l->scratch);
    earlier_fills(l, &receipt, f);
    size_t skip =
        receipt.fills_n >= RECEIPT_FILLS_MAX ? receipt.fills_n + 1 - RECEIPT_FILLS_MAX : 0;
    for (size_t i = skip; i < receipt.fills_n; i++)
        fills[n++] = receipt.fills[i];
    fills[n++] = receipt_fill(l, r, f, s);
    receipt.fills = fills;
    receipt.fills_n = n;
    if (wire_receipt_pack(&bytes, &receipt) == ERR_OK && bytes.n <= LEDGER_PAYLOAD_MAX) {
        uint8_t *copy = arena_alloc(&l->outgoing, bytes.n, 1);
        if (copy != NULL)
            memcpy(copy, bytes.data, bytes.n);
        out->receipt = copy;
        out->receipt_n = copy != NULL ? bytes.n : 0;
    }
    wire_bytes_fini(&bytes);
}

/* The fills that settle now, and where they stand in the run. */
struct settling {
    struct ledger_settle_fill fills[RUN_ITEMS_MAX];
    size_t which[RUN_ITEMS_MAX];
    size_t n;
};

static void fills_take(struct leader *l, struct settling *out, const struct run *r)
{
    out->n = 0;
    for (size_t i = 0; i < r->fills_n; i++) {
        const struct run_fill *f = &r->fills[i];
        const struct allocate_fill *s = &r->shares[i];
        if (f->settled || s->state != ALLOCATE_SETTLED)
            continue;
        bool dropped = amount_is_zero(s->paid);
        /* I3: nobody is ever paid less than signed. */
        CHECK(dropped ? amount_is_zero(s->got)
                      : amount_limit_holds(s->paid, s->got, f->intent.sell_amount,
                                           f->intent.buy_amount));
        struct ledger_settle_fill *fill = &out->fills[out->n];
        *fill =
            (struct ledger_settle_fill){ .intent = f->intent.id, .paid = s->paid, .got = s->got };
        if (!dropped)
            receipt_make(l, fill, r, f, s);
        out->which[out->n++] = i;
    }
}

struct movements {
    struct asset_amount to_house[RUN_ASSETS_MAX], from_house[RUN_ASSETS_MAX];
    struct asset_amount fees[RUN_ASSETS_MAX], dust[RUN_ASSETS_MAX];
    size_t to_house_n, from_house_n, fees_n, dust_n;
};

static void movement(struct asset_amount *list, size_t *n, uint32_t asset, struct amount amount)
{
    if (!amount_is_zero(amount))
        list[(*n)++] = (struct asset_amount){ .asset = asset, .amount = amount };
}

static void movements_of(struct movements *m, const struct run *r)
{
    for (size_t i = 0; i < r->assets_n; i++) {
        const struct allocate_asset *a = &r->assets[i];
        movement(m->to_house, &m->to_house_n, a->asset, a->to_house);
        movement(m->from_house, &m->from_house_n, a->asset, a->from_house);
        movement(m->fees, &m->fees_n, a->asset, a->fees);
        movement(m->dust, &m->dust_n, a->asset, a->dust);
    }
}

static bool part_post(struct leader *l, const struct run *r, const struct ledger_settle_fill *fills,
                      size_t fills_n, const struct movements *m, bool last)
{
    const struct ledger_call call = { .fn = LEDGER_settle,
                                      .as.settle = { .fence = l->fence,
                                                     .plan = r->plan,
                                                     .fills = fills,
                                                     .fills_n = fills_n,
                                                     .to_house = m->to_house,
                                                     .to_house_n = m->to_house_n,
                                                     .from_house = m->from_house,
                                                     .from_house_n = m->from_house_n,
                                                     .fees = m->fees,
                                                     .fees_n = m->fees_n,
                                                     .dust = m->dust,
                                                     .dust_n = m->dust_n,
                                                     .last = last } };
    struct ledger_reply reply;

    if (!leader_commit(l, &reply, &call))
        return false;
    if (reply.reject == REJECT_NONE)
        return true;
    log_event(LOG_EV_UNCOVERED, "auction=%" PRIu64 " settle=%s", r->auction,
              reject_name(reply.reject));
    return false;
}

/*
 * Post in parts that the ledger does in its time for one call. What is left over leaves with the last
 * one. House money is for all fills: then they stay together, because a new reign that found a part
 * done would ask for it again.
 */
static bool parts_post(struct leader *l, struct run *r, const struct settling *s,
                       const struct movements *m, bool last)
{
    static const struct movements nothing = { .to_house_n = 0 };
    size_t most = m->from_house_n > 0 ? RUN_ITEMS_MAX : PART_MAX;
    size_t first = 0, end;

    do {
        end = s->n - first > most ? first + most : s->n;
        bool rest = end == s->n;
        if (!part_post(l, r, &s->fills[first], end - first, rest ? m : &nothing, rest && last))
            return false;
        for (; first < end; first++)
            r->fills[s->which[first]].settled = true;
    } while (first < s->n);
    return true;
}

static void uncovered_alarm(struct run *r, uint64_t now)
{
    char text[AMOUNT_TEXT];

    if (now < r->alarm_ns)
        return;
    r->alarm_ns = now + ALARM_MS * MS_NS;
    for (size_t i = 0; i < r->assets_n; i++) {
        if (!amount_is_zero(r->assets[i].needed))
            log_event(LOG_EV_UNCOVERED, "auction=%" PRIu64 " asset=%u needed=%s", r->auction,
                      r->assets[i].asset, amount_text(text, r->assets[i].needed));
    }
}

/* Owners shall see that their intents wait. What comes of the call does not matter here. */
static void executing_mark(struct leader *l, const struct run *r)
{
    const struct ledger_call call = {
        .fn = LEDGER_extend,
        .as.plan = { .fence = l->fence, .plan = r->plan, .auction = r->auction }
    };
    struct ledger_reply reply;

    (void)leader_call(l, &reply, &call, 1);
}

/* Wait for an unknown leg, or for cover, and look again. */
static enum step_result park(struct leader *l, struct run *r)
{
    uint64_t now = l->clock.now_ns(l->clock.self);

    if (r->result == ALLOCATE_UNCOVERED) {
        if (r->alarm_ns == 0)
            executing_mark(l, r);
        uncovered_alarm(r, now);
    }
    r->parked = true;
    r->retry_ns = now + RETRY_MS * MS_NS;
    r->step = ENGINE_collect;
    return STEP_WAIT;
}

enum step_result step_settle(struct leader *l, struct run *r)
{
    struct settling s;
    struct movements m = { .to_house_n = 0 };
    bool last = r->result == ALLOCATE_DONE;

    if (last)
        movements_of(&m, r);
    arena_reset(&l->outgoing);
    fills_take(l, &s, r);
    if (l->role == ROLE_STANDBY)
        return STEP_WAIT; /* the run is gone with the reign */
    if ((s.n > 0 || last) && !parts_post(l, r, &s, &m, last))
        return park(l, r);
    return last ? STEP_END : park(l, r);
}
