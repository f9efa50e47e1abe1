/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/sluice_scene.h"

#include "tests/support/test_support.h"

struct sluice_amount sluice_scene_amount(uint64_t v)
{
    return (struct sluice_amount){ { v } };
}

struct sluice_curve sluice_scene_pool(uint32_t a, uint32_t b, uint64_t reserve_a,
                                      uint64_t reserve_b)
{
    struct sluice_curve c = { .kind = SLUICE_CONSTANT_PRODUCT, .assets_n = 2, .asset = { a, b } };

    c.as.constant_product = (struct sluice_constant_product){
        { sluice_scene_amount(reserve_a), sluice_scene_amount(reserve_b) }, 997, 1000
    };
    return c;
}

static const struct sluice_level bids[] = { { { { 2001 } }, { { 20000000 } } },
                                            { { { 1990 } }, { { 30000000 } } } };

/* Straight pieces, so that the linear program is asked. */
static struct sluice_curve book(void)
{
    struct sluice_curve c = { .kind = SLUICE_BOOK, .assets_n = 2, .asset = { 0, 2 } };

    c.as.book = (struct sluice_book){ .scale = sluice_scene_amount(1000),
                                      .lot = sluice_scene_amount(1),
                                      .keep_num = 999,
                                      .keep_den = 1000,
                                      .bids = bids,
                                      .bids_n = 2 };
    return c;
}

/* A firm quote: one for one, or two, as far as it goes. */
static struct sluice_curve quote(uint32_t give, uint32_t get, uint64_t rate, uint64_t capacity)
{
    struct sluice_curve c = { .kind = SLUICE_FIXED_RATE, .assets_n = 2, .asset = { give, get } };

    c.as.fixed_rate = (struct sluice_fixed_rate){ .num = sluice_scene_amount(rate),
                                                  .den = sluice_scene_amount(1),
                                                  .keep_num = 1,
                                                  .keep_den = 1,
                                                  .capacity = { sluice_scene_amount(0),
                                                                sluice_scene_amount(capacity) } };
    return c;
}

void sluice_scene_open(struct sluice_scene *s)
{
    const struct sluice_curve all[] = { sluice_scene_pool(0, 2, 4000000000, 8000000000),
                                        sluice_scene_pool(0, 2, 900000000, 1805000000),
                                        sluice_scene_pool(0, 1, 3000000000, 1500000000),
                                        sluice_scene_pool(1, 2, 2000000000, 8010000000), book() };

    *s = (struct sluice_scene){
        .order = { .sell = 0, .buy = 2, .amount = sluice_scene_amount(250000000) }
    };
    assert_int_equal(sluice_market_new(&s->market, SLUICE_SCENE_ASSETS, 0), SLUICE_OK);
    for (size_t i = 0; i < SLUICE_SCENE_CURVES; i++)
        assert_int_equal(sluice_market_add(NULL, s->market, &all[i]), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s->market), SLUICE_OK);
    assert_int_equal(sluice_router_new(&s->router), SLUICE_OK);
    sluice_options_default(&s->options);
}

void sluice_scene_close(struct sluice_scene *s)
{
    sluice_router_free(s->router);
    sluice_market_free(s->market);
}

enum sluice_status sluice_scene_route(struct sluice_scene *s)
{
    return sluice_router_route(&s->route, s->router, s->market, &s->order, &s->options);
}

enum sluice_status sluice_scene_verify(struct sluice_scene *s)
{
    return sluice_verify(&s->proof, s->market, &s->order, &s->options, &s->route);
}

void sluice_scene_proved(struct sluice_scene *s, enum sluice_verdict verdict)
{
    assert_int_equal(sluice_scene_route(s), SLUICE_OK);
    assert_string_equal(sluice_verdict_text((int)s->route.verdict),
                        sluice_verdict_text((int)verdict));
    assert_int_equal(sluice_scene_verify(s), SLUICE_OK);
    assert_string_equal(sluice_fault_text((int)s->proof.fault), sluice_fault_text(SLUICE_PROVED));
}

void sluice_scene_quotes(struct sluice_scene *s)
{
    const struct sluice_curve all[] = {
        quote(0, 2, 2, 20000000), quote(0, 2, 2, 30000000), quote(0, 1, 1, 30000000),
        quote(1, 2, 2, 50000000), quote(0, 3, 1, 90000000), quote(3, 1, 1, 70000000),
    };

    *s = (struct sluice_scene){
        .order = { .sell = 0, .buy = 2, .amount = sluice_scene_amount(40000000) }
    };
    assert_int_equal(sluice_market_new(&s->market, SLUICE_SCENE_ASSETS, 0), SLUICE_OK);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(sluice_market_add(NULL, s->market, &all[i]), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s->market), SLUICE_OK);
    assert_int_equal(sluice_router_new(&s->router), SLUICE_OK);
    sluice_options_default(&s->options);
}
