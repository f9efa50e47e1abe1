/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <string.h>

#include "solver/sluice/route.h"
#include "tests/support/test_support.h"

#define ASSETS 4 /* the last one is in no curve */
#define CURVES 5
#define THREADS 2
#define ROUNDS 50

static struct sluice_amount of(uint64_t v)
{
    return (struct sluice_amount){ { v } };
}

static struct sluice_curve pool(uint32_t a, uint32_t b, uint64_t reserve_a, uint64_t reserve_b)
{
    struct sluice_curve c = { .kind = SLUICE_CONSTANT_PRODUCT, .assets_n = 2, .asset = { a, b } };

    c.as.constant_product =
        (struct sluice_constant_product){ { of(reserve_a), of(reserve_b) }, 997, 1000 };
    return c;
}

static const struct sluice_level bids[] = { { { { 2001 } }, { { 20000000 } } },
                                            { { { 1990 } }, { { 30000000 } } } };

/* Straight pieces, so that the linear program is asked. */
static struct sluice_curve book(void)
{
    struct sluice_curve c = { .kind = SLUICE_BOOK, .assets_n = 2, .asset = { 0, 2 } };

    c.as.book = (struct sluice_book){ .scale = of(1000),
                                      .lot = of(1),
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

    c.as.fixed_rate = (struct sluice_fixed_rate){ .num = of(rate),
                                                  .den = of(1),
                                                  .keep_num = 1,
                                                  .keep_den = 1,
                                                  .capacity = { of(0), of(capacity) } };
    return c;
}

/* Asset 0 for asset 2 directly over two pools and a book, or through asset 1. */
struct scene {
    struct sluice_market *market;
    struct sluice_router *router;
    struct sluice_order order;
    struct sluice_options options;
    struct sluice_route route;
    struct sluice_proof proof;
};

static void scene_open(struct scene *s)
{
    const struct sluice_curve all[] = { pool(0, 2, 4000000000, 8000000000),
                                        pool(0, 2, 900000000, 1805000000),
                                        pool(0, 1, 3000000000, 1500000000),
                                        pool(1, 2, 2000000000, 8010000000), book() };

    *s = (struct scene){ .order = { .sell = 0, .buy = 2, .amount = of(250000000) } };
    assert_int_equal(sluice_market_new(&s->market, ASSETS, 0), SLUICE_OK);
    for (size_t i = 0; i < CURVES; i++)
        assert_int_equal(sluice_market_add(NULL, s->market, &all[i]), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s->market), SLUICE_OK);
    assert_int_equal(sluice_router_new(&s->router), SLUICE_OK);
    sluice_options_default(&s->options);
}

static void scene_close(struct scene *s)
{
    sluice_router_free(s->router);
    sluice_market_free(s->market);
}

static enum sluice_status route(struct scene *s)
{
    return sluice_router_route(&s->route, s->router, s->market, &s->order, &s->options);
}

static enum sluice_status verify(struct scene *s)
{
    return sluice_verify(&s->proof, s->market, &s->order, &s->options, &s->route);
}

static void assert_proved(struct scene *s, uint32_t verdict)
{
    assert_int_equal(route(s), SLUICE_OK);
    assert_string_equal(sluice_verdict_text((int)s->route.verdict),
                        sluice_verdict_text((int)verdict));
    assert_int_equal(verify(s), SLUICE_OK);
    assert_string_equal(sluice_fault_text((int)s->proof.fault), sluice_fault_text(SLUICE_PROVED));
}

static void test_sluice_router_splits_and_proves(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_proved(&s, SLUICE_DONE);
    assert_int_equal(s.route.legs_n, CURVES);
    assert_int_equal(s.route.buffers_n, 0);
    assert_int_equal(s.route.prices_n, ASSETS);
    assert_int_equal(s.route.sold.limb[0], 250000000);
    assert_true(s.route.bought.limb[0] > 470000000 && s.route.bought.limb[0] < 500000000);
    assert_true(s.route.bound.limb[0] >= s.route.bought.limb[0]);
    assert_true(s.route.bound.limb[0] - s.route.bought.limb[0] <= 20); /* atoms of five legs */
    assert_true(s.route.iterations > 0);
    scene_close(&s);
}

static void test_sluice_router_buys_exactly(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    s.order.exact_out = 1;
    s.order.amount = of(480000000);
    assert_proved(&s, SLUICE_DONE);
    assert_true(s.route.bought.limb[0] >= 480000000);
    assert_true(s.route.sold.limb[0] >= s.route.bound.limb[0]);
    scene_close(&s);
}

static void test_sluice_router_without_options_takes_the_defaults(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_int_equal(route(&s), SLUICE_OK);
    const struct sluice_amount bought = s.route.bought;
    assert_int_equal(sluice_router_route(&s.route, s.router, s.market, &s.order, NULL), SLUICE_OK);
    assert_memory_equal(&s.route.bought, &bought, sizeof bought);
    assert_int_equal(sluice_verify(&s.proof, s.market, &s.order, NULL, &s.route), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    sluice_options_default(NULL);
    scene_close(&s);
}

static void test_sluice_router_follows_updates(void **state)
{
    const struct sluice_curve better = pool(0, 2, 4000000000, 9000000000);
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_proved(&s, SLUICE_DONE);
    const uint64_t before = s.route.bought.limb[0];
    s.options.warm = 1;
    assert_int_equal(sluice_market_update(s.market, 0, &better), SLUICE_OK);
    assert_proved(&s, SLUICE_DONE);
    assert_true(s.route.bought.limb[0] > before);
    scene_close(&s);
}

static void test_sluice_router_says_what_is_possible(void **state)
{
    const struct sluice_curve quote = { .kind = SLUICE_FIXED_RATE,
                                        .assets_n = 2,
                                        .asset = { 3, 0 },
                                        .as.fixed_rate = {
                                            .num = { { 1 } },
                                            .den = { { 1 } },
                                            .keep_num = 1,
                                            .keep_den = 1,
                                            .capacity = { { { 0 } }, { { 100 } } } } };
    struct scene s;

    (void)state;
    scene_open(&s);
    s.order.buy = 3;
    assert_int_equal(route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_NO_ROUTE);
    assert_int_equal(s.route.legs_n, 0);
    sluice_market_free(s.market);
    assert_int_equal(sluice_market_new(&s.market, ASSETS, 0), SLUICE_OK);
    assert_int_equal(sluice_market_add(NULL, s.market, &quote), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s.market), SLUICE_OK);
    s.order = (struct sluice_order){ .sell = 3, .buy = 0, .amount = of(1000) };
    assert_int_equal(route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_PART);
    assert_int_equal(s.route.sold.limb[0], 100);
    assert_int_equal(s.route.bought.limb[0], 100);
    scene_close(&s);
}

static void test_sluice_router_stops_at_its_work_limit(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    s.options.steps_max = 1;
    s.options.pivots_max = 0;
    assert_int_equal(route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_WORK);
    assert_int_equal(verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    scene_close(&s);
}

static void quotes_open(struct scene *s)
{
    const struct sluice_curve all[] = {
        quote(0, 2, 2, 20000000), quote(0, 2, 2, 30000000), quote(0, 1, 1, 30000000),
        quote(1, 2, 2, 50000000), quote(0, 3, 1, 90000000), quote(3, 1, 1, 70000000),
    };

    *s = (struct scene){ .order = { .sell = 0, .buy = 2, .amount = of(40000000) } };
    assert_int_equal(sluice_market_new(&s->market, ASSETS, 0), SLUICE_OK);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(sluice_market_add(NULL, s->market, &all[i]), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s->market), SLUICE_OK);
    assert_int_equal(sluice_router_new(&s->router), SLUICE_OK);
    sluice_options_default(&s->options);
}

/* Where rates tie prices say nothing about shares, and the linear program is asked. */
static void test_sluice_router_asks_the_program_where_rates_tie(void **state)
{
    struct scene s;

    (void)state;
    quotes_open(&s);
    assert_proved(&s, SLUICE_DONE);
    assert_true(s.route.pivots > 0);
    assert_int_equal(s.route.sold.limb[0], 40000000);
    assert_int_equal(s.route.bought.limb[0], 80000000);
    assert_int_equal(s.route.gap_e18, 0);
    s.options.pivots_max = 0;
    assert_int_equal(route(&s), SLUICE_OK);
    assert_int_equal(s.route.pivots, 0);
    assert_int_equal(verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    scene_close(&s);
}

/* A leg that costs more than it brings stays out, and the bound knows it. */
static void test_sluice_router_counts_costs(void **state)
{
    const struct sluice_amount cost[CURVES] = { of(0), of(90000000) };
    struct scene s;

    (void)state;
    scene_open(&s);
    s.options.cost = cost;
    s.options.costs_n = CURVES;
    assert_proved(&s, SLUICE_DONE);
    for (uint64_t i = 0; i < s.route.legs_n; i++)
        assert_int_not_equal(s.route.legs[i].curve, 1);
    s.options.costs_n = CURVES - 1;
    assert_int_equal(route(&s), SLUICE_ARGUMENT);
    assert_int_equal(verify(&s), SLUICE_ARGUMENT);
    s.options.costs_n = CURVES;
    s.options.cost = NULL;
    assert_int_equal(route(&s), SLUICE_ARGUMENT);
    scene_close(&s);
}

static void test_sluice_router_keeps_to_few_legs(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    s.options.legs_max = 1;
    assert_int_equal(route(&s), SLUICE_OK);
    assert_int_equal(s.route.legs_n, 1);
    assert_int_equal(verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    scene_close(&s);
}

static void test_sluice_router_checks_its_arguments(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_int_equal(sluice_router_new(NULL), SLUICE_ARGUMENT);
    sluice_router_free(NULL);
    assert_int_equal(sluice_router_route(NULL, s.router, s.market, &s.order, NULL),
                     SLUICE_ARGUMENT);
    assert_int_equal(sluice_router_route(&s.route, NULL, s.market, &s.order, NULL),
                     SLUICE_ARGUMENT);
    assert_int_equal(sluice_router_route(&s.route, s.router, NULL, &s.order, NULL),
                     SLUICE_ARGUMENT);
    assert_int_equal(sluice_router_route(&s.route, s.router, s.market, NULL, NULL),
                     SLUICE_ARGUMENT);
    s.order.sell = ASSETS;
    assert_int_equal(route(&s), SLUICE_ARGUMENT);
    s.order.sell = s.order.buy;
    assert_int_equal(route(&s), SLUICE_ARGUMENT);
    s.order.sell = 0;
    s.order.amount = of(0);
    assert_int_equal(route(&s), SLUICE_ARGUMENT);
    assert_int_equal(verify(&s), SLUICE_ARGUMENT);
    sluice_market_free(s.market);
    assert_int_equal(sluice_market_new(&s.market, ASSETS, 0), SLUICE_OK);
    s.order.amount = of(1);
    assert_int_equal(route(&s), SLUICE_STATE);
    assert_int_equal(verify(&s), SLUICE_STATE);
    scene_close(&s);
}

static void test_sluice_verify_checks_its_arguments(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_proved(&s, SLUICE_DONE);
    assert_int_equal(sluice_verify(NULL, s.market, &s.order, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, NULL, &s.order, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, s.market, NULL, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, s.market, &s.order, NULL, NULL), SLUICE_ARGUMENT);
    s.route.legs = NULL;
    assert_int_equal(verify(&s), SLUICE_ARGUMENT);
    s.route.legs_n = 0;
    s.route.buffers = NULL;
    s.route.buffers_n = 1;
    assert_int_equal(verify(&s), SLUICE_ARGUMENT);
    s.route.buffers_n = 0;
    s.route.prices = NULL;
    assert_int_equal(verify(&s), SLUICE_ARGUMENT);
    scene_close(&s);
}

static void assert_fault(struct scene *s, enum sluice_fault want)
{
    assert_int_equal(verify(s), SLUICE_OK);
    assert_string_equal(sluice_fault_text((int)s->proof.fault), sluice_fault_text((int)want));
}

/* One lie at a time in an honest route. */
static void test_sluice_verify_finds_every_lie_about_legs(void **state)
{
    const struct sluice_buffer stranger = { ASSETS, 0, of(1) }, gift = { 1, 0, of(1) };
    struct sluice_leg legs[8];
    struct sluice_route honest;
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_proved(&s, SLUICE_DONE);
    honest = s.route;
    assert_true(honest.legs_n <= 8);
    memcpy(legs, honest.legs, honest.legs_n * sizeof *legs);
    s.route.legs = legs;
    s.route.sold.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_SOLD);
    s.route.sold = honest.sold;
    legs[1].curve = CURVES;
    assert_fault(&s, SLUICE_FAULT_LEG);
    assert_int_equal(s.proof.at, 1);
    legs[1] = honest.legs[1];
    legs[1].get = 3;
    assert_fault(&s, SLUICE_FAULT_LEG);
    legs[1] = honest.legs[1];
    legs[1].out.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_TRADE);
    assert_int_equal(s.proof.want.limb[0], s.proof.have.limb[0] + 1);
    legs[1] = honest.legs[1];
    legs[0].in = of(250000001);
    assert_fault(&s, SLUICE_FAULT_SHORT);
    legs[0] = honest.legs[0];
    s.route.buffers = &stranger;
    s.route.buffers_n = 1;
    assert_fault(&s, SLUICE_FAULT_BUFFER);
    s.route.buffers = &gift;
    assert_fault(&s, SLUICE_PROVED); /* lent, not used, given back */
    s.route.buffers_n = 0;
    s.route.bought.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_BOUGHT);
    scene_close(&s);
}

static void test_sluice_verify_finds_every_lie_about_the_bound(void **state)
{
    struct sluice_amount prices[ASSETS];
    struct sluice_route honest;
    struct scene s;

    (void)state;
    scene_open(&s);
    assert_proved(&s, SLUICE_DONE);
    honest = s.route;
    memcpy(prices, honest.prices, sizeof prices);
    s.route.prices = prices;
    s.route.prices_n = ASSETS - 1;
    assert_fault(&s, SLUICE_FAULT_PRICES);
    s.route.prices_n = ASSETS;
    prices[2] = of(0);
    assert_fault(&s, SLUICE_FAULT_PRICES);
    prices[2].limb[2] = 1;
    assert_fault(&s, SLUICE_FAULT_PRICES);
    prices[2] = honest.prices[2];
    prices[1].limb[1] *= 2;
    assert_fault(&s, SLUICE_FAULT_BOUND);
    prices[1] = honest.prices[1];
    s.route.bound.limb[0]--;
    assert_fault(&s, SLUICE_FAULT_BOUND);
    assert_memory_equal(&s.proof.bound, &honest.bound, sizeof honest.bound);
    s.route.bound = honest.bound;
    s.route.gap_e18++;
    assert_fault(&s, SLUICE_FAULT_GAP);
    assert_int_equal(s.proof.gap_e18, honest.gap_e18);
    scene_close(&s);
}

/* A price that makes the bound exceed 256 bits proves nothing, and says so. */
static void test_sluice_verify_reports_overflow(void **state)
{
    struct sluice_amount prices[ASSETS] = {
        { { 0, UINT64_MAX } }, { { 1 } }, { { 1 } }, { { 1 } }
    };
    struct scene s;

    (void)state;
    scene_open(&s);
    s.order.amount = (struct sluice_amount){ { 0, 0, 0, UINT64_MAX } };
    s.route = (struct sluice_route){ .prices = prices, .prices_n = ASSETS };
    s.proof.at = 77;
    assert_int_equal(verify(&s), SLUICE_OVERFLOW);
    assert_int_equal(s.proof.at, 77);
    scene_close(&s);
}

/* Amounts of any size get a verdict that verifies. */
static void test_sluice_router_survives_chance(void **state)
{
    struct scene s;
    struct prng r;

    (void)state;
    prng_init(&r, 11);
    scene_open(&s);
    for (int i = 0; i < 300; i++) {
        const unsigned bits = (unsigned)prng_below(&r, 256);

        s.order = (struct sluice_order){ .sell = (uint32_t)prng_below(&r, ASSETS + 1),
                                         .buy = (uint32_t)prng_below(&r, ASSETS + 1),
                                         .exact_out = (uint32_t)prng_below(&r, 2) };
        s.order.amount.limb[bits / 64] = (prng_u64(&r) >> (63 - bits % 64)) | 1;
        s.options.cycles = (uint32_t)prng_below(&r, 2);
        s.options.warm = (uint32_t)prng_below(&r, 2);
        s.options.tolerance_ppt = (uint32_t)prng_u64(&r);
        const enum sluice_status status = route(&s);
        if (status != SLUICE_OK || s.route.verdict == SLUICE_NO_ROUTE)
            continue;
        assert_int_equal(verify(&s), SLUICE_OK);
        assert_string_equal(sluice_fault_text((int)s.proof.fault),
                            sluice_fault_text(SLUICE_PROVED));
    }
    scene_close(&s);
}

struct reader {
    const struct sluice_market *market;
    uint64_t bought;
    bool same;
};

static void *read_market(void *arg)
{
    const struct sluice_order order = { .sell = 0, .buy = 2, .amount = of(40000000) };
    struct reader *self = arg;
    struct sluice_router *router;
    struct sluice_proof proof;
    struct sluice_route route;

    self->same = sluice_router_new(&router) == SLUICE_OK;
    for (int i = 0; self->same && i < ROUNDS; i++) {
        self->same = sluice_router_route(&route, router, self->market, &order, NULL) == SLUICE_OK &&
                     sluice_verify(&proof, self->market, &order, NULL, &route) == SLUICE_OK &&
                     proof.fault == SLUICE_PROVED &&
                     (i == 0 || self->bought == route.bought.limb[0]);
        self->bought = route.bought.limb[0];
    }
    sluice_router_free(router);
    return NULL;
}

static void read_by_threads(struct scene *s)
{
    struct reader reader[THREADS] = { 0 };
    pthread_t thread[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        reader[i].market = s->market;
        assert_int_equal(pthread_create(&thread[i], NULL, read_market, &reader[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(reader[i].same);
        assert_int_equal(reader[i].bought, reader[0].bought);
    }
    scene_close(s);
}

static void test_sluice_market_is_read_by_many_threads(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    read_by_threads(&s);
    quotes_open(&s); /* GLPK in every thread */
    read_by_threads(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sluice_router_splits_and_proves),
        cmocka_unit_test(test_sluice_router_buys_exactly),
        cmocka_unit_test(test_sluice_router_without_options_takes_the_defaults),
        cmocka_unit_test(test_sluice_router_follows_updates),
        cmocka_unit_test(test_sluice_router_says_what_is_possible),
        cmocka_unit_test(test_sluice_router_stops_at_its_work_limit),
        cmocka_unit_test(test_sluice_router_asks_the_program_where_rates_tie),
        cmocka_unit_test(test_sluice_router_counts_costs),
        cmocka_unit_test(test_sluice_router_keeps_to_few_legs),
        cmocka_unit_test(test_sluice_router_checks_its_arguments),
        cmocka_unit_test(test_sluice_verify_checks_its_arguments),
        cmocka_unit_test(test_sluice_verify_finds_every_lie_about_legs),
        cmocka_unit_test(test_sluice_verify_finds_every_lie_about_the_bound),
        cmocka_unit_test(test_sluice_verify_reports_overflow),
        cmocka_unit_test(test_sluice_router_survives_chance),
        cmocka_unit_test(test_sluice_market_is_read_by_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
