/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <math.h>

#include "solver/core/arena.h"
#include "solver/route/segments.h"
#include "tests/support/world.h"

static struct world w;
static struct arena arena;
static struct real_curve real;
static struct edge edge;
static const double unit_price[2] = { 1, 1 };

static int setup(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    arena_init(&arena, (size_t)1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void use_curve(const struct curve *c)
{
    real = (struct real_curve){ .node = { 0, 1 } };
    assert_ok(real_curve_init(&real, &arena, c, unit_price));
    assert_ok(edge_init(&edge, &real, 0));
}

static void use_pool(void)
{
    use_curve(world_pool(&w, 0, 0, 1, 1000000, 2000000));
}

static void use_book(void)
{
    struct curve *c = world_book(&w, 0, 0, 1);

    world_bid(c, 10, 100);
    world_bid(c, 9, 100);
    world_bid(c, 8, 100);
    use_curve(c);
}

static void test_segments_edges_agree_with_the_integer_curves(void **state)
{
    (void)state;
    struct u256 in = u256_of(12345);
    struct trade t;

    use_pool();
    assert_ok(curve_out(&t, &w.curves[0], way_of_side(0), &in));
    assert_true(fabs(edge_out(&edge, 12345) - (double)t.out.limb[0]) < 1);
    assert_true(fabs(edge.top - log(2 * 0.997)) < 1e-12);
    use_book();
    in = u256_of(150);
    assert_ok(curve_out(&t, &w.curves[1], way_of_side(0), &in));
    assert_true(fabs(edge_out(&edge, 150) - (double)t.out.limb[0]) < 1e-9);
}

static void test_segments_best_trade_stands_where_the_rate_is_the_price(void **state)
{
    (void)state;
    struct real_trade t;
    double profit;

    use_pool();
    t = edge_at(&edge, 0.2);
    assert_true(fabs(edge_rate(&edge, t.in) - 0.2) < 1e-12);
    profit = edge_profit(&edge, 0.2, 0);
    assert_true(fabs(profit - (t.out - t.in * exp(0.2))) < 1e-6 * profit);
    assert_true(edge_profit(&edge, edge.top, 0) <= 0);
    assert_true(edge_at(&edge, edge.top + 1).in <= 0);
}

static void test_segments_lie_below_the_curve_and_fall(void **state)
{
    (void)state;
    struct grid g = { .finest = 0.001, .reach = 4.096 };
    struct segment cut[SEGMENTS_MAX];

    for (int kind = 0; kind < 2; kind++) {
        double in = 0, out = 0;
        size_t n;

        if (kind == 0)
            use_pool();
        else
            use_book();
        n = segments_cut(cut, &edge, edge.top - 0.1, &g);
        assert_true(n > 1);
        for (size_t i = 0; i < n; i++) {
            assert_true(i == 0 || cut[i].rate <= cut[i - 1].rate);
            in += cut[i].in;
            out += cut[i].in * cut[i].rate;
            assert_true(out <= edge_out(&edge, in) * (1 + 1e-12));
        }
    }
}

static void test_segments_isolate_the_level_at_the_centre(void **state)
{
    (void)state;
    struct grid g = { .finest = 1e-6, .reach = 1e-3 };
    struct segment cut[SEGMENTS_MAX];
    size_t n;

    use_book();
    n = segments_cut(cut, &edge, log(9), &g);
    assert_int_equal(n, 2); /* all that is better, and the level */
    assert_true(fabs(cut[1].in - 100) < 1e-9);
    assert_true(fabs(cut[1].rate - 9) < 1e-9);
}

static void test_segments_leave_out_what_is_far_from_trading(void **state)
{
    (void)state;
    struct grid g = { .finest = 0.001, .reach = 0.064 };
    struct segment cut[SEGMENTS_MAX];

    use_pool();
    assert_int_equal(segments_cut(cut, &edge, edge.top + 0.1, &g), 0);
}

static void test_segments_grid_shrinks_unless_prices_move(void **state)
{
    (void)state;
    struct grid g = { .finest = 0.001, .reach = 1 };

    assert_true(grid_next(g, 0).finest < g.finest);
    assert_true(grid_next(g, 1).finest > g.finest);
    for (int i = 0; i < 40; i++)
        g = grid_next(g, 0);
    assert_true(g.finest > 0);
}

static void test_segments_edge_refuses_an_empty_side(void **state)
{
    (void)state;
    struct curve *c = world_book(&w, 0, 0, 1);

    world_ask(c, 10, 100);
    assert_ok(real_curve_init(&real, &arena, c, unit_price));
    assert_err(edge_init(&edge, &real, 0), ERR_NOT_FOUND);
    assert_ok(edge_init(&edge, &real, 1));
}

#define T(name) cmocka_unit_test_setup_teardown(test_segments_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(edges_agree_with_the_integer_curves), T(best_trade_stands_where_the_rate_is_the_price),
        T(lie_below_the_curve_and_fall),        T(isolate_the_level_at_the_centre),
        T(leave_out_what_is_far_from_trading),  T(grid_shrinks_unless_prices_move),
        T(edge_refuses_an_empty_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
