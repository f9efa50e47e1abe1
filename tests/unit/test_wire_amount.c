/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "proto/wire_amount.h"
#include "tests/support/test_support.h"

static void test_wire_amount_has_exactly_16_bytes(void **state)
{
    static const uint8_t bytes[17] = { 1, [15] = 2 };
    struct amount a = AMOUNT_OF(7);

    (void)state;
    for (size_t n = 0; n <= sizeof(bytes); n++)
        if (n != AMOUNT_BYTES)
            assert_err(wire_amount_read(&a, bytes, n), ERR_INVALID);
    assert_int_equal(amount_cmp(a, AMOUNT_OF(7)), 0);
    assert_ok(wire_amount_read(&a, bytes, AMOUNT_BYTES));
    assert_int_equal(amount_cmp(a, (struct amount){ ((u128)1 << 120) + 2 }), 0);
}

static void test_wire_amount_wide_is_minimal_big_endian(void **state)
{
    static const struct {
        struct u256 v;
        size_t n;
        uint8_t first, last;
    } rows[] = {
        { { { 0 } }, 0, 0, 0 },
        { { { 1 } }, 1, 1, 1 },
        { { { 0x1ff } }, 2, 0x01, 0xff },
        { { { 3, 1 } }, 9, 1, 3 },
        { { { 5, 0, 0, 0x80 } }, 25, 0x80, 5 },
        { { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } }, 32, 0xff, 0xff },
    };
    uint8_t bytes[WIRE_WIDE_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct u256 back;
        size_t n = wire_wide_write(bytes, &rows[i].v);

        assert_int_equal(n, rows[i].n);
        if (n > 0) {
            assert_int_equal(bytes[0], rows[i].first);
            assert_int_equal(bytes[n - 1], rows[i].last);
        }
        assert_ok(wire_wide_read(&back, bytes, n));
        assert_int_equal(u256_cmp(&back, &rows[i].v), 0);
    }
}

static void test_wire_amount_wide_refuses_a_second_form(void **state)
{
    static const uint8_t padded[] = { 0, 1 };
    static const uint8_t long_one[WIRE_WIDE_BYTES + 1] = { 1 };
    struct u256 v = u256_of(9);

    (void)state;
    assert_err(wire_wide_read(&v, padded, 2), ERR_INVALID);
    assert_err(wire_wide_read(&v, padded, 1), ERR_INVALID);
    assert_err(wire_wide_read(&v, long_one, sizeof(long_one)), ERR_INVALID);
    assert_int_equal(v.limb[0], 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_amount_has_exactly_16_bytes),
        cmocka_unit_test(test_wire_amount_wide_is_minimal_big_endian),
        cmocka_unit_test(test_wire_amount_wide_refuses_a_second_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
