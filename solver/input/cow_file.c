/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/cow_token.h"

/* referencePrice is wei per 10^18 atoms; a micro-unit of account is 10^12 wei. */
#define MARK_PLACES 30

static enum err token_read(struct auction_build *b, const struct doc_at *item)
{
    struct auction_asset *asset;
    uint64_t decimals = COW_DECIMALS_UNKNOWN;
    struct doc_at at;
    struct u256 price;

    TRY(cow_token_add(&asset, b, item));
    if (doc_find(&at, item, "decimals"))
        TRY(doc_integer(&decimals, &at, 0, AMOUNT_DECIMALS_MAX));
    asset->decimals = (uint8_t)decimals;
    if (!doc_find(&at, item, "referencePrice"))
        return ERR_OK;
    TRY(doc_u256(&price, &at));
    if (u256_to_amount(&asset->mark.num, &price) == ERR_OK)
        asset->mark.den = amount_pow10(MARK_PLACES);
    return ERR_OK;
}

static enum err pool_read(struct auction_build *b, struct curve *c, const struct doc_at *item,
                          const struct doc_at *id)
{
    struct constant_product *p = &c->as.constant_product;
    struct doc_at tokens, token, at;
    void *iter = NULL;

    c->kind = CURVE_constant_product;
    TRY(doc_get(&tokens, item, "tokens"));
    TRY(doc_object(&tokens));
    if (doc_count(&tokens) != 2)
        return doc_fail(&tokens, "not two tokens");
    for (size_t i = 0; doc_next(&token, &iter, &tokens); i++) {
        TRY(cow_token_of_key(&c->asset[c->assets_n++], b, &token));
        TRY(doc_get(&at, &token, "balance"));
        TRY(doc_u256(&p->reserve[i], &at));
    }
    TRY(doc_get(&at, item, "fee"));
    TRY(doc_fee(&p->keep_num, &p->keep_den, &at));
    return auction_build_keep_curve(b, item, id);
}

/* taker gives the quote, maker the base: one ask of all of makerAmount for takerAmount. */
static enum err limit_order_read(struct auction_build *b, struct curve *c,
                                 const struct doc_at *item, const struct doc_at *id)
{
    struct book *o = &c->as.book;
    struct doc_at at;

    c->kind = CURVE_book;
    o->asks_n = 1;
    o->asks = ARENA_NEW(b->arena, 1, struct book_level);
    if (o->asks == NULL)
        return doc_full(item);
    TRY(doc_get(&at, item, "makerToken"));
    TRY(auction_build_find(&c->asset[0], b, &at));
    TRY(doc_get(&at, item, "takerToken"));
    TRY(auction_build_find(&c->asset[1], b, &at));
    TRY(doc_get(&at, item, "makerAmount"));
    TRY(doc_u256(&o->asks->size, &at));
    TRY(doc_get(&at, item, "takerAmount"));
    TRY(doc_u256(&o->asks->price, &at));
    c->assets_n = 2;
    o->scale = o->asks->size;
    o->lot = u256_of(1);
    o->keep_num = o->keep_den = 1;
    if (c->asset[0] != c->asset[1] && book_check(o) != ERR_OK) {
        b->file->skipped.limit_order++;
        return ERR_OK;
    }
    return auction_build_keep_curve(b, item, id);
}

static enum err liquidity_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    struct doc_at id, at;
    const char *kind;

    TRY(doc_get(&id, item, "id"));
    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    if (strcmp(kind, "constantProduct") == 0)
        return pool_read(b, c, item, &id);
    if (strcmp(kind, "limitOrder") == 0)
        return limit_order_read(b, c, item, &id);
    auction_build_skip_kind(b, kind);
    return ERR_OK;
}

/* A text member; NULL when there is none. */
static const char *text_of(const struct doc_at *item, const char *key)
{
    struct input_error *whole = item->doc->error, ignored = { { 0 } };
    const char *text = NULL;
    struct doc_at at;

    item->doc->error = &ignored;
    if (doc_find(&at, item, key) && doc_text(&text, &at) != ERR_OK)
        text = NULL;
    item->doc->error = whole;
    return text;
}

/* The tokens that one entry of liquidity mentions: at most two, fewer when it is malformed. */
static size_t mentioned(const char **names, const struct doc_at *item)
{
    const char *const keys[2] = { text_of(item, "makerToken"), text_of(item, "takerToken") };
    struct doc_at tokens, token;
    void *iter = NULL;
    size_t n = 0;

    for (size_t i = 0; i < 2; i++)
        if (keys[i] != NULL)
            names[n++] = keys[i];
    if (n > 0 || !doc_find(&tokens, item, "tokens"))
        return n;
    while (n < 2 && doc_next(&token, &iter, &tokens))
        names[n++] = token.key;
    return n;
}

static enum err missing_add(struct auction_build *b, const struct doc_at *pools)
{
    const char **names = ARENA_NEW(b->arena, 2 * doc_count(pools), const char *);
    size_t n = 0;

    if (names == NULL)
        return doc_full(pools);
    for (size_t i = 0; i < doc_count(pools); i++) {
        struct doc_at item = doc_item(pools, i);

        n += mentioned(names + n, &item);
    }
    return cow_tokens_add_missing(b, pools, names, n);
}

static enum err kind_read(struct auction_intent *i, const struct doc_at *item)
{
    struct doc_at at;
    const char *kind;

    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    if (strcmp(kind, "sell") != 0 && strcmp(kind, "buy") != 0)
        return doc_fail(&at, "neither \"sell\" nor \"buy\"");
    i->kind = kind[0] == 's' ? INTENT_SELL : INTENT_BUY;
    return ERR_OK;
}

static enum err order_read(struct auction_build *b, const struct doc_at *item)
{
    struct auction_intent *i = auction_build_intent(b);
    struct doc_at at;
    const char *uid;

    TRY(kind_read(i, item));
    TRY(doc_get(&at, item, "sellToken"));
    TRY(auction_build_find(&i->sell, b, &at));
    TRY(doc_get(&at, item, "buyToken"));
    TRY(auction_build_find(&i->buy, b, &at));
    TRY(doc_get(&at, item, "sellAmount"));
    TRY(doc_u256(&i->sell_max, &at));
    TRY(doc_get(&at, item, "buyAmount"));
    TRY(doc_u256(&i->buy_min, &at));
    if (doc_find(&at, item, "partiallyFillable"))
        TRY(doc_bool(&i->partial, &at));
    TRY(doc_get(&at, item, "uid"));
    TRY(doc_text(&uid, &at));
    return auction_build_keep_intent(b, item, uid);
}

enum err cow_file_read(struct auction_file *f, const struct doc_at *root, struct arena *arena)
{
    struct auction_reader liquidity = { liquidity_read, "id", &f->skipped.bad_pool };
    struct auction_reader order = { order_read, "uid", &f->skipped.bad_order };
    struct doc_at tokens, pools, orders;
    struct auction_build b;

    f->format = AUCTION_COW;
    TRY(doc_get(&tokens, root, "tokens"));
    TRY(doc_object(&tokens));
    TRY(doc_get(&pools, root, "liquidity"));
    TRY(doc_array(&pools, SIZE_MAX));
    TRY(doc_get(&orders, root, "orders"));
    TRY(doc_array(&orders, SIZE_MAX));
    const size_t most[3] = { doc_count(&tokens) + 2 * doc_count(&pools), doc_count(&pools),
                             doc_count(&orders) };

    TRY(auction_build_open(&b, f, arena, root, most));
    TRY(cow_tokens_read(&b, &tokens, token_read));
    TRY(missing_add(&b, &pools));
    TRY(auction_build_each(&b, &pools, &liquidity));
    return auction_build_each(&b, &orders, &order);
}
