/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/amount.h"
#include "tests/support/test_support.h"

#define SENTINEL AMOUNT_OF(77)
#define MAX_TEXT "340282366920938463463374607431768211455"

static void assert_amount(struct amount a, u128 wanted)
{
    char got_text[AMOUNT_TEXT], wanted_text[AMOUNT_TEXT];

    assert_string_equal(amount_text(got_text, a), amount_text(wanted_text, AMOUNT_OF(wanted)));
    assert_true(a.atoms == wanted);
}

static enum err parse(struct amount *out, const char *text)
{
    return amount_parse(out, text, strlen(text));
}

static void test_amount_add_and_sub_refuse_to_wrap(void **state)
{
    struct amount a = SENTINEL;

    (void)state;
    assert_err(amount_add(&a, AMOUNT_MAX, AMOUNT_OF(1)), ERR_OVERFLOW);
    assert_err(amount_sub(&a, AMOUNT_OF(1), AMOUNT_OF(2)), ERR_OVERFLOW);
    assert_amount(a, 77);
    assert_ok(amount_add(&a, AMOUNT_OF(U128_MAX - 1), AMOUNT_OF(1)));
    assert_amount(a, U128_MAX);
    assert_ok(amount_sub(&a, a, a));
    assert_amount(a, 0);
    assert_amount(amount_sub_or_zero(AMOUNT_OF(1), AMOUNT_OF(2)), 0);
    assert_amount(amount_sub_or_zero(AMOUNT_OF(5), AMOUNT_OF(2)), 3);
}

static void test_amount_orders_values(void **state)
{
    struct amount low = AMOUNT_OF(UINT64_MAX), high = AMOUNT_OF(U128_OF(1, 0));

    (void)state;
    assert_int_equal(amount_cmp(low, high), -1);
    assert_int_equal(amount_cmp(high, low), 1);
    assert_int_equal(amount_cmp(high, high), 0);
    assert_amount(amount_min(low, high), low.atoms);
    assert_amount(amount_max(low, high), high.atoms);
    assert_true(amount_is_zero(AMOUNT_ZERO));
    assert_false(amount_is_zero(high));
}

static void test_amount_muldiv_rounds_as_named(void **state)
{
    struct amount a = SENTINEL;

    (void)state;
    assert_ok(amount_muldiv_floor(&a, AMOUNT_OF(10), AMOUNT_OF(2), AMOUNT_OF(3)));
    assert_amount(a, 6);
    assert_ok(amount_muldiv_ceil(&a, AMOUNT_OF(10), AMOUNT_OF(2), AMOUNT_OF(3)));
    assert_amount(a, 7);
    assert_ok(amount_muldiv_ceil(&a, AMOUNT_OF(9), AMOUNT_OF(2), AMOUNT_OF(3)));
    assert_amount(a, 6);
    assert_ok(amount_muldiv_ceil(&a, AMOUNT_ZERO, AMOUNT_OF(2), AMOUNT_OF(3)));
    assert_amount(a, 0);
}

static void test_amount_muldiv_goes_through_256_bits(void **state)
{
    struct amount a = SENTINEL;

    (void)state;
    assert_ok(amount_muldiv_floor(&a, AMOUNT_MAX, AMOUNT_MAX, AMOUNT_MAX));
    assert_amount(a, U128_MAX);
    /* (2^128-1)(2^128-2) / (2^128-1) is exact, / (2^128-2) as well. */
    assert_ok(amount_muldiv_ceil(&a, AMOUNT_MAX, AMOUNT_OF(U128_MAX - 1), AMOUNT_MAX));
    assert_amount(a, U128_MAX - 1);
    assert_ok(amount_muldiv_floor(&a, AMOUNT_MAX, AMOUNT_OF(3), AMOUNT_OF(4)));
    assert_amount(a, U128_OF(UINT64_MAX - ((uint64_t)1 << 62), UINT64_MAX));
}

static void test_amount_muldiv_reports_overflow_and_zero(void **state)
{
    struct amount a = SENTINEL;

    (void)state;
    assert_err(amount_muldiv_floor(&a, AMOUNT_OF(1), AMOUNT_OF(1), AMOUNT_ZERO), ERR_INVALID);
    assert_err(amount_muldiv_ceil(&a, AMOUNT_MAX, AMOUNT_MAX, AMOUNT_ZERO), ERR_INVALID);
    assert_err(amount_muldiv_floor(&a, AMOUNT_MAX, AMOUNT_OF(2), AMOUNT_OF(1)), ERR_OVERFLOW);
    assert_err(amount_muldiv_ceil(&a, AMOUNT_MAX, AMOUNT_MAX, AMOUNT_OF(1)), ERR_OVERFLOW);
    /* Only the rounding leaves the range: (2^256 - 2^129 + 1) / (2^128 - 2) = 2^128 - 1 + rest. */
    assert_err(amount_muldiv_floor(&a, AMOUNT_MAX, AMOUNT_MAX, AMOUNT_OF(U128_MAX - 1)),
               ERR_OVERFLOW);
    assert_amount(a, 77);
}

static void test_amount_products_compare_exactly(void **state)
{
    struct amount max = AMOUNT_MAX, less = AMOUNT_OF(U128_MAX - 1);

    (void)state;
    assert_int_equal(amount_cmp_products(max, max, max, max), 0);
    assert_int_equal(amount_cmp_products(max, max, max, less), 1);
    assert_int_equal(amount_cmp_products(less, max, max, max), -1);
    /* (2^128-1)^2 and (2^128-2) * 2^128-ish neighbours differ by one in the low half only. */
    assert_int_equal(amount_cmp_products(less, less, max, AMOUNT_OF(U128_MAX - 2)), 1);
    assert_int_equal(amount_cmp_products(AMOUNT_ZERO, max, max, AMOUNT_ZERO), 0);
    assert_int_equal(amount_cmp_products(AMOUNT_OF(6), AMOUNT_OF(4), AMOUNT_OF(3), AMOUNT_OF(8)),
                     0);
}

static void test_amount_limit_is_closed(void **state)
{
    struct amount sell = AMOUNT_OF(1000), buy = AMOUNT_OF(3000);

    (void)state;
    assert_true(amount_limit_holds(AMOUNT_OF(10), AMOUNT_OF(30), sell, buy));
    assert_false(amount_limit_holds(AMOUNT_OF(10), AMOUNT_OF(29), sell, buy));
    assert_true(amount_limit_holds(AMOUNT_ZERO, AMOUNT_ZERO, sell, buy));
    assert_false(amount_limit_holds(AMOUNT_OF(1), AMOUNT_ZERO, sell, buy));
}

static void test_amount_text_round_trips(void **state)
{
    static const char *const texts[] = { "0",
                                         "9",
                                         "18446744073709551615",
                                         "18446744073709551616",
                                         "10000000000000000000",
                                         "100000000000000000000000000000000000000",
                                         MAX_TEXT };
    char buf[AMOUNT_TEXT];
    struct amount a;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_ok(parse(&a, texts[i]));
        assert_string_equal(amount_text(buf, a), texts[i]);
    }
    assert_true(a.atoms == U128_MAX);
}

static void test_amount_parse_takes_the_canonical_form_only(void **state)
{
    static const char *const bad[] = { "",    "00",  "01",  "-1",    "+1", " 1", "1 ",
                                       "1.0", "1e3", "0x1", "1,000", "a",  "٣" };
    struct amount a = SENTINEL;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_err(parse(&a, bad[i]), ERR_INVALID);
    assert_err(amount_parse(&a, "1\0002", 3), ERR_INVALID);
    assert_err(parse(&a, "340282366920938463463374607431768211456"), ERR_OVERFLOW);
    assert_err(parse(&a, "999999999999999999999999999999999999999"), ERR_OVERFLOW);
    assert_err(parse(&a, "1000000000000000000000000000000000000000"), ERR_OVERFLOW);
    assert_amount(a, 77);
    assert_ok(amount_parse(&a, "12junk", 2)); /* only len bytes count */
    assert_amount(a, 12);
}

static void test_amount_units_round_trip(void **state)
{
    static const struct {
        const char *text;
        unsigned decimals;
        const char *atoms;
    } cases[] = {
        { "1.5", 18, "1500000000000000000" },
        { "0.000001", 6, "1" },
        { "12", 6, "12000000" },
        { "0", 0, "0" },
        { "0", 36, "0" },
        { "7", 0, "7" },
        { "100.01", 2, "10001" },
        { "340.282366920938463463374607431768211455", 36, MAX_TEXT },
        { MAX_TEXT, 0, MAX_TEXT },
        { "0.000000000000000000000000000000000001", 36, "1" },
    };
    char buf[AMOUNT_UNITS_TEXT], atoms[AMOUNT_TEXT];
    struct amount a;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_ok(amount_parse_units(&a, cases[i].text, cases[i].decimals));
        assert_string_equal(amount_text(atoms, a), cases[i].atoms);
        assert_string_equal(amount_units_text(buf, a, cases[i].decimals), cases[i].text);
    }
    assert_ok(amount_parse_units(&a, "1.500", 3));
    assert_string_equal(amount_units_text(buf, a, 3), "1.5");
}

static void test_amount_parse_units_refuses_other_forms(void **state)
{
    static const char *const bad[] = { "",          ".",     ".5",   "5.",   "-1",
                                       "+1",        "1.2.3", "1,5",  "1 ",   " 1",
                                       "007",       "00.5",  "1e18", "0x10", "1.5 ETH",
                                       "1.1234567", "inf",   "nan",  "1..5" };
    struct amount a = SENTINEL;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_err(amount_parse_units(&a, bad[i], 6), ERR_INVALID);
    assert_err(amount_parse_units(&a, "1.0", 0), ERR_INVALID);
    assert_err(amount_parse_units(&a, "1", AMOUNT_DECIMALS_MAX + 1), ERR_INVALID);
    assert_err(amount_parse_units(&a, "341", 36), ERR_OVERFLOW);
    assert_err(amount_parse_units(&a, "340.282366920938463463374607431768211456", 36),
               ERR_OVERFLOW);
    assert_amount(a, 77);
}

static void test_amount_bytes_are_big_endian(void **state)
{
    uint8_t bytes[AMOUNT_BYTES];

    (void)state;
    amount_to_bytes(bytes, AMOUNT_OF(U128_OF(0x0102030405060708u, 0x090a0b0c0d0e0f10u)));
    for (int i = 0; i < AMOUNT_BYTES; i++)
        assert_int_equal(bytes[i], i + 1);
    assert_amount(amount_from_bytes(bytes), U128_OF(0x0102030405060708u, 0x090a0b0c0d0e0f10u));
}

static void test_amount_pow10_is_exact(void **state)
{
    char buf[AMOUNT_TEXT];

    (void)state;
    assert_amount(amount_pow10(0), 1);
    assert_amount(amount_pow10(18), 1000000000000000000u);
    assert_string_equal(amount_text(buf, amount_pow10(AMOUNT_POW10_MAX)),
                        "100000000000000000000000000000000000000");
}

static void test_amount_quote_favours_the_house(void **state)
{
    struct price p = { .num = AMOUNT_OF(2), .den = AMOUNT_OF(3) };
    struct amount a = SENTINEL;

    (void)state;
    assert_ok(amount_quote_floor(&a, AMOUNT_OF(100), p));
    assert_amount(a, 66);
    assert_ok(amount_quote_ceil(&a, AMOUNT_OF(100), p));
    assert_amount(a, 67);
    p.num = AMOUNT_MAX;
    assert_err(amount_quote_floor(&a, AMOUNT_OF(4), p), ERR_OVERFLOW);
    assert_err(amount_quote_ceil(&a, AMOUNT_OF(4), p), ERR_OVERFLOW);
    assert_amount(a, 67);
}

static void assert_delta(struct delta d, const char *wanted)
{
    char buf[DELTA_TEXT];

    assert_string_equal(delta_text(buf, d), wanted);
}

static void test_amount_delta_adds_with_signs(void **state)
{
    struct delta plus = delta_of(AMOUNT_OF(5), false), minus = delta_of(AMOUNT_OF(7), true), d;

    (void)state;
    assert_ok(delta_add(&d, plus, minus));
    assert_delta(d, "-2");
    assert_ok(delta_add(&d, minus, plus));
    assert_delta(d, "-2");
    assert_ok(delta_add(&d, plus, plus));
    assert_delta(d, "10");
    assert_ok(delta_add(&d, minus, minus));
    assert_delta(d, "-14");
    assert_ok(delta_add(&d, d, delta_negate(d)));
    assert_delta(d, "0");
    assert_true(delta_is_zero(d));
    assert_false(d.negative);
}

static void test_amount_delta_zero_is_never_negative(void **state)
{
    (void)state;
    assert_false(delta_of(AMOUNT_ZERO, true).negative);
    assert_false(delta_negate(delta_of(AMOUNT_ZERO, false)).negative);
}

static void test_amount_delta_reports_overflow(void **state)
{
    struct delta max = delta_of(AMOUNT_MAX, true), one = delta_of(AMOUNT_OF(1), true), d = one;

    (void)state;
    assert_err(delta_add(&d, max, one), ERR_OVERFLOW);
    assert_err(delta_add(&d, delta_negate(max), delta_negate(one)), ERR_OVERFLOW);
    assert_delta(d, "-1");
    assert_ok(delta_add(&d, max, delta_negate(max)));
    assert_delta(d, "0");
}

static void test_amount_delta_text_round_trips(void **state)
{
    static const char *const bad[] = { "", "-", "-0", "--1", "+1", "-01", "- 1" };
    struct delta d = delta_of(AMOUNT_OF(1), false);

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_err(delta_parse(&d, bad[i], strlen(bad[i])), ERR_INVALID);
    assert_err(delta_parse(&d, "-340282366920938463463374607431768211456", 40), ERR_OVERFLOW);
    assert_delta(d, "1");
    assert_ok(delta_parse(&d, "-" MAX_TEXT, 40));
    assert_delta(d, "-" MAX_TEXT);
    assert_ok(delta_parse(&d, "0", 1));
    assert_delta(d, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amount_add_and_sub_refuse_to_wrap),
        cmocka_unit_test(test_amount_orders_values),
        cmocka_unit_test(test_amount_muldiv_rounds_as_named),
        cmocka_unit_test(test_amount_muldiv_goes_through_256_bits),
        cmocka_unit_test(test_amount_muldiv_reports_overflow_and_zero),
        cmocka_unit_test(test_amount_products_compare_exactly),
        cmocka_unit_test(test_amount_limit_is_closed),
        cmocka_unit_test(test_amount_text_round_trips),
        cmocka_unit_test(test_amount_parse_takes_the_canonical_form_only),
        cmocka_unit_test(test_amount_units_round_trip),
        cmocka_unit_test(test_amount_parse_units_refuses_other_forms),
        cmocka_unit_test(test_amount_bytes_are_big_endian),
        cmocka_unit_test(test_amount_pow10_is_exact),
        cmocka_unit_test(test_amount_quote_favours_the_house),
        cmocka_unit_test(test_amount_delta_adds_with_signs),
        cmocka_unit_test(test_amount_delta_zero_is_never_negative),
        cmocka_unit_test(test_amount_delta_reports_overflow),
        cmocka_unit_test(test_amount_delta_text_round_trips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
