/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/id.h"
#include "tests/support/test_support.h"

#define ID_EXAMPLE "00112233445566778899aabbccddeeff"

static void test_id_text_round_trips(void **state)
{
    char buf[ID_TEXT];
    struct id a;

    (void)state;
    assert_ok(id_parse(&a, ID_EXAMPLE, 32));
    assert_int_equal(a.bytes[0], 0x00);
    assert_int_equal(a.bytes[15], 0xff);
    assert_string_equal(id_text(buf, a), ID_EXAMPLE);
    assert_ok(id_parse(&a, "00112233445566778899AABBCCDDEEFF", 32));
    assert_string_equal(id_text(buf, a), ID_EXAMPLE);
}

static void test_id_parse_refuses_other_forms(void **state)
{
    char buf[ID_TEXT];
    struct id a;

    (void)state;
    assert_ok(id_parse(&a, ID_EXAMPLE, 32));
    assert_err(id_parse(&a, "", 0), ERR_INVALID);
    assert_err(id_parse(&a, ID_EXAMPLE, 31), ERR_INVALID);
    assert_err(id_parse(&a, ID_EXAMPLE "00", 34), ERR_INVALID);
    assert_err(id_parse(&a, "g0112233445566778899aabbccddeeff", 32), ERR_INVALID);
    assert_err(id_parse(&a, "ff112233445566778899aabbccddee f", 32), ERR_INVALID);
    assert_string_equal(id_text(buf, a), ID_EXAMPLE); /* no half-written result */
}

static void test_id_orders_by_bytes(void **state)
{
    struct id low = { { 0, 0xff } }, high = { { 1 } };

    (void)state;
    assert_int_equal(id_cmp(low, high), -1);
    assert_int_equal(id_cmp(high, low), 1);
    assert_int_equal(id_cmp(low, low), 0);
    assert_false(id_is_zero(low));
    assert_true(id_is_zero((struct id){ { 0 } }));
}

static void test_id_digest_compares_and_prints(void **state)
{
    struct digest a = { { 0xab } }, b = a;
    char buf[DIGEST_TEXT];

    (void)state;
    assert_true(digest_equal(a, b));
    b.bytes[31] = 1;
    assert_false(digest_equal(a, b));
    assert_string_equal(digest_text(buf, b),
                        "ab00000000000000000000000000000000000000000000000000000000000001");
}

static void test_id_name_takes_the_documented_form(void **state)
{
    static const char *const good[] = { "a", "0", "alice", "cow.mainnet-1_b",
                                        "abcdefghijklmnopqrstuvwxyz012345" };
    struct name n;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        memset(&n, 'x', sizeof(n));
        assert_ok(name_parse(&n, good[i], strlen(good[i])));
        assert_string_equal(n.text, good[i]);
        assert_int_equal(n.text[NAME_TEXT - 1], '\0');
    }
}

static void test_id_name_refuses_other_forms(void **state)
{
    static const char *const bad[] = { "",    "Alice", ".a",
                                       "-a",  "_a",    "a b",
                                       "a/b", "a:b",   "a\nb",
                                       "a*",  "é",     "*",
                                       "a{",  "ä",     "abcdefghijklmnopqrstuvwxyz0123456" };
    struct name n;

    (void)state;
    assert_ok(name_parse(&n, "kept", 4));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_err(name_parse(&n, bad[i], strlen(bad[i])), ERR_INVALID);
    assert_err(name_parse(&n, "a\0b", 3), ERR_INVALID);
    assert_string_equal(n.text, "kept");
}

static void test_id_name_accepts_exactly_its_alphabet(void **state)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static const char later[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    struct name n;

    (void)state;
    for (int c = 0; c < 256; c++) {
        char one[2] = { (char)c, 'a' }, two[2] = { 'a', (char)c };
        bool starts = c != 0 && strchr(first, c) != NULL;
        bool continues = c != 0 && strchr(later, c) != NULL;

        assert_err(name_parse(&n, one, 2), starts ? ERR_OK : ERR_INVALID);
        assert_err(name_parse(&n, two, 2), continues ? ERR_OK : ERR_INVALID);
    }
}

static void test_id_name_orders_as_text(void **state)
{
    struct name a, b, c;

    (void)state;
    assert_ok(name_parse(&a, "ab", 2));
    assert_ok(name_parse(&b, "abc", 3));
    assert_ok(name_parse(&c, "abXX", 2));
    assert_int_equal(name_cmp(&a, &b), -1);
    assert_int_equal(name_cmp(&b, &a), 1);
    assert_true(name_equal(&a, &c));
    assert_false(name_equal(&a, &b));
}

static void test_id_hex_handles_any_length(void **state)
{
    uint8_t bytes[3] = { 1, 2, 3 };
    char buf[7];

    (void)state;
    assert_string_equal(hex_text(buf, bytes, 0), "");
    assert_string_equal(hex_text(buf, bytes, 3), "010203");
    assert_ok(hex_parse(bytes, 3, "fFeE00", 6));
    assert_string_equal(hex_text(buf, bytes, 3), "ffee00");
    assert_ok(hex_parse(bytes, 0, "", 0));
    assert_err(hex_parse(bytes, 3, "ffee0", 5), ERR_INVALID);
    assert_err(hex_parse(bytes, 3, "0xffee", 6), ERR_INVALID);
    assert_string_equal(hex_text(buf, bytes, 3), "ffee00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_text_round_trips),
        cmocka_unit_test(test_id_parse_refuses_other_forms),
        cmocka_unit_test(test_id_orders_by_bytes),
        cmocka_unit_test(test_id_digest_compares_and_prints),
        cmocka_unit_test(test_id_name_takes_the_documented_form),
        cmocka_unit_test(test_id_name_refuses_other_forms),
        cmocka_unit_test(test_id_name_accepts_exactly_its_alphabet),
        cmocka_unit_test(test_id_name_orders_as_text),
        cmocka_unit_test(test_id_hex_handles_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
