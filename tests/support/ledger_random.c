/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/ledger_random.h"

#include "solver/core/hash.h"

#define ITEMS LEDGER_RANDOM_ITEMS
#define ASSETS LEDGER_RANDOM_ASSETS
#define INTENTS 60 /* ids in use: few, so that calls meet each other */

static const char *const accounts[] = { "alice", "bob", "carol", "dave" };
static const char *const domains[] = { "home", "home", "cex", "dex" };
static const char *const venues[] = { "amm", "book", "rfq" };

static uint64_t below(struct ledger_random *w, uint64_t n)
{
    return prng_below(&w->rng, n);
}

static bool chance(struct ledger_random *w, unsigned percent)
{
    return below(w, 100) < percent;
}

/* Mostly the number, now and then one that was used before or nonsense. */
static uint64_t serial(struct ledger_random *w)
{
    return 1000 + (chance(w, 90) ? ++w->serial : below(w, w->serial + 1));
}

static uint32_t asset(struct ledger_random *w)
{
    return 1 + (uint32_t)below(w, ASSETS);
}

/* Up to top; now and then zero, one too many or huge. */
static struct amount amount_below(struct ledger_random *w, struct amount top)
{
    uint64_t kind = below(w, 40);

    if (kind == 0)
        return AMOUNT_ZERO;
    if (kind == 1)
        return AMOUNT_OF(top.atoms + 1);
    if (kind == 2)
        return AMOUNT_OF(U128_OF(prng_sized(&w->rng, 64), prng_u64(&w->rng)));
    if (kind < 12)
        return top;
    return AMOUNT_OF(top.atoms == 0 ? 0 : 1 + prng_u64(&w->rng) % top.atoms);
}

static struct asset_amount money(struct ledger_random *w, uint64_t top)
{
    return (struct asset_amount){ asset(w), amount_below(w, AMOUNT_OF(top)) };
}

static struct name one_of(struct ledger_random *w, const char *const *names, size_t n)
{
    return fixture_name(names[below(w, n)]);
}

#define ONE_OF(w, names) one_of((w), (names), sizeof(names) / sizeof((names)[0]))

static struct owner owner(struct ledger_random *w)
{
    if (chance(w, 50))
        return (struct owner){ OWNER_USER, ONE_OF(w, accounts) };
    return (struct owner){ OWNER_INVENTORY, ONE_OF(w, domains) };
}

static int64_t deadline(struct ledger_random *w)
{
    static const int64_t spans[] = { 86400000, 3600000, 300, 60, 10, 0, -1, 86400001, 172800001 };

    if (chance(w, 70))
        return w->model->virtual_ms + spans[below(w, 3)];
    return w->model->virtual_ms + spans[below(w, sizeof spans / sizeof spans[0])];
}

static uint64_t fence(struct ledger_random *w)
{
    return chance(w, 97) ? w->fence : below(w, w->fence + 2);
}

static void make_accept(struct ledger_random *w)
{
    struct ledger_accept *a = &w->call.as.accept;
    struct intent *i = &a->intent;

    i->id = fixture_id(1 + below(w, INTENTS));
    i->account = ONE_OF(w, accounts);
    i->kind = chance(w, 60) ? INTENT_SELL : INTENT_BUY;
    i->partial = chance(w, 70);
    i->sell_asset = asset(w);
    i->buy_asset = chance(w, 95) ? 1 + i->sell_asset % ASSETS : i->sell_asset;
    i->sell_amount = amount_below(w, AMOUNT_OF(100000));
    i->buy_amount = amount_below(w, AMOUNT_OF(100000));
    i->deadline_ms = deadline(w);
    a->key = fixture_key(chance(w, 97) ? i->account.text : "mallory");
    a->payload_hash = digest_of("p", &w->call.as.accept.intent.id, chance(w, 90) ? ID_BYTES : 4);
    a->payload = w->bytes;
    a->payload_n = below(w, sizeof w->bytes);
}

static void make_cancel(struct ledger_random *w)
{
    struct ledger_cancel *c = &w->call.as.cancel;

    c->intent = fixture_id(1 + below(w, INTENTS + 5));
    c->account = ONE_OF(w, accounts);
    c->key = fixture_key(chance(w, 95) ? c->account.text : "mallory");
    c->tombstone_until_ms = deadline(w);
}

static void make_money(struct ledger_random *w)
{
    struct ledger_money *m = &w->call.as.money;

    m->ref = fixture_id(serial(w));
    m->owner = owner(w);
    m->has_key = m->owner.kind == OWNER_USER && chance(w, 80);
    if (m->has_key)
        m->key = fixture_key(chance(w, 95) ? m->owner.name.text : "mallory");
    m->what = money(w, w->call.fn == LEDGER_deposit ? 1000000 : 50000);
}

static void make_transfer(struct ledger_random *w)
{
    struct ledger_transfer *t = &w->call.as.transfer;

    t->ref = fixture_id(serial(w));
    t->source = ONE_OF(w, domains);
    t->target = ONE_OF(w, domains);
    t->what = money(w, 50000);
}

static void make_balances(struct ledger_random *w)
{
    struct ledger_balances *b = &w->call.as.balances;

    b->owner = owner(w);
    if (chance(w, 30))
        b->owner.name = (struct name){ { 0 } };
    b->has_key = b->owner.kind == OWNER_USER && b->owner.name.text[0] != '\0' && chance(w, 50);
    b->key = fixture_key(b->owner.name.text);
}

static void make_limit_set(struct ledger_random *w)
{
    struct row *l = &w->call.as.limit_set.limit;

    l->kind = (enum row_kind)(1 + below(w, 4));
    l->asset = asset(w);
    switch (l->kind) {
    case ROW_INVENTORY: l->subject = ONE_OF(w, domains); break;
    case ROW_HELD: l->subject = ONE_OF(w, accounts); break;
    case ROW_IN_FLIGHT:
    case ROW_VALUE: l->subject = ONE_OF(w, venues); break;
    }
    if (chance(w, 30))
        l->subject = fixture_name(LEDGER_ANY);
    l->min = amount_below(w, AMOUNT_OF(200000));
    l->max = chance(w, 70) ? AMOUNT_OF(1000000000) : amount_below(w, AMOUNT_OF(300000));
    if (chance(w, 20)) { /* none: it goes away */
        l->min = AMOUNT_ZERO;
        l->max = AMOUNT_MAX;
    }
}

static void make_lead(struct ledger_random *w)
{
    static const char *const holders[] = { "one", "two" };
    struct ledger_lead *l = &w->call.as.lead;

    l->holder = ONE_OF(w, holders);
    l->fence = chance(w, 60) ? 0 : fence(w);
    l->ttl_ms = 1 + (uint32_t)below(w, 20);
}

static struct ledger_fill planned_fill(struct ledger_random *w, const struct ledger_intent *i)
{
    const struct intent *n = &i->intent;
    struct amount sell, buy;
    struct ledger_fill f = { .intent = n->id };

    intent_open(&sell, &buy, n);
    f.paid = chance(w, 50) ? sell : amount_below(w, sell);
    f.got = chance(w, 50) ? buy : amount_below(w, buy);
    return f;
}

/* A leg; its input is often what a fill of the plan brings into the pot. */
static struct ledger_leg planned_leg(struct ledger_random *w, const struct intent *from)
{
    uint32_t in = from != NULL && chance(w, 80) ? from->sell_asset : asset(w);
    uint32_t out = chance(w, 95) ? 1 + in % ASSETS : in;
    struct ledger_leg l = fixture_leg(serial(w), "amm", "home", (struct asset_amount){ in, { 0 } },
                                      (struct asset_amount){ out, { 0 } });

    l.venue = ONE_OF(w, venues);
    l.domain = ONE_OF(w, domains);
    l.curve = prng_u64(&w->rng);
    l.stage = (uint32_t)below(w, 3);
    l.group = (uint32_t)below(w, 2);
    l.in = amount_below(w, AMOUNT_OF(from == NULL ? 20000 : from->sell_amount.atoms / 4));
    l.min_out = amount_below(w, AMOUNT_OF(20000));
    l.value = amount_below(w, AMOUNT_OF(1000));
    return l;
}

static void make_plan(struct ledger_random *w)
{
    struct ledger_plan *p = &w->call.as.plan;
    struct ledger_call open = { .fn = LEDGER_get };
    size_t wanted = below(w, ITEMS + 1);
    struct intent first = { 0 };

    p->fence = fence(w);
    p->plan = fixture_id(serial(w));
    p->auction = chance(w, 95) ? w->auction : below(w, w->auction + 3);
    p->fills = w->fills;
    p->legs = w->legs;
    p->covers = w->covers;
    for (int tries = 0; tries < 20 && p->fills_n < wanted; tries++) {
        open.as.get.intent = fixture_id(1 + below(w, INTENTS));
        if (fixture_call(w->model, open) == REJECT_NONE &&
            (w->model->reply.intent.state == INTENT_ACCEPTED || chance(w, 3)))
            w->fills[p->fills_n++] = planned_fill(w, &w->model->reply.intent);
        if (p->fills_n == 1)
            first = w->model->reply.intent.intent;
    }
    for (size_t n = below(w, 3); p->legs_n < n; p->legs_n++)
        w->legs[p->legs_n] = planned_leg(w, p->fills_n == 0 ? NULL : &first);
    for (size_t n = below(w, 3); p->covers_n < n; p->covers_n++)
        w->covers[p->covers_n] = money(w, 5000);
    if (p->fills_n + p->legs_n == 0)
        w->legs[p->legs_n++] = planned_leg(w, NULL);
}

/* A random open plan of the model, or NULL. */
static const struct ledger_open_plan *open_plan(struct ledger_random *w)
{
    assert_done(w->model, call_plain(LEDGER_plans));
    if (w->model->reply.plans_n == 0)
        return NULL;
    return &w->model->reply.plans[below(w, w->model->reply.plans_n)];
}

static void make_extend(struct ledger_random *w)
{
    const struct ledger_open_plan *open = open_plan(w);
    struct ledger_plan *p = &w->call.as.plan;

    p->fence = fence(w);
    p->plan = open != NULL && chance(w, 95) ? open->plan : fixture_id(serial(w));
    p->auction = w->auction;
    p->legs = w->legs;
    p->covers = w->covers;
    for (size_t n = below(w, 3); p->legs_n < n; p->legs_n++)
        w->legs[p->legs_n] = planned_leg(w, NULL);
    for (size_t n = below(w, 3); p->covers_n < n; p->covers_n++)
        w->covers[p->covers_n] = money(w, 5000);
}

static void make_send(struct ledger_random *w)
{
    const struct ledger_open_plan *p = open_plan(w);
    struct ledger_send *s = &w->call.as.send;

    s->fence = fence(w);
    s->plan = p != NULL && chance(w, 97) ? p->plan : fixture_id(1);
    s->legs = w->legs;
    for (size_t i = 0; p != NULL && i < p->legs_n && s->legs_n < ITEMS; i++) {
        if (chance(w, 50))
            continue;
        w->legs[s->legs_n] = p->legs[i];
        if (chance(w, 15)) {
            w->legs[s->legs_n].in = amount_below(w, p->legs[i].in);
            w->legs[s->legs_n].min_out = amount_below(w, p->legs[i].min_out);
        }
        s->legs_n++;
    }
    if (s->legs_n == 0 || chance(w, 2))
        w->legs[s->legs_n == 0 ? s->legs_n++ : 0] = planned_leg(w, NULL);
}

/* A leg of an open plan, rather one that is under way. */
static const struct ledger_leg *open_leg(struct ledger_random *w)
{
    const struct ledger_leg *l = NULL;

    for (int tries = 0; tries < 8; tries++) {
        const struct ledger_open_plan *p = open_plan(w);

        if (p == NULL || p->legs_n == 0)
            continue;
        l = &p->legs[below(w, p->legs_n)];
        if (l->state == LEG_SENT || l->state == LEG_UNKNOWN || chance(w, 5))
            break;
    }
    return l;
}

static void make_fill(struct ledger_random *w)
{
    const struct ledger_leg *l = open_leg(w);
    struct ledger_leg_fill *f = &w->call.as.fill;

    f->fence = fence(w);
    f->leg = l == NULL ? fixture_id(serial(w)) : l->id;
    f->fill = fixture_id(serial(w));
    f->last = chance(w, 40);
    f->in = AMOUNT_OF(5);
    f->out = AMOUNT_OF(5);
    if (l == NULL)
        return;
    f->in = chance(w, 50) ? amount_sub_or_zero(l->in, l->filled_in)
                          : amount_below(w, amount_sub_or_zero(l->in, l->filled_in));
    f->out = chance(w, 50) ? l->min_out : amount_below(w, AMOUNT_OF(l->min_out.atoms * 2));
}

static void make_leg_close(struct ledger_random *w)
{
    const struct ledger_leg *l = open_leg(w);

    w->call.as.leg_close.fence = fence(w);
    w->call.as.leg_close.leg = l == NULL ? fixture_id(serial(w)) : l->id;
}

/* What of an asset is in the pot, in a copy that shrinks. */
static struct amount *pot_of(struct amount pot[ASSETS + 1], uint32_t a)
{
    return &pot[a <= ASSETS ? a : 0];
}

static void settle_fill(struct ledger_random *w, struct amount pot[ASSETS + 1],
                        const struct ledger_fill *p)
{
    struct ledger_settle *s = &w->call.as.settle;
    struct ledger_settle_fill *f = &w->settle_fills[s->fills_n++];
    struct amount *buy = pot_of(pot, p->buy_asset), *sell = pot_of(pot, p->sell_asset);

    *f = (struct ledger_settle_fill){ .intent = p->intent, .paid = p->paid, .got = p->got };
    f->receipt = w->bytes;
    f->receipt_n = below(w, sizeof w->bytes);
    if (p->settled)
        return;
    if (amount_cmp(f->got, *buy) > 0 || chance(w, 20)) {
        f->paid = AMOUNT_ZERO;
        f->got = AMOUNT_ZERO;
    } else if (chance(w, 10)) {
        f->paid = amount_below(w, p->paid);
        f->got = amount_below(w, amount_min(p->got, *buy));
    }
    *buy = amount_sub_or_zero(*buy, f->got);
    *sell = amount_sub_or_zero(*sell, amount_sub_or_zero(p->paid, f->paid));
}

/* Name what the pot keeps, spread over the three places. */
static void settle_rest(struct ledger_random *w, const struct amount pot[ASSETS + 1])
{
    struct ledger_settle *s = &w->call.as.settle;

    s->last = true;
    for (uint32_t a = 1; a <= ASSETS; a++) {
        struct asset_amount rest = { a, pot[a] };

        if (amount_is_zero(pot[a]))
            continue;
        switch (below(w, 3)) {
        case 0: w->dust[s->dust_n++] = rest; break;
        case 1: w->fees[s->fees_n++] = rest; break;
        default: w->to_house[s->to_house_n++] = rest; break;
        }
    }
}

static void make_settle(struct ledger_random *w)
{
    const struct ledger_open_plan *p = open_plan(w);
    struct ledger_settle *s = &w->call.as.settle;
    struct amount pot[ASSETS + 1] = { { 0 } };

    *s = (struct ledger_settle){ .fence = fence(w),
                                 .plan = p == NULL ? fixture_id(serial(w)) : p->plan,
                                 .fills = w->settle_fills,
                                 .to_house = w->to_house,
                                 .from_house = w->from_house,
                                 .fees = w->fees,
                                 .dust = w->dust };
    for (size_t i = 0; p != NULL && i < p->pot_n; i++)
        *pot_of(pot, p->pot[i].asset) = p->pot[i].amount;
    for (size_t i = 0; p != NULL && i < p->covers_n && s->from_house_n < ITEMS; i++) {
        struct amount *a = pot_of(pot, p->covers[i].asset);

        if (chance(w, 50))
            continue;
        w->from_house[s->from_house_n] = p->covers[i];
        w->from_house[s->from_house_n].amount = amount_below(w, p->covers[i].amount);
        a->atoms += w->from_house[s->from_house_n++].amount.atoms;
    }
    for (size_t i = 0; p != NULL && i < p->fills_n && s->fills_n < ITEMS; i++) {
        if (chance(w, 80))
            settle_fill(w, pot, &p->fills[i]);
    }
    if (chance(w, 80))
        settle_rest(w, pot);
}

static void make_report(struct ledger_random *w)
{
    struct ledger_report *r = &w->call.as.report;

    *r = (struct ledger_report){ fence(w), w->bytes, below(w, 60), w->bytes, below(w, 60) };
}

static void make_call(struct ledger_random *w)
{
    struct ledger_call *c = &w->call;

    switch (c->fn) {
    case LEDGER_accept: make_accept(w); break;
    case LEDGER_cancel: make_cancel(w); break;
    case LEDGER_get: *c = call_get(1 + below(w, INTENTS + 5)); break;
    case LEDGER_expire: *c = call_expire(1 + (uint32_t)below(w, 5)); break;
    case LEDGER_deposit:
    case LEDGER_withdraw: make_money(w); break;
    case LEDGER_transfer: make_transfer(w); break;
    case LEDGER_balances: make_balances(w); break;
    case LEDGER_limit_set: make_limit_set(w); break;
    case LEDGER_mode: *c = call_mode(chance(w, 90), chance(w, 90)); break;
    case LEDGER_lead: make_lead(w); break;
    case LEDGER_freeze:
        *c = call_freeze(fence(w), 1 + (uint32_t)below(w, 50));
        c->as.freeze.after = chance(w, 50) ? 0 : below(w, 100);
        break;
    case LEDGER_plan: make_plan(w); break;
    case LEDGER_extend: make_extend(w); break;
    case LEDGER_send: make_send(w); break;
    case LEDGER_fill: make_fill(w); break;
    case LEDGER_unknown:
    case LEDGER_void: make_leg_close(w); break;
    case LEDGER_settle: make_settle(w); break;
    case LEDGER_report: make_report(w); break;
    case LEDGER_events: *c = call_events(below(w, 200), 1 + (uint32_t)below(w, 300)); break;
    case LEDGER_audit: *c = call_audit(chance(w, 50)); break;
    case LEDGER_limits:
    case LEDGER_plans:
    case LEDGER_reports:
    case LEDGER_checkpoint:
    case LEDGER_FNS_N: break;
    }
}

/* How often each function is called, of 1000. */
static const struct {
    enum ledger_fn fn;
    unsigned weight;
} weights[] = {
    { LEDGER_accept, 240 },   { LEDGER_cancel, 40 },   { LEDGER_get, 20 },
    { LEDGER_expire, 25 },    { LEDGER_deposit, 60 },  { LEDGER_withdraw, 20 },
    { LEDGER_transfer, 20 },  { LEDGER_balances, 15 }, { LEDGER_limit_set, 15 },
    { LEDGER_limits, 5 },     { LEDGER_mode, 6 },      { LEDGER_lead, 10 },
    { LEDGER_freeze, 30 },    { LEDGER_plan, 130 },    { LEDGER_send, 130 },
    { LEDGER_fill, 130 },     { LEDGER_unknown, 25 },  { LEDGER_void, 45 },
    { LEDGER_settle, 90 },    { LEDGER_plans, 5 },     { LEDGER_report, 5 },
    { LEDGER_reports, 3 },    { LEDGER_events, 5 },    { LEDGER_audit, 3 },
    { LEDGER_checkpoint, 4 }, { LEDGER_extend, 40 },
};

static enum ledger_fn pick(struct ledger_random *w)
{
    size_t i = 0;
    uint64_t at, total = 0;

    for (size_t k = 0; k < sizeof weights / sizeof weights[0]; k++)
        total += weights[k].weight;
    at = below(w, total);
    while (at >= weights[i].weight)
        at -= weights[i++].weight;
    return weights[i].fn;
}

void ledger_random_call(struct ledger_random *r)
{
    if (chance(r, 5))
        return;
    r->call = (struct ledger_call){ .fn = pick(r) };
    make_call(r);
}

void ledger_random_learn(struct ledger_random *r, const struct ledger_reply *reply)
{
    if (r->call.fn == LEDGER_lead)
        r->fence = reply->fence;
    if (r->call.fn == LEDGER_freeze && reply->reject == REJECT_NONE)
        r->auction = reply->auction;
}
