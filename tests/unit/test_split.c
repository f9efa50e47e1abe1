/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/engine/split.h"

/* Assets 0..5; fills 0->1 and 2->3; curves 0-1, 2-3 and 4-5. */
static struct auction_asset assets[6];
static struct curve curves[3] = { { .assets_n = 2, .asset = { 0, 1 } },
                                  { .assets_n = 2, .asset = { 2, 3 } },
                                  { .assets_n = 2, .asset = { 4, 5 } } };
static struct auction_intent intents[2] = { { .sell = 2, .buy = 3 }, { .sell = 0, .buy = 1 } };
static const struct auction auction = { .assets = assets,
                                        .assets_n = 6,
                                        .curves = curves,
                                        .curves_n = 3,
                                        .intents = intents,
                                        .intents_n = 2 };

static void test_split_separates_what_shares_no_asset(void **state)
{
    struct arena arena;
    struct solution_fill fills[2] = { { .intent = 0 }, { .intent = 1 } };
    struct solution_leg legs[3] = { { .curve = 0, .way = { 0, 1 } },
                                    { .curve = 2, .way = { 0, 1 } },
                                    { .curve = 1, .way = { 0, 1 } } };
    struct solution_cover covers[1] = { { .asset = 1 } };
    const struct solution s = {
        .fills = fills, .fills_n = 2, .legs = legs, .legs_n = 3, .covers = covers, .covers_n = 1
    };
    struct split split;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_ok(split_solution(&split, &arena, &auction, &s));
    assert_int_equal(split.n, 2);
    assert_int_equal(split.parts[0].fills_n, 1);
    assert_int_equal(split.parts[0].fills[0], 0);
    assert_int_equal(split.parts[0].legs_n, 1);
    assert_int_equal(split.parts[0].legs[0], 2);
    assert_int_equal(split.parts[0].covers_n, 0);
    assert_int_equal(split.parts[1].fills[0], 1);
    assert_int_equal(split.parts[1].legs[0], 0);
    assert_int_equal(split.parts[1].covers_n, 1);
    arena_fini(&arena);
}

static void test_split_joins_what_a_leg_connects(void **state)
{
    struct arena arena;
    struct curve bridge[1] = { { .assets_n = 2, .asset = { 1, 2 } } };
    struct auction joined = auction;
    struct solution_fill fills[2] = { { .intent = 0 }, { .intent = 1 } };
    struct solution_leg legs[1] = { { .curve = 0, .way = { 0, 1 } } };
    const struct solution s = { .fills = fills, .fills_n = 2, .legs = legs, .legs_n = 1 };
    struct split split;

    (void)state;
    joined.curves = bridge;
    joined.curves_n = 1;
    arena_init(&arena, 1 << 20);
    assert_ok(split_solution(&split, &arena, &joined, &s));
    assert_int_equal(split.n, 1);
    assert_int_equal(split.parts[0].fills_n, 2);
    arena_fini(&arena);
}

static void test_split_says_when_memory_is_out(void **state)
{
    struct arena arena;
    struct solution_fill fills[1] = { { .intent = 0 } };
    const struct solution s = { .fills = fills, .fills_n = 1 };
    struct split split;

    (void)state;
    arena_init(&arena, 16);
    assert_err(split_solution(&split, &arena, &auction, &s), ERR_NOMEM);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_separates_what_shares_no_asset),
        cmocka_unit_test(test_split_joins_what_a_leg_connects),
        cmocka_unit_test(test_split_says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
