/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs of the library's host: markets, orders and updates of any numbers. Every call returns a
 * status, and every route that is claimed is proved.
 */
#include <stddef.h>

#include "solver/core/check.h"
#include "solver/sluice/route.h"

#define ASSETS 5
#define CURVES_MAX 12
#define LEVELS_MAX 4
#define ORDERS_MAX 3
#define STEPS_MAX 60
#define PIVOTS_MAX 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Numbers from the input; zeros when it ended. */
struct source {
    const uint8_t *at;
    const uint8_t *end;
    struct sluice_level levels[2 * LEVELS_MAX];
    struct sluice_tick ticks[LEVELS_MAX];
};

static uint8_t byte(struct source *s)
{
    return s->at < s->end ? *s->at++ : 0;
}

static uint64_t word(struct source *s)
{
    uint64_t v = 0;

    for (int i = 0; i < 4; i++)
        v = v << 8 | byte(s);
    return v;
}

/* Any size: 32 bits somewhere in 256. */
static struct sluice_amount amount(struct source *s)
{
    struct sluice_amount a = { { 0 } };
    unsigned shift = byte(s);

    a.limb[shift / 64] = word(s) << shift % 64;
    return a;
}

/* 18 decimals, mostly below one. */
static uint64_t share(struct source *s)
{
    return word(s) * UINT64_C(250000000);
}

static void pool_fill(struct sluice_pool *p, struct source *s)
{
    p->fee = share(s);
    for (int k = 0; k < 3; k++) {
        p->balance[k] = amount(s);
        p->scaling[k].limb[0] = UINT64_C(1000000000000000000) << byte(s) % 4;
    }
}

static void book_fill(struct sluice_book *b, struct source *s)
{
    b->scale.limb[0] = 1 + byte(s);
    b->lot.limb[0] = 1 + byte(s) % 3;
    b->keep_num = byte(s);
    b->keep_den = 255;
    for (int i = 0; i < 2 * LEVELS_MAX; i++)
        s->levels[i] = (struct sluice_level){ amount(s), amount(s) };
    b->bids = s->levels;
    b->asks = s->levels + LEVELS_MAX;
    b->bids_n = byte(s) % (LEVELS_MAX + 1);
    b->asks_n = byte(s) % (LEVELS_MAX + 1);
}

static void concentrated_fill(struct sluice_concentrated *c, struct source *s)
{
    c->sqrt_price = amount(s);
    c->liquidity = amount(s);
    c->tick = (int32_t)word(s);
    c->fee = (uint32_t)word(s) % 1000001;
    c->ticks_n = byte(s) % (LEVELS_MAX + 1);
    for (uint32_t i = 0; i < c->ticks_n; i++)
        s->ticks[i] = (struct sluice_tick){ (int32_t)word(s), byte(s) % 2, amount(s) };
    c->ticks = s->ticks;
}

static struct sluice_curve curve(struct source *s)
{
    struct sluice_curve c = { .kind = byte(s) % 7, .assets_n = 2 + byte(s) % 2 };

    for (uint32_t k = 0; k < c.assets_n; k++)
        c.asset[k] = byte(s) % ASSETS;
    switch (c.kind) {
    case SLUICE_CONSTANT_PRODUCT:
        c.as.constant_product =
            (struct sluice_constant_product){ { amount(s), amount(s) }, byte(s), 255 };
        break;
    case SLUICE_BOOK: book_fill(&c.as.book, s); break;
    case SLUICE_WEIGHTED:
        pool_fill(&c.as.weighted.pool, s);
        for (int k = 0; k < 3; k++)
            c.as.weighted.weight[k] = share(s);
        c.as.weighted.unlimited = byte(s) % 2;
        break;
    case SLUICE_STABLE:
        pool_fill(&c.as.stable.pool, s);
        c.as.stable.amplification = word(s);
        break;
    case SLUICE_CONCENTRATED: concentrated_fill(&c.as.concentrated, s); break;
    case SLUICE_FIXED_RATE:
        c.as.fixed_rate = (struct sluice_fixed_rate){ .num = amount(s),
                                                      .den = amount(s),
                                                      .keep_num = byte(s),
                                                      .keep_den = 255,
                                                      .capacity = { amount(s), amount(s) } };
        break;
    default: break;
    }
    return c;
}

static void route_one(struct sluice_router *r, const struct sluice_market *m, struct source *s)
{
    struct sluice_order order = { .sell = byte(s) % (ASSETS + 1),
                                  .buy = byte(s) % (ASSETS + 1),
                                  .amount = amount(s),
                                  .exact_out = byte(s) % 2 };
    struct sluice_options options;
    struct sluice_route route;
    struct sluice_proof proof;

    sluice_options_default(&options);
    options.cycles = byte(s) % 2;
    options.warm = byte(s) % 2;
    options.legs_max = byte(s) % 4;
    options.steps_max = STEPS_MAX;
    options.pivots_max = PIVOTS_MAX;
    if (sluice_router_route(&route, r, m, &order, &options) != SLUICE_OK ||
        route.verdict == SLUICE_NO_ROUTE)
        return;
    CHECK(sluice_verify(&proof, m, &order, &options, &route) == SLUICE_OK);
    CHECK(proof.fault == SLUICE_PROVED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source s = { .at = data, .end = data + size };
    struct sluice_market *m;
    struct sluice_router *r;

    CHECK(sluice_market_new(&m, ASSETS, 0) == SLUICE_OK);
    CHECK(sluice_router_new(&r) == SLUICE_OK);
    for (int n = byte(&s) % (CURVES_MAX + 1); n > 0; n--) {
        const struct sluice_curve c = curve(&s);
        enum sluice_status status = sluice_market_add(NULL, m, &c);

        CHECK(status == SLUICE_OK || status == SLUICE_CURVE || status == SLUICE_ARGUMENT);
    }
    CHECK(sluice_market_seal(m) == SLUICE_OK);
    for (int n = 0; n < ORDERS_MAX && s.at < s.end; n++) {
        route_one(r, m, &s);
        const struct sluice_curve c = curve(&s);
        enum sluice_status status = sluice_market_update(m, byte(&s) % CURVES_MAX, &c);

        CHECK(status == SLUICE_OK || status == SLUICE_CURVE || status == SLUICE_ARGUMENT);
    }
    sluice_router_free(r);
    sluice_market_free(m);
    return 0;
}
