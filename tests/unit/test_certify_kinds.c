/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge over every kind of curve: several legs on one curve see each other, any two assets of a
 * large pool may be traded, and the auction is the same afterwards. */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/clear/certify.h"
#include "solver/market/curve_copy.h"
#include "tests/support/world.h"

#define ARENA_BYTES ((size_t)4 << 20)
#define KINDS 6
#define PAID 2000

static const uint32_t all[3] = { 0, 1, 2 };
static struct world w;
static struct solution s;
static struct solution_fill fill;
static struct solution_leg legs[2];
static struct amount prices[3];
static struct arena arena;

/* The one curve of a world of three assets; it has 0 and 1, large pools have all. */
static struct curve *curve_make(enum curve_kind kind)
{
    struct curve *c;

    world_init(&w, 3, 1);
    (void)world_sell(&w, 0, 1, PAID, 1);
    switch (kind) {
    case CURVE_constant_product: return world_pool(&w, 0, 0, 1, 1000000, 1000000);
    case CURVE_book:
        c = world_book(&w, 0, 0, 1);
        world_bid(c, 3, 1500);
        world_bid(c, 2, 1500);
        return c;
    case CURVE_weighted: return world_weighted(&w, 0, all, 3, 1000000);
    case CURVE_stable: return world_stable(&w, 0, all, 3, 100000);
    case CURVE_concentrated: return world_concentrated(&w, 0, 0, 1, 10000000);
    case CURVE_fixed_rate: return world_fixed_rate(&w, 0, 0, 1, 1994);
    }
    fail();
    return NULL;
}

static struct trade leg_add(struct curve *state, struct way way, uint64_t in)
{
    struct u256 offer = u256_of(in);
    struct trade t;

    assert_ok(curve_out(&t, state, way, &offer));
    assert_true(t.in.limb[0] == in && !u256_is_zero(&t.out));
    assert_ok(curve_apply(state, way, &t));
    legs[s.legs_n] = world_leg(0, t.in, t.out);
    legs[s.legs_n++].way = way;
    return t;
}

/* The order gets all that the legs brought of asset 1. */
static void solution_finish(uint64_t got)
{
    fill = (struct solution_fill){ .paid = u256_of(PAID), .got = u256_of(got) };
    prices[0] = AMOUNT_OF(got);
    prices[1] = AMOUNT_OF(PAID);
    prices[2] = AMOUNT_ZERO;
    s.auction = w.a.id;
    s.prices = prices;
    s.prices_n = 3;
    s.fills = &fill;
    s.fills_n = 1;
    s.legs = legs;
}

static enum certify_rule verdict(void)
{
    struct verdict v;

    (void)certify(&v, &arena, &w.a, &s);
    return v.rule;
}

static void test_certify_kinds_second_leg_sees_the_first(void **state)
{
    (void)state;
    for (int kind = 1; kind <= KINDS; kind++) {
        struct curve *c = curve_make((enum curve_kind)kind), moved;
        struct u256 half = u256_of(PAID / 2);
        struct trade one, two, again;

        arena_init(&arena, ARENA_BYTES);
        s = (struct solution){ 0 };
        assert_ok(curve_copy(&moved, &arena, c));
        one = leg_add(&moved, way_of_side(0), PAID / 2);
        two = leg_add(&moved, way_of_side(0), PAID / 2);
        solution_finish(one.out.limb[0] + two.out.limb[0]);
        assert_int_equal(verdict(), CERTIFY_OK);
        assert_ok(curve_out(&again, c, way_of_side(0), &half));
        assert_memory_equal(&again, &one, sizeof one); /* nothing traded on the auction itself */
        legs[1].min_out.limb[0]++;
        assert_int_equal(verdict(), CERTIFY_LEG);
        arena_fini(&arena);
    }
}

static void test_certify_kinds_legs_cross_a_pool_on_any_way(void **state)
{
    static const enum curve_kind kinds[2] = { CURVE_weighted, CURVE_stable };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct curve *c = curve_make(kinds[i]), moved;
        struct trade t;

        arena_init(&arena, ARENA_BYTES);
        s = (struct solution){ 0 };
        assert_ok(curve_copy(&moved, &arena, c));
        t = leg_add(&moved, (struct way){ 0, 2 }, PAID);
        t = leg_add(&moved, (struct way){ 2, 1 }, t.out.limb[0]);
        solution_finish(t.out.limb[0]);
        legs[1].stage = 1;
        assert_int_equal(verdict(), CERTIFY_OK);
        legs[1].way.give = 1;
        legs[1].way.get = 2;
        assert_true(verdict() != CERTIFY_OK);
        legs[1].way = (struct way){ 2, 2 };
        assert_int_equal(verdict(), CERTIFY_INDEX);
        legs[1].way = (struct way){ 3, 1 };
        assert_int_equal(verdict(), CERTIFY_INDEX);
        arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certify_kinds_second_leg_sees_the_first),
        cmocka_unit_test(test_certify_kinds_legs_cross_a_pool_on_any_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
