/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/input/auction_build.h"
#include "solver/input/auction_read.h"
#include "solver/input/cow_token.h"
#include "solver/input/decimal.h"

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

/* The key of an amm is its name. */
static enum err amm_read(struct auction_build *b, const struct doc_at *item)
{
    struct curve *c = auction_build_curve(b);
    struct constant_product *p = &c->as.constant_product;
    struct doc_at at, reserves, reserve;
    void *iter = NULL;
    const char *kind;

    TRY(doc_get(&at, item, "kind"));
    TRY(doc_text(&kind, &at));
    if (strcmp(kind, "ConstantProduct") != 0) {
        auction_build_skip_kind(b, kind);
        return ERR_OK;
    }
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
    TRY(doc_fee(&p->keep_num, &p->keep_den, &at));
    return auction_build_keep_curve(b, item, NULL);
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
