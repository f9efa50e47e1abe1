/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The router where little makes sense: nothing to trade on, amounts beyond all liquidity, the same
 * pool many times, absurd prices, next to no work allowed. Whatever comes out is what the curves do
 * and stays below a bound that its prices prove.
 */
#include "tests/support/test_support.h"

#include "tests/support/draw.h"
#include "tests/support/networks.h"
#include "tests/support/route_judge.h"

#define MARKET_MAX ((size_t)1 << 28)
#define SEEDS 60

struct scene {
    struct networks n;
    struct arena arena;
    struct route_market m;
    struct router *router;
    struct router_options options;
};

static void scene_build(struct scene *s)
{
    arena_init(&s->arena, MARKET_MAX);
    assert_ok(route_market_build(&s->m, &s->arena, s->n.curves, s->n.curves_n, s->n.assets_n));
    s->router = router_new();
    assert_non_null(s->router);
    router_defaults(&s->options);
}

static void scene_close(struct scene *s)
{
    router_free(s->router);
    arena_fini(&s->arena);
    networks_fini(&s->n);
}

static enum router_end route(const struct scene *s, const struct router_order *o, uint64_t seed)
{
    struct router_result r;
    struct route_judge j;

    assert_ok(router_solve(&r, s->router, &s->m, o, &s->options));
    route_judge(&j, &s->m, o, &s->options, &r);
    if (j.fault != NULL)
        fail_msg("seed %u, %s: %s", (unsigned)seed, o->exact_out ? "buy" : "sell", j.fault);
    return r.end;
}

static void test_router_refuses_orders_that_are_none(void **state)
{
    struct router_result r;
    struct scene s;

    (void)state;
    networks_random(&s.n, 1);
    scene_build(&s);
    uint32_t none = (uint32_t)s.n.assets_n;
    const struct router_order orders[] = {
        { 0, 0, false, u256_of(1) },          { 0, 1, false, u256_of(0) },
        { none, 0, false, u256_of(1) },       { 0, none, true, u256_of(1) },
        { 0, UINT32_MAX, false, u256_of(1) },
    };

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        assert_err(router_solve(&r, s.router, &s.m, &orders[i], &s.options), ERR_INVALID);
    scene_close(&s);
}

static void test_router_finds_no_route_where_there_is_none(void **state)
{
    const uint32_t pair[2] = { 0, 1 };
    struct networks_place place = { .depth = 1e6, .fair = true };
    struct prng random;
    struct scene s;

    (void)state;
    prng_seed(&random, 1);
    networks_init(&s.n, "nothing", 4, 1);
    networks_price(&s.n, &random, 18, 18);
    scene_build(&s);
    const struct router_order any = { 0, 1, false, u256_of(1000) };

    assert_int_equal(route(&s, &any, 0), ROUTER_NO_ROUTE);
    router_free(s.router);
    arena_fini(&s.arena);
    assert_true(networks_add(&s.n, &random, CURVE_constant_product, pair, 2, &place));
    scene_build(&s);
    for (uint32_t buy = 2; buy < 4; buy++) {
        for (int exact_out = 0; exact_out < 2; exact_out++) {
            const struct router_order away = { 0, buy, exact_out == 1, u256_of(1000) };

            assert_int_equal(route(&s, &away, buy), ROUTER_NO_ROUTE);
        }
    }
    scene_close(&s);
}

static void test_router_trades_what_it_can_of_amounts_beyond_all(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct prng random;
        struct scene s;

        prng_seed(&random, seed);
        networks_random(&s.n, seed);
        scene_build(&s);
        for (size_t i = 0; i < s.n.orders_n; i++) {
            struct router_order *o = &s.n.orders[i];

            o->amount = draw_positive(&random, 112);
            (void)route(&s, o, seed);
            o->amount = draw_positive(&random, 255);
            (void)route(&s, o, seed);
            o->amount = u256_of(1 + prng_below(&random, 3));
            (void)route(&s, o, seed);
        }
        scene_close(&s);
    }
}

/* Every curve stands there three times. */
static void test_router_takes_the_same_pool_many_times(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct networks once;
        struct scene s;

        networks_random(&once, seed);
        s.n = once;
        s.n.curves_n = 3 * once.curves_n;
        s.n.curves = ARENA_NEW(&s.n.arena, s.n.curves_n, struct curve);
        assert_non_null(s.n.curves);
        for (size_t i = 0; i < s.n.curves_n; i++) {
            s.n.curves[i] = once.curves[i % once.curves_n];
            s.n.curves[i].id = i;
        }
        scene_build(&s);
        for (size_t i = 0; i < s.n.orders_n; i++)
            (void)route(&s, &s.n.orders[i], seed);
        scene_close(&s);
    }
}

/* Books of whole lots beside a pool: what does not buy a lot goes elsewhere, or stays. */
static void test_router_keeps_to_whole_lots(void **state)
{
    struct networks_place place = { .steps = 8, .lots = true, .off = 0.02 };

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct prng random;
        struct scene s;

        prng_seed(&random, seed);
        networks_init(&s.n, "lots", 3, 7);
        networks_price(&s.n, &random, 6, 18);
        for (uint32_t i = 0; i < 7; i++) {
            const uint32_t pair[2] = { i % 3, (i + 1) % 3 };

            place.depth = networks_log(&random, 1e4, 1e8);
            assert_true(networks_add(&s.n, &random, i == 6 ? CURVE_constant_product : CURVE_book,
                                     pair, 2, &place));
        }
        networks_order(&s.n, &random, 4);
        scene_build(&s);
        for (size_t i = 0; i < s.n.orders_n; i++)
            (void)route(&s, &s.n.orders[i], seed);
        scene_close(&s);
    }
}

static void test_router_proves_what_it_has_when_work_ends(void **state)
{
    static const uint32_t steps[] = { 0, 1, 3 };

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct scene s;

        networks_random(&s.n, seed);
        scene_build(&s);
        s.options.steps_max = steps[seed % 3];
        s.options.pivots_max = seed % 2;
        for (size_t i = 0; i < s.n.orders_n; i++)
            (void)route(&s, &s.n.orders[i], seed);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router_refuses_orders_that_are_none),
        cmocka_unit_test(test_router_finds_no_route_where_there_is_none),
        cmocka_unit_test(test_router_trades_what_it_can_of_amounts_beyond_all),
        cmocka_unit_test(test_router_takes_the_same_pool_many_times),
        cmocka_unit_test(test_router_keeps_to_whole_lots),
        cmocka_unit_test(test_router_proves_what_it_has_when_work_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
