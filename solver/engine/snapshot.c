/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/market/curve_copy.h"

#define INDEX_NONE UINT32_MAX

/* State of one build: index[i] is the dense index of the registry's i-th asset. */
struct build {
    struct auction *a;
    struct arena *arena;
    const struct snapshot_input *in;
    uint32_t *index;
    uint8_t *wanted; /* [registry n]: an intent names this asset, or a path leads there */
};

static size_t registry_position(const struct build *b, uint32_t asset)
{
    const struct asset *found = asset_get(b->in->assets, asset);

    CHECK(found != NULL); /* chosen and venue_table let no other asset in */
    return (size_t)(found - b->in->assets->items);
}

static uint32_t dense(const struct build *b, uint32_t asset)
{
    return b->index[registry_position(b, asset)];
}

static bool chosen(const struct build *b, const struct ledger_intent *i)
{
    /* An asset may have left the registry after the intent was accepted. */
    if (asset_get(b->in->assets, i->intent.sell_asset) == NULL ||
        asset_get(b->in->assets, i->intent.buy_asset) == NULL)
        return false;
    if (i->state != INTENT_ACCEPTED ||
        i->intent.deadline_ms <= b->in->frozen->now_ms + b->in->margin_ms || i->cancel_marked)
        return false;
    if (b->in->only == NULL)
        return true;
    for (size_t k = 0; k < b->in->only_n; k++) {
        if (id_cmp(b->in->only[k], i->intent.id) == 0)
            return true;
    }
    return false;
}

/*
 * Spread from the assets of intents over usable curves. Rounds are few: real networks are hubs and
 * spokes, and a path longer than REACH_MAX hops never pays its fees.
 */
enum { REACH_MAX = 3 };

/* Did the round bring one of the curve's assets, and now the others? */
static bool spread(struct build *b, const struct curve *c, int round)
{
    bool here = false, grew = false;

    for (uint32_t k = 0; k < c->assets_n; k++)
        here = here || b->wanted[registry_position(b, c->asset[k])] == round + 1;
    for (uint32_t k = 0; here && k < c->assets_n; k++) {
        uint8_t *wanted = &b->wanted[registry_position(b, c->asset[k])];

        if (*wanted != 0)
            continue;
        *wanted = (uint8_t)(round + 2);
        grew = true;
    }
    return grew;
}

static void reach(struct build *b)
{
    const struct venue_table *t = b->in->venues;

    for (int round = 0; round < REACH_MAX; round++) {
        bool grew = false;
        for (uint32_t v = 0; v < t->n; v++) {
            for (size_t i = 0; i < t->venues[v].curves_n; i++) {
                const struct venue_curve *c = &t->venues[v].curves[i];
                if (!venue_curve_usable(&t->venues[v], c, b->in->now_ns))
                    continue;
                grew = spread(b, &c->curve, round) || grew;
            }
        }
        if (!grew)
            return;
    }
}

struct price snapshot_mark(const struct asset *asset)
{
    struct price p = { asset->mark, AMOUNT_OF(1) };

    for (unsigned i = 0; i < (unsigned)asset->mark_scale + asset->decimals; i++) {
        if (amount_muldiv_floor(&p.den, p.den, AMOUNT_OF(10), AMOUNT_OF(1)) != ERR_OK)
            return (struct price){ AMOUNT_ZERO, AMOUNT_OF(1) };
    }
    return p;
}

static enum err take_assets(struct build *b)
{
    const struct asset_table *t = b->in->assets;

    b->a->assets = ARENA_NEW(b->arena, t->n + 1, struct auction_asset);
    if (b->a->assets == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < t->n; i++) {
        b->index[i] = INDEX_NONE;
        if (b->wanted[i] == 0)
            continue;
        b->index[i] = (uint32_t)b->a->assets_n;
        struct auction_asset *x = &b->a->assets[b->a->assets_n++];
        *x = (struct auction_asset){ .id = t->items[i].id,
                                     .name = arena_copy_text(b->arena, t->items[i].symbol,
                                                             strlen(t->items[i].symbol)),
                                     .decimals = t->items[i].decimals,
                                     .lot = t->items[i].lot };
        if (x->name == NULL)
            return ERR_NOMEM;
        x->mark = snapshot_mark(&t->items[i]);
    }
    return ERR_OK;
}

static void intent_take(struct build *b, const struct ledger_intent *stored)
{
    const struct intent *i = &stored->intent;
    struct auction_intent *out = &b->a->intents[b->a->intents_n];
    struct amount sell_max, buy_min;

    intent_open(&sell_max, &buy_min, i);
    if (amount_is_zero(sell_max) || amount_is_zero(buy_min))
        return; /* what is left is less than an atom on one side: nothing can fill it */
    *out = (struct auction_intent){ .id = i->id,
                                    .kind = i->kind,
                                    .partial = i->partial,
                                    .sell = dense(b, i->sell_asset),
                                    .buy = dense(b, i->buy_asset),
                                    .sell_max = u256_of_amount(sell_max),
                                    .buy_min = u256_of_amount(buy_min),
                                    .signed_sell = u256_of_amount(i->sell_amount),
                                    .signed_buy = u256_of_amount(i->buy_amount) };
    b->a->intents_n++;
}

static int intent_order(const void *x, const void *y)
{
    return id_cmp(((const struct auction_intent *)x)->id, ((const struct auction_intent *)y)->id);
}

static enum err take_intents(struct build *b)
{
    const struct ledger_reply *f = b->in->frozen;

    b->a->intents = ARENA_NEW(b->arena, f->intents_n + 1, struct auction_intent);
    if (b->a->intents == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < f->intents_n; i++) {
        if (chosen(b, &f->intents[i]))
            intent_take(b, &f->intents[i]);
    }
    qsort(b->a->intents, b->a->intents_n, sizeof *b->a->intents, intent_order);
    return ERR_OK;
}

static enum err take_venues(struct build *b)
{
    const struct venue_table *t = b->in->venues;

    b->a->venues = ARENA_NEW(b->arena, t->n + 1, struct auction_venue);
    if (b->a->venues == NULL)
        return ERR_NOMEM;
    b->a->venues_n = t->n;
    for (uint32_t v = 0; v < t->n; v++) {
        struct auction_venue *out = &b->a->venues[v];
        out->name = venue_label(t, v);
        /* One that never said Hello has no domain and no curves. */
        out->domain = t->venues[v].domain.text[0] != '\0' ? t->venues[v].domain : out->name;
        out->atomic = t->venues[v].atomic;
    }
    return ERR_OK;
}

/* A curve of which the batch knows not all assets stays out. */
static enum err curve_take(struct build *b, uint32_t venue, const struct venue_curve *c)
{
    const struct venue *v = &b->in->venues->venues[venue];
    struct curve *out = &b->a->curves[b->a->curves_n];

    if (!venue_curve_usable(v, c, b->in->now_ns))
        return ERR_OK;
    for (uint32_t k = 0; k < c->curve.assets_n; k++) {
        if (dense(b, c->curve.asset[k]) == INDEX_NONE)
            return ERR_OK;
    }
    TRY(curve_copy_whole(out, b->arena, &c->curve));
    for (uint32_t k = 0; k < out->assets_n; k++)
        out->asset[k] = dense(b, c->curve.asset[k]);
    out->venue = venue;
    out->age_ms = (b->in->now_ns - v->confirmed_ns) / 1000000u;
    b->a->curves_n++;
    return ERR_OK;
}

static enum err take_curves(struct build *b)
{
    const struct venue_table *t = b->in->venues;
    size_t n = 0;

    for (uint32_t v = 0; v < t->n; v++)
        n += t->venues[v].curves_n;
    b->a->curves = ARENA_NEW(b->arena, n + 1, struct curve);
    if (b->a->curves == NULL)
        return ERR_NOMEM;
    for (uint32_t v = 0; v < t->n; v++) {
        for (size_t i = 0; i < t->venues[v].curves_n; i++)
            TRY(curve_take(b, v, &t->venues[v].curves[i]));
    }
    return ERR_OK;
}

static enum err take_inventory(struct build *b)
{
    const struct ledger_reply *f = b->in->frozen;

    b->a->inventory = ARENA_NEW(b->arena, f->balances_n + 1, struct auction_inventory);
    if (b->a->inventory == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < f->balances_n; i++) {
        const struct ledger_balance *x = &f->balances[i];
        if (x->owner.kind != OWNER_INVENTORY || asset_get(b->in->assets, x->asset) == NULL ||
            dense(b, x->asset) == INDEX_NONE || amount_is_zero(x->available))
            continue;
        b->a->inventory[b->a->inventory_n++] = (struct auction_inventory){
            .domain = x->owner.name, .asset = dense(b, x->asset), .available = x->available
        };
    }
    return ERR_OK;
}

static enum err take_rows(struct build *b)
{
    const struct ledger_reply *f = b->in->frozen;

    b->a->rows = ARENA_NEW(b->arena, f->limits_n + 1, struct row);
    if (b->a->rows == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < f->limits_n; i++) {
        struct row r = f->limits[i];
        if (r.kind != ROW_VALUE) {
            if (asset_get(b->in->assets, r.asset) == NULL || dense(b, r.asset) == INDEX_NONE)
                continue;
            r.asset = dense(b, r.asset);
        }
        b->a->rows[b->a->rows_n++] = r;
    }
    return ERR_OK;
}

static struct id auction_id(const struct build *b, uint32_t attempt)
{
    struct hash h;

    hash_init(&h, "sluice/auction");
    hash_u64(&h, b->a->number);
    hash_u64(&h, (uint64_t)b->a->unix_ms);
    hash_u64(&h, attempt);
    hash_bytes(&h, b->a->config.bytes, sizeof b->a->config.bytes);
    return hash_id(&h);
}

static void mark_wanted(struct build *b)
{
    const struct ledger_reply *f = b->in->frozen;

    for (size_t i = 0; i < f->intents_n; i++) {
        if (!chosen(b, &f->intents[i]))
            continue;
        b->wanted[registry_position(b, f->intents[i].intent.sell_asset)] = 1;
        b->wanted[registry_position(b, f->intents[i].intent.buy_asset)] = 1;
    }
    reach(b);
}

enum err snapshot_auction(struct auction *out, struct arena *arena, const struct snapshot_input *in,
                          uint32_t attempt)
{
    struct build b = { .a = out, .arena = arena, .in = in };

    memset(out, 0, sizeof *out);
    out->number = in->frozen->auction;
    out->unix_ms = in->frozen->now_ms;
    out->config = in->assets->digest;
    out->options = in->options;
    out->id = auction_id(&b, attempt);
    b.index = ARENA_NEW(arena, in->assets->n + 1, uint32_t);
    b.wanted = ARENA_NEW(arena, in->assets->n + 1, uint8_t);
    if (b.index == NULL || b.wanted == NULL)
        return ERR_NOMEM;
    mark_wanted(&b);
    TRY(take_assets(&b));
    TRY(take_intents(&b));
    TRY(take_venues(&b));
    TRY(take_curves(&b));
    TRY(take_inventory(&b));
    return take_rows(&b);
}
