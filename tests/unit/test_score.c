/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/alone.h"
#include "solver/clear/score.h"
#include "tests/support/world.h"

static struct world w;
static struct surplus surplus;

static struct solution_fill fill(uint64_t paid, uint64_t got)
{
    return (struct solution_fill){ .intent = 0, .paid = u256_of(paid), .got = u256_of(got) };
}

static void test_score_counts_a_sell_above_the_ceiling_of_its_limit(void **state)
{
    (void)state;
    struct solution_fill f = fill(50, 40);

    world_init(&w, 2, 1);
    (void)world_sell(&w, 0, 1, 100, 71); /* the limit of 50 is 35.5 */
    w.assets[1].mark = (struct price){ AMOUNT_OF(3), AMOUNT_OF(2) };
    assert_ok(score_fill(&surplus, &w.a, &f));
    assert_int_equal(surplus.asset, 1);
    assert_int_equal(surplus.atoms.limb[0], 4);
    assert_int_equal(surplus.value.limb[1], 6); /* in 2^-64 */
    f = fill(50, 35);
    assert_err(score_fill(&surplus, &w.a, &f), ERR_INVALID);
}

static void test_score_counts_a_buy_in_what_it_did_not_pay(void **state)
{
    (void)state;
    struct solution_fill f = fill(60, 50);

    world_init(&w, 2, 1);
    (void)world_buy(&w, 0, 1, 131, 100); /* the limit of 50 is 65.5 */
    assert_ok(score_fill(&surplus, &w.a, &f));
    assert_int_equal(surplus.asset, 0);
    assert_int_equal(surplus.atoms.limb[0], 5);
    f = fill(66, 50);
    assert_err(score_fill(&surplus, &w.a, &f), ERR_INVALID);
}

static void test_score_sums_fills_and_falls_back_to_prices(void **state)
{
    (void)state;
    struct solution_fill f = fill(100, 80);
    struct amount prices[2] = { AMOUNT_OF(8), AMOUNT_OF(10) };
    struct solution s = { .fills = &f, .fills_n = 1, .prices = prices, .prices_n = 2 };
    struct u256 score;

    world_init(&w, 2, 1);
    (void)world_sell(&w, 0, 1, 100, 70);
    assert_ok(score_solution(&score, &w.a, &s));
    assert_int_equal(score.limb[1], 10);
    w.assets[0].mark.num = w.assets[1].mark.num = AMOUNT_ZERO;
    assert_ok(score_solution(&score, &w.a, &s));
    assert_int_equal(score.limb[0], 100);
}

/* Venue v0: 0-1 direct and poor; v1: 0-2-1, better. */
static void two_venues(void)
{
    world_init(&w, 4, 3);
    (void)world_pool(&w, 0, 0, 1, 1000000, 500000);
    (void)world_pool(&w, 1, 0, 2, 1000000, 1000000);
    (void)world_pool(&w, 1, 2, 1, 1000000, 1000000);
    (void)world_pool(&w, 2, 0, 3, 1000000, 9000000); /* leads nowhere at its venue */
}

static void test_score_alone_finds_the_best_path_of_one_venue(void **state)
{
    (void)state;
    struct arena arena;
    struct alone best;
    struct u256 exact = u256_of(1000);

    two_venues();
    arena_init(&arena, (size_t)1 << 20);
    (void)world_sell(&w, 0, 1, 1000, 1);
    assert_ok(alone_best(&best, &arena, &w.a, &w.intents[0], &exact));
    assert_int_equal(best.venue, 1);
    assert_int_equal(best.hops, 2);
    assert_int_equal(best.paid.limb[0], 1000);
    assert_in_range(best.got.limb[0], 985, 994);
    (void)world_buy(&w, 0, 1, 5000, 1000);
    assert_ok(alone_best(&best, &arena, &w.a, &w.intents[1], &exact));
    assert_int_equal(best.venue, 1);
    assert_int_equal(best.got.limb[0], 1000);
    assert_in_range(best.paid.limb[0], 1006, 1015);
    arena_fini(&arena);
}

static void test_score_alone_says_when_no_venue_can(void **state)
{
    (void)state;
    struct arena arena;
    struct alone best;
    struct u256 exact = u256_of(1000);

    two_venues();
    arena_init(&arena, (size_t)1 << 20);
    (void)world_sell(&w, 3, 1, 1000, 1);
    assert_err(alone_best(&best, &arena, &w.a, &w.intents[0], &exact), ERR_NOT_FOUND);
    arena_fini(&arena);
    arena_init(&arena, 16);
    assert_err(alone_best(&best, &arena, &w.a, &w.intents[0], &exact), ERR_NOMEM);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_counts_a_sell_above_the_ceiling_of_its_limit),
        cmocka_unit_test(test_score_counts_a_buy_in_what_it_did_not_pay),
        cmocka_unit_test(test_score_sums_fills_and_falls_back_to_prices),
        cmocka_unit_test(test_score_alone_finds_the_best_path_of_one_venue),
        cmocka_unit_test(test_score_alone_says_when_no_venue_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
