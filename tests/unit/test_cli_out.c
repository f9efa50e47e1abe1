/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/out.h"

static struct asset items[] = {
    { .id = 1, .symbol = "ETH", .decimals = 18, .class_of = ASSET_SPOT, .lot = { 1 } },
    { .id = 2, .symbol = "USDC", .decimals = 6, .class_of = ASSET_SPOT, .lot = { 1 } },
};

static const struct asset_table assets = { .items = items, .n = 2 };

static const struct out_column columns[] = { { "name", "name" },
                                             { "has", "has" },
                                             { "n", "count" } };

static struct amount units(const char *text, unsigned decimals)
{
    struct amount a;

    assert_ok(amount_parse_units(&a, text, decimals));
    return a;
}

static void check_units(const char *exact, unsigned decimals, unsigned places, const char *shown)
{
    char buf[OUT_NUMBER_TEXT];

    assert_string_equal(out_units(buf, units(exact, decimals), decimals, places), shown);
}

static void test_out_units_are_for_people(void **state)
{
    (void)state;
    check_units("0", 18, 6, "0");
    check_units("1.5", 18, 6, "1.5");
    check_units("999", 18, 6, "999");
    check_units("1000", 18, 6, "1,000");
    check_units("1234567.25", 18, 6, "1,234,567.25");
    check_units("0.123456789", 18, 6, "0.123456");
    check_units("0.100000001", 18, 6, "0.1");
    check_units("5.0000001", 18, 6, "5");
    check_units("0.0000001", 18, 6, "<0.000001");
    check_units("0.9", 18, 0, "0");
    check_units("340282366920938463463374607431768211455", 0, 6,
                "340,282,366,920,938,463,463,374,607,431,768,211,455");
}

static void test_out_micro_shows_money(void **state)
{
    char buf[OUT_NUMBER_TEXT];

    (void)state;
    assert_string_equal(out_micro(buf, 0), "$0.00");
    assert_string_equal(out_micro(buf, 999800), "$0.9998");
    assert_string_equal(out_micro(buf, 12345678901), "$12,345.67");
    assert_string_equal(out_micro(buf, -999800), "-$0.9998");
    assert_string_equal(out_micro(buf, INT64_MAX), "$9,223,372,036,854.77");
    assert_string_equal(out_micro(buf, INT64_MIN), "-$9,223,372,036,854.77");
}

/* What a table with two rows prints. */
static char *printed(enum out_format format, bool record)
{
    char *text = NULL;
    size_t size = 0;
    struct out_style style = { format, open_memstream(&text, &size) };
    struct out o;

    assert_non_null(style.stream);
    out_begin(&o, &style, "thing", columns, 3, &assets);
    if (record)
        out_record(&o);
    out_text(&o, "one");
    out_amount(&o, 1, units("1.5", 18));
    out_number(&o, 7);
    out_text(&o, "a\033[2Jb");
    out_delta(&o, 2, delta_of(units("1234.000001", 6), true));
    out_number(&o, 12000);
    out_end(&o);
    fclose(style.stream);
    return text;
}

static void test_out_table_is_aligned_and_harmless(void **state)
{
    char *text = printed(OUT_TABLE, false);

    (void)state;
    assert_string_equal(text, "name                   has   count\n"
                              "one               1.5 ETH        7\n"
                              "a?[2Jb  -1,234.000001 USDC  12,000\n");
    free(text);
}

static void test_out_record_is_one_line_per_column(void **state)
{
    char *text = printed(OUT_TABLE, true);

    (void)state;
    assert_string_equal(text, "name   one\nhas    1.5 ETH\ncount  7\n"
                              "name   a?[2Jb\nhas    -1,234.000001 USDC\ncount  12,000\n");
    free(text);
}

static void test_out_json_is_exact(void **state)
{
    char *text = printed(OUT_JSON, false);
    char *second = strchr(text, '\n') + 1;
    json_t *row = json_loads(second, JSON_DISABLE_EOF_CHECK, NULL);
    json_t *has = json_object_get(row, "has");

    (void)state;
    assert_non_null(row);
    assert_string_equal(json_string_value(json_object_get(row, "type")), "thing");
    assert_string_equal(json_string_value(json_object_get(row, "name")), "a\033[2Jb");
    assert_string_equal(json_string_value(json_object_get(has, "asset")), "USDC");
    assert_string_equal(json_string_value(json_object_get(has, "units")), "-1234.000001");
    assert_string_equal(json_string_value(json_object_get(has, "atoms")), "-1234000001");
    assert_int_equal(json_integer_value(json_object_get(row, "n")), 12000);
    json_decref(row);
    free(text);
}

static void test_out_json_survives_any_bytes_and_sizes(void **state)
{
    char *text = NULL;
    size_t size = 0;
    struct out_style style = { OUT_JSON, open_memstream(&text, &size) };
    char long_text[5000];
    struct out o;

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    out_begin(&o, &style, "thing", columns, 3, &assets);
    out_text(&o, "\xff\xfe not UTF-8");
    out_amount(&o, 77, AMOUNT_MAX); /* an asset that the registry does not know */
    out_number(&o, UINT64_MAX);     /* not exact as a double: a string */
    out_text(&o, long_text);
    out_none(&o);
    out_bool(&o, true);
    out_end(&o);
    fclose(style.stream);
    json_t *row = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
    assert_non_null(row);
    assert_string_equal(json_string_value(json_object_get(row, "n")), "18446744073709551615");
    assert_string_equal(json_string_value(json_object_get(json_object_get(row, "has"), "atoms")),
                        "340282366920938463463374607431768211455");
    json_decref(row);
    free(text);
}

static void test_out_prints_tables_of_any_length(void **state)
{
    char *text = NULL;
    size_t size = 0, lines = 0;
    struct out_style style = { OUT_TABLE, open_memstream(&text, &size) };
    struct out o;

    (void)state;
    out_begin(&o, &style, "thing", columns, 3, &assets);
    for (size_t i = 0; i < 2500; i++) {
        out_format(&o, "row %zu", i);
        out_none(&o);
        out_number(&o, i);
    }
    out_end(&o);
    fclose(style.stream);
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 2500 + 3); /* in three blocks, each with its header */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_out_units_are_for_people),
        cmocka_unit_test(test_out_micro_shows_money),
        cmocka_unit_test(test_out_table_is_aligned_and_harmless),
        cmocka_unit_test(test_out_record_is_one_line_per_column),
        cmocka_unit_test(test_out_json_is_exact),
        cmocka_unit_test(test_out_json_survives_any_bytes_and_sizes),
        cmocka_unit_test(test_out_prints_tables_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
