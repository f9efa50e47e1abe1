/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "gateway/admit.h"
#include "tests/support/test_support.h"

#define NOW INT64_C(1700000000000)

enum { USDC = 1, ETH = 5, NOTE = 9 };

struct world {
    struct asset items[3];
    struct asset_table table;
    struct admit_rules rules;
    struct intent intent;
};

static void asset_set(struct asset *a, uint32_t id, const char *symbol, uint8_t decimals,
                      uint64_t mark)
{
    *a = (struct asset){ .id = id,
                         .decimals = decimals,
                         .class_of = ASSET_SPOT,
                         .mark = AMOUNT_OF(mark),
                         .lot = AMOUNT_OF(1) };
    (void)snprintf(a->symbol, sizeof a->symbol, "%s", symbol);
}

/* ETH at 3000.00, USDC at 1.00, NOTE without a mark; one ETH for 3000 USDC. */
static void world_init(struct world *w)
{
    *w = (struct world){ .rules.collar_ppm = 200000 };
    asset_set(&w->items[0], USDC, "USDC", 6, 1000000);
    asset_set(&w->items[1], ETH, "ETH", 18, UINT64_C(3000000000));
    asset_set(&w->items[2], NOTE, "NOTE", 0, 0);
    w->table = (struct asset_table){ .items = w->items, .n = 3 };
    assert_ok(asset_table_seal(&w->table));
    w->rules.assets = &w->table;
    w->intent = (struct intent){ .id.bytes = { 1 },
                                 .kind = INTENT_SELL,
                                 .sell_asset = ETH,
                                 .buy_asset = USDC,
                                 .sell_amount = amount_pow10(18),
                                 .buy_amount = AMOUNT_OF(3000000000u),
                                 .deadline_ms = NOW + 30000 };
}

#define assert_reject(got, wanted) assert_string_equal(reject_name(got), reject_name(wanted))

static enum reject judge(const struct world *w)
{
    return admit_intent(&w->intent, &w->rules, NOW);
}

static void test_admit_takes_a_fair_intent_of_either_kind(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.kind = INTENT_BUY;
    w.intent.partial = true;
    assert_reject(judge(&w), REJECT_NONE);
}

static void test_admit_refuses_an_impossible_shape(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.id = (struct id){ { 0 } };
    assert_reject(judge(&w), REJECT_MALFORMED);
    world_init(&w);
    w.intent.kind = 0;
    assert_reject(judge(&w), REJECT_MALFORMED);
    w.intent.kind = 3;
    assert_reject(judge(&w), REJECT_MALFORMED);
}

static void test_admit_refuses_unknown_and_equal_assets(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.sell_asset = 0;
    assert_reject(judge(&w), REJECT_UNKNOWN_ASSET);
    world_init(&w);
    w.intent.buy_asset = UINT32_MAX;
    assert_reject(judge(&w), REJECT_UNKNOWN_ASSET);
    world_init(&w);
    w.intent.buy_asset = ETH;
    assert_reject(judge(&w), REJECT_SAME_ASSET);
}

static void test_admit_refuses_zero_amounts(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.sell_amount = AMOUNT_ZERO;
    assert_reject(judge(&w), REJECT_ZERO_AMOUNT);
    world_init(&w);
    w.intent.buy_amount = AMOUNT_ZERO;
    assert_reject(judge(&w), REJECT_ZERO_AMOUNT);
}

static void test_admit_deadline_edges_are_exact(void **state)
{
    static const struct {
        int64_t deadline_ms;
        enum reject wanted;
    } rows[] = {
        { INT64_MIN, REJECT_EXPIRED },
        { -1, REJECT_EXPIRED },
        { 0, REJECT_EXPIRED },
        { NOW - 1, REJECT_EXPIRED },
        { NOW, REJECT_EXPIRED },
        { NOW + 1, REJECT_NONE },
        { NOW + ADMIT_AHEAD_MS, REJECT_NONE },
        { NOW + ADMIT_AHEAD_MS + 1, REJECT_DEADLINE_FAR },
        { INT64_MAX, REJECT_DEADLINE_FAR },
    };
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w.intent.deadline_ms = rows[i].deadline_ms;
        if (judge(&w) != rows[i].wanted)
            fail_msg("row %zu: %s", i, reject_name(judge(&w)));
    }
}

static void test_admit_collar_edges_are_exact(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.buy_amount = AMOUNT_OF(2400000000u); /* 20 % below 3000 USDC */
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.buy_amount = AMOUNT_OF(2399999999u);
    assert_reject(judge(&w), REJECT_COLLAR);
    w.intent.kind = INTENT_BUY;
    assert_reject(judge(&w), REJECT_COLLAR);
    w.intent.buy_amount = AMOUNT_OF(2400000000u);
    w.intent.sell_amount.atoms += 1;
    assert_reject(judge(&w), REJECT_COLLAR);
    w.intent.sell_amount.atoms -= 1;
    assert_reject(judge(&w), REJECT_NONE);
}

static void test_admit_collar_protects_the_signer_only(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.buy_amount = AMOUNT_MAX; /* ambitious limits rest */
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.sell_amount = AMOUNT_OF(1);
    assert_reject(judge(&w), REJECT_NONE);
}

static void test_admit_without_a_mark_there_is_no_collar(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent.buy_asset = NOTE;
    w.intent.buy_amount = AMOUNT_OF(1);
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.sell_asset = NOTE;
    w.intent.buy_asset = USDC;
    w.intent.sell_amount = AMOUNT_MAX;
    assert_reject(judge(&w), REJECT_NONE);
}

static void test_admit_collar_of_zero_and_of_all(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.rules.collar_ppm = 0;
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.buy_amount.atoms -= 1;
    assert_reject(judge(&w), REJECT_COLLAR);
    w.rules.collar_ppm = 1000000;
    w.intent.buy_amount = AMOUNT_OF(1);
    w.intent.sell_amount = AMOUNT_MAX;
    assert_reject(judge(&w), REJECT_NONE);
}

/* 128-bit amounts and marks with all 54 places stay within the 512 bits of the comparison. */
static void test_admit_collar_carries_the_largest_numbers(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < 2; i++) {
        w.items[i].mark = AMOUNT_MAX;
        w.items[i].decimals = ASSET_DECIMALS_MAX;
        w.items[i].mark_scale = ASSET_MARK_SCALE_MAX;
    }
    w.intent.sell_amount = AMOUNT_MAX;
    w.intent.buy_amount = AMOUNT_MAX;
    assert_reject(judge(&w), REJECT_NONE);
    w.intent.buy_amount.atoms = U128_MAX / 2;
    assert_reject(judge(&w), REJECT_COLLAR);
}

/* Values over the common denominator 10^4 in 64 bits: another formula than the one under test. */
static bool small_world_breaks(const struct world *w)
{
    uint64_t value[2];
    const struct amount amounts[2] = { w->intent.buy_amount, w->intent.sell_amount };

    for (size_t i = 0; i < 2; i++) {
        unsigned places = (unsigned)w->items[i].decimals + w->items[i].mark_scale;
        value[i] = (uint64_t)amounts[i].atoms * (uint64_t)w->items[i].mark.atoms;
        for (unsigned k = places; k < 4; k++)
            value[i] *= 10;
    }
    return value[0] * 1000000 < value[1] * (1000000 - w->rules.collar_ppm);
}

static void small_world_check(struct world *w)
{
    for (uint64_t sell = 1; sell <= 24; sell++) {
        for (uint64_t buy = 1; buy <= 24; buy++) {
            w->intent.sell_amount = AMOUNT_OF(sell);
            w->intent.buy_amount = AMOUNT_OF(buy);
            assert_reject(judge(w), small_world_breaks(w) ? REJECT_COLLAR : REJECT_NONE);
        }
    }
}

static void test_admit_collar_is_right_in_a_small_world(void **state)
{
    static const uint64_t collars[] = { 0, 1, 250000, 500000, 999999, 1000000 };
    struct world w;

    (void)state;
    world_init(&w);
    for (unsigned code = 0; code < 6 * 9 * 16; code++) {
        w.rules.collar_ppm = collars[code % 6];
        w.items[0].mark = AMOUNT_OF(1 + code / 6 % 3);
        w.items[1].mark = AMOUNT_OF(1 + code / 18 % 3);
        w.items[0].decimals = (uint8_t)(code / 54 % 2);
        w.items[1].decimals = (uint8_t)(code / 108 % 2);
        w.items[0].mark_scale = (uint8_t)(code / 216 % 2);
        w.items[1].mark_scale = (uint8_t)(code / 432 % 2);
        small_world_check(&w);
    }
}

/* Everything is wrong at first; each step repairs what was named. */
static void test_admit_names_the_first_reason_by_precedence(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.intent = (struct intent){ .kind = INTENT_SELL, .sell_asset = 7, .buy_asset = 7 };
    assert_reject(judge(&w), REJECT_MALFORMED);
    w.intent.id.bytes[15] = 1;
    assert_reject(judge(&w), REJECT_UNKNOWN_ASSET);
    w.intent.sell_asset = w.intent.buy_asset = ETH;
    assert_reject(judge(&w), REJECT_SAME_ASSET);
    w.intent.buy_asset = USDC;
    assert_reject(judge(&w), REJECT_ZERO_AMOUNT);
    w.intent.sell_amount = AMOUNT_MAX;
    w.intent.buy_amount = AMOUNT_OF(1);
    assert_reject(judge(&w), REJECT_EXPIRED);
    w.intent.deadline_ms = INT64_MAX;
    assert_reject(judge(&w), REJECT_DEADLINE_FAR);
    w.intent.deadline_ms = NOW + 1;
    assert_reject(judge(&w), REJECT_COLLAR);
    w.intent.sell_amount = AMOUNT_OF(1);
    assert_reject(judge(&w), REJECT_NONE);
}

static void test_admit_money_needs_a_known_asset_and_an_amount(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_reject(admit_money(7, AMOUNT_ZERO, &w.table), REJECT_UNKNOWN_ASSET);
    assert_reject(admit_money(ETH, AMOUNT_ZERO, &w.table), REJECT_ZERO_AMOUNT);
    assert_reject(admit_money(ETH, AMOUNT_MAX, &w.table), REJECT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_admit_takes_a_fair_intent_of_either_kind),
        cmocka_unit_test(test_admit_refuses_an_impossible_shape),
        cmocka_unit_test(test_admit_refuses_unknown_and_equal_assets),
        cmocka_unit_test(test_admit_refuses_zero_amounts),
        cmocka_unit_test(test_admit_deadline_edges_are_exact),
        cmocka_unit_test(test_admit_collar_edges_are_exact),
        cmocka_unit_test(test_admit_collar_protects_the_signer_only),
        cmocka_unit_test(test_admit_without_a_mark_there_is_no_collar),
        cmocka_unit_test(test_admit_collar_of_zero_and_of_all),
        cmocka_unit_test(test_admit_collar_carries_the_largest_numbers),
        cmocka_unit_test(test_admit_collar_is_right_in_a_small_world),
        cmocka_unit_test(test_admit_names_the_first_reason_by_precedence),
        cmocka_unit_test(test_admit_money_needs_a_known_asset_and_an_amount),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
