/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/clear.h"
#include "tests/support/clear_run.h"
#include "tests/support/world.h"

#define UNIT ((uint64_t)1000000)

static struct world w;
static struct clear_run run;

static uint64_t low(const struct u256 *v)
{
    assert_true(u256_bits(v) <= 64);
    return v->limb[0];
}

static const struct solution_fill *fill(uint32_t intent)
{
    const struct solution_fill *f = clear_run_fill(&run, intent);

    if (f == NULL)
        fail_msg("intent %u did not fill", intent);
    return f;
}

static void assert_unfilled(uint32_t intent)
{
    assert_null(clear_run_fill(&run, intent));
}

static void test_clear_answers_an_empty_auction(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 0);
    assert_int_equal(run.s.legs_n, 0);
    assert_int_equal(run.s.incumbent_no, 1);
}

static void test_clear_matches_two_intents_without_a_venue(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_sell(&w, 0, 1, 1000 * UNIT, 900 * UNIT);
    (void)world_sell(&w, 1, 0, 1000 * UNIT, 900 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.legs_n, 0);
    assert_true(low(&fill(0)->got) >= 900 * UNIT);
    assert_true(low(&fill(1)->got) >= 900 * UNIT);
}

/* What one sells is exactly what the other buys; no venue could serve either alone. */
static void test_clear_matches_a_sell_with_an_exact_buy(void **state)
{
    const uint64_t whole = 1000000000000000000;

    (void)state;
    world_init(&w, 2, 1);
    w.assets[0].mark = (struct price){ AMOUNT_OF(3000 * UNIT), AMOUNT_OF(whole) };
    (void)world_sell(&w, 0, 1, whole, 2900 * UNIT);
    (void)world_buy(&w, 1, 0, 3100 * UNIT, whole);
    clear_run(&run, &w.a);
    assert_int_equal(low(&fill(0)->paid), whole);
    assert_int_equal(low(&fill(1)->got), whole);
    assert_true(low(&fill(0)->got) >= 2900 * UNIT);
    assert_true(low(&fill(1)->paid) <= 3100 * UNIT);
}

static void test_clear_trades_limits_that_touch_exactly(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_sell(&w, 0, 1, 700 * UNIT, 300 * UNIT);
    (void)world_sell(&w, 1, 0, 300 * UNIT, 700 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(low(&fill(0)->got), 300 * UNIT);
    assert_int_equal(low(&fill(1)->got), 700 * UNIT);
}

static void test_clear_leaves_limits_that_do_not_meet(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_sell(&w, 0, 1, 700 * UNIT, 300 * UNIT + 300);
    (void)world_sell(&w, 1, 0, 300 * UNIT, 700 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 0);
}

static void test_clear_fills_a_ring_of_three(void **state)
{
    (void)state;
    world_init(&w, 3, 1);
    for (uint32_t i = 0; i < 3; i++)
        (void)world_sell(&w, i, (i + 1) % 3, 1000 * UNIT, 990 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 3);
    assert_int_equal(run.s.legs_n, 0);
}

static void test_clear_gives_one_order_the_whole_optimum(void **state)
{
    (void)state;
    struct u256 half = u256_of(5000 * UNIT);
    struct trade t;

    world_init(&w, 2, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 1, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 1, 10000 * UNIT, 1);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.legs_n, 2);
    assert_ok(curve_out(&t, &w.curves[0], way_of_side(0), &half));
    assert_true(low(&fill(0)->got) + 2 >= 2 * low(&t.out)); /* the even split is the best */
}

static void test_clear_routes_over_a_middle_asset(void **state)
{
    (void)state;
    world_init(&w, 3, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 0, 1, 2, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 2, 1000 * UNIT, 900 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.legs_n, 2);
    assert_true(low(&fill(0)->got) >= 991 * UNIT); /* 0.997^2 and little impact */
}

static void test_clear_walks_books_in_lots(void **state)
{
    (void)state;
    struct curve *c;

    world_init(&w, 2, 1);
    c = world_book(&w, 0, 0, 1);
    c->as.book.lot = u256_of(10);
    world_bid(c, 20, 50);
    world_bid(c, 19, 50);
    (void)world_sell(&w, 0, 1, 80, 1);
    clear_run(&run, &w.a);
    assert_int_equal(low(&fill(0)->got), 50 * 20 + 30 * 19);
}

static void test_clear_buys_an_exact_amount_for_little(void **state)
{
    (void)state;
    struct u256 want = u256_of(1000 * UNIT);
    struct trade t;

    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_buy(&w, 0, 1, 2000 * UNIT, 1000 * UNIT);
    clear_run(&run, &w.a);
    assert_ok(curve_in(&t, &w.curves[0], way_of_side(0), &want));
    assert_int_equal(low(&fill(0)->got), 1000 * UNIT);
    assert_true(low(&fill(0)->paid) >= low(&t.in));
    assert_true(low(&fill(0)->paid) <= low(&t.in) + 100);
}

static void test_clear_leaves_an_exact_buy_that_nobody_can_serve(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000 * UNIT, 1000 * UNIT);
    (void)world_buy(&w, 0, 1, 2000000000 * UNIT, 1000 * UNIT);
    (void)world_sell(&w, 0, 1, 10 * UNIT, 9 * UNIT);
    clear_run(&run, &w.a);
    assert_unfilled(0);
    (void)fill(1);
}

/* Marginal pricing alone would reject it: the last unit is below the limit, the average above. */
static void test_clear_forces_fill_or_kill_between_margin_and_average(void **state)
{
    (void)state;
    struct u256 all = u256_of(100000 * UNIT);
    struct trade t;

    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    assert_ok(curve_out(&t, &w.curves[0], way_of_side(0), &all));
    (void)world_sell(&w, 0, 1, 100000 * UNIT, low(&t.out) - 1000);
    clear_run(&run, &w.a);
    assert_int_equal(low(&fill(0)->paid), 100000 * UNIT);
    assert_true(low(&fill(0)->got) >= low(&t.out) - 1000);
}

/* Filled by the average rate the whole order would go in and its surplus would be zero. */
static void test_clear_fills_partial_intents_by_the_marginal_rate(void **state)
{
    (void)state;
    struct auction_intent *in;

    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    in = world_sell(&w, 0, 1, 400000 * UNIT, 320000 * UNIT);
    in->partial = true;
    clear_run(&run, &w.a);
    /* The marginal rate 0.997 / (1 + 0.997 x / R)^2 is 0.8 at x = 0.1167 R. */
    assert_true(low(&fill(0)->paid) > 116000 * UNIT && low(&fill(0)->paid) < 117500 * UNIT);
    assert_true(low(&fill(0)->got) * 4 > low(&fill(0)->paid) / 5 * 16); /* well above its limit */
}

static void test_clear_rations_equal_limits_alike(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    for (int i = 0; i < 3; i++)
        world_sell(&w, 0, 1, 300 * UNIT, 300 * UNIT)->partial = true;
    (void)world_sell(&w, 1, 0, 300 * UNIT, 300 * UNIT);
    clear_run(&run, &w.a);
    for (uint32_t i = 0; i < 3; i++)
        assert_in_range(low(&fill(i)->paid), 100 * UNIT - UNIT / 100, 100 * UNIT + UNIT / 100);
}

static void test_clear_does_not_hand_arbitrage_to_a_bystander(void **state)
{
    (void)state;
    world_init(&w, 2, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 1, 0, 1, 1000000 * UNIT, 1500000 * UNIT);
    (void)world_sell(&w, 0, 1, UNIT, UNIT / 2);
    clear_run(&run, &w.a);
    assert_true(low(&fill(0)->got) <= UNIT * 3 / 2);
}

static void test_clear_gives_wash_trades_nothing(void **state)
{
    (void)state;
    const struct solution_fill *there, *back;

    /* Beside a third intent with much to give, a pair that only trades with itself. */
    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 1, 50000 * UNIT, 1000 * UNIT);
    (void)world_sell(&w, 0, 1, 1000 * UNIT, 1 * UNIT);
    (void)world_sell(&w, 1, 0, 1000 * UNIT, 1 * UNIT);
    clear_run(&run, &w.a);
    there = fill(1);
    back = fill(2);
    assert_true((u128)low(&there->got) * low(&back->got) <=
                (u128)low(&there->paid) * low(&back->paid));
}

static void test_clear_survives_orders_far_beyond_all_reserves(void **state)
{
    (void)state;
    struct auction_intent *in;

    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000, 1000);
    in = world_sell(&w, 0, 1, UINT64_MAX, 1);
    in->partial = true;
    (void)world_sell(&w, 0, 1, UINT64_MAX, UINT64_MAX / 2);
    clear_run(&run, &w.a);
    assert_unfilled(1);
}

static void test_clear_nets_before_it_routes(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 1, 1000 * UNIT, 900 * UNIT);
    (void)world_sell(&w, 1, 0, 900 * UNIT, 800 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 2);
    assert_int_equal(run.s.legs_n, 1);
    assert_true(low(&run.legs[0].in) < 200 * UNIT);
}

static void test_clear_runs_hops_of_one_venue_as_a_group(void **state)
{
    (void)state;
    world_init(&w, 3, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 0, 1, 2, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 2, 1000 * UNIT, 900 * UNIT);
    w.a.options.robust = true;
    clear_run(&run, &w.a);
    (void)fill(0);
    assert_int_equal(run.s.legs_n, 2);
    assert_true(run.legs[0].group != 0);
    assert_int_equal(run.legs[0].group, run.legs[1].group);
}

static void cross_venue(void)
{
    world_init(&w, 3, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 1, 1, 2, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 2, 1000 * UNIT, 900 * UNIT);
    w.a.options.robust = true;
}

static void test_clear_uses_inventory_to_cross_venues(void **state)
{
    (void)state;
    cross_venue();
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 0); /* nothing can stand in for the second venue */
    cross_venue();
    world_inventory(&w, 2, 2000 * UNIT);
    clear_run(&run, &w.a);
    (void)fill(0);
    assert_int_equal(run.s.covers_n, 1);
    assert_int_equal(run.covers[0].asset, 2);
}

static void test_clear_falls_back_to_one_venue_without_inventory(void **state)
{
    (void)state;
    world_init(&w, 2, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 1, 0, 1, 2000000 * UNIT, 2000000 * UNIT);
    (void)world_sell(&w, 0, 1, 1000 * UNIT, 900 * UNIT);
    w.a.options.robust = true;
    clear_run(&run, &w.a);
    (void)fill(0);
    assert_int_equal(run.s.legs_n, 1);
    assert_int_equal(run.legs[0].curve, 1); /* the deeper one */
}

/* Of three intents at two venues without groups one needs both venues; the others are robust. */
static void test_clear_leaves_out_what_breaks_robustness(void **state)
{
    (void)state;
    world_init(&w, 5, 2);
    w.venues[0].atomic = w.venues[1].atomic = false;
    world_bid(world_book(&w, 0, 0, 1), 10, 1000);
    world_bid(world_book(&w, 1, 1, 2), 10, 100000);
    world_bid(world_book(&w, 0, 3, 2), 10, 1000);
    world_bid(world_book(&w, 1, 4, 2), 10, 1000);
    (void)world_sell(&w, 0, 2, 100, 9000); /* nothing covers its second leg */
    (void)world_sell(&w, 3, 2, 100, 900);
    (void)world_sell(&w, 4, 2, 100, 900);
    w.a.options.robust = true;
    clear_run(&run, &w.a);
    assert_unfilled(0);
    assert_int_equal(low(&fill(1)->got), 1000);
    assert_int_equal(low(&fill(2)->got), 1000); /* no single venue serves both */
}

static void test_clear_keeps_the_limits_of_venues(void **state)
{
    (void)state;
    world_init(&w, 2, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_pool(&w, 1, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 1, 10000 * UNIT, 9000 * UNIT);
    w.a.rows_n = 1;
    w.rows[0] = (struct row){ .kind = ROW_IN_FLIGHT,
                              .subject = { "v0" },
                              .max = AMOUNT_OF(1500 * UNIT),
                              .used = AMOUNT_OF(500 * UNIT) };
    clear_run(&run, &w.a);
    assert_int_equal(run.s.legs_n, 2);
    assert_in_range(low(&run.legs[0].in), 999 * UNIT, 1000 * UNIT);
    w.rows[0] = (struct row){ .kind = ROW_VALUE, .subject = { "any" }, .max = AMOUNT_OF(10) };
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 0);
    w.assets[0].mark.num = AMOUNT_ZERO; /* no known value: no leg under such a limit */
    w.rows[0].max = AMOUNT_MAX;
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 0);
}

/* Without any work there is still the best path of one intent. */
static void test_clear_answers_although_its_work_is_spent(void **state)
{
    (void)state;
    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000 * UNIT, 1000000 * UNIT);
    (void)world_sell(&w, 0, 1, 1000 * UNIT, 900 * UNIT);
    (void)world_buy(&w, 1, 0, 2000 * UNIT, 1500 * UNIT);
    w.a.options.robust = true;
    w.a.options.pivots_max = 1;
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 1);
    assert_int_equal(low(&fill(1)->got), 1500 * UNIT); /* it has the larger surplus */
    w.a.options.pivots_max = 0;
    w.a.options.rounds_max = 1;
    clear_run(&run, &w.a);
}

static enum err refuse(void *ctx, const struct solution *s)
{
    (void)ctx;
    (void)s;
    return ERR_IO;
}

static void test_clear_passes_on_the_error_of_its_reader(void **state)
{
    (void)state;
    struct clear *c = clear_new();

    world_init(&w, 2, 1);
    assert_err(clear_solve(c, &w.a, refuse, NULL), ERR_IO);
    clear_free(c);
    clear_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_answers_an_empty_auction),
        cmocka_unit_test(test_clear_matches_two_intents_without_a_venue),
        cmocka_unit_test(test_clear_matches_a_sell_with_an_exact_buy),
        cmocka_unit_test(test_clear_trades_limits_that_touch_exactly),
        cmocka_unit_test(test_clear_leaves_limits_that_do_not_meet),
        cmocka_unit_test(test_clear_fills_a_ring_of_three),
        cmocka_unit_test(test_clear_gives_one_order_the_whole_optimum),
        cmocka_unit_test(test_clear_routes_over_a_middle_asset),
        cmocka_unit_test(test_clear_walks_books_in_lots),
        cmocka_unit_test(test_clear_buys_an_exact_amount_for_little),
        cmocka_unit_test(test_clear_leaves_an_exact_buy_that_nobody_can_serve),
        cmocka_unit_test(test_clear_forces_fill_or_kill_between_margin_and_average),
        cmocka_unit_test(test_clear_fills_partial_intents_by_the_marginal_rate),
        cmocka_unit_test(test_clear_rations_equal_limits_alike),
        cmocka_unit_test(test_clear_does_not_hand_arbitrage_to_a_bystander),
        cmocka_unit_test(test_clear_gives_wash_trades_nothing),
        cmocka_unit_test(test_clear_survives_orders_far_beyond_all_reserves),
        cmocka_unit_test(test_clear_nets_before_it_routes),
        cmocka_unit_test(test_clear_runs_hops_of_one_venue_as_a_group),
        cmocka_unit_test(test_clear_uses_inventory_to_cross_venues),
        cmocka_unit_test(test_clear_falls_back_to_one_venue_without_inventory),
        cmocka_unit_test(test_clear_leaves_out_what_breaks_robustness),
        cmocka_unit_test(test_clear_keeps_the_limits_of_venues),
        cmocka_unit_test(test_clear_answers_although_its_work_is_spent),
        cmocka_unit_test(test_clear_passes_on_the_error_of_its_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
