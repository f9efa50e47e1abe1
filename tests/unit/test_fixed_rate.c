/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixed_rate by its definition, and at its edges. */
#include "tests/support/test_support.h"

#include "solver/market/curve.h"
#include "solver/market/fixed_rate.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct trade untouched = { { { 7 } }, { { 9 } } };

/* Two of asset 1 for three of asset 0, 1 % fee, a thousand of each. */
static struct fixed_rate desk(void)
{
    return (struct fixed_rate){ .num = u256_of(2),
                                .den = u256_of(3),
                                .keep_num = 99,
                                .keep_den = 100,
                                .capacity = { u256_of(1000), u256_of(1000) } };
}

static void assert_trade(const struct trade *t, uint64_t in, uint64_t out)
{
    struct trade wanted = { u256_of(in), u256_of(out) };

    assert_memory_equal(t, &wanted, sizeof wanted);
}

static struct trade out_of(const struct fixed_rate *f, int side, uint64_t offer)
{
    struct u256 x = u256_of(offer);
    struct trade t;

    assert_ok(fixed_rate_out(&t, f, side, &x));
    return t;
}

static struct trade in_of(const struct fixed_rate *f, int side, uint64_t want)
{
    struct u256 y = u256_of(want);
    struct trade t;

    assert_ok(fixed_rate_in(&t, f, side, &y));
    return t;
}

static void test_fixed_rate_pays_the_floor_and_asks_the_ceiling(void **state)
{
    struct fixed_rate f = desk();
    struct trade t;

    (void)state;
    assert_ok(fixed_rate_check(&f));
    t = out_of(&f, 0, 100); /* 100 * 2 / 3 * 0.99 = 66 */
    assert_trade(&t, 100, 66);
    t = out_of(&f, 0, 101); /* 66.66 */
    assert_trade(&t, 101, 66);
    t = out_of(&f, 1, 100); /* 100 * 3 / 2 * 0.99 = 148.5 */
    assert_trade(&t, 100, 148);
    t = in_of(&f, 0, 66);
    assert_trade(&t, 100, 66);
    t = in_of(&f, 0, 67); /* 101.5 */
    assert_trade(&t, 102, 67);
    t = in_of(&f, 1, 149); /* 100.3, and 101 bring 149.98 */
    assert_trade(&t, 101, 149);
}

static void test_fixed_rate_takes_what_its_capacity_is_worth(void **state)
{
    struct fixed_rate f = desk();
    struct u256 more = u256_of(1001);
    struct trade t, again;

    (void)state;
    assert_ok(fixed_rate_out(&t, &f, 0, &max));
    assert_trade(&t, 1516, 1000); /* 1515.15 */
    again = out_of(&f, 0, 1516);
    assert_memory_equal(&t, &again, sizeof t);
    t = in_of(&f, 0, 1000);
    assert_memory_equal(&t, &again, sizeof t);
    again = untouched;
    assert_err(fixed_rate_in(&again, &f, 0, &more), ERR_NOT_FOUND);
    assert_memory_equal(&again, &untouched, sizeof again);
}

static void test_fixed_rate_pays_one_way_where_it_has_capacity(void **state)
{
    struct fixed_rate f = desk();
    struct trade t;

    (void)state;
    f.capacity[0] = u256_of(0);
    t = out_of(&f, 1, 100);
    assert_trade(&t, 0, 0);
    t = out_of(&f, 0, 100);
    assert_trade(&t, 100, 66);
    t = out_of(&f, 0, 1); /* two thirds of an atom */
    assert_trade(&t, 0, 0);
    t = in_of(&f, 0, 0);
    assert_trade(&t, 0, 0);
}

/* 6 to 18 decimals without limit. */
static void test_fixed_rate_wraps_without_limit(void **state)
{
    struct fixed_rate f = { .num = u256_of(UINT64_C(1000000000000)),
                            .den = u256_of(1),
                            .keep_num = 1,
                            .keep_den = 1,
                            .capacity = { max, max } };
    struct trade t = untouched;

    (void)state;
    assert_ok(fixed_rate_check(&f));
    t = out_of(&f, 0, 5);
    assert_trade(&t, 5, UINT64_C(5000000000000));
    t = out_of(&f, 1, UINT64_C(5999999999999));
    assert_trade(&t, UINT64_C(5999999999999), 5);
    assert_ok(fixed_rate_out(&t, &f, 0, &max));
    assert_int_equal(u256_cmp(&t.out, &max), 0);
    t = untouched;
    assert_err(fixed_rate_in(&t, &f, 1, &max), ERR_OVERFLOW);
    assert_memory_equal(&t, &untouched, sizeof t);
}

static void test_fixed_rate_apply_moves_the_capacity(void **state)
{
    struct fixed_rate f = desk();
    struct trade t = out_of(&f, 0, 100);

    (void)state;
    assert_ok(fixed_rate_apply(&f, 0, &t));
    assert_int_equal(f.capacity[0].limb[0], 1000);
    assert_int_equal(f.capacity[1].limb[0], 934);
    f.refills = true;
    assert_ok(fixed_rate_apply(&f, 0, &t));
    assert_int_equal(f.capacity[0].limb[0], 1100);
    assert_int_equal(f.capacity[1].limb[0], 868);
}

static void test_fixed_rate_apply_keeps_the_curve_on_an_error(void **state)
{
    struct fixed_rate f = desk(), before;
    struct trade more = { u256_of(1), u256_of(1001) }, huge = { max, u256_of(1) };

    (void)state;
    f.refills = true;
    before = f;
    assert_err(fixed_rate_apply(&f, 0, &more), ERR_INVALID);
    assert_err(fixed_rate_apply(&f, 0, &huge), ERR_OVERFLOW);
    assert_memory_equal(&f, &before, sizeof f);
}

static void test_fixed_rate_check_refuses_what_is_no_rate(void **state)
{
    struct fixed_rate f;

    (void)state;
    f = desk(), f.num = u256_of(0);
    assert_err(fixed_rate_check(&f), ERR_INVALID);
    f = desk(), f.den = u256_of(0);
    assert_err(fixed_rate_check(&f), ERR_INVALID);
    f = desk(), f.keep_num = 0;
    assert_err(fixed_rate_check(&f), ERR_INVALID);
    f = desk(), f.keep_num = 101;
    assert_err(fixed_rate_check(&f), ERR_INVALID);
    f = desk(), f.num = max;
    assert_err(fixed_rate_check(&f), ERR_INVALID);
    f = desk(), f.den = max;
    assert_err(fixed_rate_check(&f), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_rate_pays_the_floor_and_asks_the_ceiling),
        cmocka_unit_test(test_fixed_rate_takes_what_its_capacity_is_worth),
        cmocka_unit_test(test_fixed_rate_pays_one_way_where_it_has_capacity),
        cmocka_unit_test(test_fixed_rate_wraps_without_limit),
        cmocka_unit_test(test_fixed_rate_apply_moves_the_capacity),
        cmocka_unit_test(test_fixed_rate_apply_keeps_the_curve_on_an_error),
        cmocka_unit_test(test_fixed_rate_check_refuses_what_is_no_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
