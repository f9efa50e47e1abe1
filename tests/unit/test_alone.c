/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/alone.h"
#include "tests/support/world.h"

enum { A, B, C, D, E, ASSETS };

static struct arena arena;
static struct world world;

static uint64_t out_of(const struct curve *c, int side, uint64_t offer)
{
    struct u256 in = u256_of(offer);
    struct trade t;

    assert_ok(curve_out(&t, c, way_of_side(side), &in));
    return t.out.limb[0];
}

static uint64_t in_for(const struct curve *c, int side, uint64_t want)
{
    struct u256 out = u256_of(want);
    struct trade t;

    assert_ok(curve_in(&t, c, way_of_side(side), &out));
    return t.in.limb[0];
}

/* Sell amount of A for D, or buy amount of D with A. */
static enum err best(struct alone *out, enum intent_kind kind, uint64_t amount)
{
    const struct auction_intent intent = { .kind = kind, .sell = A, .buy = D };
    struct u256 exact = u256_of(amount);

    arena_reset(&arena);
    return alone_best(out, &arena, &world.a, &intent, &exact);
}

static void assert_alone(const struct alone *got, uint32_t venue, uint32_t hops, uint64_t paid,
                         uint64_t bought)
{
    assert_int_equal(got->venue, venue);
    assert_int_equal(got->hops, hops);
    assert_int_equal(got->paid.limb[0], paid);
    assert_int_equal(got->got.limb[0], bought);
}

static void test_alone_takes_the_better_of_two_pools(void **state)
{
    struct curve *poor, *rich;
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 2);
    poor = world_pool(&world, 0, A, D, 1000000, 1000000);
    rich = world_pool(&world, 1, D, A, 3000000, 1000000);
    assert_ok(best(&got, INTENT_SELL, 5000));
    assert_true(out_of(rich, 1, 5000) > out_of(poor, 0, 5000));
    assert_alone(&got, 1, 1, 5000, out_of(rich, 1, 5000));
    assert_ok(best(&got, INTENT_BUY, 5000));
    assert_true(in_for(rich, 1, 5000) < in_for(poor, 0, 5000));
    assert_alone(&got, 1, 1, in_for(rich, 1, 5000), 5000);
}

static void test_alone_goes_round_when_that_is_better(void **state)
{
    struct curve *first, *second;
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    (void)world_pool(&world, 0, A, D, 1000000, 1000000);
    first = world_pool(&world, 0, A, B, 1000000, 2000000);
    second = world_pool(&world, 0, D, B, 2000000, 2000000);
    assert_ok(best(&got, INTENT_SELL, 1000));
    assert_alone(&got, 0, 2, 1000, out_of(second, 1, out_of(first, 0, 1000)));
    assert_ok(best(&got, INTENT_BUY, 1000));
    assert_alone(&got, 0, 2, in_for(first, 0, in_for(second, 1, 1000)), 1000);
}

static void test_alone_ends_at_three_hops(void **state)
{
    struct curve *c[3];
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    c[0] = world_pool(&world, 0, A, B, 1000000, 1000000);
    c[1] = world_pool(&world, 0, B, C, 1000000, 1000000);
    c[2] = world_pool(&world, 0, C, D, 1000000, 1000000);
    assert_ok(best(&got, INTENT_SELL, 1000));
    assert_alone(&got, 0, 3, 1000, out_of(c[2], 0, out_of(c[1], 0, out_of(c[0], 0, 1000))));
    assert_ok(best(&got, INTENT_BUY, 1000));
    assert_alone(&got, 0, 3, in_for(c[0], 0, in_for(c[1], 0, in_for(c[2], 0, 1000))), 1000);
    c[2]->asset[1] = E;
    (void)world_pool(&world, 0, E, D, 1000000, 1000000);
    assert_err(best(&got, INTENT_SELL, 1000), ERR_NOT_FOUND);
    assert_err(best(&got, INTENT_BUY, 1000), ERR_NOT_FOUND);
}

static void test_alone_gives_ties_to_the_lower_venue(void **state)
{
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 3);
    (void)world_pool(&world, 2, A, D, 1000000, 1000000);
    (void)world_pool(&world, 1, A, D, 1000000, 1000000);
    assert_ok(best(&got, INTENT_SELL, 1000));
    assert_int_equal(got.venue, 1);
    assert_ok(best(&got, INTENT_BUY, 1000));
    assert_int_equal(got.venue, 1);
}

static void test_alone_never_mixes_venues(void **state)
{
    struct alone got = { .venue = 77 };

    (void)state;
    world_init(&world, ASSETS, 2);
    (void)world_pool(&world, 0, A, B, 1000000, 1000000);
    (void)world_pool(&world, 1, B, D, 1000000, 1000000);
    assert_err(best(&got, INTENT_SELL, 1000), ERR_NOT_FOUND);
    assert_err(best(&got, INTENT_BUY, 1000), ERR_NOT_FOUND);
    assert_int_equal(got.venue, 77);
}

/* Two pools between A and B could be walked there and back, one pool could not. */
static void test_alone_uses_a_curve_once(void **state)
{
    struct curve *up, *down, *last;
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    up = world_pool(&world, 0, A, B, 1000000, 4000000);
    last = world_pool(&world, 0, A, D, 1000000, 1000000);
    assert_ok(best(&got, INTENT_SELL, 1000));
    assert_alone(&got, 0, 1, 1000, out_of(last, 0, 1000));
    down = world_pool(&world, 0, B, A, 1000000, 1000000);
    assert_ok(best(&got, INTENT_SELL, 1000));
    assert_alone(&got, 0, 3, 1000, out_of(last, 0, out_of(down, 0, out_of(up, 0, 1000))));
}

/* What a book has no depth for stays with the seller, and the path counts with what came of it. */
static void test_alone_takes_what_a_book_gives(void **state)
{
    struct curve *book;
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    book = world_book(&world, 0, A, D);
    assert_err(best(&got, INTENT_SELL, 10), ERR_NOT_FOUND);
    world_bid(book, 7, 4);
    assert_ok(best(&got, INTENT_SELL, 3));
    assert_alone(&got, 0, 1, 3, 21);
    assert_ok(best(&got, INTENT_SELL, 10));
    assert_alone(&got, 0, 1, 10, 28);
    assert_ok(best(&got, INTENT_BUY, 28));
    assert_alone(&got, 0, 1, 4, 28);
    assert_err(best(&got, INTENT_BUY, 29), ERR_NOT_FOUND);
}

static void test_alone_finds_nothing_for_dust(void **state)
{
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    (void)world_pool(&world, 0, A, D, 1000000000, 1000);
    assert_err(best(&got, INTENT_SELL, 1), ERR_NOT_FOUND);
    assert_err(best(&got, INTENT_BUY, 1000), ERR_NOT_FOUND);
}

static void test_alone_says_when_memory_is_used_up(void **state)
{
    const struct auction_intent intent = { .kind = INTENT_SELL, .sell = A, .buy = D };
    struct u256 exact = u256_of(1);
    struct arena small;
    struct alone got;

    (void)state;
    world_init(&world, ASSETS, 1);
    (void)world_pool(&world, 0, A, D, 1000000, 1000000);
    arena_init(&small, 16);
    assert_err(alone_best(&got, &small, &world.a, &intent, &exact), ERR_NOMEM);
    arena_fini(&small);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone_takes_the_better_of_two_pools),
        cmocka_unit_test(test_alone_goes_round_when_that_is_better),
        cmocka_unit_test(test_alone_ends_at_three_hops),
        cmocka_unit_test(test_alone_gives_ties_to_the_lower_venue),
        cmocka_unit_test(test_alone_never_mixes_venues),
        cmocka_unit_test(test_alone_uses_a_curve_once),
        cmocka_unit_test(test_alone_takes_what_a_book_gives),
        cmocka_unit_test(test_alone_finds_nothing_for_dust),
        cmocka_unit_test(test_alone_says_when_memory_is_used_up),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
