/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/cow_token.h"
#include "solver/input/decimal.h"
#include "solver/input/pool_build.h"

/*
 * external_price is wei per atom as a binary fraction; a micro-unit of account is 10^12 wei.
 * It is cut to 26 places so that the denominator fits.
 */
#define MICRO_PLACES 12
#define PRICE_PLACES 26

static enum err mark_read(struct auction_asset *asset, const struct doc_at *item)
{
    struct doc_at at;
    struct decimal d;
    struct u256 num;

    if (!doc_find(&at, item, "external_price"))
        return ERR_OK;
    TRY(doc_decimal(&d, &at));
    int places = d.places < 0 ? 0 : d.places > PRICE_PLACES ? PRICE_PLACES : d.places;

    if (decimal_scale_floor(&num, &d, places) == ERR_OK &&
        u256_to_amount(&asset->mark.num, &num) == ERR_OK)
        asset->mark.den = amount_pow10((unsigned)places + MICRO_PLACES);
    return ERR_OK;
}

static enum err token_read(struct auction_build *b, const struct doc_at *item)
{
    struct auction_asset *asset;
    uint64_t decimals = COW_DECIMALS_UNKNOWN;
    struct doc_at at;

    TRY(cow_token_add(&asset, b, item));
    if (doc_find(&at, item, "decimals"))
        TRY(doc_integer(&decimals, &at, 0, AMOUNT_DECIMALS_MAX));
    asset->decimals = (uint8_t)decimals;
    return mark_read(asset, item);
}

static enum err product_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct constant_product *p = &c->as.constant_product;
    struct doc_at at, reserves, reserve;
    void *iter = NULL;

    c->kind = CURVE_constant_product;
    TRY(doc_get(&reserves, item, "reserves"));
    TRY(doc_object(&reserves));
    if (doc_count(&reserves) != 2)
        return doc_fail(&reserves, "not two tokens");
    for (size_t i = 0; doc_next(&reserve, &iter, &reserves); i++) {
        TRY(cow_token_of_key(&c->asset[c->assets_n++], b, &reserve));
        TRY(doc_u256(&p->reserve[i], &reserve));
    }
    TRY(doc_get(&at, item, "fee"));
    return doc_fee(&p->keep_num, &p->keep_den, &at);
}

/* The reserves of a pool that a curve can hold; a weighted pool's are objects with their weights. */
static enum err assets_read(struct pool_assets *p, struct auction_build *b,
                            const struct doc_at *item)
{
    struct doc_at reserves, reserve, at;
    void *iter = NULL;

    *p = (struct pool_assets){ .n = 0 };
    TRY(doc_get(&reserves, item, "reserves"));
    while (doc_next(&reserve, &iter, &reserves)) {
        struct pool_asset *x = &p->list[p->n++];

        TRY(cow_token_of_key(&x->asset, b, &reserve));
        x->scaling = pool_build_scaling(b->file->auction.assets[x->asset].decimals);
        if (doc_find(&at, &reserve, "weight")) {
            TRY(doc_scaled(&x->weight, &at, POOL_PLACES));
            TRY(doc_get(&at, &reserve, "balance"));
            TRY(doc_u256(&x->balance, &at));
        } else {
            TRY(doc_u256(&x->balance, &reserve));
        }
    }
    return ERR_OK;
}

static enum err weighted_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct pool_assets p;
    uint64_t fee;

    TRY(assets_read(&p, b, item));
    TRY(pool_build_fee(&fee, item));
    return pool_build_weighted(c, b->arena, &p, fee) == ERR_OK ? ERR_OK : doc_full(item);
}

/* A scaling rate is how many atoms are one unit: the factor is 10^18 over it. */
static enum err rates_read(struct pool_assets *p, const struct auction_build *b,
                           const struct doc_at *item)
{
    const struct u256 unit = decimal_pow10(2 * POOL_PLACES);
    struct doc_at rates, rate;
    void *iter = NULL;
    struct u256 v;

    TRY(doc_get(&rates, item, "scaling_rates"));
    while (doc_next(&rate, &iter, &rates)) {
        uint32_t asset;

        TRY(cow_token_of_key(&asset, b, &rate));
        TRY(doc_u256(&v, &rate));
        if (u256_is_zero(&v))
            return doc_fail(&rate, "not above 0");
        TRY(u256_div_floor(&v, &unit, &v));
        for (uint32_t k = 0; k < p->n; k++) {
            if (p->list[k].asset == asset)
                p->list[k].scaling = v;
        }
    }
    return ERR_OK;
}

static enum err stable_read(struct auction_build *b, struct curve *c, const struct doc_at *item)
{
    struct u256 amplification;
    struct pool_assets p;
    struct doc_at at;
    uint64_t fee;

    TRY(assets_read(&p, b, item));
    TRY(rates_read(&p, b, item));
    TRY(pool_build_fee(&fee, item));
    TRY(doc_get(&at, item, "amplification_parameter"));
    TRY(doc_scaled_floor(&amplification, &at, POOL_AMPLIFICATION_PLACES));
    pool_build_sort(&p, b->file->auction.assets);
    return pool_build_stable(c, b->arena, &p, fee, &amplification) == ERR_OK ? ERR_OK
                                                                             : doc_full(item);
}

static enum err state_read(struct concentrated *k, struct arena *arena, const struct doc_at *pool)
{
    struct doc_at state, at;

    TRY(doc_get(&state, pool, "state"));
    TRY(doc_get(&at, &state, "sqrt_price"));
    TRY(doc_u256(&k->sqrt_price, &at));
    TRY(doc_get(&at, &state, "liquidity"));
    TRY(doc_u256(&k->liquidity, &at));
    TRY(doc_get(&at, &state, "tick"));
    TRY(doc_int32(&k->tick, &at));
    TRY(doc_get(&at, &state, "liquidity_net"));
    return pool_build_nets(k, arena, &at);
}

static enum err concentrated_read(struct auction_build *b, struct curve *c,
                                  const struct doc_at *item)
{
    struct doc_at pool, tokens, token, at;

    c->kind = CURVE_concentrated;
    TRY(doc_get(&pool, item, "pool"));
    TRY(doc_get(&tokens, &pool, "tokens"));
    TRY(doc_array(&tokens, 2));
    while (c->assets_n < doc_count(&tokens)) {
        token = doc_item(&tokens, c->assets_n);
        TRY(doc_get(&at, &token, "id"));
        TRY(auction_build_find(&c->asset[c->assets_n++], b, &at));
    }
    TRY(pool_build_millionths(&c->as.concentrated.fee, item));
    return state_read(&c->as.concentrated, b->arena, &pool);
}

static const struct reader {
    const char *kind;
    enum err (*read)(struct auction_build *b, struct curve *c, const struct doc_at *item);
} readers[] = {
    { "ConstantProduct", product_read },
    { "WeightedProduct", weighted_read },
    { "Stable", stable_read },
    { "Concentrated", concentrated_read },
};

/* More reserves than a curve holds. */
static bool is_large(const struct doc_at *item)
{
    struct doc_at reserves;

    return doc_find(&reserves, item, "reserves") && doc_count(&reserves) > CURVE_ASSETS_MAX;
}

/* The key of an amm is its name. */
static enum err amm_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    const char *kind;
    struct doc_at at;

    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(kind, readers[i].kind) != 0)
            continue;
        if (is_large(item)) {
            b->file->skipped.large++;
            return ERR_OK;
        }
        TRY(readers[i].read(b, c, item));
        return auction_build_keep_curve(b, item, NULL);
    }
    b->file->skipped.other++;
    return ERR_OK;
}

static enum err order_read(struct auction_build *b, const struct doc_at *item)
{
    struct auction_intent *i = auction_build_intent(b);
    struct doc_at at;
    const char *id = item->key;
    bool sell;

    TRY(doc_get(&at, item, "is_sell_order"));
    TRY(doc_bool(&sell, &at));
    i->kind = sell ? INTENT_SELL : INTENT_BUY;
    TRY(doc_get(&at, item, "sell_token"));
    TRY(auction_build_find(&i->sell, b, &at));
    TRY(doc_get(&at, item, "buy_token"));
    TRY(auction_build_find(&i->buy, b, &at));
    TRY(doc_get(&at, item, "sell_amount"));
    TRY(doc_u256(&i->sell_max, &at));
    TRY(doc_get(&at, item, "buy_amount"));
    TRY(doc_u256(&i->buy_min, &at));
    if (doc_find(&at, item, "allow_partial_fill"))
        TRY(doc_bool(&i->partial, &at));
    if (doc_find(&at, item, "id"))
        TRY(doc_text(&id, &at));
    return auction_build_keep_intent(b, item, id);
}

enum err cow_old_file_read(struct auction_file *f, const struct doc_at *root, struct arena *arena)
{
    struct auction_reader amm = { amm_read, NULL, &f->skipped.bad_pool };
    struct auction_reader order = { order_read, NULL, &f->skipped.bad_order };
    struct doc_at tokens, amms, orders;
    struct auction_build b;

    f->format = AUCTION_COW_OLD;
    TRY(doc_get(&tokens, root, "tokens"));
    TRY(doc_object(&tokens));
    TRY(doc_get(&amms, root, "amms"));
    TRY(doc_object(&amms));
    TRY(doc_get(&orders, root, "orders"));
    TRY(doc_object(&orders));
    const size_t most[3] = { doc_count(&tokens), doc_count(&amms), doc_count(&orders) };

    TRY(auction_build_open(&b, f, arena, root, most));
    TRY(cow_tokens_read(&b, &tokens, token_read));
    TRY(auction_build_each(&b, &amms, &amm));
    return auction_build_each(&b, &orders, &order);
}
