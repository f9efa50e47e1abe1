/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/arena.h"
#include "solver/input/assets_file.h"

static struct arena arena;
static struct asset_table table;
static struct input_error error;

static enum err parse(const char *text)
{
    arena_reset(&arena);
    return assets_file_parse(&table, &error, "a.json", text, strlen(text), &arena);
}

static enum err parse_assets(const char *items)
{
    char text[4096];

    (void)snprintf(text, sizeof text, "{\"format\":\"sluice-assets/1\",\"assets\":[%s]}", items);
    return parse(text);
}

#define ETH "{\"id\":1,\"symbol\":\"ETH\",\"decimals\":18"

static void test_assets_file_reads_every_field(void **state)
{
    (void)state;
    assert_ok(parse_assets("{\"id\":7,\"symbol\":\"USDC\",\"decimals\":6,\"lot\":\"100\"}," ETH
                           ",\"class\":\"SPOT\",\"mark\":\"3000.25\"}"));
    assert_int_equal(table.n, 2);
    const struct asset *eth = asset_get(&table, 1), *usdc = asset_by_symbol(&table, "USDC");

    assert_string_equal(eth->symbol, "ETH");
    assert_int_equal(eth->decimals, 18);
    assert_true(eth->mark.atoms == 3000250000u);
    assert_int_equal(eth->mark_scale, 0);
    assert_true(eth->lot.atoms == 1);
    assert_true(amount_is_zero(usdc->mark));
    assert_true(usdc->lot.atoms == 100);
    assert_int_equal(usdc->class_of, ASSET_SPOT);
}

static void test_assets_file_keeps_fine_marks_exact(void **state)
{
    (void)state;
    assert_ok(parse_assets(ETH ",\"mark\":\"0.000012345678\"}"));
    assert_true(table.items[0].mark.atoms == 12345678);
    assert_int_equal(table.items[0].mark_scale, 6);
    assert_ok(parse_assets(ETH ",\"mark\":\"\"}"));
    assert_true(amount_is_zero(table.items[0].mark));
}

static void test_assets_file_digest_ignores_the_order_of_the_file(void **state)
{
    (void)state;
    assert_ok(parse_assets(ETH "},{\"id\":2,\"symbol\":\"B\",\"decimals\":0}"));
    struct digest first = table.digest;

    assert_ok(parse_assets("{\"symbol\":\"B\",\"id\":2,\"decimals\":0}," ETH "}"));
    assert_true(digest_equal(first, table.digest));
}

static void refused(const char *items, const char *message)
{
    assert_err(parse_assets(items), ERR_INVALID);
    assert_string_equal(error.text, message);
}

static void test_assets_file_names_the_place_of_every_fault(void **state)
{
    (void)state;
    refused("3", "a.json: $.assets[0]: not an object");
    refused(ETH ",\"colour\":1}", "a.json: $.assets[0].colour: unknown field");
    refused("{\"id\":1,\"symbol\":\"ETH\"}", "a.json: $.assets[0].decimals: missing");
    refused("{\"id\":1,\"symbol\":\"ETH\",\"decimals\":37}",
            "a.json: $.assets[0].decimals: not from 0 to 36");
    refused("{\"id\":-1,\"symbol\":\"ETH\",\"decimals\":3}",
            "a.json: $.assets[0].id: not a whole number");
    refused("{\"id\":4294967296,\"symbol\":\"ETH\",\"decimals\":3}",
            "a.json: $.assets[0].id: not from 0 to 4294967295");
    refused("{\"id\":1,\"symbol\":\"\",\"decimals\":3}",
            "a.json: $.assets[0].symbol: not 1 to 63 characters");
    refused("{\"id\":1,\"symbol\":\"E H\",\"decimals\":3}",
            "a.json: $.assets[0].symbol: not printable ASCII without spaces");
    refused("{\"id\":1,\"symbol\":5,\"decimals\":3}", "a.json: $.assets[0].symbol: not a string");
    refused(ETH ",\"class\":\"PERP\"}", "a.json: $.assets[0].class: not \"SPOT\"");
    refused(ETH ",\"lot\":\"0\"}", "a.json: $.assets[0].lot: zero");
    refused(ETH ",\"lot\":\"1.5\"}",
            "a.json: $.assets[0].lot: \"1.5\" is not a decimal with at most 0 places");
    refused(ETH ",\"mark\":\"-3\"}", "a.json: $.assets[0].mark: \"-3\" is not a positive decimal");
    refused(ETH ",\"mark\":\"0\"}", "a.json: $.assets[0].mark: \"0\" is not a positive decimal");
    refused(ETH ",\"mark\":\"1e60\"}", "a.json: $.assets[0].mark: \"1e60\" is too large");
    refused(ETH ",\"mark\":\"1e-25\"}", "a.json: $.assets[0].mark: more than 24 places");
    refused(ETH "},{\"id\":1,\"symbol\":\"B\",\"decimals\":0}",
            "a.json: $.assets[1]: id 1 is taken by item 0");
    refused(ETH "},{\"id\":0,\"symbol\":\"ETH\",\"decimals\":0}",
            "a.json: $.assets[1]: symbol \"ETH\" is taken by item 0");
}

static void test_assets_file_names_the_line_of_broken_json(void **state)
{
    (void)state;
    assert_err(parse("{\n \"format\": \"sluice-assets/1\",\n"), ERR_INVALID);
    assert_non_null(strstr(error.text, "a.json:3:"));
    assert_err(parse("{\"format\":\"sluice-assets/1\",\"format\":\"x\"}"), ERR_INVALID);
    assert_non_null(strstr(error.text, "duplicate object key"));
    assert_err(parse("[]"), ERR_INVALID);
    assert_string_equal(error.text, "a.json: $: not an object");
    assert_err(parse("{\"format\":\"other\"}"), ERR_INVALID);
    assert_string_equal(error.text, "a.json: $.format: not \"sluice-assets/1\"");
    assert_err(parse("{\"format\":\"sluice-assets/1\",\"assets\":{}}"), ERR_INVALID);
    assert_string_equal(error.text, "a.json: $.assets: not an array");
}

static void test_assets_file_reports_a_file_that_is_not_there(void **state)
{
    (void)state;
    assert_err(assets_file_load(&table, &error, "/nonexistent/a.json", &arena), ERR_IO);
    assert_string_equal(error.text, "/nonexistent/a.json: No such file or directory");
    assert_err(assets_file_load(&table, &error, "/", &arena), ERR_IO);
    assert_string_equal(error.text, "/: cannot be read");
}

static void test_assets_file_stops_at_the_arena_cap(void **state)
{
    struct arena small;

    (void)state;
    arena_init(&small, 64);
    const char *text = "{\"format\":\"sluice-assets/1\",\"assets\":[" ETH "}]}";

    assert_err(assets_file_parse(&table, &error, "a.json", text, strlen(text), &small), ERR_NOMEM);
    assert_string_equal(error.text,
                        "a.json: $.assets: too much for the memory that one file may take");
    arena_fini(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assets_file_reads_every_field),
        cmocka_unit_test(test_assets_file_keeps_fine_marks_exact),
        cmocka_unit_test(test_assets_file_digest_ignores_the_order_of_the_file),
        cmocka_unit_test(test_assets_file_names_the_place_of_every_fault),
        cmocka_unit_test(test_assets_file_names_the_line_of_broken_json),
        cmocka_unit_test(test_assets_file_reports_a_file_that_is_not_there),
        cmocka_unit_test(test_assets_file_stops_at_the_arena_cap),
    };

    arena_init(&arena, (size_t)1 << 24);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_fini(&arena);
    return failed;
}
