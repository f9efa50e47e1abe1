/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/err.h"
#include "solver/core/reject.h"
#include "tests/support/test_support.h"

static const enum reject all[] = {
#define X(name, code, transient, text) REJECT_##name,
    REJECT_MAP(X)
#undef X
};

#define COUNT (sizeof(all) / sizeof(all[0]))

static void test_reject_none_is_zero_and_accepted(void **state)
{
    (void)state;
    assert_int_equal(REJECT_NONE, 0);
    assert_int_equal(reject_code(REJECT_NONE), 0);
    assert_false(reject_transient(REJECT_NONE));
    assert_string_equal(reject_text(REJECT_NONE), "accepted");
}

static void test_reject_codes_rise_with_precedence(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT; i++) {
        assert_int_equal(all[i], i);
        assert_true(reject_code(all[i]) > reject_code(all[i - 1]));
        assert_in_range(reject_code(all[i]), 1000, 9998);
    }
}

static void test_reject_names_are_unique_and_texts_speak(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(strlen(reject_text(all[i])) > 5);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(reject_name(all[i]), reject_name(all[k]));
    }
}

static void test_reject_table_answers_by_name(void **state)
{
    (void)state;
    assert_string_equal(reject_name(REJECT_BALANCE), "BALANCE");
    assert_int_equal(reject_code(REJECT_BALANCE), 1309);
    assert_true(reject_transient(REJECT_BALANCE));
    assert_false(reject_transient(REJECT_SIGNATURE));
    assert_true(reject_transient(REJECT_OVERLOADED));
}

static void test_reject_outside_the_table_is_unknown(void **state)
{
    static const int outside[] = { -1, (int)COUNT, 1 << 30 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(reject_name((enum reject)outside[i]), "UNKNOWN");
        assert_false(reject_transient((enum reject)outside[i]));
        assert_int_equal(reject_code((enum reject)outside[i]), 9999);
        assert_string_equal(reject_text((enum reject)outside[i]), "unknown reason");
    }
}

static void test_reject_errors_have_texts_too(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, 0);
    assert_string_equal(err_name(ERR_OVERFLOW), "OVERFLOW");
    assert_string_equal(err_text(ERR_OK), "ok");
    assert_string_equal(err_text(ERR_UNSUPPORTED), "understood, but this build cannot do it");
    assert_string_equal(err_text((enum err)1000), "unknown error");
    assert_string_equal(err_text((enum err) - 1), "unknown error");
    assert_string_equal(err_name((enum err)1000), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reject_none_is_zero_and_accepted),
        cmocka_unit_test(test_reject_codes_rise_with_precedence),
        cmocka_unit_test(test_reject_names_are_unique_and_texts_speak),
        cmocka_unit_test(test_reject_table_answers_by_name),
        cmocka_unit_test(test_reject_outside_the_table_is_unknown),
        cmocka_unit_test(test_reject_errors_have_texts_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
