/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/text.h"
#include "tests/support/test_support.h"

static void test_text_joins_pieces(void **state)
{
    struct id id = { { 0xab } };
    struct text t;
    char buf[128];

    (void)state;
    text_init(&t, buf, sizeof(buf));
    assert_string_equal(buf, "");
    text_add(&t, "%s:%d:", "intent", 7);
    text_add_amount(&t, AMOUNT_OF(12));
    text_add(&t, " ");
    text_add_delta(&t, delta_of(AMOUNT_OF(3), true));
    text_add(&t, " ");
    text_add_id(&t, id);
    assert_string_equal(buf, "intent:7:12 -3 ab000000000000000000000000000000");
    assert_int_equal(t.len, strlen(buf));
    assert_false(t.full);
}

static void test_text_leaves_out_what_does_not_fit(void **state)
{
    struct text t;
    char buf[6];

    (void)state;
    text_init(&t, buf, sizeof(buf));
    text_add(&t, "%s", "12345");
    assert_false(t.full);
    text_add(&t, "%s", "");
    assert_false(t.full);
    text_add(&t, "%s", "6");
    assert_true(t.full);
    assert_string_equal(buf, "12345");
}

static void test_text_stays_short_once_full(void **state)
{
    struct text t;
    char buf[6];

    (void)state;
    text_init(&t, buf, sizeof(buf));
    text_add(&t, "ab");
    text_add(&t, "%s", "too long");
    text_add(&t, "c");
    assert_true(t.full);
    assert_string_equal(buf, "ab");
    assert_int_equal(t.len, 2);
}

static void test_text_of_one_byte_holds_only_its_end(void **state)
{
    struct text t;
    char buf[1];

    (void)state;
    text_init(&t, buf, sizeof(buf));
    text_add(&t, "a");
    assert_true(t.full);
    assert_string_equal(buf, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_joins_pieces),
        cmocka_unit_test(test_text_leaves_out_what_does_not_fit),
        cmocka_unit_test(test_text_stays_short_once_full),
        cmocka_unit_test(test_text_of_one_byte_holds_only_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
