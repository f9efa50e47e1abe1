/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/market/auction.h"

static struct auction_asset assets[2];
static struct auction_venue venue;
static struct curve curve;
static struct auction_intent intent;
static struct auction_inventory inventory;
static struct row row;

static struct auction auction(void)
{
    for (int i = 0; i < 2; i++)
        assets[i] = (struct auction_asset){ .name = "A", .decimals = 6, .lot = { 1 } };
    curve = (struct curve){ .assets_n = 2,
                            .asset = { 0, 1 },
                            .kind = CURVE_constant_product,
                            .as.constant_product = { { u256_of(5), u256_of(5) }, 1, 1 } };
    intent = (struct auction_intent){ .kind = INTENT_BUY,
                                      .buy = 1,
                                      .sell_max = u256_of(1),
                                      .buy_min = u256_of(1),
                                      .signed_sell = u256_of(1),
                                      .signed_buy = u256_of(1) };
    inventory = (struct auction_inventory){ 0 };
    row = (struct row){ .kind = ROW_IN_FLIGHT, .max = { 1 } };
    return (struct auction){ .assets = assets,
                             .assets_n = 2,
                             .venues = &venue,
                             .venues_n = 1,
                             .curves = &curve,
                             .curves_n = 1,
                             .intents = &intent,
                             .intents_n = 1,
                             .inventory = &inventory,
                             .inventory_n = 1,
                             .rows = &row,
                             .rows_n = 1 };
}

#define FAULT(change, text)                                                                        \
    do {                                                                                           \
        struct auction a = auction();                                                              \
        const char *what = "none";                                                                 \
        change;                                                                                    \
        assert_err(auction_check(&what, &a), ERR_INVALID);                                         \
        assert_string_equal(what, text);                                                           \
    } while (0)

static void test_auction_check_accepts_a_sound_auction(void **state)
{
    struct auction a = auction(), empty = { 0 };
    const char *what = "untouched";

    (void)state;
    assert_ok(auction_check(&what, &a));
    intent.kind = INTENT_SELL;
    intent.buy_min = intent.signed_buy = u256_of(0);
    assert_ok(auction_check(&what, &a));
    assert_ok(auction_check(&what, &empty));
    assert_string_equal(what, "untouched");
}

static void test_auction_check_names_the_first_fault(void **state)
{
    (void)state;
    FAULT(assets[1].name = NULL, "an asset has no name");
    FAULT(assets[1].decimals = 37, "an asset has too many decimals");
    FAULT(assets[1].lot.atoms = 0, "an asset's lot is zero");
    FAULT(assets[1].mark.num.atoms = 1, "an asset's mark divides by zero");
    FAULT(curve.venue = 1, "a curve names no venue");
    FAULT(curve.asset[1] = 2, "a curve names no asset");
    FAULT(curve.asset[1] = 0, "a curve contradicts itself");
    FAULT(curve.kind = 99, "a curve contradicts itself");
    FAULT(curve.as.constant_product.keep_num = 2, "a curve contradicts itself");
    FAULT(intent.kind = 0, "an intent is neither sell nor buy");
    FAULT(intent.sell = 2, "an intent names no asset");
    FAULT(intent.sell = 1, "an intent sells what it buys");
    FAULT(intent.sell_max = u256_of(0), "an intent sells nothing");
    FAULT(intent.buy_min = u256_of(0), "an intent buys nothing");
    FAULT(inventory.asset = 2, "inventory of no asset");
    FAULT(row.kind = 9, "a limit is of no known kind");
    FAULT(row.asset = 2, "a limit names no asset");
    FAULT(row.min.atoms = 2, "a limit's minimum exceeds its maximum");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auction_check_accepts_a_sound_auction),
        cmocka_unit_test(test_auction_check_names_the_first_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
