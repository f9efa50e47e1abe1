/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tests/support/test_support.h"
#include "venues/book/book_walk.h"

#define LEVELS 5
#define STEPS 4000

struct world {
    struct book_level bids[LEVELS];
    struct book_level asks[LEVELS];
    struct book book;
    struct market_ladder ladder;
};

/* Mid 300,000 ticks of 10, first levels 20 ticks away, then every 7 ticks; 8 lots a level. */
static void world_init(struct world *w, uint32_t walk_ppm)
{
    memset(w, 0, sizeof *w);
    w->ladder = (struct market_ladder){ .generated = true,
                                        .tick = u256_of(10),
                                        .mid = u256_of(3000000),
                                        .level_size = u256_of(8000),
                                        .walk_ppm = walk_ppm,
                                        .half_spread_ticks = 20,
                                        .levels = LEVELS,
                                        .level_step_ticks = 7 };
    w->book = (struct book){ .scale = u256_of(1000000),
                             .lot = u256_of(1000),
                             .keep_num = 999,
                             .keep_den = 1000,
                             .bids = w->bids,
                             .asks = w->asks };
    book_walk_build(&w->book, &w->ladder);
}

static void assert_u256(const struct u256 *a, uint64_t b)
{
    assert_true(u256_bits(a) <= 64 && a->limb[0] == b);
}

static void test_book_walk_builds_the_ladder_of_the_file(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, 100);
    assert_int_equal(w.book.bids_n, LEVELS);
    assert_int_equal(w.book.asks_n, LEVELS);
    assert_ok(book_check(&w.book));
    for (uint64_t i = 0; i < LEVELS; i++) {
        assert_u256(&w.bids[i].price, 3000000 - 200 - 70 * i);
        assert_u256(&w.asks[i].price, 3000000 + 200 + 70 * i);
        assert_u256(&w.bids[i].size, 8000);
        assert_u256(&w.asks[i].size, 8000);
    }
}

static void test_book_walk_is_valid_on_ticks_and_near_its_start(void **state)
{
    struct world w;
    uint64_t rng = 1;
    bool moved = false;

    (void)state;
    world_init(&w, 5000);
    for (int i = 0; i < STEPS; i++) {
        struct u256 before = w.bids[0].price;
        bool changed = book_walk_step(&w.book, &w.ladder, &rng);
        uint64_t mid = w.bids[0].price.limb[0] + 200;
        assert_ok(book_check(&w.book));
        assert_true(mid % 10 == 0);
        assert_true(mid >= 2998500 && mid <= 3001500); /* BOOK_WALK_REACH_PPM */
        assert_u256(&w.asks[LEVELS - 1].price, mid + 200 + 70 * (LEVELS - 1));
        uint64_t old = before.limb[0] + 200;
        assert_true((mid > old ? mid - old : old - mid) <= old / 1000000 * 5000 + 5000);
        assert_true(changed || u256_cmp(&before, &w.bids[0].price) == 0);
        moved = moved || mid != 3000000;
    }
    assert_true(moved);
}

static void test_book_walk_of_one_seed_is_one_walk(void **state)
{
    struct world a;
    struct world b;
    uint64_t rng[3] = { 42, 42, 43 };
    bool differs = false;

    (void)state;
    world_init(&a, 3000);
    world_init(&b, 3000);
    for (int i = 0; i < STEPS; i++) {
        assert_int_equal(book_walk_step(&a.book, &a.ladder, &rng[0]),
                         book_walk_step(&b.book, &b.ladder, &rng[1]));
        assert_memory_equal(a.bids, b.bids, sizeof a.bids);
        assert_memory_equal(a.asks, b.asks, sizeof a.asks);
    }
    for (int i = 0; i < STEPS && !differs; i++) {
        (void)book_walk_step(&a.book, &a.ladder, &rng[0]);
        (void)book_walk_step(&b.book, &b.ladder, &rng[2]);
        differs = memcmp(a.bids, b.bids, sizeof a.bids) != 0;
    }
    assert_true(differs);
}

static void test_book_walk_refills_in_lots_up_to_the_file(void **state)
{
    struct world w;
    uint64_t rng = 9;
    uint64_t size = 0;

    (void)state;
    world_init(&w, 0); /* the mid stays */
    w.bids[1].size = u256_of(0);
    w.asks[0].size = u256_of(7000);
    for (int i = 0; i < STEPS; i++) {
        bool changed = book_walk_step(&w.book, &w.ladder, &rng);
        uint64_t now = w.bids[1].size.limb[0];
        assert_true(now == size || now == size + 1000); /* an eighth of 8 lots */
        assert_int_equal(changed, now != size);
        size = now;
    }
    assert_u256(&w.bids[1].size, 8000);
    assert_u256(&w.asks[0].size, 8000);
    assert_u256(&w.bids[0].price, 3000000 - 200);
}

static void test_book_walk_refills_a_level_of_one_lot(void **state)
{
    struct world w;
    uint64_t rng = 9;

    (void)state;
    world_init(&w, 0);
    w.ladder.level_size = u256_of(1000);
    book_walk_build(&w.book, &w.ladder);
    w.bids[0].size = u256_of(0);
    for (int i = 0; i < STEPS; i++)
        (void)book_walk_step(&w.book, &w.ladder, &rng);
    assert_u256(&w.bids[0].size, 1000);
}

static void test_book_walk_keeps_bids_above_zero(void **state)
{
    struct world w;
    uint64_t rng = 5;

    (void)state;
    world_init(&w, 100000);
    w.ladder.mid = u256_of(500); /* the lowest bid stands at 500 - 480 */
    book_walk_build(&w.book, &w.ladder);
    for (int i = 0; i < STEPS; i++) {
        (void)book_walk_step(&w.book, &w.ladder, &rng);
        assert_ok(book_check(&w.book));
    }
}

static void test_book_walk_leaves_explicit_ladders_alone(void **state)
{
    struct world w;
    struct world before;
    uint64_t rng = 5;

    (void)state;
    world_init(&w, 100000);
    w.ladder.generated = false;
    memcpy(&before, &w, sizeof w);
    for (int i = 0; i < STEPS; i++)
        assert_false(book_walk_step(&w.book, &w.ladder, &rng));
    assert_memory_equal(&before.bids, &w.bids, sizeof w.bids);
    assert_memory_equal(&before.asks, &w.asks, sizeof w.asks);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_book_walk_builds_the_ladder_of_the_file),
        cmocka_unit_test(test_book_walk_is_valid_on_ticks_and_near_its_start),
        cmocka_unit_test(test_book_walk_of_one_seed_is_one_walk),
        cmocka_unit_test(test_book_walk_refills_in_lots_up_to_the_file),
        cmocka_unit_test(test_book_walk_refills_a_level_of_one_lot),
        cmocka_unit_test(test_book_walk_keeps_bids_above_zero),
        cmocka_unit_test(test_book_walk_leaves_explicit_ladders_alone),
    };

    return cmocka_run_group_tests_name("test_book_walk", tests, NULL, NULL);
}
