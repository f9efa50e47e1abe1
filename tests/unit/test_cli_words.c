/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#include "gateway/cli/words.h"

static struct asset items[] = {
    { .id = 1, .symbol = "ETH", .decimals = 18, .class_of = ASSET_SPOT, .lot = { 1 } },
    { .id = 2, .symbol = "USDC", .decimals = 6, .class_of = ASSET_SPOT, .lot = { 1 } },
    { .id = 9, .symbol = "POINT", .decimals = 0, .class_of = ASSET_SPOT, .lot = { 1 } },
};

static const struct asset_table assets = { .items = items, .n = 3 };

static struct amount amount(const char *text)
{
    struct amount a;

    assert_ok(amount_parse(&a, text, strlen(text)));
    return a;
}

static void check_amount(const char *number, const char *symbol, uint32_t asset, const char *atoms)
{
    const struct words_amount typed = { number, symbol };
    const struct asset *found = NULL;
    struct words_why why;
    struct amount got;

    assert_ok(words_amount_any(&got, &found, &typed, &assets, &why));
    assert_int_equal(found->id, asset);
    assert_int_equal(amount_cmp(got, amount(atoms)), 0);
}

static void test_words_reads_amounts_apart_and_together(void **state)
{
    (void)state;
    check_amount("1.5", "ETH", 1, "1500000000000000000");
    check_amount("1.5 ETH", NULL, 1, "1500000000000000000");
    check_amount("1.5ETH", NULL, 1, "1500000000000000000");
    check_amount("0.000001", "USDC", 2, "1");
    check_amount("4500", "USDC", 2, "4500000000");
    check_amount("7", "POINT", 9, "7");
}

static void refuse_amount(const char *number, const char *symbol, enum err wanted, const char *says)
{
    const struct words_amount typed = { number, symbol };
    const struct asset *found = NULL;
    struct words_why why = { "" };
    struct amount got;

    assert_err(words_amount_any(&got, &found, &typed, &assets, &why), wanted);
    assert_null(found);
    if (strstr(why.text, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.text, says);
}

static void test_words_refuses_what_is_no_amount(void **state)
{
    (void)state;
    refuse_amount("1.5", NULL, ERR_INVALID, "of what?");
    refuse_amount("ETH", "1.5", ERR_INVALID, "plain decimal");
    refuse_amount("-1", "ETH", ERR_INVALID, "plain decimal");
    refuse_amount("", "ETH", ERR_INVALID, "plain decimal");
    refuse_amount("1e3", "ETH", ERR_INVALID, "another word");
    refuse_amount("1.5.5", "ETH", ERR_INVALID, "not a plain decimal");
    refuse_amount(".5", "ETH", ERR_INVALID, "not a plain decimal");
    refuse_amount("1.", "ETH", ERR_INVALID, "not a plain decimal");
    refuse_amount("01", "ETH", ERR_INVALID, "not a plain decimal");
    refuse_amount("1.0000001", "USDC", ERR_INVALID, "at most 6 places");
    refuse_amount("0.5", "POINT", ERR_INVALID, "at most 0 places");
    refuse_amount("1", "eth", ERR_NOT_FOUND, "did you mean ETH?");
    refuse_amount("1", "DOGE", ERR_NOT_FOUND, "\"DOGE\"");
    refuse_amount("340282366920938463464", "ETH", ERR_OVERFLOW, "more than can be counted");
    refuse_amount("1 ETH", "USDC", ERR_INVALID, "another word");
}

static void test_words_knows_the_asset_of_a_limit_amount(void **state)
{
    const struct words_amount plain = { "4500", NULL }, same = { "4500", "USDC" };
    const struct words_amount other = { "4500", "ETH" };
    struct words_why why = { "" };
    struct amount got;

    (void)state;
    assert_ok(words_amount_of(&got, &items[1], &plain, &why));
    assert_int_equal(amount_cmp(got, amount("4500000000")), 0);
    assert_ok(words_amount_of(&got, &items[1], &same, &why));
    assert_err(words_amount_of(&got, &items[1], &other, &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "this amount is in USDC"));
}

static void test_words_reads_durations(void **state)
{
    static const struct {
        const char *text;
        uint64_t ms; /* 0: refused */
    } cases[] = { { "1ms", 1 },
                  { "500ms", 500 },
                  { "30s", 30000 },
                  { "5m", 300000 },
                  { "2h", 7200000 },
                  { "24h", 86400000 },
                  { "86400000ms", 86400000 },
                  { "25h", 0 },
                  { "86401s", 0 },
                  { "30", 0 },
                  { "s", 0 },
                  { "0s", 0 },
                  { "-1s", 0 },
                  { "1.5s", 0 },
                  { "1 s", 0 },
                  { "1d", 0 },
                  { "", 0 },
                  { "99999999999999999999s", 0 } };
    struct words_why why;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t ms = 0;
        enum err err = words_duration(&ms, cases[i].text, &why);
        if ((err == ERR_OK) != (cases[i].ms != 0) || ms != cases[i].ms)
            fail_msg("\"%s\": %s, %llu ms", cases[i].text, err_name(err), (unsigned long long)ms);
    }
}

static void test_words_reads_names_and_ids(void **state)
{
    struct words_why why;
    struct name name;
    struct id id;

    (void)state;
    assert_ok(words_name(&name, "bot-1", &why));
    assert_err(words_name(&name, "Alice", &why), ERR_INVALID);
    assert_err(words_name(&name, "", &why), ERR_INVALID);
    assert_ok(words_intent_id(&id, "000102030405060708090a0b0c0d0e0f", &why));
    assert_int_equal(id.bytes[15], 15);
    assert_err(words_intent_id(&id, "0001", &why), ERR_INVALID);
    assert_non_null(strstr(why.text, "32 hex digits"));
}

static void test_words_reads_limits_of_every_kind(void **state)
{
    struct words_why why;
    struct row row;

    (void)state;
    assert_ok(words_limit(&row, "inventory:home:ETH", "1.5..100", &assets, &why));
    assert_int_equal(row.kind, ROW_INVENTORY);
    assert_string_equal(row.subject.text, "home");
    assert_int_equal(row.asset, 1);
    assert_int_equal(amount_cmp(row.min, amount("1500000000000000000")), 0);
    assert_int_equal(amount_cmp(row.max, amount("100000000000000000000")), 0);
    assert_ok(words_limit(&row, "in_flight:uni:USDC", "50", &assets, &why));
    assert_int_equal(row.kind, ROW_IN_FLIGHT);
    assert_true(amount_is_zero(row.min));
    assert_ok(words_limit(&row, "held:any:POINT", "3", &assets, &why));
    assert_int_equal(row.kind, ROW_HELD);
    assert_ok(words_limit(&row, "value:uni", "250000.5", &assets, &why));
    assert_int_equal(row.kind, ROW_VALUE);
    assert_int_equal(amount_cmp(row.max, amount("250000500000")), 0);
    assert_ok(words_limit(&row, "inventory:home:ETH", "none", &assets, &why));
    assert_true(amount_is_zero(row.min));
    assert_int_equal(amount_cmp(row.max, AMOUNT_MAX), 0);
    assert_int_equal(row.asset, 1);
}

static void test_words_refuses_what_is_no_limit(void **state)
{
    static const struct {
        const char *name, *value;
        enum err wanted;
    } cases[] = { { "foo:home:ETH", "1", ERR_INVALID },
                  { "inventory", "1", ERR_INVALID },
                  { "inventory:home", "1", ERR_INVALID },
                  { "inventory:home:ETH:x", "1", ERR_INVALID },
                  { "inventory:Home:ETH", "1", ERR_INVALID },
                  { "inventory:home:DOGE", "1", ERR_NOT_FOUND },
                  { "inventory:home:ETH", "", ERR_INVALID },
                  { "inventory:home:ETH", "..5", ERR_INVALID },
                  { "inventory:home:ETH", "5..1", ERR_INVALID },
                  { "held:any:ETH", "1..5", ERR_INVALID },
                  { "value:uni:ETH", "5", ERR_INVALID },
                  { "value:uni", "0.0000001", ERR_INVALID },
                  { "", "", ERR_INVALID } };
    struct words_why why;
    struct row row;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum err err = words_limit(&row, cases[i].name, cases[i].value, &assets, &why);
        if (err != cases[i].wanted)
            fail_msg("%s %s: %s", cases[i].name, cases[i].value, err_name(err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_reads_amounts_apart_and_together),
        cmocka_unit_test(test_words_refuses_what_is_no_amount),
        cmocka_unit_test(test_words_knows_the_asset_of_a_limit_amount),
        cmocka_unit_test(test_words_reads_durations),
        cmocka_unit_test(test_words_reads_names_and_ids),
        cmocka_unit_test(test_words_reads_limits_of_every_kind),
        cmocka_unit_test(test_words_refuses_what_is_no_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
