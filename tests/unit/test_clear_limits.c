/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits and inventory as rows of the program: the best plan inside them, not one that is refused. */
#include "tests/support/test_support.h"

#include <string.h>

#include "tests/support/clear_run.h"
#include "tests/support/world.h"

#define UNIT ((uint64_t)1000000)
#define DEEP (1000000 * UNIT)

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

static void inventory(const char *domain, uint32_t asset, uint64_t amount)
{
    world_inventory(&w, asset, amount);
    assert_ok(name_parse(&w.inventory[w.a.inventory_n - 1].domain, domain, strlen(domain)));
}

static struct row *limit(enum row_kind kind, const char *subject, uint32_t asset, uint64_t most)
{
    struct row *r = &w.rows[w.a.rows_n++];

    *r = (struct row){ .kind = kind, .asset = asset, .max = AMOUNT_OF(most) };
    assert_ok(name_parse(&r->subject, subject, strlen(subject)));
    return r;
}

/* Assets 0, 1, 2; venue v0 of domain home, v1 of domain cex, each with a deep pool of 0 and 1. */
static void start(void)
{
    world_init(&w, 3, 2);
    w.venues[1].domain = (struct name){ "cex" };
    w.venues[1].atomic = false;
    (void)world_pool(&w, 0, 0, 1, DEEP, DEEP);
    (void)world_pool(&w, 1, 0, 1, DEEP, DEEP);
}

/* What all legs of a venue send. */
static uint64_t sent(uint32_t venue)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < run.s.legs_n; i++) {
        if (w.curves[run.legs[i].curve].venue == venue)
            sum += low(&run.legs[i].in);
    }
    return sum;
}

static uint64_t pool_out(uint32_t curve, uint64_t in)
{
    struct u256 offer = u256_of(in);
    struct trade t;

    assert_ok(curve_out(&t, &w.curves[curve], way_of_side(0), &offer));
    return low(&t.out);
}

static void test_limits_let_a_partial_fill_take_all_that_fits(void **state)
{
    (void)state;
    start();
    w.a.curves_n = 1;
    world_sell(&w, 0, 1, 1000 * UNIT, 900 * UNIT)->partial = true;
    limit(ROW_IN_FLIGHT, "v0", 0, 370 * UNIT);
    clear_run(&run, &w.a);
    assert_in_range(low(&fill(0)->paid), 370 * UNIT - 370, 370 * UNIT);
}

static void test_limits_of_inventory_bound_what_a_foreign_leg_draws(void **state)
{
    (void)state;
    start();
    inventory("cex", 0, 300 * UNIT);
    inventory("home", 1, 5000 * UNIT);
    (void)world_sell(&w, 0, 1, 10000 * UNIT, 9000 * UNIT);
    clear_run(&run, &w.a);
    assert_in_range(sent(1), 300 * UNIT - 300, 300 * UNIT);
    assert_in_range(low(&fill(0)->got) + 2,
                    pool_out(0, 9700 * UNIT) + pool_out(1, 300 * UNIT) - 100, UINT64_MAX);
    limit(ROW_INVENTORY, "cex", 0, UINT64_MAX)->min = AMOUNT_OF(120 * UNIT);
    w.rows[0].used = AMOUNT_OF(300 * UNIT);
    clear_run(&run, &w.a);
    assert_in_range(sent(1), 180 * UNIT - 180, 180 * UNIT);
}

static void test_limits_of_home_inventory_bound_what_a_foreign_leg_brings(void **state)
{
    (void)state;
    start();
    inventory("cex", 0, 9000 * UNIT);
    inventory("home", 1, 200 * UNIT);
    (void)world_sell(&w, 0, 1, 10000 * UNIT, 9000 * UNIT);
    clear_run(&run, &w.a);
    assert_in_range(pool_out(1, sent(1)), 200 * UNIT - 200, 200 * UNIT);
    assert_int_equal(run.s.covers_n, 1);
    w.inventory[1].available = AMOUNT_ZERO;
    clear_run(&run, &w.a);
    assert_int_equal(sent(1), 0);
    assert_int_equal(low(&fill(0)->got), pool_out(0, 10000 * UNIT));
}

static void test_limits_let_nothing_come_in_above_the_most(void **state)
{
    (void)state;
    struct row *r;

    start();
    inventory("cex", 0, 9000 * UNIT);
    inventory("cex", 1, 500 * UNIT);
    inventory("home", 1, 9000 * UNIT);
    (void)world_sell(&w, 0, 1, 10000 * UNIT, 9000 * UNIT);
    r = limit(ROW_INVENTORY, "cex", 1, 600 * UNIT);
    r->used = AMOUNT_OF(500 * UNIT);
    clear_run(&run, &w.a);
    assert_in_range(pool_out(1, sent(1)), 100 * UNIT - 100, 100 * UNIT);
    r->used = r->max; /* full */
    clear_run(&run, &w.a);
    assert_int_equal(sent(1), 0);
    assert_int_equal(run.s.fills_n, 1);
    r->subject = (struct name){ "any" }; /* then what is there counts */
    clear_run(&run, &w.a);
    assert_in_range(pool_out(1, sent(1)), 100 * UNIT - 100, 100 * UNIT);
}

/* What a foreign leg brings is not in the pot, so no home leg can send it on. */
static void test_limits_send_nothing_on_that_the_pot_lacks(void **state)
{
    (void)state;
    start();
    (void)world_pool(&w, 0, 1, 2, DEEP, DEEP);
    w.curves[0].as.constant_product.reserve[1] = u256_of(DEEP / 100 * 99); /* the worse one */
    inventory("cex", 0, 9000 * UNIT);
    inventory("home", 1, 9000 * UNIT);
    inventory("home", 2, 9000 * UNIT);
    (void)world_sell(&w, 0, 2, 1000 * UNIT, 900 * UNIT);
    clear_run(&run, &w.a);
    assert_int_equal(sent(1), 0);
    assert_int_equal(run.s.legs_n, 2);
    (void)world_sell(&w, 1, 0, 400 * UNIT, 300 * UNIT); /* puts 1 into the pot */
    clear_run(&run, &w.a);
    assert_int_equal(run.s.fills_n, 2);
}

static void test_limits_route_through_a_foreign_domain_without_stock_between(void **state)
{
    (void)state;
    start();
    w.a.curves_n = 0;
    (void)world_pool(&w, 1, 0, 1, DEEP, DEEP);
    (void)world_pool(&w, 1, 1, 2, DEEP, DEEP);
    inventory("cex", 0, 400 * UNIT);
    inventory("home", 2, 9000 * UNIT);
    world_sell(&w, 0, 2, 1000 * UNIT, 900 * UNIT)->partial = true;
    clear_run(&run, &w.a);
    assert_int_equal(run.s.legs_n, 2);
    assert_in_range(low(&fill(0)->paid), 400 * UNIT - 400, 400 * UNIT);
}

static void test_limits_are_shared_by_all_fills(void **state)
{
    (void)state;
    start();
    w.a.curves_n = 0;
    (void)world_pool(&w, 1, 0, 1, DEEP, DEEP);
    inventory("cex", 0, 500 * UNIT);
    inventory("home", 1, 9000 * UNIT);
    world_sell(&w, 0, 1, 400 * UNIT, 360 * UNIT)->partial = true;
    world_sell(&w, 0, 1, 400 * UNIT, 320 * UNIT)->partial = true; /* the more eager one */
    clear_run(&run, &w.a);
    assert_int_equal(low(&fill(1)->paid), 400 * UNIT);
    assert_in_range(low(&fill(0)->paid), 100 * UNIT - 1000, 100 * UNIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_let_a_partial_fill_take_all_that_fits),
        cmocka_unit_test(test_limits_of_inventory_bound_what_a_foreign_leg_draws),
        cmocka_unit_test(test_limits_of_home_inventory_bound_what_a_foreign_leg_brings),
        cmocka_unit_test(test_limits_let_nothing_come_in_above_the_most),
        cmocka_unit_test(test_limits_send_nothing_on_that_the_pot_lacks),
        cmocka_unit_test(test_limits_route_through_a_foreign_domain_without_stock_between),
        cmocka_unit_test(test_limits_are_shared_by_all_fills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
