/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixed18 against the published vectors of LogExpMath, and at the edges of its domains. */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/fixed18.h"
#include "tests/support/vectors.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct u256 zero, one = { { FIXED18_ONE } };

static struct fixed18 signed_of(const char *text)
{
    return (struct fixed18){ vectors_magnitude(text), vectors_negative(text) };
}

static void assert_signed(const struct fixed18 *got, const char *wanted)
{
    struct fixed18 w = signed_of(wanted);

    assert_int_equal(u256_cmp(&got->magnitude, &w.magnitude), 0);
    assert_int_equal(got->negative, w.negative);
}

static void logarithm_check(enum err (*ln)(struct fixed18 *, const struct u256 *), const json_t *v)
{
    struct u256 in = vectors_number(v, "in");
    struct fixed18 out;

    assert_ok(ln(&out, &in));
    assert_signed(&out, vectors_text(v, "out"));
}

static void exp_check(const json_t *v, bool fails)
{
    struct fixed18 in = signed_of(vectors_text(v, "in"));
    struct u256 out = one;

    assert_err(fixed18_exp(&out, &in), fails ? ERR_OVERFLOW : ERR_OK);
    vectors_equal(&out, fails ? "1000000000000000000" : vectors_text(v, "out"));
}

static void pow_check(const json_t *v, bool fails)
{
    const json_t *in = json_object_get(v, "in");
    struct u256 x = vectors_u256(json_string_value(json_array_get(in, 0)));
    struct u256 y = vectors_u256(json_string_value(json_array_get(in, 1)));
    struct u256 out = one;

    assert_err(fixed18_pow(&out, &x, &y), fails ? ERR_OVERFLOW : ERR_OK);
    vectors_equal(&out, fails ? "1000000000000000000" : vectors_text(v, "out"));
}

static void vector_check(const char *test, const json_t *v)
{
    if (strcmp(test, "_ln_success") == 0)
        logarithm_check(fixed18_ln, v);
    else if (strcmp(test, "_ln_36_success") == 0)
        logarithm_check(fixed18_ln36, v);
    else if (strncmp(test, "exp_", 4) == 0)
        exp_check(v, strcmp(test, "exp_error") == 0);
    else if (strncmp(test, "pow_", 4) == 0)
        pow_check(v, strcmp(test, "pow_error") == 0);
    else
        fail_msg("unknown group %s", test);
}

static void test_fixed18_matches_the_vectors(void **state)
{
    json_t *root, *groups = vectors_group(&root, "balancer_logexpmath"), *group, *v;
    size_t i, k, checked = 0;

    (void)state;
    json_array_foreach(json_object_get(groups, "groups"), i, group)
    {
        json_array_foreach(json_object_get(group, "vectors"), k, v)
        {
            vector_check(vectors_text(group, "test"), v);
            checked++;
        }
    }
    assert_true(checked >= 31);
    json_decref(root);
}

/* 1.000000000000000001^2 = 1.000000000000000002 and a rest; 1 / 3 likewise. */
static void test_fixed18_rounds_as_its_name_says(void **state)
{
    struct u256 a = u256_of(FIXED18_ONE + 1), three = u256_of(3 * FIXED18_ONE), out;

    (void)state;
    assert_ok(fixed18_mul_down(&out, &a, &a));
    vectors_equal(&out, "1000000000000000002");
    assert_ok(fixed18_mul_up(&out, &a, &a));
    vectors_equal(&out, "1000000000000000003");
    assert_ok(fixed18_div_down(&out, &one, &three));
    vectors_equal(&out, "333333333333333333");
    assert_ok(fixed18_div_up(&out, &one, &three));
    vectors_equal(&out, "333333333333333334");
    assert_ok(fixed18_mul_up(&out, &zero, &a));
    assert_true(u256_is_zero(&out));
    assert_ok(fixed18_div_up(&out, &zero, &a));
    assert_true(u256_is_zero(&out));
    out = fixed18_complement(&a);
    assert_true(u256_is_zero(&out));
    out = fixed18_complement(&(struct u256){ { 1 } });
    vectors_equal(&out, "999999999999999999");
}

/* The contract multiplies in 256 bits: it reverts although the quotient would fit. */
static void test_fixed18_overflows_where_the_product_does(void **state)
{
    struct u256 out = one, two = u256_of(2);

    (void)state;
    assert_err(fixed18_mul_down(&out, &max, &two), ERR_OVERFLOW);
    assert_err(fixed18_mul_up(&out, &max, &two), ERR_OVERFLOW);
    assert_err(fixed18_div_down(&out, &max, &max), ERR_OVERFLOW);
    assert_err(fixed18_div_up(&out, &max, &max), ERR_OVERFLOW);
    assert_err(fixed18_div_down(&out, &one, &zero), ERR_INVALID);
    assert_err(fixed18_div_up(&out, &one, &zero), ERR_INVALID);
    assert_int_equal(u256_cmp(&out, &one), 0);
}

static void test_fixed18_logarithm_refuses_what_has_none(void **state)
{
    struct u256 edge = { { 0, 0, 0, UINT64_C(1) << 63 } };
    struct fixed18 out = { one, true };

    (void)state;
    assert_err(fixed18_ln(&out, &zero), ERR_INVALID);
    assert_err(fixed18_ln36(&out, &zero), ERR_INVALID);
    assert_err(fixed18_ln(&out, &edge), ERR_OVERFLOW);
    assert_err(fixed18_ln36(&out, &max), ERR_OVERFLOW);
    assert_err(fixed18_ln36(&out, &(struct u256){ { 0, 0, 0, 1 } }), ERR_OVERFLOW);
    assert_true(out.negative && u256_cmp(&out.magnitude, &one) == 0);
    assert_ok(fixed18_ln(&out, &one));
    assert_true(!out.negative && u256_is_zero(&out.magnitude));
    assert_ok(fixed18_ln36(&out, &one));
    assert_true(!out.negative && u256_is_zero(&out.magnitude));
}

/* The largest exponents of the domain: 130 is in, one more is out. */
static void test_fixed18_exp_ends_at_130(void **state)
{
    struct fixed18 x = { vectors_u256("130000000000000000000"), false };
    struct u256 out, past = u256_of(1);

    (void)state;
    assert_ok(fixed18_exp(&out, &x));
    assert_int_equal(u256_bits(&out), 248); /* e^130 * 1e18 = 2^247.3 */
    assert_ok(u256_add(&x.magnitude, &x.magnitude, &past));
    assert_err(fixed18_exp(&out, &x), ERR_OVERFLOW);
    x.magnitude = max;
    assert_err(fixed18_exp(&out, &x), ERR_OVERFLOW);
}

/* v0: 4 less its truncation, then 1e-14 of it and one. v3Plus multiplies. */
static void test_fixed18_pow_up_is_the_power_and_its_error(void **state)
{
    struct u256 two = u256_of(2 * FIXED18_ONE), four = u256_of(4 * FIXED18_ONE), out;
    struct u256 odd = u256_of(FIXED18_ONE + 1);

    (void)state;
    assert_ok(fixed18_pow_up(&out, &two, &two));
    vectors_equal(&out, "4000000000000039997"); /* 3999999999999999996 + 40000 + 1 */
    assert_ok(fixed18_pow_up_v3(&out, &two, &one));
    vectors_equal(&out, "2000000000000000000");
    assert_ok(fixed18_pow_up_v3(&out, &two, &two));
    vectors_equal(&out, "4000000000000000000");
    assert_ok(fixed18_pow_up_v3(&out, &two, &four));
    vectors_equal(&out, "16000000000000000000");
    assert_ok(fixed18_pow_up_v3(&out, &odd, &two));
    vectors_equal(&out, "1000000000000000003");
    assert_ok(fixed18_pow(&out, &zero, &zero));
    assert_int_equal(u256_cmp(&out, &one), 0);
}

static void test_fixed18_pow_up_overflows_with_the_power(void **state)
{
    struct u256 four = u256_of(4 * FIXED18_ONE), large = { { 0, 0, 1 } }, out = one;

    (void)state;
    assert_err(fixed18_pow_up(&out, &max, &one), ERR_OVERFLOW);
    assert_err(fixed18_pow_up_v3(&out, &large, &four), ERR_OVERFLOW);
    assert_err(fixed18_pow_up(&out, &large, &large), ERR_OVERFLOW);
    assert_int_equal(u256_cmp(&out, &one), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed18_matches_the_vectors),
        cmocka_unit_test(test_fixed18_rounds_as_its_name_says),
        cmocka_unit_test(test_fixed18_overflows_where_the_product_does),
        cmocka_unit_test(test_fixed18_logarithm_refuses_what_has_none),
        cmocka_unit_test(test_fixed18_exp_ends_at_130),
        cmocka_unit_test(test_fixed18_pow_up_is_the_power_and_its_error),
        cmocka_unit_test(test_fixed18_pow_up_overflows_with_the_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
