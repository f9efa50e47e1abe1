/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/router.h"
#include "tests/support/test_support.h"
#include "tests/support/world.h"

/* Assets: 0 is sold, 1 bought, 2 and 3 lie between. */
struct scene {
    struct world world;
    struct arena arena;
    struct route_market market;
    struct router *router;
    struct router_order order;
    struct router_options options;
    struct router_result result;
};

static struct scene *scene_new(void)
{
    static struct scene s;

    s = (struct scene){ .order = { .sell = 0, .buy = 1, .amount = u256_of(100000) } };
    world_init(&s.world, 4, 1);
    arena_init(&s.arena, (size_t)1 << 26);
    s.router = router_new();
    assert_non_null(s.router);
    router_defaults(&s.options);
    return &s;
}

static void scene_free(struct scene *s)
{
    router_free(s->router);
    arena_fini(&s->arena);
}

static void solve(struct scene *s)
{
    const struct auction *a = &s->world.a;

    assert_ok(route_market_build(&s->market, &s->arena, a->curves, a->curves_n, a->assets_n));
    assert_ok(router_solve(&s->result, s->router, &s->market, &s->order, &s->options));
}

/* One pool leads straight to 1 and is shallow; better ones lead there over 2, and over 3 and 2. */
static void three_ways(struct scene *s)
{
    world_pool(&s->world, 0, 0, 1, 1000000, 1000000);
    world_pool(&s->world, 0, 0, 2, 3000000, 3000000);
    world_pool(&s->world, 0, 2, 1, 9000000, 9000000);
    world_pool(&s->world, 0, 0, 3, 5000000, 5000000);
    world_pool(&s->world, 0, 3, 2, 5000000, 5000000);
}

static void test_router_limit_keeps_to_hops_and_to_the_bound_of_all(void **state)
{
    struct scene *s = scene_new();
    struct u256 last = u256_of(0), bound;

    (void)state;
    three_ways(s);
    for (uint32_t hops = 1; hops <= 3; hops++) {
        s->options.hops_max = hops;
        solve(s);
        assert_int_equal(s->result.end, ROUTER_DONE);
        assert_int_equal(s->result.legs.n, 2 * hops - 1);
        assert_true(u256_cmp(&s->result.bought, &last) > 0);
        assert_true(u256_cmp(&s->result.bought, &s->result.bound) <= 0);
        if (hops > 1)
            assert_int_equal(u256_cmp(&s->result.bound, &bound), 0);
        assert_int_equal(s->result.legs.leg[0].in.limb[0] > 0, 1);
        last = s->result.bought;
        bound = s->result.bound;
    }
    scene_free(s);
}

static void test_router_limit_keeps_to_the_number_of_legs(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    three_ways(s);
    for (uint32_t legs = 1; legs <= 4; legs++) {
        s->options.legs_max = legs;
        solve(s);
        assert_int_equal(s->result.end, ROUTER_DONE);
        assert_in_range(s->result.legs.n, 1, legs);
        assert_true(s->result.gap > 0);
        for (size_t i = 0; i < s->result.legs.n; i++)
            assert_true(s->result.legs.leg[i].curve < s->world.a.curves_n);
    }
    scene_free(s);
}

static void test_router_limit_says_when_no_path_is_short_enough(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    world_pool(&s->world, 0, 0, 2, 3000000, 3000000);
    world_pool(&s->world, 0, 2, 1, 9000000, 9000000);
    s->options.hops_max = 1;
    solve(s);
    assert_int_equal(s->result.end, ROUTER_NO_ROUTE);
    assert_int_equal(s->result.legs.n, 0);
    assert_true(u256_is_zero(&s->result.bought));
    assert_false(u256_is_zero(&s->result.bound));
    scene_free(s);
}

static void test_router_limit_buys_exactly_too(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    three_ways(s);
    s->order.exact_out = true;
    s->order.amount = u256_of(50000);
    s->options.hops_max = 2;
    solve(s);
    assert_int_equal(s->result.legs.n, 3);
    assert_true(s->result.bought.limb[0] >= 50000);
    assert_true(u256_cmp(&s->result.sold, &s->result.bound) >= 0);
    s->order.sell = 1;
    assert_err(router_solve(&s->result, s->router, &s->market, &s->order, &s->options),
               ERR_INVALID);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router_limit_keeps_to_hops_and_to_the_bound_of_all),
        cmocka_unit_test(test_router_limit_keeps_to_the_number_of_legs),
        cmocka_unit_test(test_router_limit_says_when_no_path_is_short_enough),
        cmocka_unit_test(test_router_limit_buys_exactly_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
