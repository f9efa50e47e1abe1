/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "solver/market/curve_copy.h"
#include "solver/market/fixed18.h"
#include "solver/route/edge.h"
#include "solver/route/legs.h"
#include "tests/support/test_support.h"
#include "tests/support/world.h"

#define TRADES 8

/* A market, planned trades and the legs made of them. Assets: 0 is sold, 1 bought. */
struct scene {
    struct world world;
    struct weighted weighted;
    struct arena arena;
    double price[WORLD_ASSETS];
    struct leg_trade trades[TRADES];
    size_t trades_n;
    struct legs_order order;
    struct legs legs;
};

static struct scene *scene_new(void)
{
    static struct scene s;

    memset(&s, 0, sizeof s);
    world_init(&s.world, 4, 1);
    arena_init(&s.arena, 1 << 22);
    for (size_t i = 0; i < WORLD_ASSETS; i++)
        s.price[i] = 1;
    s.order = (struct legs_order){ .sell = 0, .buy = 1, .price = s.price, .cycles = true };
    return &s;
}

/* Plan to give in on a curve: what it brings by itself. */
static double plan(struct scene *s, const struct curve *c, uint32_t give, uint32_t get, double in)
{
    struct u256 offer = edge_atoms(in);
    struct way way = { give, get };
    struct trade t;
    struct leg_trade *l = NULL;
    uint32_t number = (uint32_t)(c - s->world.a.curves);

    assert_ok(curve_out(&t, c, way, &offer));
    for (size_t i = 0; i < s->trades_n; i++)
        if (s->trades[i].curve == number)
            l = &s->trades[i];
    if (l == NULL)
        l = &s->trades[s->trades_n++];
    l->curve = number;
    l->net[give] -= in;
    l->net[get] += edge_double(&t.out);
    return edge_double(&t.out);
}

static enum err make(struct scene *s, uint64_t amount)
{
    s->order.amount = u256_of(amount);
    return legs_make(&s->legs, &s->arena, s->world.a.curves, s->world.a.curves_n,
                     s->world.a.assets_n, &s->order, s->trades, s->trades_n);
}

static void assert_amount(struct u256 a, uint64_t wanted)
{
    assert_int_equal(u256_bits(&a) > 64 ? UINT64_MAX : a.limb[0], wanted);
}

/* Sold and left, and every leg paid by those before it and the buffers, which are given back. */
static void assert_executes(const struct scene *s)
{
    double have[WORLD_ASSETS] = { 0 };

    have[0] = edge_double(&s->legs.sold);
    for (size_t i = 0; i < s->legs.buffers_n; i++)
        have[s->legs.buffer[i].asset] += edge_double(&s->legs.buffer[i].amount);
    for (size_t i = 0; i < s->legs.n; i++) {
        const struct leg *l = &s->legs.leg[i];
        const struct curve *c = &s->world.a.curves[l->curve];

        have[c->asset[l->way.give]] -= edge_double(&l->in);
        assert_true(have[c->asset[l->way.give]] >= 0);
        have[c->asset[l->way.get]] += edge_double(&l->out);
    }
    for (size_t i = 0; i < s->legs.buffers_n; i++)
        have[s->legs.buffer[i].asset] -= edge_double(&s->legs.buffer[i].amount);
    for (size_t i = 0; i < WORLD_ASSETS; i++)
        assert_true(have[i] >= 0);
    assert_true(have[1] == edge_double(&s->legs.bought));
}

static void scene_free(struct scene *s)
{
    arena_fini(&s->arena);
}

static void test_legs_share_as_planned_and_the_largest_takes_the_rest(void **state)
{
    struct scene *s = scene_new();
    struct curve *a = world_pool(&s->world, 0, 0, 1, 3000000, 3000000);
    struct curve *b = world_pool(&s->world, 0, 0, 1, 1000000, 1000000);

    (void)state;
    plan(s, a, 0, 1, 7500);
    plan(s, b, 0, 1, 2500);
    assert_ok(make(s, 10001)); /* one more than planned */
    assert_int_equal(s->legs.n, 2);
    assert_amount(s->legs.leg[0].in, 2500);
    assert_amount(s->legs.leg[1].in, 7501);
    assert_amount(s->legs.sold, 10001);
    assert_amount(s->legs.left, 0);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_stand_in_an_order_that_can_be_executed(void **state)
{
    struct scene *s = scene_new();
    struct curve *late = world_pool(&s->world, 0, 2, 1, 1000000, 1000000);
    struct curve *early = world_pool(&s->world, 0, 0, 2, 1000000, 1000000);

    (void)state;
    plan(s, late, 0, 1, 9871);
    plan(s, early, 0, 1, 10000);
    assert_ok(make(s, 10000));
    assert_int_equal(s->legs.n, 2);
    assert_int_equal(s->legs.leg[0].curve, 1);
    assert_int_equal(u256_cmp(&s->legs.leg[1].in, &s->legs.leg[0].out), 0);
    assert_int_equal(s->legs.buffers_n, 0);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_give_the_rest_to_another_when_a_book_is_too_thin(void **state)
{
    struct scene *s = scene_new();
    struct curve *book = world_book(&s->world, 0, 0, 1);
    struct curve *pool = world_pool(&s->world, 0, 0, 1, 1000000, 1000000);

    (void)state;
    world_bid(book, 2, 600);
    plan(s, book, 0, 1, 600);
    plan(s, pool, 0, 1, 200);
    s->trades[0].net[0] = -800; /* more than its depth */
    assert_ok(make(s, 1000));
    assert_amount(s->legs.left, 0);
    assert_int_equal(s->legs.n, 2);
    assert_amount(s->legs.leg[0].in, 400); /* the pool comes first: its plan is smaller */
    assert_amount(s->legs.leg[1].in, 600);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_leave_what_no_curve_takes(void **state)
{
    struct scene *s = scene_new();
    struct curve *book = world_book(&s->world, 0, 0, 1);

    (void)state;
    world_bid(book, 2, 600);
    plan(s, book, 0, 1, 600);
    assert_ok(make(s, 1000));
    assert_amount(s->legs.sold, 600);
    assert_amount(s->legs.left, 400);
    assert_amount(s->legs.bought, 1200);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_drop_shares_below_an_atom(void **state)
{
    struct scene *s = scene_new();
    struct curve *a = world_pool(&s->world, 0, 0, 1, 1000, 1000000);
    struct curve *b = world_pool(&s->world, 0, 0, 1, 1000, 1000000);
    struct curve *c = world_pool(&s->world, 0, 0, 2, 1000000, 10); /* one atom is worth nothing */

    (void)state;
    plan(s, a, 0, 1, 100);
    plan(s, b, 0, 1, 99);
    plan(s, c, 0, 1, 200000);
    s->trades[2].net[0] = -40;
    world_pool(&s->world, 0, 2, 1, 1000, 1000);
    plan(s, &s->world.curves[3], 0, 1, 1);
    assert_ok(make(s, 2));
    assert_int_equal(s->legs.n, 1);
    assert_amount(s->legs.leg[0].in, 2);
    assert_amount(s->legs.left, 0);
    assert_executes(s);
    scene_free(s);
}

/* Each of two pools would waste the half of an atom; together that is one. */
static void test_legs_make_whole_atoms_of_crumbs(void **state)
{
    struct scene *s = scene_new();
    struct curve *a = world_pool(&s->world, 0, 0, 1, 1000000000000, 1000000);
    struct curve *b = world_pool(&s->world, 0, 0, 1, 1000000000000, 1000000);

    (void)state;
    plan(s, a, 0, 1, 10540000);
    plan(s, b, 0, 1, 10540001);
    assert_ok(make(s, 21080001));
    assert_amount(s->legs.sold, 21080001);
    assert_amount(s->legs.bought, 21); /* ten each by the plan alone */
    assert_executes(s);
    scene_free(s);
}

/* Mispriced: 0 -> 2 -> 3 -> 0 gains, from reserves that differ by 10 % each. */
static void triangle(struct scene *s)
{
    world_pool(&s->world, 0, 0, 2, 1000000, 1100000);
    world_pool(&s->world, 0, 2, 3, 1000000, 1100000);
    world_pool(&s->world, 0, 3, 0, 1000000, 1100000);
    world_pool(&s->world, 0, 0, 1, 5000000, 5000000);
}

static void test_legs_run_a_cycle_through_what_is_sold_without_a_loan(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    triangle(s);
    double back = plan(s, &c[2], 0, 1, plan(s, &c[1], 0, 1, plan(s, &c[0], 0, 1, 40000)));

    assert_true(back > 40000);
    plan(s, &c[3], 0, 1, 60000 + back);
    assert_ok(make(s, 100000));
    assert_int_equal(s->legs.n, 4);
    assert_int_equal(s->legs.buffers_n, 0);
    assert_amount(s->legs.sold, 100000);
    assert_amount(s->legs.leg[3].in, (uint64_t)(60000 + back));
    assert_executes(s);
    scene_free(s);
}

static void test_legs_borrow_for_a_cycle_and_give_it_back(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    world_pool(&s->world, 0, 1, 2, 1000000, 1100000);
    world_pool(&s->world, 0, 2, 3, 1000000, 1100000);
    world_pool(&s->world, 0, 3, 1, 1000000, 1100000);
    world_pool(&s->world, 0, 0, 1, 5000000, 5000000);
    plan(s, &c[2], 0, 1, plan(s, &c[1], 0, 1, plan(s, &c[0], 0, 1, 40000)));
    plan(s, &c[3], 0, 1, 1000);
    assert_ok(make(s, 1000));
    assert_int_equal(s->legs.n, 4);
    assert_int_equal(s->legs.buffers_n, 1);
    assert_true(s->legs.bought.limb[0] > 1500); /* the gain of the cycle is in it */
    assert_executes(s);
    scene_free(s);
}

/* A cycle beside the order, its gain leaves where the loan is not. */
static void test_legs_repay_loans_before_gains_are_spent(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    triangle(s);
    s->order.sell = 1;
    s->order.buy = 0;
    world_pool(&s->world, 0, 1, 0, 5000000, 5000000);
    double middle = plan(s, &c[0], 0, 1, 40000), end = plan(s, &c[1], 0, 1, middle);

    plan(s, &c[2], 0, 1, end);
    plan(s, &c[4], 0, 1, 1000);
    assert_ok(make(s, 1000));
    assert_int_equal(s->legs.n, 4);
    assert_int_equal(s->legs.buffers_n, 1);
    assert_true(s->legs.bought.limb[0] > 1500);
    scene_free(s);
}

static void test_legs_cut_cycles_where_none_may_be(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    triangle(s);
    s->order.cycles = false;
    double back = plan(s, &c[2], 0, 1, plan(s, &c[1], 0, 1, plan(s, &c[0], 0, 1, 40000)));

    plan(s, &c[3], 0, 1, 60000 + back);
    assert_ok(make(s, 100000));
    assert_int_equal(s->legs.n, 1);
    assert_int_equal(s->legs.leg[0].curve, 3);
    assert_amount(s->legs.sold, 100000);
    assert_int_equal(s->legs.buffers_n, 0);
    assert_executes(s);
    scene_free(s);
}

/* The least input: with one atom less it would not be enough. */
static void test_legs_buy_exactly_with_the_least_input(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;
    struct u256 less;
    struct trade t;

    (void)state;
    world_pool(&s->world, 0, 0, 2, 1000000, 3000000);
    world_pool(&s->world, 0, 2, 1, 2000000, 1000000);
    plan(s, &c[1], 0, 1, plan(s, &c[0], 0, 1, 5000));
    s->order.exact_out = true;
    assert_ok(make(s, 7000));
    assert_int_equal(s->legs.n, 2);
    assert_true(s->legs.bought.limb[0] >= 7000);
    less = u256_of(s->legs.sold.limb[0] - 1);
    assert_ok(curve_out(&t, &c[0], (struct way){ 0, 1 }, &less));
    assert_ok(curve_out(&t, &c[1], (struct way){ 0, 1 }, &t.out));
    assert_true(t.out.limb[0] < 7000);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_buy_through_a_cycle(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    triangle(s);
    double back = plan(s, &c[2], 0, 1, plan(s, &c[1], 0, 1, plan(s, &c[0], 0, 1, 40000)));

    plan(s, &c[3], 0, 1, 60000 + back);
    s->order.exact_out = true;
    assert_ok(make(s, 90000));
    assert_int_equal(s->legs.n, 4);
    assert_in_range(s->legs.bought.limb[0], 90000, 90002);
    assert_executes(s);
    scene_free(s);
}

static void test_legs_split_a_joint_trade_into_few_ways(void **state)
{
    struct scene *s = scene_new();
    const struct curve *c = s->world.a.curves;

    (void)state;
    s->weighted = (struct weighted){ .pool = { .n = 3 } };
    for (uint32_t k = 0; k < 3; k++) {
        s->weighted.pool.balance[k] = u256_of(1000000000);
        s->weighted.pool.scaling[k] = u256_of(FIXED18_ONE);
        s->weighted.weight[k] = FIXED18_ONE / 4;
    }
    world_pool(&s->world, 0, 0, 2, 1000000000, 1000000000);
    s->world.curves[1] = (struct curve){
        .assets_n = 3, .asset = { 0, 2, 1 }, .kind = CURVE_weighted, .as.weighted = &s->weighted
    };
    s->world.a.curves_n = 2;
    assert_ok(curve_check(&c[1]));
    double middle = plan(s, &c[0], 0, 1, 1000000);

    plan(s, &c[1], 0, 2, 2000000);
    plan(s, &c[1], 1, 2, middle);
    assert_ok(make(s, 3000000));
    assert_int_equal(s->legs.n, 3);
    assert_amount(s->legs.left, 0);
    assert_true(s->legs.bought.limb[0] > 2970000);
    assert_executes(s);
    scene_free(s);
}

/* One leg after the other the pool does what is planned of it, whichever comes first. */
static void test_legs_of_one_pool_are_its_joint_trade(void **state)
{
    const struct u256 first = u256_of(30000000), second = u256_of(60000000);
    struct scene *s = scene_new();
    struct curve *pool = &s->world.curves[0];
    struct curve copy;
    struct trade a, b;

    (void)state;
    s->weighted = (struct weighted){ .pool = { .n = 3 } };
    for (uint32_t k = 0; k < 3; k++) {
        s->weighted.pool.balance[k] = u256_of(1000000000);
        s->weighted.pool.scaling[k] = u256_of(FIXED18_ONE);
        s->weighted.weight[k] = FIXED18_ONE / 4;
    }
    *pool = (struct curve){
        .assets_n = 3, .asset = { 0, 2, 1 }, .kind = CURVE_weighted, .as.weighted = &s->weighted
    };
    s->world.a.curves_n = 1;
    world_pool(&s->world, 0, 2, 1, 1000000000, 1000000000);
    assert_ok(curve_copy(&copy, &s->arena, pool));
    assert_ok(curve_out(&a, &copy, (struct way){ 0, 1 }, &first));
    assert_ok(curve_apply(&copy, (struct way){ 0, 1 }, &a));
    assert_ok(curve_out(&b, &copy, (struct way){ 0, 2 }, &second));
    plan(s, &s->world.curves[1], 0, 1, edge_double(&a.out));
    s->trades[s->trades_n++] =
        (struct leg_trade){ .curve = 0,
                            .net = { -90000000, edge_double(&a.out), edge_double(&b.out) } };
    assert_ok(make(s, 90000000));
    assert_int_equal(s->legs.n, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct leg *l = &s->legs.leg[i];

        if (l->curve == 0 && l->way.get == 1)
            assert_in_range(l->out.limb[0], a.out.limb[0] - 2, a.out.limb[0] + 2);
        if (l->curve == 0 && l->way.get == 2)
            assert_in_range(l->out.limb[0], b.out.limb[0] - 2, b.out.limb[0] + 2);
    }
    assert_executes(s);
    scene_free(s);
}

static void test_legs_refuse_what_cannot_be(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    assert_err(make(s, 10), ERR_NOT_FOUND);
    world_pool(&s->world, 0, 0, 1, 1000000, 1000000);
    plan(s, &s->world.curves[0], 0, 1, 1);
    assert_err(make(s, 1), ERR_NOT_FOUND); /* an atom brings nothing here */
    plan(s, &s->world.curves[0], 0, 1, 1000);
    assert_ok(make(s, 1000));
    s->trades[0].curve = 1;
    assert_err(make(s, 1000), ERR_INVALID);
    s->trades[0].curve = 0;
    s->order.buy = 99;
    assert_err(make(s, 1000), ERR_INVALID);
    s->order.buy = 1;
    arena_fini(&s->arena);
    arena_init(&s->arena, 256);
    assert_err(make(s, 1000), ERR_NOMEM);
    scene_free(s);
}

/* No number is no flow. */
static void test_legs_ignore_trades_that_are_no_numbers(void **state)
{
    struct scene *s = scene_new();

    (void)state;
    world_pool(&s->world, 0, 0, 1, 1000000, 1000000);
    world_pool(&s->world, 0, 0, 1, 1000000, 1000000);
    plan(s, &s->world.curves[0], 0, 1, 1000);
    plan(s, &s->world.curves[1], 0, 1, 1000);
    s->trades[1].net[0] = -NAN;
    assert_ok(make(s, 1000));
    assert_int_equal(s->legs.n, 1);
    s->trades[1].net[0] = -INFINITY;
    assert_ok(make(s, 1000));
    assert_int_equal(s->legs.n, 1);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_legs_share_as_planned_and_the_largest_takes_the_rest),
        cmocka_unit_test(test_legs_stand_in_an_order_that_can_be_executed),
        cmocka_unit_test(test_legs_give_the_rest_to_another_when_a_book_is_too_thin),
        cmocka_unit_test(test_legs_leave_what_no_curve_takes),
        cmocka_unit_test(test_legs_drop_shares_below_an_atom),
        cmocka_unit_test(test_legs_make_whole_atoms_of_crumbs),
        cmocka_unit_test(test_legs_run_a_cycle_through_what_is_sold_without_a_loan),
        cmocka_unit_test(test_legs_borrow_for_a_cycle_and_give_it_back),
        cmocka_unit_test(test_legs_repay_loans_before_gains_are_spent),
        cmocka_unit_test(test_legs_cut_cycles_where_none_may_be),
        cmocka_unit_test(test_legs_buy_exactly_with_the_least_input),
        cmocka_unit_test(test_legs_buy_through_a_cycle),
        cmocka_unit_test(test_legs_split_a_joint_trade_into_few_ways),
        cmocka_unit_test(test_legs_of_one_pool_are_its_joint_trade),
        cmocka_unit_test(test_legs_refuse_what_cannot_be),
        cmocka_unit_test(test_legs_ignore_trades_that_are_no_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
