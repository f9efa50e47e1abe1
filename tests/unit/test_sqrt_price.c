/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sqrt_price against the published vectors of Uniswap V3, and at the ends of the ticks. */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/sqrt_price.h"
#include "tests/support/vectors.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct sqrt_price_ticks all = { -SQRT_PRICE_TICK_MAX, SQRT_PRICE_TICK_MAX };
static const char first_price[] = "4295128739"; /* MIN_SQRT_RATIO and MAX_SQRT_RATIO */
static const char last_price[] = "1461446703485210103287273052203988822378723970342";

static void test_sqrt_price_matches_the_tick_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v3_tick_math"), *v;
    size_t i;

    (void)state;
    assert_true(json_array_size(json_object_get(group, "cases")) >= 4);
    json_array_foreach(json_object_get(group, "cases"), i, v)
    {
        int32_t tick = (int32_t)json_integer_value(json_object_get(v, "tick")), back;
        struct u256 price;

        assert_ok(sqrt_price_at(&price, tick));
        vectors_equal(&price, vectors_text(v, "sqrt_ratio"));
        assert_ok(sqrt_price_tick(&back, &price, all));
        assert_int_equal(back, tick);
    }
    json_decref(root);
}

static void test_sqrt_price_ends_at_the_last_ticks(void **state)
{
    struct u256 price = vectors_u256(last_price), at, one = u256_of(1);
    int32_t tick = 5;

    (void)state;
    assert_ok(sqrt_price_at(&at, SQRT_PRICE_TICK_MAX));
    vectors_equal(&at, last_price);
    assert_ok(sqrt_price_at(&at, -SQRT_PRICE_TICK_MAX));
    vectors_equal(&at, first_price);
    assert_ok(sqrt_price_at(&at, 0));
    vectors_equal(&at, "79228162514264337593543950336"); /* 2^96 */
    assert_err(sqrt_price_at(&at, SQRT_PRICE_TICK_MAX + 1), ERR_INVALID);
    assert_err(sqrt_price_at(&at, INT32_MIN), ERR_INVALID);
    assert_err(sqrt_price_tick(&tick, &price, all), ERR_INVALID);
    assert_err(sqrt_price_tick(&tick, &max, all), ERR_INVALID);
    assert_int_equal(tick, 5);
    assert_ok(u256_sub(&price, &price, &one));
    assert_ok(sqrt_price_tick(&tick, &price, all));
    assert_int_equal(tick, SQRT_PRICE_TICK_MAX - 1);
    price = vectors_u256(first_price);
    assert_ok(sqrt_price_tick(&tick, &price, all));
    assert_int_equal(tick, -SQRT_PRICE_TICK_MAX);
    assert_ok(u256_sub(&price, &price, &one));
    assert_err(sqrt_price_tick(&tick, &price, all), ERR_INVALID);
}

static void test_sqrt_price_tick_is_in_its_range_or_refused(void **state)
{
    struct u256 price;
    int32_t tick = 5;

    (void)state;
    assert_ok(sqrt_price_at(&price, 100));
    assert_ok(sqrt_price_tick(&tick, &price, (struct sqrt_price_ticks){ 100, 101 }));
    assert_int_equal(tick, 100);
    assert_err(sqrt_price_tick(&tick, &price, (struct sqrt_price_ticks){ 0, 100 }), ERR_INVALID);
    assert_err(sqrt_price_tick(&tick, &price, (struct sqrt_price_ticks){ 101, 200 }), ERR_INVALID);
    assert_err(sqrt_price_tick(&tick, &price, (struct sqrt_price_ticks){ 0, INT32_MAX }),
               ERR_INVALID);
}

/* Every tick of a coarse grid: prices rise, and the price finds its tick from both sides. */
static void test_sqrt_price_tick_inverts_the_price(void **state)
{
    struct u256 before = { { 0 } }, at, one = u256_of(1);

    (void)state;
    for (int32_t t = -SQRT_PRICE_TICK_MAX; t < SQRT_PRICE_TICK_MAX; t += 1777) {
        int32_t tick;

        assert_ok(sqrt_price_at(&at, t));
        assert_true(u256_cmp(&before, &at) < 0);
        assert_ok(sqrt_price_tick(&tick, &at, all));
        assert_int_equal(tick, t);
        before = at;
        assert_ok(u256_sub(&at, &at, &one));
        if (t == -SQRT_PRICE_TICK_MAX)
            continue;
        assert_ok(sqrt_price_tick(&tick, &at, all));
        assert_int_equal(tick, t - 1);
    }
}

static struct u256 argument(const json_t *v, size_t i)
{
    return vectors_u256(json_string_value(json_array_get(json_object_get(v, "args"), i)));
}

static void vector_check(const json_t *v)
{
    const char *fn = vectors_text(v, "fn");
    bool flag = json_is_true(json_array_get(json_object_get(v, "args"), 3));
    struct u256 a = argument(v, 0), b = argument(v, 1), c = argument(v, 2), out;
    struct sqrt_price_span amounts = { a, b, c }, moves = { .from = a, .liquidity = b };
    int given = flag ? 0 : 1; /* zero_for_one gives asset 0 */

    if (strcmp(fn, "get_amount0_delta") == 0)
        assert_ok(sqrt_price_amount(&out, &amounts, 0, flag));
    else if (strcmp(fn, "get_amount1_delta") == 0)
        assert_ok(sqrt_price_amount(&out, &amounts, 1, flag));
    else if (strcmp(fn, "get_next_sqrt_price_from_input") == 0)
        assert_ok(sqrt_price_after_input(&out, &moves, given, &c));
    else if (strcmp(fn, "get_next_sqrt_price_from_output") == 0)
        assert_ok(sqrt_price_after_output(&out, &moves, !given, &c));
    else
        fail_msg("unknown function %s", fn);
    vectors_equal(&out, vectors_text(v, "out"));
}

static void test_sqrt_price_matches_the_amount_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v3_sqrt_price_math"), *v;
    size_t i;

    (void)state;
    assert_true(json_array_size(json_object_get(group, "cases")) >= 6);
    json_array_foreach(json_object_get(group, "cases"), i, v) vector_check(v);
    json_decref(root);
}

/* L = 2^96 at price 1: x in of asset 0 moves to L / (L + x), and past 2^256 by the other formula. */
static void test_sqrt_price_input_past_256_bits_takes_the_other_formula(void **state)
{
    struct u256 one = { { 0, UINT64_C(1) << 32 } }, x = { { 0, 0, 0, 1 } }, price;
    struct sqrt_price_span span = { .from = one, .liquidity = one };

    (void)state;
    assert_ok(sqrt_price_after_input(&price, &span, 0, &one));
    vectors_equal(&price, "39614081257132168796771975168");  /* 2^95 */
    assert_ok(sqrt_price_after_input(&price, &span, 0, &x)); /* ceil(2^192 / (2^96 + 2^192)) */
    vectors_equal(&price, "1");
}

static void test_sqrt_price_refuses_what_the_liquidity_does_not_hold(void **state)
{
    struct u256 one = { { 0, UINT64_C(1) << 32 } }, price = u256_of(7);
    struct u256 thin = u256_of(1), wide = { { 0, 0, 1 } };
    struct sqrt_price_span span = { .from = one, .to = thin, .liquidity = one };

    (void)state;
    assert_err(sqrt_price_after_output(&price, &span, 0, &one), ERR_OVERFLOW);
    assert_err(sqrt_price_after_output(&price, &span, 1, &one), ERR_OVERFLOW);
    assert_err(sqrt_price_after_output(&price, &span, 0, &max), ERR_OVERFLOW);
    assert_err(sqrt_price_after_output(&price, &span, 1, &max), ERR_OVERFLOW);
    assert_err(sqrt_price_after_input(&price, &span, 1, &max), ERR_OVERFLOW);
    span.liquidity = thin;
    assert_err(sqrt_price_after_input(&price, &span, 1, &wide), ERR_OVERFLOW);
    span.liquidity = wide; /* 2^128 */
    assert_err(sqrt_price_amount(&price, &span, 0, true), ERR_OVERFLOW);
    assert_int_equal(price.limb[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqrt_price_matches_the_tick_vectors),
        cmocka_unit_test(test_sqrt_price_ends_at_the_last_ticks),
        cmocka_unit_test(test_sqrt_price_tick_is_in_its_range_or_refused),
        cmocka_unit_test(test_sqrt_price_tick_inverts_the_price),
        cmocka_unit_test(test_sqrt_price_matches_the_amount_vectors),
        cmocka_unit_test(test_sqrt_price_input_past_256_bits_takes_the_other_formula),
        cmocka_unit_test(test_sqrt_price_refuses_what_the_liquidity_does_not_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
