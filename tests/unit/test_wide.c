/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/wide.h"
#include "tests/support/test_support.h"

#define MAX_TEXT "115792089237316195423570985008687907853269984665640564039457584007913129639935"

static const struct u256 zero;
static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

static void assert_u256(const struct u256 *a, const char *wanted)
{
    char buf[U256_TEXT];

    assert_string_equal(u256_text(buf, a), wanted);
}

static void test_wide_amounts_round_trip(void **state)
{
    struct u256 a = u256_of_amount(AMOUNT_MAX), one = u256_of(1);
    struct amount back = AMOUNT_OF(7);

    (void)state;
    assert_ok(u256_to_amount(&back, &a));
    assert_int_equal(amount_cmp(back, AMOUNT_MAX), 0);
    back = AMOUNT_OF(7);
    assert_ok(u256_add(&a, &a, &one));
    assert_err(u256_to_amount(&back, &a), ERR_OVERFLOW);
    assert_err(u256_to_amount(&back, &max), ERR_OVERFLOW);
    assert_int_equal(amount_cmp(back, AMOUNT_OF(7)), 0);
}

static void test_wide_orders_values(void **state)
{
    struct u256 low = { { UINT64_MAX, 0, 0, 0 } }, high = { { 0, 1, 0, 0 } };

    (void)state;
    assert_int_equal(u256_cmp(&low, &high), -1);
    assert_int_equal(u256_cmp(&high, &low), 1);
    assert_int_equal(u256_cmp(&max, &max), 0);
    assert_true(u256_is_zero(&zero));
    assert_false(u256_is_zero(&high));
    assert_int_equal(u256_bits(&zero), 0);
    assert_int_equal(u256_bits(&low), 64);
    assert_int_equal(u256_bits(&high), 65);
    assert_int_equal(u256_bits(&max), 256);
}

static void test_wide_add_sub_mul_refuse_to_wrap(void **state)
{
    struct u256 a = u256_of(5), one = u256_of(1), two = u256_of(2), half = { { 0, 0, 1, 0 } };

    (void)state;
    assert_err(u256_add(&a, &max, &one), ERR_OVERFLOW);
    assert_err(u256_sub(&a, &zero, &one), ERR_OVERFLOW);
    assert_err(u256_mul(&a, &max, &two), ERR_OVERFLOW);
    assert_err(u256_mul(&a, &half, &half), ERR_OVERFLOW); /* exactly 2^256 */
    assert_u256(&a, "5");
    assert_ok(u256_sub(&a, &max, &one));
    assert_ok(u256_add(&a, &a, &one));
    assert_u256(&a, MAX_TEXT);
    assert_ok(u256_mul(&a, &max, &one));
    assert_u256(&a, MAX_TEXT);
}

static void test_wide_division_rounds_as_named(void **state)
{
    struct u256 q, ten = u256_of(10), three = u256_of(3);

    (void)state;
    assert_ok(u256_div_floor(&q, &ten, &three));
    assert_u256(&q, "3");
    assert_ok(u256_div_ceil(&q, &ten, &three));
    assert_u256(&q, "4");
    assert_ok(u256_div_ceil(&q, &three, &max)); /* fewer limbs than the divisor */
    assert_u256(&q, "1");
    assert_ok(u256_div_floor(&q, &three, &max));
    assert_u256(&q, "0");
    assert_ok(u256_div_ceil(&q, &zero, &max));
    assert_u256(&q, "0");
    assert_ok(u256_div_ceil(&q, &max, &max));
    assert_u256(&q, "1");
}

static void test_wide_division_by_zero_is_invalid(void **state)
{
    struct u256 q = u256_of(5), one = u256_of(1);
    struct u512 wide_one = wide_of(&one), wide_zero = wide_of(&zero);

    (void)state;
    assert_err(u256_div_floor(&q, &one, &zero), ERR_INVALID);
    assert_err(u256_div_ceil(&q, &zero, &zero), ERR_INVALID);
    assert_err(wide_div_floor(&q, &wide_one, &wide_zero), ERR_INVALID);
    assert_err(wide_div_ceil(&q, &wide_one, &wide_zero), ERR_INVALID);
    assert_err(u256_muldiv_floor(&q, &one, &one, &zero), ERR_INVALID);
    assert_err(u256_muldiv_ceil(&q, &one, &one, &zero), ERR_INVALID);
    assert_u256(&q, "5");
}

static void test_wide_quotient_above_256_bits_overflows(void **state)
{
    struct u256 q = u256_of(5), one = u256_of(1), two = u256_of(2), less;
    struct u512 num, den = wide_of(&one);

    (void)state;
    assert_ok(u256_sub(&less, &max, &one));
    wide_mul(&num, &max, &two);
    assert_err(wide_div_floor(&q, &num, &den), ERR_OVERFLOW);
    assert_err(wide_div_ceil(&q, &num, &den), ERR_OVERFLOW);
    assert_err(u256_muldiv_floor(&q, &max, &max, &less), ERR_OVERFLOW);
    /* The floor is 2^256 - 1 and fits; rounding up gives 2^256. */
    assert_ok(wide_add(&num, &num, &den)); /* 2 max + 1 = 2^257 - 1 */
    den = wide_of(&two);
    assert_err(wide_div_ceil(&q, &num, &den), ERR_OVERFLOW);
    assert_u256(&q, "5");
    assert_ok(wide_div_floor(&q, &num, &den));
    assert_u256(&q, MAX_TEXT);
    assert_ok(u256_muldiv_floor(&q, &max, &max, &max));
    assert_u256(&q, MAX_TEXT);
}

static void test_wide_sums_and_compares_512_bits(void **state)
{
    struct u512 square, one, sum;
    struct u256 unit = u256_of(1);

    (void)state;
    wide_mul(&square, &max, &max);
    one = wide_of(&unit);
    assert_int_equal(wide_cmp(&square, &one), 1);
    assert_int_equal(wide_cmp(&one, &square), -1);
    assert_int_equal(wide_cmp(&square, &square), 0);
    sum = one;
    memset(square.limb, 0xff, sizeof(square.limb));
    assert_err(wide_add(&sum, &square, &one), ERR_OVERFLOW);
    assert_int_equal(wide_cmp(&sum, &one), 0);
}

static void test_wide_outputs_may_alias_inputs(void **state)
{
    struct u256 a = u256_of(6), b = u256_of(4);

    (void)state;
    assert_ok(u256_mul(&a, &a, &a));
    assert_u256(&a, "36");
    assert_ok(u256_div_ceil(&b, &a, &b));
    assert_u256(&b, "9");
    assert_ok(u256_muldiv_floor(&a, &a, &b, &a));
    assert_u256(&a, "9");
    assert_ok(u256_sub(&a, &a, &a));
    assert_u256(&a, "0");
}

static void test_wide_decimal_text_round_trips(void **state)
{
    static const char *const texts[] = { "0", "1", "18446744073709551616",
                                         "340282366920938463463374607431768211456", MAX_TEXT };
    struct u256 a;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_ok(u256_parse(&a, texts[i], strlen(texts[i])));
        assert_u256(&a, texts[i]);
    }
}

static void test_wide_parse_refuses_other_forms(void **state)
{
    static const char *const bad[] = { "", "00", "01", "-1", "+1", " 1", "1a", "0x1", "1.0" };
    static const char above[] =
        "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    static const char long_text[] =
        "1157920892373161954235709850086879078532699846656405640394575840079131296399350";
    struct u256 a = u256_of(5);

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_err(u256_parse(&a, bad[i], strlen(bad[i])), ERR_INVALID);
    assert_err(u256_parse(&a, above, strlen(above)), ERR_OVERFLOW);
    assert_err(u256_parse(&a, long_text, strlen(long_text)), ERR_OVERFLOW);
    assert_u256(&a, "5");
}

static void test_wide_parses_hex_digits(void **state)
{
    static const char f64[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    struct u256 a = u256_of(5);

    (void)state;
    assert_err(u256_parse_hex(&a, "", 0), ERR_INVALID);
    assert_err(u256_parse_hex(&a, "0x1", 3), ERR_INVALID);
    assert_err(u256_parse_hex(&a, "1g", 2), ERR_INVALID);
    assert_err(
        u256_parse_hex(&a, "10000000000000000000000000000000000000000000000000000000000000000", 65),
        ERR_OVERFLOW);
    assert_u256(&a, "5");
    assert_ok(u256_parse_hex(&a, "00fF", 4));
    assert_u256(&a, "255");
    assert_ok(u256_parse_hex(&a, f64, 64));
    assert_u256(&a, MAX_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_amounts_round_trip),
        cmocka_unit_test(test_wide_orders_values),
        cmocka_unit_test(test_wide_add_sub_mul_refuse_to_wrap),
        cmocka_unit_test(test_wide_division_rounds_as_named),
        cmocka_unit_test(test_wide_division_by_zero_is_invalid),
        cmocka_unit_test(test_wide_quotient_above_256_bits_overflows),
        cmocka_unit_test(test_wide_sums_and_compares_512_bits),
        cmocka_unit_test(test_wide_outputs_may_alias_inputs),
        cmocka_unit_test(test_wide_decimal_text_round_trips),
        cmocka_unit_test(test_wide_parse_refuses_other_forms),
        cmocka_unit_test(test_wide_parses_hex_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
