/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <math.h>

#include "solver/core/arena.h"
#include "solver/route/flow.h"
#include "solver/route/network.h"
#include "tests/support/world.h"

static struct world w;
static struct arena arena;
static struct network net;

static int setup(void **state)
{
    (void)state;
    world_init(&w, 6, 2);
    arena_init(&arena, (size_t)1 << 22);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void build(void)
{
    assert_ok(network_build(&net, &arena, &w.a, NULL, NULL));
}

static void test_network_keeps_what_lies_between_sell_and_buy(void **state)
{
    (void)state;
    (void)world_pool(&w, 0, 0, 1, 1000, 1000);
    (void)world_pool(&w, 0, 1, 2, 1000, 1000);
    (void)world_sell(&w, 0, 2, 10, 1);
    build();
    assert_int_equal(net.nodes_n, 3);
    assert_int_equal(net.edges_n, 4);
    assert_int_equal(net.orders_n, 1);
}

static void test_network_prunes_dead_ends_and_foreign_parts(void **state)
{
    (void)state;
    (void)world_pool(&w, 0, 0, 1, 1000, 1000);
    (void)world_pool(&w, 0, 1, 2, 1000, 1000); /* a dead end of two hops */
    (void)world_pool(&w, 0, 2, 3, 1000, 1000);
    (void)world_pool(&w, 0, 4, 5, 1000, 1000); /* nobody trades here */
    (void)world_sell(&w, 0, 1, 10, 1);
    build();
    assert_int_equal(net.nodes_n, 2);
    assert_int_equal(net.edges_n, 2);
}

static void test_network_keeps_assets_that_curves_cross_one_way_only(void **state)
{
    (void)state;
    world_bid(world_book(&w, 0, 0, 1), 10, 100);
    world_bid(world_book(&w, 0, 1, 2), 10, 100);
    (void)world_sell(&w, 0, 2, 10, 1);
    build();
    assert_int_equal(net.nodes_n, 3);
    assert_int_equal(net.edges_n, 2);
}

static void test_network_prunes_intents_outside_of_any_cycle(void **state)
{
    (void)state;
    struct curve *c = world_book(&w, 0, 0, 1);

    world_ask(c, 10, 100); /* base 0 can be bought for 1, not sold */
    (void)world_sell(&w, 0, 1, 10, 1);
    (void)world_sell(&w, 2, 3, 10, 1); /* no way from 2 to 3 */
    build();
    assert_int_equal(net.orders_n, 0);
    assert_int_equal(net.nodes_n, 0);
}

static void test_network_leaves_out_what_it_is_told_to(void **state)
{
    (void)state;
    bool skip_curve[1] = { true }, skip_intent[2] = { false, true };

    (void)world_pool(&w, 0, 0, 1, 1000, 1000);
    (void)world_sell(&w, 0, 1, 10, 1);
    (void)world_sell(&w, 1, 0, 10, 1);
    assert_ok(network_build(&net, &arena, &w.a, skip_curve, NULL));
    assert_int_equal(net.edges_n, 0);
    assert_int_equal(net.orders_n, 2); /* they still meet each other */
    assert_ok(network_build(&net, &arena, &w.a, skip_curve, skip_intent));
    assert_int_equal(net.orders_n, 0);
}

static void test_network_infers_prices_where_marks_are_missing(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        w.assets[i].mark.num = AMOUNT_OF(i == 0 ? 5 : 0);
    (void)world_pool(&w, 0, 0, 1, 1000, 4000);
    (void)world_pool(&w, 0, 1, 2, 4000, 100);
    (void)world_sell(&w, 0, 2, 10, 1);
    build();
    assert_true(fabs(net.nodes[0].price - 5) < 1e-12);
    assert_true(fabs(net.nodes[1].price - 1.25) < 1e-12);
    assert_true(fabs(net.nodes[2].price - 50) < 1e-12);
}

static void test_network_sorts_orders_by_pair_limit_and_id(void **state)
{
    (void)state;
    (void)world_sell(&w, 0, 1, 10, 9);
    (void)world_sell(&w, 0, 1, 10, 8);
    (void)world_sell(&w, 0, 1, 10, 9);
    (void)world_sell(&w, 1, 0, 10, 1);
    build();
    assert_int_equal(net.orders[0].intent, 1);
    assert_int_equal(net.orders[1].intent, 0);
    assert_int_equal(net.orders[2].intent, 2);
    assert_int_equal(net.orders[3].intent, 3);
}

static void test_network_runs_out_of_memory_gracefully(void **state)
{
    (void)state;
    struct arena tiny;

    (void)world_pool(&w, 0, 0, 1, 1000, 1000);
    (void)world_sell(&w, 0, 1, 10, 1);
    for (size_t cap = 16; cap < 2048; cap += 16) {
        arena_init(&tiny, cap);
        enum err e = network_build(&net, &tiny, &w.a, NULL, NULL);

        assert_true(e == ERR_OK || e == ERR_NOMEM);
        arena_fini(&tiny);
    }
}

static void test_network_flows_lose_the_cheapest_edge_of_each_circle(void **state)
{
    (void)state;
    double flow[6] = { 5, 0, 3, 0, 4, 0 }, u[3] = { 0 };
    bool closed[6] = { false };

    for (uint32_t i = 0; i < 3; i++)
        (void)world_pool(&w, 0, i, (i + 1) % 3, 1000, 1000);
    for (uint32_t i = 0; i < 3; i++)
        (void)world_sell(&w, i, (i + 1) % 3, 10, 1);
    build();
    assert_int_equal(net.edges_n, 6);
    assert_ok(flow_cut_cycles(closed, &arena, &net, flow, u));
    for (int i = 0; i < 6; i++)
        assert_int_equal(closed[i], i == 2);
    flow_close_smallest(closed, &net, flow, u, 1);
    assert_true(closed[4]);
    flow_close_smallest(closed, &net, flow, u, 9);
    assert_true(closed[0]);
}

#define T(name) cmocka_unit_test_setup_teardown(test_network_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(keeps_what_lies_between_sell_and_buy),
        T(prunes_dead_ends_and_foreign_parts),
        T(keeps_assets_that_curves_cross_one_way_only),
        T(prunes_intents_outside_of_any_cycle),
        T(leaves_out_what_it_is_told_to),
        T(infers_prices_where_marks_are_missing),
        T(sorts_orders_by_pair_limit_and_id),
        T(runs_out_of_memory_gracefully),
        T(flows_lose_the_cheapest_edge_of_each_circle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
