/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "gateway/demo/trade.h"

static struct asset items[] = {
    { .id = 1,
      .symbol = "ETH",
      .decimals = 18,
      .class_of = ASSET_SPOT,
      .mark = { 3120000000 },
      .lot = { 1 } },
    { .id = 2,
      .symbol = "USDC",
      .decimals = 6,
      .class_of = ASSET_SPOT,
      .mark = { 1000000 },
      .lot = { 1000 } },
    { .id = 3, .symbol = "NONE", .decimals = 6, .class_of = ASSET_SPOT, .lot = { 1 } },
};

static const struct asset_table assets = { .items = items, .n = 3 };

static void test_trade_atoms_are_worth_the_value(void **state)
{
    struct amount a;

    (void)state;
    assert_ok(trade_atoms(&a, &items[0], UINT64_C(6240000000)));
    assert_int_equal(amount_cmp(a, (struct amount){ (u128)2000000000 * 1000000000 }), 0);
    assert_ok(trade_atoms(&a, &items[1], 1234567));
    assert_int_equal(a.atoms, 1234000); /* a whole number of lots */
}

static void test_trade_limit_stands_off_the_marks(void **state)
{
    const uint64_t micro = UINT64_C(3120000000);
    struct intent i;

    (void)state;
    assert_ok(trade_make(&i, &items[0], &items[1], micro, INTENT_SELL, 10000));
    assert_int_equal(i.buy_amount.atoms, UINT64_C(3088800000)); /* 1 % less */
    assert_ok(trade_make(&i, &items[0], &items[1], micro, INTENT_SELL, -10000));
    assert_int_equal(i.buy_amount.atoms, UINT64_C(3151200000)); /* 1 % more */
    assert_ok(trade_make(&i, &items[1], &items[0], micro, INTENT_BUY, 10000));
    assert_int_equal(i.sell_amount.atoms, UINT64_C(3151200000)); /* pays 1 % more */
    assert_int_equal(i.buy_asset, 1);
    assert_err(trade_make(&i, &items[1], &items[0], 1, INTENT_SELL, 0), ERR_INVALID);
}

static void test_trade_picks_two_assets_with_marks(void **state)
{
    const struct asset *a, *b;
    struct trade t;

    (void)state;
    assert_ok(trade_init(&t, &assets, 7));
    assert_int_equal(t.n, 2);
    for (int i = 0; i < 1000; i++) {
        trade_pick(&a, &b, &t);
        assert_ptr_not_equal(a, b);
        assert_false(amount_is_zero(a->mark) || amount_is_zero(b->mark));
    }
    const struct asset_table one = { .items = items, .n = 1 };
    assert_err(trade_init(&t, &one, 7), ERR_INVALID);
}

static void test_trade_random_is_repeatable_and_bounded(void **state)
{
    struct trade_rng x = { 42 }, y = { 42 };

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t v = trade_between(&x, 5, 9);
        assert_int_equal(v, trade_between(&y, 5, 9));
        assert_true(v >= 5 && v <= 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trade_atoms_are_worth_the_value),
        cmocka_unit_test(test_trade_limit_stands_off_the_marks),
        cmocka_unit_test(test_trade_picks_two_assets_with_marks),
        cmocka_unit_test(test_trade_random_is_repeatable_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
