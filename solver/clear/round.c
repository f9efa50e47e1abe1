/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/clear/pass.h"
#include "solver/clear/payout.h"
#include "solver/clear/stages.h"

#define LENDINGS_MAX 64 /* tries to close circles exactly before they are cut */

/*
 * From the proposal's proportions to exact legs (docs/math.md 6). Assets are visited in
 * topological order; what an asset does not owe its buyers goes on over its outgoing flows in the
 * proposed proportions, the deepest one last with all that is left.
 */
struct rounding {
    struct pass *p;
    const struct auction *a;
    struct proposal *r;
    struct u256 *have; /* [assets_n] */
    struct u256 *owed; /* [assets_n] */
    struct u256 *lent; /* [assets_n] by the pot, on a circle */
    bool *lends;       /* [assets_n] */
    bool *passed;      /* [assets_n] scratch */
    uint32_t *pending; /* [assets_n] flows that still bring some */
    bool *visited;     /* [assets_n] */
    struct solution *s;
};

static uint32_t flow_in(const struct rounding *d, size_t i)
{
    return d->a->curves[d->r->flows[i].curve].asset[d->r->flows[i].side];
}

static uint32_t flow_out(const struct rounding *d, size_t i)
{
    return d->a->curves[d->r->flows[i].curve].asset[!d->r->flows[i].side];
}

static enum err rounding_init(struct rounding *d, struct pass *p)
{
    size_t n = p->a->assets_n;

    *d = (struct rounding){ .p = p,
                            .a = p->a,
                            .r = &p->proposal,
                            .have = ARENA_NEW(p->arena, n, struct u256),
                            .owed = ARENA_NEW(p->arena, n, struct u256),
                            .lent = ARENA_NEW(p->arena, n, struct u256),
                            .passed = ARENA_NEW(p->arena, n, bool),
                            .lends = ARENA_NEW(p->arena, n, bool),
                            .pending = ARENA_NEW(p->arena, n, uint32_t),
                            .visited = ARENA_NEW(p->arena, n, bool),
                            .s = &p->solution };
    d->s->fills = ARENA_NEW(p->arena, d->r->fills_n, struct solution_fill);
    d->s->legs = ARENA_NEW(p->arena, d->r->flows_n, struct solution_leg);
    d->s->fills_n = d->s->legs_n = d->s->covers_n = 0;
    if (d->have == NULL || d->owed == NULL || d->lent == NULL || d->lends == NULL ||
        d->passed == NULL || d->pending == NULL || d->visited == NULL || d->s->fills == NULL ||
        d->s->legs == NULL)
        return ERR_NOMEM;
    d->s->prices = d->r->prices;
    d->s->duals = d->r->duals;
    d->s->prices_n = d->s->duals_n = n;
    return ERR_OK;
}

/* May assets a and b be priced alone: do their fills only trade with each other, and sell exactly?
 */
static bool pair_is_closed(const struct rounding *d, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < d->r->fills_n; i++) {
        const struct auction_intent *in = &d->a->intents[d->r->fills[i].intent];
        bool sells = in->sell == a || in->sell == b, buys = in->buy == a || in->buy == b;

        if (sells != buys || (sells && in->kind != INTENT_SELL))
            return false;
    }
    for (size_t i = 0; i < d->r->flows_n; i++) {
        if (flow_in(d, i) == a || flow_in(d, i) == b || flow_out(d, i) == a || flow_out(d, i) == b)
            return false;
    }
    return true;
}

static enum err sold_of(struct amount *sum, const struct rounding *d, uint32_t asset)
{
    struct u256 total = { { 0 } };

    for (size_t i = 0; i < d->r->fills_n; i++) {
        if (d->a->intents[d->r->fills[i].intent].sell == asset)
            TRY(u256_add(&total, &total, &d->r->fills[i].amount));
    }
    return u256_to_amount(sum, &total);
}

/*
 * Fills that only feed each other leave nothing over, so their rate must be exact to the atom,
 * which doubles are not: all that one side sells for all that the other side sells.
 */
static enum err closed_pairs_price(struct rounding *d)
{
    for (size_t i = 0; i < d->r->fills_n; i++) {
        const struct auction_intent *in = &d->a->intents[d->r->fills[i].intent];
        struct amount sold[2];

        if (!pair_is_closed(d, in->sell, in->buy))
            continue;
        TRY(sold_of(&sold[0], d, in->sell));
        TRY(sold_of(&sold[1], d, in->buy));
        if (amount_is_zero(sold[1]))
            continue;
        d->s->prices[in->sell] = sold[1];
        d->s->prices[in->buy] = sold[0];
    }
    return ERR_OK;
}

/* Price every fill; *drop tells whether one missed its limit and is marked to be skipped. */
static enum err fills_price(bool *drop, struct rounding *d)
{
    *drop = false;
    d->s->fills_n = d->r->fills_n;
    for (size_t i = 0; i < d->r->fills_n; i++) {
        const struct proposal_fill *f = &d->r->fills[i];
        const struct auction_intent *in = &d->a->intents[f->intent];

        d->s->fills[i] = (struct solution_fill){ .intent = f->intent };
        if (payout_price(&d->s->fills[i], d->a, d->s->prices, in, &f->amount) == ERR_OK)
            continue;
        pass_drop(d->p, f->order);
        *drop = true;
    }
    return ERR_OK;
}

static enum err money_count(struct rounding *d)
{
    size_t bytes = d->a->assets_n * sizeof(struct u256);

    memset(d->have, 0, bytes);
    memset(d->owed, 0, bytes);
    for (size_t i = 0; i < d->s->fills_n; i++) {
        const struct solution_fill *f = &d->s->fills[i];
        const struct auction_intent *in = &d->a->intents[f->intent];

        TRY(u256_add(&d->have[in->sell], &d->have[in->sell], &f->paid));
        TRY(u256_add(&d->owed[in->buy], &d->owed[in->buy], &f->got));
    }
    return ERR_OK;
}

/* Of the flows out of an asset: those under a limit first, then books before pools, then the smaller
 * before the larger. */
static bool flow_before(const struct rounding *d, size_t i, size_t j)
{
    const struct proposal_flow *f = &d->r->flows[i], *g = &d->r->flows[j];
    bool f_book = d->a->curves[f->curve].kind == CURVE_book;
    bool g_book = d->a->curves[g->curve].kind == CURVE_book;
    int order = u256_cmp(&f->in, &g->in);

    if (f->limited != g->limited)
        return f->limited;
    if (f_book != g_book)
        return f_book;
    return order < 0 || (order == 0 && f->curve < g->curve);
}

/* The flows out of an asset, in that order; returns their number. */
static size_t flows_of(size_t *list, const struct rounding *d, uint32_t asset)
{
    size_t n = 0;

    for (size_t i = 0; i < d->r->flows_n; i++) {
        size_t j = n;

        if (flow_in(d, i) != asset)
            continue;
        for (; j > 0 && flow_before(d, i, list[j - 1]); j--)
            list[j] = list[j - 1];
        list[j] = i;
        n++;
    }
    return n;
}

/*
 * What the curve takes of `offer`. Where the output is coarse, less buys the same: the rest is worth
 * more on another flow, unless this is the last one.
 */
static void trade_find(struct trade *t, const struct curve *c, struct way way,
                       const struct u256 *offer, bool last)
{
    struct trade least, again;

    if (u256_is_zero(offer) || curve_out(t, c, way, offer) != ERR_OK || u256_is_zero(&t->out)) {
        *t = (struct trade){ 0 };
        return;
    }
    if (!last && curve_in(&least, c, way, &t->out) == ERR_OK && u256_cmp(&least.in, &t->in) < 0 &&
        curve_out(&again, c, way, &least.in) == ERR_OK && u256_cmp(&again.out, &t->out) == 0)
        *t = again;
}

/* Send up to `offer` over a flow; what the curve takes leaves *spare. */
static enum err leg_add(struct u256 *spare, struct rounding *d, size_t flow,
                        const struct u256 *offer, bool last)
{
    const struct proposal_flow *f = &d->r->flows[flow];
    struct u256 *target = &d->have[flow_out(d, flow)], *source = &d->have[flow_in(d, flow)];
    struct trade t;

    d->pending[flow_out(d, flow)]--;
    trade_find(&t, &d->a->curves[f->curve], way_of_side(f->side), offer, last);
    if (u256_is_zero(&t.out))
        return ERR_OK;
    d->s->legs[d->s->legs_n++] = (struct solution_leg){
        .curve = f->curve, .way = way_of_side(f->side), .in = t.in, .min_out = t.out
    };
    TRY(u256_sub(spare, spare, &t.in));
    TRY(u256_sub(source, source, &t.in));
    return u256_add(target, target, &t.out);
}

/* a - b, or 0. */
static struct u256 excess(const struct u256 *a, const struct u256 *b)
{
    struct u256 out = { { 0 } };

    return u256_sub(&out, a, b) == ERR_OK ? out : u256_of(0);
}

/* On a circle the pot lends what is still to come in: at first what was proposed to go out. */
static enum err asset_lend(struct rounding *d, uint32_t asset, const struct u256 *planned)
{
    struct u256 spare = excess(&d->have[asset], &d->owed[asset]);

    if (!d->lends[asset])
        d->lent[asset] = excess(planned, &spare);
    d->lends[asset] = true;
    return u256_add(&d->have[asset], &d->have[asset], &d->lent[asset]);
}

/* Send on what the asset does not owe. early: on a circle, something is still to come in. */
static enum err asset_visit(struct rounding *d, uint32_t asset, size_t *list, bool early)
{
    size_t n = flows_of(list, d, asset);
    struct u256 spare, planned = { { 0 } };

    d->visited[asset] = true;
    for (size_t i = 0; i < n; i++)
        TRY(u256_add(&planned, &planned, &d->r->flows[list[i]].in));
    if (early)
        TRY(asset_lend(d, asset, &planned));
    spare = excess(&d->have[asset], &d->owed[asset]);
    for (size_t i = 0; i < n; i++) {
        struct u256 in = d->r->flows[list[i]].in, offer;

        TRY(u256_muldiv_floor(&offer, &spare, &in, &planned));
        TRY(u256_sub(&planned, &planned, &in));
        if (d->r->flows[list[i]].limited && u256_cmp(&offer, &in) > 0)
            offer = in;
        TRY(leg_add(&spare, d, list[i], &offer, i + 1 == n));
    }
    return ERR_OK;
}

/* Go upstream from an asset until one comes again: it is on a circle. */
static uint32_t circle_find(const struct rounding *d, uint32_t asset, bool *passed)
{
    memset(passed, 0, d->a->assets_n * sizeof(*passed));
    while (!passed[asset]) {
        passed[asset] = true;
        for (size_t i = 0; i < d->r->flows_n; i++) {
            if (flow_out(d, i) == asset && !d->visited[flow_in(d, i)]) {
                asset = flow_in(d, i);
                break;
            }
        }
    }
    return asset;
}

/* The next asset: nothing more comes in; else, `early`, one on a circle. UINT32_MAX: none left. */
static uint32_t asset_next(const struct rounding *d, bool *early)
{
    uint32_t left = UINT32_MAX;

    *early = false;
    for (uint32_t i = 0; i < d->a->assets_n; i++) {
        if (d->visited[i])
            continue;
        if (d->pending[i] == 0)
            return i;
        left = left == UINT32_MAX ? i : left;
    }
    *early = left != UINT32_MAX;
    return *early ? circle_find(d, left, d->passed) : left;
}

static enum err legs_run(struct rounding *d, size_t *list)
{
    uint32_t asset;
    bool early;

    memset(d->visited, 0, d->a->assets_n * sizeof(*d->visited));
    memset(d->pending, 0, d->a->assets_n * sizeof(*d->pending));
    d->s->legs_n = 0;
    for (size_t i = 0; i < d->r->flows_n; i++)
        d->pending[flow_out(d, i)]++;
    while ((asset = asset_next(d, &early)) != UINT32_MAX)
        TRY(asset_visit(d, asset, list, early));
    return ERR_OK;
}

/* Take back what was lent; where it is not all there, *again: lend that much less. */
static enum err lent_return(bool *again, struct rounding *d)
{
    *again = false;
    for (uint32_t i = 0; i < d->a->assets_n; i++) {
        struct u256 due, missing;

        if (!d->lends[i])
            continue;
        TRY(u256_add(&due, &d->lent[i], &d->owed[i]));
        missing = excess(&due, &d->have[i]);
        if (u256_is_zero(&missing)) {
            TRY(u256_sub(&d->have[i], &d->have[i], &d->lent[i]));
            continue;
        }
        TRY(u256_add(&missing, &missing, &missing)); /* less lent is less brought back, too */
        d->lent[i] = excess(&d->lent[i], &missing);
        *again = true;
    }
    return ERR_OK;
}

/* Legs for all flows. *circle: flows go round and what was lent does not come back. */
static enum err legs_make(bool *circle, struct rounding *d)
{
    size_t *list = ARENA_NEW(d->p->arena, d->r->flows_n, size_t);

    if (list == NULL)
        return ERR_NOMEM;
    for (int i = 0; i < LENDINGS_MAX; i++) {
        TRY(money_count(d));
        TRY(legs_run(d, list));
        TRY(lent_return(circle, d));
        if (!*circle)
            return ERR_OK;
    }
    return ERR_OK;
}

/* Does any fill sell the asset, or an exact-buy buy it? Then its price is not ours alone to move.
 */
static bool price_is_free(const struct rounding *d, uint32_t asset)
{
    bool bought = false;

    for (size_t i = 0; i < d->s->fills_n; i++) {
        const struct auction_intent *in = &d->a->intents[d->s->fills[i].intent];

        if (in->sell == asset || (in->buy == asset && in->kind == INTENT_BUY))
            return false;
        bought = bought || in->buy == asset;
    }
    return bought;
}

/* Hand out what the legs really brought. *shorted: an asset cannot pay its fills. */
static enum err payouts_fit(bool *shorted, struct rounding *d)
{
    *shorted = false;
    for (uint32_t i = 0; i < d->a->assets_n; i++) {
        if (u256_cmp(&d->have[i], &d->owed[i]) == 0 || !price_is_free(d, i))
            continue;
        if (payout_spread(d->s->fills, d->s->fills_n, d->a, d->s->prices, i, &d->have[i]) ==
            ERR_OVERFLOW)
            return ERR_OVERFLOW;
    }
    memset(d->owed, 0, d->a->assets_n * sizeof(*d->owed));
    for (size_t i = 0; i < d->s->fills_n; i++) {
        struct u256 *owed = &d->owed[d->a->intents[d->s->fills[i].intent].buy];

        TRY(u256_add(owed, owed, &d->s->fills[i].got));
    }
    for (size_t i = 0; i < d->a->assets_n; i++)
        *shorted = *shorted || u256_cmp(&d->have[i], &d->owed[i]) < 0;
    return ERR_OK;
}

/* Fills in the order of the auction's intents. */
static void fills_sort(struct solution_fill *fills, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct solution_fill f = fills[i];
        size_t j = i;

        for (; j > 0 && fills[j - 1].intent > f.intent; j--)
            fills[j] = fills[j - 1];
        fills[j] = f;
    }
}

static enum err rounded(enum pass_result *next, struct pass *p)
{
    struct rounding d;
    bool drop, circle, shorted;

    TRY(rounding_init(&d, p));
    TRY(closed_pairs_price(&d));
    TRY(fills_price(&drop, &d));
    if (drop) {
        pass_restart(p);
        *next = p->drops++ < PASS_DROPS_MAX ? PASS_PRICE : PASS_END;
        return ERR_OK;
    }
    TRY(legs_make(&circle, &d));
    if (circle) {
        p->cut = true;
        *next = PASS_ROUTE;
        return ERR_OK;
    }
    TRY(payouts_fit(&shorted, &d));
    if (shorted) {
        p->slack_no++;
        *next = PASS_ROUTE;
        return ERR_OK;
    }
    fills_sort(d.s->fills, d.s->fills_n);
    return stages_assign(d.s->legs, d.s->legs_n, p->arena, p->a);
}

enum err pass_round(enum pass_result *next, struct pass *p)
{
    enum err e = proposal_make(&p->proposal, p->arena, p->a, &p->network, &p->paid);

    if (e == ERR_OK)
        e = rounded(next, p);
    if (e == ERR_NOMEM || e == ERR_OK)
        return e;
    *next = PASS_END; /* amounts beyond 256 bits: no answer */
    return ERR_OK;
}
