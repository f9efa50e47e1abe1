/* SPDX-License-Identifier: GPL-3.0-or-later */
/* concentrated against the published vectors of Uniswap V3: steps and whole swaps, and its edges. */
#include "tests/support/test_support.h"

#include <stdlib.h>
#include <string.h>

#include "solver/market/concentrated.h"
#include "solver/market/curve.h"
#include "solver/market/sqrt_price.h"
#include "tests/support/vectors.h"

#define TICKS 16

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct trade untouched = { { { 7 } }, { { 9 } } };

/* A pool and the room for its ticks. */
struct specimen {
    struct concentrated c;
    struct concentrated_tick ticks[TICKS];
};

static void tick_add(struct specimen *s, int32_t index, const char *net)
{
    struct concentrated_tick *t = &s->ticks[s->c.ticks_n++];
    struct u256 size = vectors_magnitude(net);
    struct amount amount;

    assert_true(s->c.ticks_n <= TICKS);
    assert_ok(u256_to_amount(&amount, &size));
    *t = (struct concentrated_tick){ .index = index,
                                     .net = { amount.atoms, vectors_negative(net) } };
    assert_ok(sqrt_price_at(&t->sqrt_price, index));
    s->c.ticks = s->ticks;
}

/* The pool of a group of vectors; its ticks stand in rising order. */
static void pool_read(struct specimen *s, const json_t *pool)
{
    const char *index;
    json_t *net;

    *s = (struct specimen){ 0 };
    s->c.sqrt_price = vectors_number(pool, "sqrt_price");
    s->c.liquidity = vectors_number(pool, "liquidity");
    s->c.tick = (int32_t)json_integer_value(json_object_get(pool, "tick"));
    s->c.fee = (uint32_t)json_integer_value(json_object_get(pool, "fee_pips"));
    json_object_foreach(json_object_get(pool, "liquidity_net"), index, net)
        tick_add(s, (int32_t)strtol(index, NULL, 10), json_string_value(net));
    assert_ok(concentrated_check(&s->c));
}

/* What is sold is the first token of the pool or the second. */
static int side_of(const json_t *pool, const char *sells)
{
    return strncmp(vectors_text(pool, "token0"), sells, strlen(sells)) == 0 ? 0 : 1;
}

static void swaps_check(const char *name, size_t least)
{
    json_t *root, *group = vectors_group(&root, name), *v;
    const json_t *pool = json_object_get(group, "pool");
    struct specimen s;
    size_t i;

    pool_read(&s, pool);
    assert_true(json_array_size(json_object_get(group, "cases")) >= least);
    json_array_foreach(json_object_get(group, "cases"), i, v)
    {
        struct u256 in = vectors_number(v, "in");
        int side = side_of(pool, vectors_text(v, "sell"));
        struct trade t, back;

        assert_ok(concentrated_out(&t, &s.c, side, &in));
        vectors_equal(&t.out, vectors_text(v, "out"));
        assert_int_equal(u256_cmp(&t.in, &in), 0);
        assert_ok(concentrated_in(&back, &s.c, side, &t.out));
        assert_true(u256_cmp(&back.in, &in) <= 0 && u256_cmp(&back.out, &t.out) >= 0);
    }
    json_decref(root);
}

static void test_concentrated_matches_swaps_that_cross_ticks(void **state)
{
    (void)state;
    swaps_check("uniswap_v3_pool_swaps", 6);
}

static void test_concentrated_matches_a_swap_of_full_range(void **state)
{
    (void)state;
    swaps_check("uniswap_v3_pool_swaps_full_range", 1);
}

static void step_check(const json_t *v)
{
    struct concentrated_stretch stretch = { vectors_number(v, "sqrt_price"),
                                            vectors_number(v, "sqrt_target"),
                                            vectors_number(v, "liquidity"),
                                            (uint32_t)vectors_number(v, "fee_pips").limb[0] };
    const char *remaining = vectors_text(v, "amount_remaining");
    struct u256 amount = vectors_magnitude(remaining);
    int side = u256_cmp(&stretch.from, &stretch.target) >= 0 ? 0 : 1;
    struct concentrated_step s;

    assert_ok(vectors_negative(remaining) ? concentrated_step_out(&s, &stretch, side, &amount)
                                          : concentrated_step_in(&s, &stretch, side, &amount));
    vectors_equal(&s.price, vectors_text(v, "sqrt_next"));
    vectors_equal(&s.in, vectors_text(v, "amount_in"));
    vectors_equal(&s.out, vectors_text(v, "amount_out"));
    vectors_equal(&s.fee, vectors_text(v, "fee_amount"));
}

static void test_concentrated_matches_the_step_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v3_compute_swap_step"), *v;
    size_t i;

    (void)state;
    assert_true(json_array_size(json_object_get(group, "cases")) >= 3);
    json_array_foreach(json_object_get(group, "cases"), i, v) step_check(v);
    json_decref(root);
}

/* Price 1, liquidity 10^18 from tick -200 to 100; at -100 two positions meet. */
static struct specimen *stairs(struct specimen *s)
{
    *s = (struct specimen){ .c = { .liquidity = u256_of(UINT64_C(1000000000000000000)),
                                   .fee = 3000 } };
    assert_ok(sqrt_price_at(&s->c.sqrt_price, 0));
    tick_add(s, -200, "1000000000000000000");
    tick_add(s, -100, "0");
    tick_add(s, 100, "-1000000000000000000");
    assert_ok(concentrated_check(&s->c));
    return s;
}

/* An offer beyond the last tick is not taken, and what was taken brings the same again. */
static void test_concentrated_takes_what_its_ticks_hold(void **state)
{
    struct specimen s;
    struct trade t, again;

    (void)state;
    for (int side = 0; side < 2; side++) {
        struct u256 one = u256_of(1), more;

        assert_ok(concentrated_out(&t, &stairs(&s)->c, side, &max));
        assert_true(!u256_is_zero(&t.out) && u256_bits(&t.in) < 64);
        assert_ok(concentrated_out(&again, &s.c, side, &t.in));
        assert_memory_equal(&t, &again, sizeof t);
        assert_ok(u256_add(&more, &t.out, &one));
        again = untouched;
        assert_err(concentrated_in(&again, &s.c, side, &more), ERR_NOT_FOUND);
        assert_memory_equal(&again, &untouched, sizeof again);
        assert_ok(concentrated_in(&again, &s.c, side, &t.out));
        assert_ok(concentrated_apply(&s.c, side, &t));
        assert_ok(concentrated_check(&s.c));
        assert_int_equal(s.c.tick, side == 0 ? -201 : 100);
        assert_true(u256_is_zero(&s.c.liquidity));
        assert_ok(concentrated_out(&again, &s.c, side, &max));
        assert_true(u256_is_zero(&again.in) && u256_is_zero(&again.out));
    }
}

/* Down into the stretch and up by what that cost: the price is back, or above it by the fee. */
static void test_concentrated_falls_and_returns(void **state)
{
    struct u256 part = u256_of(UINT64_C(3000000000000000)), before;
    struct specimen s;
    struct trade t;

    (void)state;
    before = stairs(&s)->c.sqrt_price;
    assert_ok(concentrated_out(&t, &s.c, 0, &part));
    assert_ok(concentrated_apply(&s.c, 0, &t));
    assert_true(s.c.tick < 0 && s.c.tick > -100);
    assert_ok(concentrated_check(&s.c));
    assert_ok(concentrated_in(&t, &s.c, 1, &part));
    assert_ok(concentrated_apply(&s.c, 1, &t));
    assert_ok(concentrated_check(&s.c));
    assert_true(u256_cmp(&s.c.sqrt_price, &before) >= 0);
}

/* What leads exactly onto a tick and one atom more, which moves nothing: the tick is crossed. */
static void test_concentrated_dust_after_a_crossing_keeps_its_tick(void **state)
{
    struct u256 one = u256_of(1), offer;
    struct trade onto, beyond;
    struct specimen s;

    (void)state;
    stairs(&s)->c.ticks = s.ticks + 1; /* -100 is the last one below */
    s.c.ticks_n--;
    assert_ok(concentrated_out(&onto, &s.c, 0, &max));
    stairs(&s);
    assert_ok(u256_add(&offer, &onto.in, &one));
    assert_ok(concentrated_out(&beyond, &s.c, 0, &offer));
    assert_int_equal(u256_cmp(&beyond.in, &offer), 0);
    assert_int_equal(u256_cmp(&beyond.out, &onto.out), 0);
    assert_ok(concentrated_apply(&s.c, 0, &beyond));
    assert_int_equal(s.c.tick, -101);
    assert_int_equal(u256_cmp(&s.c.sqrt_price, &s.ticks[1].sqrt_price), 0);
    assert_ok(concentrated_check(&s.c));
}

static void test_concentrated_crosses_at_most_so_many_ticks(void **state)
{
    static struct concentrated_tick ticks[CONCENTRATED_CROSSINGS_MAX + 8];
    struct specimen s;
    struct trade t, again;

    (void)state;
    stairs(&s);
    for (int32_t i = 0; i < CONCENTRATED_CROSSINGS_MAX + 8; i++) {
        ticks[i].index = i + 1;
        assert_ok(sqrt_price_at(&ticks[i].sqrt_price, i + 1));
    }
    s.c.ticks = ticks;
    s.c.ticks_n = CONCENTRATED_CROSSINGS_MAX + 8;
    assert_ok(concentrated_check(&s.c));
    assert_ok(concentrated_out(&t, &s.c, 1, &max));
    assert_ok(concentrated_out(&again, &s.c, 1, &t.in));
    assert_memory_equal(&t, &again, sizeof t);
    assert_ok(concentrated_apply(&s.c, 1, &t));
    assert_int_equal(s.c.tick, CONCENTRATED_CROSSINGS_MAX);
}

static void test_concentrated_takes_nothing_for_nothing(void **state)
{
    struct u256 none = u256_of(0), dust = u256_of(1);
    struct specimen s;
    struct trade t = untouched;

    (void)state;
    assert_ok(concentrated_out(&t, &stairs(&s)->c, 0, &dust));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    t = untouched;
    assert_ok(concentrated_in(&t, &s.c, 1, &none));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    assert_ok(concentrated_apply(&s.c, 1, &t));
    assert_int_equal(s.c.tick, 0);
}

static void test_concentrated_apply_refuses_a_trade_of_another_pool(void **state)
{
    struct u256 part = u256_of(UINT64_C(3000000000000000)), one = u256_of(1);
    struct specimen s, before;
    struct trade t;

    (void)state;
    assert_ok(concentrated_out(&t, &stairs(&s)->c, 0, &part));
    before = s;
    assert_ok(u256_add(&t.out, &t.out, &one));
    assert_err(concentrated_apply(&s.c, 0, &t), ERR_INVALID);
    t.in = max;
    assert_err(concentrated_apply(&s.c, 0, &t), ERR_INVALID);
    assert_memory_equal(&s, &before, sizeof s);
}

static void test_concentrated_check_refuses_what_is_no_pool(void **state)
{
    struct specimen s;

    (void)state;
    stairs(&s)->c.fee = CONCENTRATED_FEE_UNIT;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.liquidity = (struct u256){ { 0, 0, 1 } };
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.tick = 1; /* not the tick of its price */
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.tick = -2;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.tick = INT32_MAX;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.sqrt_price = u256_of(0);
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->c.ticks_n = CONCENTRATED_TICKS_MAX + 1;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->ticks[1] = s.ticks[0]; /* twice the same */
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->ticks[1].sqrt_price.limb[0] ^= 1;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->ticks[2].net.atoms++; /* takes off more than there is */
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->ticks[0].net.atoms++;
    assert_err(concentrated_check(&s.c), ERR_INVALID);
    stairs(&s)->ticks[2].net = (struct delta){ U128_MAX, false };
    assert_err(concentrated_check(&s.c), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_concentrated_matches_swaps_that_cross_ticks),
        cmocka_unit_test(test_concentrated_matches_a_swap_of_full_range),
        cmocka_unit_test(test_concentrated_matches_the_step_vectors),
        cmocka_unit_test(test_concentrated_takes_what_its_ticks_hold),
        cmocka_unit_test(test_concentrated_falls_and_returns),
        cmocka_unit_test(test_concentrated_dust_after_a_crossing_keeps_its_tick),
        cmocka_unit_test(test_concentrated_crosses_at_most_so_many_ticks),
        cmocka_unit_test(test_concentrated_takes_nothing_for_nothing),
        cmocka_unit_test(test_concentrated_apply_refuses_a_trade_of_another_pool),
        cmocka_unit_test(test_concentrated_check_refuses_what_is_no_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
