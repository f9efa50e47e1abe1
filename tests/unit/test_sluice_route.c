/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>

#include "solver/sluice/route.h"
#include "tests/support/sluice_scene.h"
#include "tests/support/test_support.h"

#define THREADS 2
#define ROUNDS 50

static void test_sluice_router_splits_and_proves(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    assert_int_equal(s.route.legs_n, SLUICE_SCENE_CURVES);
    assert_int_equal(s.route.buffers_n, 0);
    assert_int_equal(s.route.prices_n, SLUICE_SCENE_ASSETS);
    assert_int_equal(s.route.sold.limb[0], 250000000);
    assert_true(s.route.bought.limb[0] > 470000000 && s.route.bought.limb[0] < 500000000);
    assert_true(s.route.bound.limb[0] >= s.route.bought.limb[0]);
    assert_true(s.route.bound.limb[0] - s.route.bought.limb[0] <= 20); /* atoms of five legs */
    assert_true(s.route.iterations > 0);
    sluice_scene_close(&s);
}

static void test_sluice_router_buys_exactly(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.order.exact_out = 1;
    s.order.amount = sluice_scene_amount(480000000);
    sluice_scene_proved(&s, SLUICE_DONE);
    assert_true(s.route.bought.limb[0] >= 480000000);
    assert_true(s.route.sold.limb[0] >= s.route.bound.limb[0]);
    sluice_scene_close(&s);
}

static void test_sluice_router_without_options_takes_the_defaults(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    const struct sluice_amount bought = s.route.bought;
    assert_int_equal(sluice_router_route(&s.route, s.router, s.market, &s.order, NULL), SLUICE_OK);
    assert_memory_equal(&s.route.bought, &bought, sizeof bought);
    assert_int_equal(sluice_verify(&s.proof, s.market, &s.order, NULL, &s.route), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    sluice_options_default(NULL);
    sluice_scene_close(&s);
}

static void test_sluice_router_follows_updates(void **state)
{
    const struct sluice_curve better = sluice_scene_pool(0, 2, 4000000000, 9000000000);
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    const uint64_t before = s.route.bought.limb[0];
    s.options.warm = 1;
    assert_int_equal(sluice_market_update(s.market, 0, &better), SLUICE_OK);
    sluice_scene_proved(&s, SLUICE_DONE);
    assert_true(s.route.bought.limb[0] > before);
    sluice_scene_close(&s);
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
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.order.buy = 3;
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_NO_ROUTE);
    assert_int_equal(s.route.legs_n, 0);
    sluice_market_free(s.market);
    assert_int_equal(sluice_market_new(&s.market, SLUICE_SCENE_ASSETS, 0), SLUICE_OK);
    assert_int_equal(sluice_market_add(NULL, s.market, &quote), SLUICE_OK);
    assert_int_equal(sluice_market_seal(s.market), SLUICE_OK);
    s.order = (struct sluice_order){ .sell = 3, .buy = 0, .amount = sluice_scene_amount(1000) };
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_PART);
    assert_int_equal(s.route.sold.limb[0], 100);
    assert_int_equal(s.route.bought.limb[0], 100);
    sluice_scene_close(&s);
}

static void test_sluice_router_stops_at_its_work_limit(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.options.steps_max = 1;
    s.options.pivots_max = 0;
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    assert_int_equal(s.route.verdict, SLUICE_WORK);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    sluice_scene_close(&s);
}

/* Where rates tie prices say nothing about shares, and the linear program is asked. */
static void test_sluice_router_asks_the_program_where_rates_tie(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_quotes(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    assert_true(s.route.pivots > 0);
    assert_int_equal(s.route.sold.limb[0], 40000000);
    assert_int_equal(s.route.bought.limb[0], 80000000);
    assert_int_equal(s.route.gap_e18, 0);
    s.options.pivots_max = 0;
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    assert_int_equal(s.route.pivots, 0);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    sluice_scene_close(&s);
}

/* A leg that costs more than it brings stays out, and the bound knows it. */
static void test_sluice_router_counts_costs(void **state)
{
    const struct sluice_amount cost[SLUICE_SCENE_CURVES] = { sluice_scene_amount(0),
                                                             sluice_scene_amount(90000000) };
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.options.cost = cost;
    s.options.costs_n = SLUICE_SCENE_CURVES;
    sluice_scene_proved(&s, SLUICE_DONE);
    for (uint64_t i = 0; i < s.route.legs_n; i++)
        assert_int_not_equal(s.route.legs[i].curve, 1);
    s.options.costs_n = SLUICE_SCENE_CURVES - 1;
    assert_int_equal(sluice_scene_route(&s), SLUICE_ARGUMENT);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_ARGUMENT);
    s.options.costs_n = SLUICE_SCENE_CURVES;
    s.options.cost = NULL;
    assert_int_equal(sluice_scene_route(&s), SLUICE_ARGUMENT);
    sluice_scene_close(&s);
}

static void test_sluice_router_keeps_to_few_legs(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.options.legs_max = 1;
    assert_int_equal(sluice_scene_route(&s), SLUICE_OK);
    assert_int_equal(s.route.legs_n, 1);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_OK);
    assert_int_equal(s.proof.fault, SLUICE_PROVED);
    sluice_scene_close(&s);
}

static void test_sluice_router_checks_its_arguments(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
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
    s.order.sell = SLUICE_SCENE_ASSETS;
    assert_int_equal(sluice_scene_route(&s), SLUICE_ARGUMENT);
    s.order.sell = s.order.buy;
    assert_int_equal(sluice_scene_route(&s), SLUICE_ARGUMENT);
    s.order.sell = 0;
    s.order.amount = sluice_scene_amount(0);
    assert_int_equal(sluice_scene_route(&s), SLUICE_ARGUMENT);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_ARGUMENT);
    sluice_market_free(s.market);
    assert_int_equal(sluice_market_new(&s.market, SLUICE_SCENE_ASSETS, 0), SLUICE_OK);
    s.order.amount = sluice_scene_amount(1);
    assert_int_equal(sluice_scene_route(&s), SLUICE_STATE);
    assert_int_equal(sluice_scene_verify(&s), SLUICE_STATE);
    sluice_scene_close(&s);
}

/* Amounts of any size get a verdict that verifies. */
static void test_sluice_router_survives_chance(void **state)
{
    struct sluice_scene s;
    struct prng r;

    (void)state;
    prng_init(&r, 11);
    sluice_scene_open(&s);
    for (int i = 0; i < 300; i++) {
        const unsigned bits = (unsigned)prng_below(&r, 256);

        s.order = (struct sluice_order){ .sell = (uint32_t)prng_below(&r, SLUICE_SCENE_ASSETS + 1),
                                         .buy = (uint32_t)prng_below(&r, SLUICE_SCENE_ASSETS + 1),
                                         .exact_out = (uint32_t)prng_below(&r, 2) };
        s.order.amount.limb[bits / 64] = (prng_u64(&r) >> (63 - bits % 64)) | 1;
        s.options.cycles = (uint32_t)prng_below(&r, 2);
        s.options.warm = (uint32_t)prng_below(&r, 2);
        s.options.tolerance_ppt = (uint32_t)prng_u64(&r);
        const enum sluice_status status = sluice_scene_route(&s);
        if (status != SLUICE_OK || s.route.verdict == SLUICE_NO_ROUTE)
            continue;
        assert_int_equal(sluice_scene_verify(&s), SLUICE_OK);
        assert_string_equal(sluice_fault_text((int)s.proof.fault),
                            sluice_fault_text(SLUICE_PROVED));
    }
    sluice_scene_close(&s);
}

struct reader {
    const struct sluice_market *market;
    uint64_t bought;
    bool same;
};

static void *read_market(void *arg)
{
    const struct sluice_order order = { .sell = 0,
                                        .buy = 2,
                                        .amount = sluice_scene_amount(40000000) };
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

static void read_by_threads(struct sluice_scene *s)
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
    sluice_scene_close(s);
}

static void test_sluice_market_is_read_by_many_threads(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    read_by_threads(&s);
    sluice_scene_quotes(&s); /* GLPK in every thread */
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
        cmocka_unit_test(test_sluice_router_survives_chance),
        cmocka_unit_test(test_sluice_market_is_read_by_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
