/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/world.h"

#include <string.h>

#include "solver/core/check.h"

void world_init(struct world *w, size_t assets_n, size_t venues_n)
{
    CHECK(assets_n <= WORLD_ASSETS && venues_n <= WORLD_VENUES);
    *w = (struct world){ .a = { .number = 1,
                                .id = { { 7 } },
                                .assets = w->assets,
                                .assets_n = assets_n,
                                .venues = w->venues,
                                .venues_n = venues_n,
                                .curves = w->curves,
                                .intents = w->intents,
                                .inventory = w->inventory,
                                .rows = w->rows,
                                .options = { .tolerance_ppt = 1000, .legs_max = 256 } } };
    for (uint32_t i = 0; i < assets_n; i++)
        w->assets[i] = (struct auction_asset){ .id = i + 1,
                                               .name = "asset",
                                               .mark = { AMOUNT_OF(1), AMOUNT_OF(1) },
                                               .lot = AMOUNT_OF(1) };
    for (size_t i = 0; i < venues_n; i++) {
        w->venues[i] =
            (struct auction_venue){ .name = { "v" }, .domain = { DOMAIN_HOME }, .atomic = true };
        w->venues[i].name.text[1] = (char)('0' + i);
    }
}

static struct curve *curve_add(struct world *w, uint32_t venue, uint32_t a, uint32_t b)
{
    struct curve *c = &w->curves[w->a.curves_n];

    CHECK(w->a.curves_n < WORLD_CURVES);
    *c = (struct curve){
        .venue = venue, .id = ++w->a.curves_n, .seq = 1, .assets_n = 2, .asset = { a, b }
    };
    return c;
}

struct curve *world_pool(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                         uint64_t reserve_a, uint64_t reserve_b)
{
    struct curve *c = curve_add(w, venue, a, b);

    c->kind = CURVE_constant_product;
    c->as.constant_product = (struct constant_product){
        .reserve = { u256_of(reserve_a), u256_of(reserve_b) }, .keep_num = 997, .keep_den = 1000
    };
    return c;
}

struct curve *world_book(struct world *w, uint32_t venue, uint32_t base, uint32_t quote)
{
    size_t i = w->a.curves_n;
    struct curve *c = curve_add(w, venue, base, quote);

    c->kind = CURVE_book;
    c->as.book = (struct book){ .scale = u256_of(1),
                                .lot = u256_of(1),
                                .keep_num = 1,
                                .keep_den = 1,
                                .bids = w->bids[i],
                                .asks = w->asks[i] };
    return c;
}

void world_bid(struct curve *book, uint64_t price, uint64_t size)
{
    struct book *b = &book->as.book;

    CHECK(b->bids_n < WORLD_LEVELS);
    b->bids[b->bids_n++] = (struct book_level){ u256_of(price), u256_of(size) };
}

void world_ask(struct curve *book, uint64_t price, uint64_t size)
{
    struct book *b = &book->as.book;

    CHECK(b->asks_n < WORLD_LEVELS);
    b->asks[b->asks_n++] = (struct book_level){ u256_of(price), u256_of(size) };
}

static struct auction_intent *intent_add(struct world *w, enum intent_kind kind, uint32_t sell,
                                         uint32_t buy, uint64_t sell_amount, uint64_t buy_amount)
{
    struct auction_intent *in = &w->intents[w->a.intents_n];

    CHECK(w->a.intents_n < WORLD_INTENTS);
    *in = (struct auction_intent){ .kind = kind,
                                   .sell = sell,
                                   .buy = buy,
                                   .sell_max = u256_of(sell_amount),
                                   .buy_min = u256_of(buy_amount),
                                   .signed_sell = u256_of(sell_amount),
                                   .signed_buy = u256_of(buy_amount) };
    in->id.bytes[ID_BYTES - 1] = (uint8_t)++w->a.intents_n;
    return in;
}

struct auction_intent *world_sell(struct world *w, uint32_t sell, uint32_t buy, uint64_t amount,
                                  uint64_t least)
{
    return intent_add(w, INTENT_SELL, sell, buy, amount, least);
}

struct auction_intent *world_buy(struct world *w, uint32_t sell, uint32_t buy, uint64_t most,
                                 uint64_t amount)
{
    return intent_add(w, INTENT_BUY, sell, buy, most, amount);
}

struct solution_leg world_leg(uint32_t curve, struct u256 in, struct u256 out)
{
    return (struct solution_leg){ .curve = curve, .way = { 0, 1 }, .in = in, .min_out = out };
}

void world_inventory(struct world *w, uint32_t asset, uint64_t amount)
{
    CHECK(w->a.inventory_n < WORLD_INVENTORY);
    w->inventory[w->a.inventory_n++] = (struct auction_inventory){ .domain = { DOMAIN_HOME },
                                                                   .asset = asset,
                                                                   .available = AMOUNT_OF(amount) };
}
