/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/ladder.h"
#include "solver/input/pool_build.h"

#define LEVELS_MAX 1000000

static enum err tokens_read(struct auction_build *b, const struct doc_at *list)
{
    struct doc_at at;
    struct auction_asset *asset;
    uint64_t id, decimals;
    const char *address;

    for (size_t i = 0; i < doc_count(list); i++) {
        struct doc_at item = doc_item(list, i);

        TRY(doc_get(&at, &item, "id"));
        TRY(doc_integer(&id, &at, 0, UINT32_MAX));
        if (id != i)
            return doc_fail(&at, "not %zu: tokens are numbered by position", i);
        TRY(doc_literal(&b->file->asset_refs[i], &at, b->arena));
        TRY(doc_get(&at, &item, "address"));
        TRY(doc_text(&address, &at));
        TRY(auction_build_asset(&asset, b, &at, address));
        TRY(auction_build_label(b, asset, &item));
        TRY(doc_get(&at, &item, "decimals"));
        TRY(doc_integer(&decimals, &at, 0, AMOUNT_DECIMALS_MAX));
        asset->decimals = (uint8_t)decimals;
    }
    return ERR_OK;
}

/* A member that holds a token's number. */
static enum err token_at(uint32_t *asset, const struct auction_build *b, const struct doc_at *at)
{
    uint64_t id;

    TRY(doc_integer(&id, at, 0, UINT32_MAX));
    if (id >= b->file->auction.assets_n)
        return doc_fail(at, "no such token");
    *asset = (uint32_t)id;
    return ERR_OK;
}

static enum err pair_get(struct doc_at *pair, const struct doc_at *item, const char *key)
{
    TRY(doc_get(pair, item, key));
    TRY(doc_array(pair, 2));
    return doc_count(pair) == 2 ? ERR_OK : doc_fail(pair, "not two items");
}

static enum err product_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct constant_product *p = &c->as.constant_product;
    struct doc_at reserves, at;

    (void)b;
    TRY(pair_get(&reserves, item, "reserves"));
    for (size_t i = 0; i < 2; i++) {
        at = doc_item(&reserves, i);
        TRY(doc_u256(&p->reserve[i], &at));
    }
    TRY(doc_get(&at, item, "fee"));
    return doc_fee(&p->keep_num, &p->keep_den, &at);
}

/* Base is counted in atoms: what a size has beyond them is cut off. */
static enum err book_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct book *o = &c->as.book;
    const struct auction_asset *assets = b->file->auction.assets;
    struct ladder_units units = { .base_decimals = assets[c->asset[0]].decimals,
                                  .quote_decimals = assets[c->asset[1]].decimals };
    struct doc_at bids, asks, at;

    TRY(doc_get(&bids, item, "bids"));
    TRY(doc_get(&asks, item, "asks"));
    TRY(ladder_places(&units.price_places, &bids, LEVELS_MAX));
    TRY(ladder_places(&units.price_places, &asks, LEVELS_MAX));
    if (ladder_scale(&o->scale, &units) != ERR_OK)
        return doc_fail(item, "prices too fine for these tokens");
    o->lot = u256_of(1);
    TRY(ladder_read(&o->bids, &o->bids_n, &bids, &units, true, b->arena));
    TRY(ladder_read(&o->asks, &o->asks_n, &asks, &units, true, b->arena));
    TRY(doc_get(&at, item, "fee"));
    return doc_fee(&o->keep_num, &o->keep_den, &at);
}

/* An array with one item for each asset of the pool. */
static enum err row_get(struct doc_at *row, const struct doc_at *item, const char *key,
                        const struct pool_assets *p)
{
    TRY(doc_get(row, item, key));
    TRY(doc_array(row, CURVE_ASSETS_MAX));
    return doc_count(row) == p->n ? ERR_OK : doc_fail(row, "not one for each token");
}

/* The assets of a pool with their reserves; what the format leaves open comes from the decimals. */
static enum err assets_get(struct pool_assets *p, const struct auction_build *b,
                           const struct curve *c, const struct doc_at *item)
{
    struct doc_at reserves, at;

    *p = (struct pool_assets){ .n = c->assets_n };
    TRY(row_get(&reserves, item, "reserves", p));
    for (uint32_t k = 0; k < p->n; k++) {
        at = doc_item(&reserves, k);
        p->list[k].asset = c->asset[k];
        p->list[k].scaling = pool_build_scaling(b->file->auction.assets[c->asset[k]].decimals);
        TRY(doc_u256(&p->list[k].balance, &at));
    }
    return ERR_OK;
}

/* The format knows no limit of 30 %; a weight is a decimal fraction of 1. */
static enum err weighted_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct pool_assets p;
    struct doc_at weights, at;
    uint64_t fee;

    TRY(assets_get(&p, b, c, item));
    TRY(row_get(&weights, item, "weights", &p));
    for (uint32_t k = 0; k < p.n; k++) {
        at = doc_item(&weights, k);
        TRY(doc_scaled(&p.list[k].weight, &at, POOL_PLACES));
    }
    TRY(pool_build_fee(&fee, item));
    if (pool_build_weighted(c, b->arena, &p, fee) != ERR_OK)
        return doc_full(item);
    c->as.weighted->unlimited = true;
    return ERR_OK;
}

/* A is Balancer's amplification parameter: both count n A where the formula has it. */
static enum err stable_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct pool_assets p;
    struct doc_at scaling, at;
    struct u256 amplification;
    uint64_t fee;

    TRY(assets_get(&p, b, c, item));
    TRY(row_get(&scaling, item, "scaling", &p));
    for (uint32_t k = 0; k < p.n; k++) {
        at = doc_item(&scaling, k);
        TRY(doc_scaled(&p.list[k].scaling, &at, POOL_PLACES));
    }
    TRY(doc_get(&at, item, "A"));
    TRY(doc_scaled_floor(&amplification, &at, POOL_AMPLIFICATION_PLACES));
    TRY(pool_build_fee(&fee, item));
    return pool_build_stable(c, b->arena, &p, fee, &amplification) == ERR_OK ? ERR_OK
                                                                             : doc_full(item);
}

static enum err ticks_read(struct auction_build *b, struct concentrated *c,
                           const struct doc_at *item)
{
    struct concentrated_tick *ticks;
    struct doc_at list, at;

    TRY(doc_get(&list, item, "ticks"));
    TRY(doc_array(&list, CONCENTRATED_TICKS_MAX));
    c->ticks_n = doc_count(&list);
    ticks = ARENA_NEW(b->arena, c->ticks_n, struct concentrated_tick);
    if (ticks == NULL)
        return doc_full(&list);
    for (size_t i = 0; i < c->ticks_n; i++) {
        struct doc_at pair = doc_item(&list, i);

        TRY(doc_array(&pair, 2));
        if (doc_count(&pair) != 2)
            return doc_fail(&pair, "not two items");
        at = doc_item(&pair, 0);
        TRY(doc_int32(&ticks[i].index, &at));
        at = doc_item(&pair, 1);
        TRY(doc_delta(&ticks[i].net, &at));
    }
    pool_build_ticks(c, ticks);
    return ERR_OK;
}

static enum err concentrated_read(struct auction_build *b, struct curve *c,
                                  const struct doc_at *item)
{
    struct concentrated *k = &c->as.concentrated;
    struct doc_at at;

    TRY(doc_get(&at, item, "sqrt_price_x96"));
    TRY(doc_u256(&k->sqrt_price, &at));
    TRY(doc_get(&at, item, "liquidity"));
    TRY(doc_u256(&k->liquidity, &at));
    TRY(doc_get(&at, item, "tick"));
    TRY(doc_int32(&k->tick, &at));
    TRY(pool_build_millionths(&k->fee, item));
    return ticks_read(b, k, item);
}

static const struct reader {
    const char *name;
    enum curve_kind kind;
    enum err (*read)(struct auction_build *b, struct curve *c, const struct doc_at *item);
} readers[] = {
    { "constant_product", CURVE_constant_product, product_read },
    { "book", CURVE_book, book_read },
    { "weighted", CURVE_weighted, weighted_read },
    { "stable", CURVE_stable, stable_read },
    { "concentrated", CURVE_concentrated, concentrated_read },
};

/* NULL for a kind that this build does not know. */
static const struct reader *reader_of(const char *kind)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(readers[i].name, kind) == 0)
            return &readers[i];
    }
    return NULL;
}

static enum err pool_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    const struct reader *r;
    struct doc_at id, at, tokens;
    const char *kind;

    TRY(doc_get(&id, item, "id"));
    TRY(doc_integer(&c->id, &id, 0, UINT64_MAX));
    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    r = reader_of(kind);
    if (r == NULL) {
        b->file->skipped.other++;
        return ERR_OK;
    }
    TRY(doc_get(&tokens, item, "tokens"));
    TRY(doc_array(&tokens, SIZE_MAX));
    if (doc_count(&tokens) > CURVE_ASSETS_MAX) {
        b->file->skipped.large++;
        return ERR_OK;
    }
    while (c->assets_n < doc_count(&tokens)) {
        at = doc_item(&tokens, c->assets_n);
        TRY(token_at(&c->asset[c->assets_n++], b, &at));
    }
    if (c->assets_n < 2)
        return doc_fail(&tokens, "fewer than two tokens");
    c->kind = r->kind;
    TRY(r->read(b, c, item));
    return auction_build_keep_curve(b, item, &id);
}

static enum err order_read(struct auction_build *b, const struct doc_at *item)
{
    struct auction_intent *i = auction_build_intent(b);
    struct doc_at at;
    const char *id;

    TRY(doc_get(&at, item, "sell"));
    TRY(token_at(&i->sell, b, &at));
    TRY(doc_get(&at, item, "buy"));
    TRY(token_at(&i->buy, b, &at));
    TRY(doc_get(&at, item, "sell_amount"));
    TRY(doc_u256(&i->sell_max, &at));
    TRY(doc_get(&at, item, "min_buy"));
    TRY(doc_u256(&i->buy_min, &at));
    if (doc_find(&at, item, "partial"))
        TRY(doc_bool(&i->partial, &at));
    TRY(doc_get(&at, item, "id"));
    TRY(doc_text(&id, &at));
    return auction_build_keep_intent(b, item, id);
}

enum err irx_file_read(struct auction_file *f, const struct doc_at *root, struct arena *arena)
{
    struct auction_reader pool = { pool_read, "id", &f->skipped.bad_pool };
    struct auction_reader order = { order_read, "id", &f->skipped.bad_order };
    struct doc_at tokens, pools, orders;
    struct auction_build b;

    f->format = AUCTION_IRX;
    TRY(doc_get(&tokens, root, "tokens"));
    TRY(doc_array(&tokens, SIZE_MAX));
    TRY(doc_get(&pools, root, "pools"));
    TRY(doc_array(&pools, SIZE_MAX));
    TRY(doc_get(&orders, root, "orders"));
    TRY(doc_array(&orders, SIZE_MAX));
    const size_t most[3] = { doc_count(&tokens), doc_count(&pools), doc_count(&orders) };

    TRY(auction_build_open(&b, f, arena, root, most));
    TRY(tokens_read(&b, &tokens));
    TRY(auction_build_each(&b, &pools, &pool));
    return auction_build_each(&b, &orders, &order);
}
