/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/world.h"

#include <string.h>

#include "solver/core/check.h"
#include "solver/market/fixed18.h"
#include "solver/market/sqrt_price.h"

#define FEE (FIXED18_ONE / 1000 * 3)
#define TICK 6000

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

static void balancer_fill(struct curve *c, struct balancer *b, const uint32_t *assets, uint32_t n,
                          uint64_t balance)
{
    CHECK(n <= CURVE_ASSETS_MAX);
    c->assets_n = n;
    *b = (struct balancer){ .n = n, .fee = FEE };
    for (uint32_t k = 0; k < n; k++) {
        c->asset[k] = assets[k];
        b->balance[k] = u256_of(balance);
        b->scaling[k] = u256_of(FIXED18_ONE);
    }
}

struct curve *world_weighted(struct world *w, uint32_t venue, const uint32_t *assets, uint32_t n,
                             uint64_t balance)
{
    struct weighted *p = &w->weighted[w->a.curves_n];
    struct curve *c = curve_add(w, venue, assets[0], assets[1]);

    c->kind = CURVE_weighted;
    c->as.weighted = p;
    *p = (struct weighted){ .unlimited = true };
    balancer_fill(c, &p->pool, assets, n, balance);
    for (uint32_t k = 0; k < n; k++)
        p->weight[k] = FIXED18_ONE / n;
    return c;
}

struct curve *world_stable(struct world *w, uint32_t venue, const uint32_t *assets, uint32_t n,
                           uint64_t balance)
{
    struct stable *p = &w->stable[w->a.curves_n];
    struct curve *c = curve_add(w, venue, assets[0], assets[1]);

    c->kind = CURVE_stable;
    c->as.stable = p;
    *p = (struct stable){ .amplification = (uint64_t)100 * STABLE_PRECISION };
    balancer_fill(c, &p->pool, assets, n, balance);
    CHECK(stable_invariant(&p->invariant, p) == ERR_OK);
    return c;
}

struct curve *world_concentrated(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                                 uint64_t liquidity)
{
    struct concentrated_tick *t = w->ticks[w->a.curves_n];
    struct curve *c = curve_add(w, venue, a, b);

    c->kind = CURVE_concentrated;
    t[0] = (struct concentrated_tick){ .index = -TICK, .net = { liquidity, false } };
    t[1] = (struct concentrated_tick){ .index = TICK, .net = { liquidity, true } };
    for (int i = 0; i < 2; i++)
        CHECK(sqrt_price_at(&t[i].sqrt_price, t[i].index) == ERR_OK);
    c->as.concentrated = (struct concentrated){
        .liquidity = u256_of(liquidity), .fee = 3000, .ticks = t, .ticks_n = 2
    };
    CHECK(sqrt_price_at(&c->as.concentrated.sqrt_price, 0) == ERR_OK);
    return c;
}

struct curve *world_fixed_rate(struct world *w, uint32_t venue, uint32_t a, uint32_t b,
                               uint64_t capacity)
{
    struct curve *c = curve_add(w, venue, a, b);

    c->kind = CURVE_fixed_rate;
    c->as.fixed_rate = (struct fixed_rate){ .num = u256_of(1),
                                            .den = u256_of(1),
                                            .keep_num = 997,
                                            .keep_den = 1000,
                                            .capacity = { u256_of(capacity), u256_of(capacity) } };
    return c;
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
