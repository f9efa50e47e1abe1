/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixed18 against the mathematical functions, to the precision of long double. */
#include <math.h>

#include "solver/market/fixed18.h"
#include "tests/support/draw.h"
#include "tests/support/test_support.h"

#define ROUNDS 4000
#define ATOMS 1e18L

static long double real_of(const struct u256 *a)
{
    long double v = 0;

    for (int i = 3; i >= 0; i--)
        v = ldexpl(v, 64) + (long double)a->limb[i];
    return v / ATOMS;
}

/* Relative to the larger one, and never finer than a few atoms. */
static void assert_near(long double got, long double wanted, long double relative)
{
    assert_true(fabsl(got - wanted) <= relative * fabsl(wanted) + 64 / ATOMS);
}

static void test_fixed18_logarithm_is_near_the_real_one(void **state)
{
    struct prng r;

    (void)state;
    prng_init(&r, 501);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 a = draw_positive(&r, 255);
        struct fixed18 ln;

        assert_ok(fixed18_ln(&ln, &a));
        long double got = real_of(&ln.magnitude);

        /* The argument itself has 18 decimals, and below 1 its inverse is taken first. */
        assert_near(ln.negative ? -got : got, logl(real_of(&a)), 1e-17L);
    }
}

static void test_fixed18_exponential_is_near_the_real_one(void **state)
{
    struct prng r;

    (void)state;
    prng_init(&r, 502);
    for (int i = 0; i < ROUNDS; i++) {
        struct fixed18 x = { draw_positive(&r, 67), prng_below(&r, 2) == 1 };
        long double real = real_of(&x.magnitude);
        struct u256 out;

        if (real > (x.negative ? 41 : 130)) {
            assert_err(fixed18_exp(&out, &x), ERR_OVERFLOW);
            continue;
        }
        assert_ok(fixed18_exp(&out, &x));
        assert_near(real_of(&out), expl(x.negative ? -real : real), 1e-16L);
    }
}

/* pow_up is an upper bound of the power, and not far above it. */
static void test_fixed18_pow_up_is_just_above_the_power(void **state)
{
    struct prng r;
    int powers = 0;

    (void)state;
    prng_init(&r, 503);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 x = draw_positive(&r, 62), y = draw_positive(&r, 63), up, v3;
        long double real = powl(real_of(&x), real_of(&y));

        if (real < 1e-17L || real > 1e20L)
            continue;
        assert_ok(fixed18_pow_up(&up, &x, &y));
        assert_ok(fixed18_pow_up_v3(&v3, &x, &y));
        assert_true(real_of(&up) >= real * (1 - 1e-17L) - 1 / ATOMS);
        assert_near(real_of(&up), real, 2.1e-14L);
        assert_int_equal(u256_cmp(&up, &v3), 0);
        powers++;
    }
    assert_true(powers > ROUNDS / 8);
}

/* (a / b) * b never exceeds a when both round down, and never falls short when both round up. */
static void test_fixed18_division_and_multiplication_bracket(void **state)
{
    struct prng r;

    (void)state;
    prng_init(&r, 504);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 a = draw_positive(&r, 190), b = draw_positive(&r, 190), down, up;

        if (fixed18_div_down(&down, &a, &b) != ERR_OK || fixed18_div_up(&up, &a, &b) != ERR_OK ||
            fixed18_mul_down(&down, &down, &b) != ERR_OK || fixed18_mul_up(&up, &up, &b) != ERR_OK)
            continue;
        assert_true(u256_cmp(&down, &a) <= 0);
        assert_true(u256_cmp(&up, &a) >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed18_logarithm_is_near_the_real_one),
        cmocka_unit_test(test_fixed18_exponential_is_near_the_real_one),
        cmocka_unit_test(test_fixed18_pow_up_is_just_above_the_power),
        cmocka_unit_test(test_fixed18_division_and_multiplication_bracket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
