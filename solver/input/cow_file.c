/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <strings.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/cow_token.h"
#include "solver/input/pool_build.h"

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

/* A text; NULL when it is something else. */
static const char *text_at(const struct doc_at *at)
{
    struct input_error *whole = at->doc->error, ignored = { { 0 } };
    const char *text;

    at->doc->error = &ignored;
    if (doc_text(&text, at) != ERR_OK)
        text = NULL;
    at->doc->error = whole;
    return text;
}

/* A text member; NULL when there is none. */
static const char *text_of(const struct doc_at *item, const char *key)
{
    struct doc_at at;

    return doc_find(&at, item, key) ? text_at(&at) : NULL;
}

/* The assets of one of Balancer's pools. False, and the pool is counted: more than a curve holds. */
static enum err assets_read(bool *fits, struct pool_assets *p, struct auction_build *b,
                            const struct doc_at *item)
{
    const char *own = text_of(item, "address"); /* a stable pool may list the token of its shares */
    struct doc_at tokens, token, at;
    void *iter = NULL;

    *p = (struct pool_assets){ .n = 0 };
    *fits = true;
    TRY(doc_get(&tokens, item, "tokens"));
    TRY(doc_object(&tokens));
    while (*fits && doc_next(&token, &iter, &tokens)) {
        struct pool_asset *x = &p->list[p->n];

        if (own != NULL && strcasecmp(own, token.key) == 0)
            continue;
        *fits = p->n < CURVE_ASSETS_MAX;
        if (!*fits)
            break;
        TRY(cow_token_of_key(&x->asset, b, &token));
        TRY(doc_get(&at, &token, "balance"));
        TRY(doc_u256(&x->balance, &at));
        TRY(doc_get(&at, &token, "scalingFactor"));
        TRY(doc_scaled(&x->scaling, &at, POOL_PLACES));
        if (doc_find(&at, &token, "weight"))
            TRY(doc_scaled(&x->weight, &at, POOL_PLACES));
        p->n++;
    }
    b->file->skipped.large += !*fits;
    return ERR_OK;
}

static enum err version_read(bool *multiplies, const struct doc_at *item)
{
    const char *version;
    struct doc_at at;

    TRY(doc_get(&at, item, "version"));
    TRY(doc_text(&version, &at));
    *multiplies = strcmp(version, "v3Plus") == 0;
    return *multiplies || strcmp(version, "v0") == 0 ? ERR_OK
                                                     : doc_fail(&at, "neither v0 nor v3Plus");
}

static enum err weighted_read(struct auction_build *b, struct curve *c, const struct doc_at *item,
                              const struct doc_at *id)
{
    struct pool_assets p;
    uint64_t fee;
    bool fits, multiplies;

    TRY(assets_read(&fits, &p, b, item));
    TRY(pool_build_fee(&fee, item));
    TRY(version_read(&multiplies, item));
    if (!fits)
        return ERR_OK;
    if (pool_build_weighted(c, b->arena, &p, fee) != ERR_OK)
        return doc_full(item);
    c->as.weighted->multiplies = multiplies;
    return auction_build_keep_curve(b, item, id);
}

static enum err stable_read(struct auction_build *b, struct curve *c, const struct doc_at *item,
                            const struct doc_at *id)
{
    struct u256 amplification;
    struct pool_assets p;
    struct doc_at at;
    uint64_t fee;
    bool fits;

    TRY(assets_read(&fits, &p, b, item));
    TRY(pool_build_fee(&fee, item));
    TRY(doc_get(&at, item, "amplificationParameter"));
    TRY(doc_scaled_floor(&amplification, &at, POOL_AMPLIFICATION_PLACES));
    if (!fits)
        return ERR_OK;
    pool_build_sort(&p, b->file->auction.assets);
    if (pool_build_stable(c, b->arena, &p, fee, &amplification) != ERR_OK)
        return doc_full(item);
    return auction_build_keep_curve(b, item, id);
}

static enum err concentrated_read(struct auction_build *b, struct curve *c,
                                  const struct doc_at *item, const struct doc_at *id)
{
    struct concentrated *k = &c->as.concentrated;
    struct doc_at tokens, at;

    c->kind = CURVE_concentrated;
    TRY(doc_get(&tokens, item, "tokens"));
    TRY(doc_array(&tokens, 2));
    while (c->assets_n < doc_count(&tokens)) {
        at = doc_item(&tokens, c->assets_n);
        TRY(auction_build_find(&c->asset[c->assets_n++], b, &at));
    }
    TRY(doc_get(&at, item, "sqrtPrice"));
    TRY(doc_u256(&k->sqrt_price, &at));
    TRY(doc_get(&at, item, "liquidity"));
    TRY(doc_u256(&k->liquidity, &at));
    TRY(doc_get(&at, item, "tick"));
    TRY(doc_int32(&k->tick, &at));
    TRY(pool_build_millionths(&k->fee, item));
    TRY(doc_get(&at, item, "liquidityNet"));
    TRY(pool_build_nets(k, b->arena, &at));
    return auction_build_keep_curve(b, item, id);
}

static const struct reader {
    const char *kind;
    enum err (*read)(struct auction_build *b, struct curve *c, const struct doc_at *item,
                     const struct doc_at *id);
} readers[] = {
    { "constantProduct", pool_read },   { "weightedProduct", weighted_read },
    { "stable", stable_read },          { "concentratedLiquidity", concentrated_read },
    { "limitOrder", limit_order_read },
};

static enum err liquidity_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    struct doc_at id, at;
    const char *kind;

    TRY(doc_get(&id, item, "id"));
    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(readers[i].kind, kind) == 0)
            return readers[i].read(b, c, item, &id);
    }
    b->file->skipped.other++;
    return ERR_OK;
}

/* How many tokens one entry of liquidity may mention. */
static size_t mentions_max(const struct doc_at *item)
{
    struct doc_at tokens;

    return 2 + (doc_find(&tokens, item, "tokens") ? doc_count(&tokens) : 0);
}

/* The tokens that one entry of liquidity mentions: at most that many, fewer when it is malformed. */
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
    while (doc_next(&token, &iter, &tokens))
        names[n++] = token.key;
    if (n > 0)
        return n;
    for (size_t i = 0; i < doc_count(&tokens); i++) {
        token = doc_item(&tokens, i);
        names[n] = text_at(&token);
        n += names[n] != NULL;
    }
    return n;
}

static enum err missing_add(struct auction_build *b, const struct doc_at *pools, size_t most)
{
    const char **names = ARENA_NEW(b->arena, most, const char *);
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
    size_t mentions = 0;

    f->format = AUCTION_COW;
    TRY(doc_get(&tokens, root, "tokens"));
    TRY(doc_object(&tokens));
    TRY(doc_get(&pools, root, "liquidity"));
    TRY(doc_array(&pools, SIZE_MAX));
    TRY(doc_get(&orders, root, "orders"));
    TRY(doc_array(&orders, SIZE_MAX));
    for (size_t i = 0; i < doc_count(&pools); i++) {
        struct doc_at item = doc_item(&pools, i);

        mentions += mentions_max(&item);
    }
    const size_t most[3] = { doc_count(&tokens) + mentions, doc_count(&pools), doc_count(&orders) };

    TRY(auction_build_open(&b, f, arena, root, most));
    TRY(cow_tokens_read(&b, &tokens, token_read));
    TRY(missing_add(&b, &pools, mentions));
    TRY(auction_build_each(&b, &pools, &liquidity));
    return auction_build_each(&b, &orders, &order);
}
