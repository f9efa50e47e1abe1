/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: reserving one, finding its parts, listing the open ones. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/ledger/model_state.h"

static void leg_free(struct model_leg *l)
{
    free(l->fills);
    free(l);
}

void model_plan_free(struct model *m, struct model_plan *p)
{
    for (size_t i = 0; i < p->legs_n; i++) {
        (void)table_take(&m->legs, p->legs[i]->key);
        leg_free(p->legs[i]);
    }
    free(p->legs);
    free(p->fills);
    free(p->covers);
    free(p->done);
    free(p);
}

/* The plan, unless it was never there or is forgotten. */
struct model_plan *model_plan_find(struct run *r, struct id id)
{
    char key[ID_TEXT];
    struct model_plan *p = table_get(&r->model->plans, id_text(key, id));

    if (p == NULL || !p->closed || r->now_ms <= p->gone_ms)
        return p;
    (void)table_take(&r->model->plans, key);
    model_plan_free(r->model, p);
    return NULL;
}

/* A leg lives as long as its plan. */
struct model_leg *model_plan_leg(struct run *r, struct id id)
{
    char key[ID_TEXT];
    struct model_leg *l = table_get(&r->model->legs, id_text(key, id));

    return l == NULL || model_plan_find(r, l->plan->id) == NULL ? NULL : l;
}

struct ledger_fill *model_plan_fill(struct model_plan *p, struct id intent)
{
    for (size_t i = 0; i < p->fills_n; i++) {
        if (id_cmp(p->fills[i].intent, intent) == 0)
            return &p->fills[i];
    }
    return NULL;
}

bool model_plan_done(const struct model_plan *p, struct digest call)
{
    for (size_t i = 0; i < p->done_n; i++) {
        if (digest_equal(p->done[i], call))
            return true;
    }
    return false;
}

void model_plan_did(struct model_plan *p, struct digest call)
{
    p->done = reallocarray(p->done, p->done_n + 1, sizeof *p->done);
    CHECK(p->done != NULL);
    p->done[p->done_n++] = call;
}

static void leg_hash(struct hash *h, const struct ledger_leg *l)
{
    hash_bytes(h, l->id.bytes, sizeof l->id.bytes);
    hash_bytes(h, l->venue.text, sizeof l->venue.text);
    hash_bytes(h, l->domain.text, sizeof l->domain.text);
    hash_u64(h, l->curve);
    hash_u64(h, l->curve_seq);
    hash_u64(h, l->no);
    hash_u64(h, l->stage);
    hash_u64(h, l->group);
    hash_u64(h, l->in_asset);
    hash_u64(h, l->out_asset);
    hash_amount(h, l->in);
    hash_amount(h, l->min_out);
    hash_amount(h, l->value);
}

static struct digest plan_digest(const struct ledger_plan *p, const char *tag)
{
    struct hash h;

    hash_init(&h, tag);
    hash_u64(&h, p->auction);
    hash_u64(&h, p->fills_n);
    for (size_t i = 0; i < p->fills_n; i++) {
        hash_bytes(&h, p->fills[i].intent.bytes, sizeof p->fills[i].intent.bytes);
        hash_amount(&h, p->fills[i].paid);
        hash_amount(&h, p->fills[i].got);
    }
    hash_u64(&h, p->covers_n);
    for (size_t i = 0; i < p->covers_n; i++) {
        hash_u64(&h, p->covers[i].asset);
        hash_amount(&h, p->covers[i].amount);
    }
    for (size_t i = 0; i < p->legs_n; i++)
        leg_hash(&h, &p->legs[i]);
    return hash_digest(&h);
}

/* Would this fill respect what is open of the intent? */
static enum reject fill_judge(const struct intent *n, const struct ledger_fill *f)
{
    bool whole = n->kind == INTENT_SELL ? amount_cmp(f->paid, n->sell_amount) == 0
                                        : amount_cmp(f->got, n->buy_amount) == 0;

    if (amount_is_zero(f->paid) || amount_is_zero(f->got))
        return REJECT_ZERO_AMOUNT;
    if (!n->partial && !whole)
        return REJECT_LIMIT;
    if (amount_cmp(f->paid, amount_sub_or_zero(n->sell_amount, n->paid)) > 0)
        return REJECT_LIMIT;
    if (n->kind == INTENT_BUY && amount_cmp(f->got, amount_sub_or_zero(n->buy_amount, n->got)) > 0)
        return REJECT_LIMIT;
    return REJECT_NONE;
}

static enum reject fill_stage(struct run *r, const char *pot, const struct ledger_fill *f)
{
    struct model_intent *i = model_intent_find(r, f->intent);

    if (i == NULL)
        return REJECT_UNKNOWN_ID;
    if (i->record.state != INTENT_ACCEPTED || i->run_seen == r->model->runs)
        return REJECT_STATE;
    i->run_seen = r->model->runs;
    if (i->record.intent.deadline_ms <= r->now_ms)
        return REJECT_EXPIRED;

    enum reject reject = fill_judge(&i->record.intent, f);

    if (reject != REJECT_NONE)
        return reject;
    return model_money_move(r, (struct place){ OWNER_USER, i->record.intent.account.text, true },
                            (struct place){ OWNER_POT, pot, false }, i->record.intent.sell_asset,
                            f->paid);
}

static const struct name home = { LEDGER_HOME };

static enum reject cover_stage(struct run *r, const struct asset_amount *c)
{
    enum reject reject;

    if (amount_is_zero(c->amount))
        return REJECT_ZERO_AMOUNT;
    reject =
        model_money_move(r, (struct place){ OWNER_INVENTORY, LEDGER_HOME, false },
                         (struct place){ OWNER_INVENTORY, LEDGER_HOME, true }, c->asset, c->amount);
    if (reject != REJECT_NONE)
        return reject;
    return model_limit_count(r, (struct counted){ COUNT_LEAVES, &home, c->asset }, c->amount, true);
}

static enum reject leg_stage(struct run *r, const struct ledger_leg *l)
{
    enum reject reject;

    if (l->in_asset == l->out_asset)
        return REJECT_SAME_ASSET;
    if (amount_is_zero(l->in) || amount_is_zero(l->min_out))
        return REJECT_ZERO_AMOUNT;
    reject = model_limit_count(r, (struct counted){ COUNT_IN_FLIGHT, &l->venue, l->in_asset },
                               l->in, true);
    if (reject == REJECT_NONE)
        reject =
            model_limit_count(r, (struct counted){ COUNT_VALUE, &l->venue, 0 }, l->value, true);
    if (reject != REJECT_NONE || name_equal(&l->domain, &home))
        return reject;
    reject = model_limit_count(r, (struct counted){ COUNT_LEAVES, &l->domain, l->in_asset }, l->in,
                               true);
    if (reject != REJECT_NONE)
        return reject;
    return model_limit_count(r, (struct counted){ COUNT_COMES, &l->domain, l->out_asset },
                             l->min_out, true);
}

/* Is the id taken by an older leg or an earlier one of this plan? */
static bool leg_taken(struct run *r, const struct ledger_plan *p, size_t no)
{
    for (size_t i = 0; i < no; i++) {
        if (id_cmp(p->legs[i].id, p->legs[no].id) == 0)
            return true;
    }
    return model_plan_leg(r, p->legs[no].id) != NULL;
}

/* The part that plan and extend share: covers, legs, limits. */
static enum reject means_stage(struct run *r)
{
    const struct ledger_plan *p = &r->call->as.plan;
    enum reject reject = REJECT_NONE;

    for (size_t i = 0; i < p->covers_n && reject == REJECT_NONE; i++)
        reject = cover_stage(r, &p->covers[i]);
    for (size_t i = 0; i < p->legs_n && reject == REJECT_NONE; i++)
        reject = leg_taken(r, p, i) ? REJECT_ID_CONFLICT : leg_stage(r, &p->legs[i]);
    return reject == REJECT_NONE ? model_limit_check(r) : reject;
}

static enum reject plan_stage(struct run *r, const char *pot)
{
    const struct ledger_plan *p = &r->call->as.plan;
    enum reject reject = REJECT_NONE;

    if (p->auction == 0 || p->auction > r->model->auction)
        return REJECT_STATE;
    for (size_t i = 0; i < p->fills_n && reject == REJECT_NONE; i++)
        reject = fill_stage(r, pot, &p->fills[i]);
    return reject == REJECT_NONE ? means_stage(r) : reject;
}

static struct model_leg *leg_new(struct model *m, struct model_plan *p, const struct ledger_leg *l)
{
    struct model_leg *n = model_alloc(1, sizeof *n);

    id_text(n->key, l->id);
    n->leg = *l;
    n->leg.state = LEG_PREP;
    n->leg.filled_in = AMOUNT_ZERO;
    n->leg.filled_out = AMOUNT_ZERO;
    n->planned_in = l->in;
    n->planned_min_out = l->min_out;
    n->plan = p;
    table_put(&m->legs, n->key, n);
    m->open_legs++;
    return n;
}

/* One cover per asset, ascending, on top of those that are there. */
static void covers_write(struct model_plan *p, const struct ledger_plan *c)
{
    p->covers = reallocarray(p->covers, p->covers_n + c->covers_n + 1, sizeof *p->covers);
    CHECK(p->covers != NULL);
    for (size_t i = 0; i < c->covers_n; i++) {
        size_t at = 0;

        while (at < p->covers_n && p->covers[at].asset < c->covers[i].asset)
            at++;
        if (at < p->covers_n && p->covers[at].asset == c->covers[i].asset) {
            p->covers[at].amount.atoms += c->covers[i].amount.atoms; /* both were held: it fits */
            continue;
        }
        memmove(&p->covers[at + 1], &p->covers[at], (p->covers_n - at) * sizeof *p->covers);
        p->covers[at] = c->covers[i];
        p->covers_n++;
    }
}

static void legs_write(struct model *m, struct model_plan *p, const struct ledger_plan *c)
{
    p->legs = reallocarray(p->legs, p->legs_n + c->legs_n + 1, sizeof(struct model_leg *));
    CHECK(p->legs != NULL);
    for (size_t i = 0; i < c->legs_n; i++)
        p->legs[p->legs_n++] = leg_new(m, p, &c->legs[i]);
}

static void fills_write(struct run *r, struct model_plan *p, const struct ledger_plan *c)
{
    p->fills = model_alloc(c->fills_n, sizeof *p->fills);
    p->fills_n = c->fills_n;
    for (size_t i = 0; i < c->fills_n; i++) {
        struct model_intent *n = model_intent_find(r, c->fills[i].intent);

        CHECK(n != NULL);
        p->fills[i] = (struct ledger_fill){ .intent = c->fills[i].intent,
                                            .sell_asset = n->record.intent.sell_asset,
                                            .buy_asset = n->record.intent.buy_asset,
                                            .paid = c->fills[i].paid,
                                            .got = c->fills[i].got };
        n->record.plan = p->id;
        model_intent_enter(r, n, INTENT_PLANNED);
    }
}

static void plan_write(struct run *r, struct digest digest)
{
    const struct ledger_plan *c = &r->call->as.plan;
    struct model_plan *p = model_alloc(1, sizeof *p);

    model_commit(r);
    id_text(p->key, c->plan);
    p->id = c->plan;
    p->auction = c->auction;
    p->digest = digest;
    (void)snprintf(p->open_key, sizeof p->open_key, "%020" PRIu64 ":%.32s", p->auction, p->key);
    table_put(&r->model->plans, p->key, p);
    table_put(&r->model->open_plans, p->open_key, p);
    fills_write(r, p, c);
    covers_write(p, c);
    legs_write(r->model, p, c);
}

enum reject model_plan(struct run *r)
{
    const struct ledger_plan *c = &r->call->as.plan;
    struct digest digest = plan_digest(c, "model/plan");
    char pot[ID_TEXT];

    if (model_fence(r, c->fence) != REJECT_NONE)
        return REJECT_FENCE;

    const struct model_plan *known = model_plan_find(r, c->plan);

    if (known != NULL)
        return digest_equal(known->digest, digest) ? REJECT_NONE : REJECT_ID_CONFLICT;

    enum reject reject = plan_stage(r, id_text(pot, c->plan));

    if (reject == REJECT_NONE)
        plan_write(r, digest);
    return reject;
}

void model_plan_execute(struct run *r, const struct model_plan *p, const struct name *venue)
{
    for (size_t i = 0; i < p->fills_n; i++) {
        struct model_intent *n = model_intent_find(r, p->fills[i].intent);

        if (p->fills[i].settled || n == NULL || n->record.state != INTENT_PLANNED)
            continue;
        n->record.venue = *venue;
        model_intent_enter(r, n, INTENT_EXECUTING);
    }
}

enum reject model_extend(struct run *r)
{
    const struct ledger_plan *c = &r->call->as.plan;
    struct digest digest = plan_digest(c, "model/extend");

    if (model_fence(r, c->fence) != REJECT_NONE)
        return REJECT_FENCE;

    struct model_plan *p = model_plan_find(r, c->plan);

    if (p == NULL)
        return REJECT_UNKNOWN_ID;
    if (model_plan_done(p, digest))
        return REJECT_NONE;
    if (p->closed)
        return REJECT_STATE;
    if (p->legs_n + c->legs_n > LEDGER_PLAN_ITEMS_MAX)
        return REJECT_LIMIT;

    enum reject reject = means_stage(r);

    if (reject != REJECT_NONE)
        return reject;
    model_commit(r);
    covers_write(p, c);
    legs_write(r->model, p, c);
    model_plan_did(p, digest);
    model_plan_execute(r, p, &(struct name){ { 0 } });
    return REJECT_NONE;
}

/* Copies of n items for the reply. */
static void *copy(struct run *r, const void *items, size_t n, size_t size)
{
    void *out = arena_alloc(&r->model->arena, n, size);

    CHECK(out != NULL);
    if (n > 0)
        memcpy(out, items, n * size);
    return out;
}

static void plan_pot(struct ledger_open_plan *row, struct run *r, const struct model_plan *p)
{
    const struct table *t = &r->model->balances;
    struct owner owner = { .kind = OWNER_POT };
    char key[TABLE_KEY];
    struct vec pot = { 0 };

    memcpy(owner.name.text, p->key, ID_TEXT);
    for (size_t i = table_lower(t, owner_key(key, &owner, 0)); i < t->n; i++) {
        const struct balance *b = t->rows[i].value;

        if (b->owner.kind != OWNER_POT || !name_equal(&b->owner.name, &owner.name))
            break;
        if (amount_is_zero(b->now.available))
            continue;

        struct asset_amount *a = model_row(r, &pot, sizeof *a);

        *a = (struct asset_amount){ b->asset, b->now.available };
    }
    row->pot = pot.rows;
    row->pot_n = pot.n;
}

static void plan_covers(struct ledger_open_plan *row, struct run *r, const struct model_plan *p)
{
    struct vec covers = { 0 };

    for (size_t i = 0; i < p->covers_n; i++) {
        if (amount_is_zero(p->covers[i].amount))
            continue;

        struct asset_amount *a = model_row(r, &covers, sizeof *a);

        *a = p->covers[i];
    }
    row->covers = covers.rows;
    row->covers_n = covers.n;
}

enum reject model_plans(struct run *r)
{
    const struct table *open = &r->model->open_plans;

    for (size_t i = 0; i < open->n; i++) {
        const struct model_plan *p = open->rows[i].value;
        struct ledger_leg *legs = ARENA_NEW(&r->model->arena, p->legs_n, struct ledger_leg);
        struct ledger_open_plan *row = MODEL_ROW(r, plans, struct ledger_open_plan);

        CHECK(legs != NULL);
        for (size_t k = 0; k < p->legs_n; k++)
            legs[k] = p->legs[k]->leg;
        *row = (struct ledger_open_plan){ .plan = p->id, .auction = p->auction };
        row->legs = legs;
        row->legs_n = p->legs_n;
        row->fills = copy(r, p->fills, p->fills_n, sizeof *p->fills);
        row->fills_n = p->fills_n;
        plan_covers(row, r, p);
        plan_pot(row, r, p);
    }
    return REJECT_NONE;
}
