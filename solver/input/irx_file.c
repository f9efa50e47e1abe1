/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/ladder.h"

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

static enum err pool_fields(struct constant_product *p, const struct doc_at *item)
{
    struct doc_at reserves, at;

    TRY(pair_get(&reserves, item, "reserves"));
    for (size_t i = 0; i < 2; i++) {
        at = doc_item(&reserves, i);
        TRY(doc_u256(&p->reserve[i], &at));
    }
    TRY(doc_get(&at, item, "fee"));
    return doc_fee(&p->keep_num, &p->keep_den, &at);
}

/* Base is counted in atoms: what a size has beyond them is cut off. */
static enum err book_fields(struct book *o, const struct curve *c, const struct auction_build *b,
                            const struct doc_at *item)
{
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

static enum err pool_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    struct doc_at id, at, tokens;
    const char *kind;

    TRY(doc_get(&id, item, "id"));
    TRY(doc_integer(&c->id, &id, 0, UINT64_MAX));
    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    bool pool = strcmp(kind, "constant_product") == 0;

    if (!pool && strcmp(kind, "book") != 0) {
        auction_build_skip_kind(b, kind);
        return ERR_OK;
    }
    TRY(pair_get(&tokens, item, "tokens"));
    for (size_t i = 0; i < 2; i++) {
        at = doc_item(&tokens, i);
        TRY(token_at(&c->asset[c->assets_n++], b, &at));
    }
    c->kind = pool ? CURVE_constant_product : CURVE_book;
    if (pool)
        TRY(pool_fields(&c->as.constant_product, item));
    else
        TRY(book_fields(&c->as.book, c, b, item));
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
