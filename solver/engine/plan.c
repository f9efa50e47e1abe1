/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "solver/clear/alone.h"
#include "solver/clear/score.h"
#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/engine/leader.h"
#include "solver/engine/split.h"
#include "solver/shell/log.h"

#define ATTEMPTS_MAX 3
#define FILLS_MAX 180 /* 26 us each */

/* certify's rule WIDTH holds for the best solution, so this cannot fail. */
static struct amount narrow(const struct u256 *wide)
{
    struct amount a = AMOUNT_ZERO;

    CHECK(u256_to_amount(&a, wide) == ERR_OK);
    return a;
}

static struct id derived_id(const struct leader *l, const char *tag, uint64_t no)
{
    struct hash h;

    hash_init(&h, tag);
    hash_bytes(&h, l->batch.auction.id.bytes, ID_BYTES);
    hash_bytes(&h, l->batch.digest.bytes, DIGEST_BYTES);
    hash_u64(&h, no);
    return hash_id(&h);
}

static uint32_t registry_id(const struct leader *l, uint32_t index)
{
    return l->batch.auction.assets[index].id;
}

/* Micro-units of account at the batch's mark; zero without one. */
static struct amount value_of(const struct auction_asset *asset, struct amount atoms)
{
    struct amount value;

    if (amount_muldiv_ceil(&value, atoms, asset->mark.num, asset->mark.den) != ERR_OK)
        return amount_is_zero(asset->mark.num) ? AMOUNT_ZERO : AMOUNT_MAX;
    return value;
}

static const struct intent *frozen_intent(const struct batch *b, struct id id)
{
    for (size_t i = 0; i < b->frozen.intents_n; i++) {
        if (id_cmp(b->frozen.intents[i].intent.id, id) == 0)
            return &b->frozen.intents[i].intent;
    }
    return NULL;
}

static void fill_alone(struct leader *l, struct run_fill *f, const struct auction_intent *t)
{
    struct alone alone;
    struct u256 exact = u256_of_amount(t->kind == INTENT_SELL ? f->paid : f->got);

    arena_reset(&l->scratch);
    if (alone_best(&alone, &l->scratch, &l->batch.auction, t, &exact) != ERR_OK ||
        u256_to_amount(&f->alone, t->kind == INTENT_SELL ? &alone.got : &alone.paid) != ERR_OK) {
        f->alone = AMOUNT_ZERO;
        return;
    }
    f->alone_venue = l->batch.auction.venues[alone.venue].name;
}

static void run_take_fill(struct leader *l, struct run *r, const struct solution_fill *s)
{
    const struct auction_intent *t = &l->batch.auction.intents[s->intent];
    const struct intent *i = frozen_intent(&l->batch, t->id);
    struct run_fill *f = &r->fills[r->fills_n++];

    CHECK(i != NULL); /* the auction was made from these */
    *f = (struct run_fill){ .intent = *i, .paid = narrow(&s->paid), .got = narrow(&s->got) };
    fill_alone(l, f, t);
    struct amount *pot = run_pot(r, i->sell_asset);
    CHECK(amount_add(pot, *pot, f->paid) == ERR_OK); /* the ledger holds the sum already */
}

struct run_leg plan_leg(const struct leader *l, uint32_t no)
{
    const struct solution_leg *s = &l->batch.best.legs[no];
    const struct curve *c = &l->batch.auction.curves[s->curve];
    const struct auction_asset *in = &l->batch.auction.assets[c->asset[s->way.give]];
    struct amount amount = narrow(&s->in);

    return (struct run_leg){
        .leg = { .id = derived_id(l, "sluice/leg", no),
                 .venue = l->batch.auction.venues[c->venue].name,
                 .domain = l->batch.auction.venues[c->venue].domain,
                 .curve = c->id,
                 .curve_seq = c->seq,
                 .no = no,
                 .stage = s->stage,
                 .group = s->group,
                 .in_asset = in->id,
                 .out_asset = registry_id(l, c->asset[s->way.get]),
                 .in = amount,
                 .min_out = narrow(&s->min_out),
                 .value = value_of(in, amount) },
        .state = RUN_LEG_PLANNED,
        .venue = c->venue,
    };
}

static struct run *run_of_part(struct leader *l, const struct split_part *p, size_t no)
{
    struct run *r = run_new();

    if (r == NULL)
        return NULL;
    r->plan = derived_id(l, "sluice/plan", no);
    r->auction = l->batch.auction.number;
    r->solution = l->batch.digest;
    r->step = ENGINE_send;
    for (size_t i = 0; i < p->fills_n; i++)
        run_take_fill(l, r, &l->batch.best.fills[p->fills[i]]);
    for (size_t i = 0; i < p->legs_n; i++)
        r->legs[r->legs_n++] = plan_leg(l, p->legs[i]);
    for (size_t i = 0; i < p->covers_n; i++) {
        const struct solution_cover *c = &l->batch.best.covers[p->covers[i]];
        r->covers[r->covers_n++] =
            (struct asset_amount){ .asset = registry_id(l, c->asset), .amount = c->amount };
    }
    return r;
}

/* Reserve the run in the ledger. false: refused or unknown, and nothing of it is ours. */
static bool run_reserve_plan(struct leader *l, struct run *r)
{
    struct ledger_fill fills[RUN_ITEMS_MAX];
    struct ledger_leg legs[RUN_ITEMS_MAX];
    struct ledger_reply reply;

    for (size_t i = 0; i < r->fills_n; i++)
        fills[i] = (struct ledger_fill){ .intent = r->fills[i].intent.id,
                                         .sell_asset = r->fills[i].intent.sell_asset,
                                         .buy_asset = r->fills[i].intent.buy_asset,
                                         .paid = r->fills[i].paid,
                                         .got = r->fills[i].got };
    for (size_t i = 0; i < r->legs_n; i++)
        legs[i] = r->legs[i].leg;
    const struct ledger_call call = { .fn = LEDGER_plan,
                                      .as.plan = { .fence = l->fence,
                                                   .plan = r->plan,
                                                   .auction = r->auction,
                                                   .fills = fills,
                                                   .fills_n = r->fills_n,
                                                   .legs = legs,
                                                   .legs_n = r->legs_n,
                                                   .covers = r->covers,
                                                   .covers_n = r->covers_n } };
    if (!leader_commit(l, &reply, &call))
        return false;
    if (reply.reject == REJECT_NONE)
        return true;
    l->counters.plans_refused++;
    log_event(LOG_EV_PLAN_REFUSED, "auction=%" PRIu64 " why=%s", r->auction,
              reject_name(reply.reject));
    return false;
}

static void part_start(struct leader *l, const struct split_part *p, size_t no)
{
    struct run *r = l->runs_n < LEADER_RUNS_MAX ? run_of_part(l, p, no) : NULL;

    if (r == NULL)
        return; /* its intents stay open for the next batch */
    if (!run_reserve_plan(l, r)) {
        run_free(r);
        return;
    }
    for (size_t i = 0; i < r->legs_n; i++)
        venue_leg_opened(&l->venues.venues[r->legs[i].venue], r->legs[i].leg.curve);
    l->counters.fills += r->fills_n;
    l->counters.legs += r->legs_n;
    l->runs[l->runs_n++] = r;
}

struct ranked {
    struct id intent;
    struct u256 surplus;
};

static int ranked_order(const void *x, const void *y)
{
    const struct ranked *a = x;
    const struct ranked *b = y;
    int by_surplus = u256_cmp(&b->surplus, &a->surplus);

    return by_surplus != 0 ? by_surplus : id_cmp(a->intent, b->intent);
}

/*
 * A part is larger than one plan can be: the batch is solved again with its most valuable intents,
 * as many as surely fit with their legs. The others stay open.
 */
static bool retry_with_fewer(struct leader *l)
{
    struct batch *b = &l->batch;
    size_t n = b->best.fills_n;
    size_t keep = (size_t)l->config->plan_items_max / (2u + b->attempt);
    struct ranked *ranked = ARENA_NEW(&b->arena, n + 1, struct ranked);

    b->only = ARENA_NEW(&b->arena, n + 1, struct id);
    if (ranked == NULL || b->only == NULL || b->attempt + 1 >= ATTEMPTS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct surplus s;
        ranked[i].intent = b->auction.intents[b->best.fills[i].intent].id;
        if (score_fill(&s, &b->auction, &b->best.fills[i]) == ERR_OK)
            ranked[i].surplus = s.value;
    }
    qsort(ranked, n, sizeof *ranked, ranked_order);
    b->only_n = n < keep ? n : keep;
    for (size_t i = 0; i < b->only_n; i++)
        b->only[i] = ranked[i].intent;
    b->attempt++;
    return true;
}

/* One plan has so many items, and no more fills than the ledger reserves in its time for a call. */
static bool part_fits(const struct leader *l, const struct split_part *p)
{
    return p->fills_n <= FILLS_MAX && p->fills_n + p->legs_n <= l->config->plan_items_max;
}

enum step_result step_plan(struct leader *l)
{
    struct batch *b = &l->batch;
    struct split split;

    if (!id_is_zero(b->buyback))
        return buyback_plan(l);
    if (split_solution(&split, &b->arena, &b->auction, &b->best) != ERR_OK)
        return STEP_END;
    for (size_t i = 0; i < split.n; i++) {
        const struct split_part *p = &split.parts[i];
        if (!part_fits(l, p) && retry_with_fewer(l))
            return STEP_AGAIN;
    }
    l->counters.batches++;
    for (size_t i = 0; i < split.n && l->role == ROLE_LEADER; i++) {
        const struct split_part *p = &split.parts[i];
        if (part_fits(l, p))
            part_start(l, p, i);
    }
    if (l->role == ROLE_LEADER)
        report_batch(l);
    return STEP_END;
}
