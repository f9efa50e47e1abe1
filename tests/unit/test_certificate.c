/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/certificate.h"

#include <string.h>

#include "solver/route/bound.h"
#include "tests/support/test_support.h"

#define ASSETS 3
#define CURVES 3

/* Sell asset 0 for asset 2 over 0-1 and 1-2, or with a single pool; pool 2 is 0-2. */
struct scene {
    struct arena arena;
    struct curve curves[CURVES];
    struct certificate_market market;
    struct router_order order;
    struct amount price[ASSETS];
    struct leg leg[4];
    struct leg_buffer buffer[1];
    struct legs legs;
    struct certificate_verdict verdict;
};

static void pool_set(struct scene *s, size_t i, uint32_t a, uint32_t b, uint64_t reserve_b)
{
    s->curves[i] = (struct curve){ .assets_n = 2,
                                   .asset = { a, b },
                                   .kind = CURVE_constant_product,
                                   .as.constant_product = {
                                       { u256_of(1000000000), u256_of(reserve_b) }, 997, 1000 } };
}

static struct scene *scene_new(void)
{
    static struct scene s;

    memset(&s, 0, sizeof s);
    arena_init(&s.arena, 1 << 20);
    pool_set(&s, 0, 0, 1, 1000000000);
    pool_set(&s, 1, 1, 2, 1000000000);
    pool_set(&s, 2, 0, 2, 1000000000);
    s.market = (struct certificate_market){ s.curves, CURVES, ASSETS };
    s.order = (struct router_order){ .sell = 0, .buy = 2, .amount = u256_of(1000000) };
    for (size_t k = 0; k < ASSETS; k++)
        s.price[k] = AMOUNT_OF(UINT64_C(1) << 40);
    s.legs.leg = s.leg;
    s.legs.buffer = s.buffer;
    return &s;
}

static void assert_amount(const struct u256 *a, uint64_t wanted)
{
    const struct u256 w = u256_of(wanted);

    assert_int_equal(u256_cmp(a, &w), 0);
}

/* ---- bound ---- */

static enum err bound(struct u256 *out, const struct scene *s)
{
    return certificate_bound(out, &s->market, &s->order, s->price, NULL);
}

static void test_certificate_bound_without_gains_is_the_price(void **state)
{
    struct scene *s = scene_new();
    struct u256 out;

    (void)state;
    assert_ok(bound(&out, s));
    assert_amount(&out, 1000000);
    s->market.curves_n = 0;
    s->price[2] = AMOUNT_OF(3);
    s->price[0] = AMOUNT_OF(2);
    assert_ok(bound(&out, s));
    assert_amount(&out, 666666);
    s->order.exact_out = true;
    assert_ok(bound(&out, s));
    assert_amount(&out, 1500000);
    s->order.amount = u256_of(999999);
    assert_ok(bound(&out, s));
    assert_amount(&out, 1499999); /* 1499998.5 up */
}

/* What the pools gain at the prices is added; a cost takes it off, down to nothing. */
static void test_certificate_bound_counts_gains_less_costs(void **state)
{
    struct scene *s = scene_new();
    struct u256 out, gain, unit = u256_of(UINT64_C(1) << 40), cost[CURVES] = { { { 0 } } };

    (void)state;
    pool_set(s, 2, 0, 2, 1100000000);
    assert_ok(bound_profit(&gain, &s->curves[2], (struct amount[]){ s->price[0], s->price[2] }));
    assert_ok(u256_div_floor(&gain, &gain, &unit));
    assert_true(gain.limb[0] > 1000000 && gain.limb[0] < 5000000);
    assert_ok(bound(&out, s));
    assert_amount(&out, 1000000 + gain.limb[0]);
    cost[2] = u256_of(1000);
    cost[1] = u256_of(1000); /* of a pool that gains nothing */
    assert_ok(certificate_bound(&out, &s->market, &s->order, s->price, cost));
    assert_amount(&out, 1000000 + gain.limb[0] - 1000);
    cost[2] = u256_of(gain.limb[0] + 1);
    assert_ok(certificate_bound(&out, &s->market, &s->order, s->price, cost));
    assert_amount(&out, 1000000);
}

static void test_certificate_bound_of_a_purchase_is_never_negative(void **state)
{
    struct scene *s = scene_new();
    struct u256 out;

    (void)state;
    pool_set(s, 2, 0, 2, 1100000000);
    s->order.exact_out = true;
    assert_ok(bound(&out, s));
    assert_amount(&out, 0);
    s->order.amount = u256_of(9000000);
    assert_ok(bound(&out, s));
    assert_true(out.limb[0] > 5000000 && out.limb[0] < 9000000);
}

static void test_certificate_bound_refuses_what_proves_nothing(void **state)
{
    const struct u256 huge = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    struct scene *s = scene_new();
    struct u256 out;

    (void)state;
    s->price[2] = AMOUNT_ZERO;
    assert_err(bound(&out, s), ERR_INVALID);
    s->order.exact_out = true;
    s->price[0] = AMOUNT_ZERO;
    assert_err(bound(&out, s), ERR_INVALID);
    s = scene_new();
    s->order.buy = 0;
    assert_err(bound(&out, s), ERR_INVALID);
    s->order.buy = ASSETS;
    assert_err(bound(&out, s), ERR_INVALID);
    s = scene_new();
    s->order.amount = huge;
    assert_ok(bound(&out, s));
    s->price[0] = AMOUNT_MAX;
    assert_err(bound(&out, s), ERR_OVERFLOW);
}

/* ---- replay ---- */

static void leg_add(struct scene *s, uint32_t curve, struct way way, uint64_t in)
{
    const struct u256 offer = u256_of(in);
    struct trade t;

    assert_ok(curve_out(&t, &s->curves[curve], way, &offer));
    s->leg[s->legs.n++] = (struct leg){ curve, way, t.in, t.out };
}

/* 0 -> 1 -> 2, all of it. */
static struct scene *route_new(void)
{
    struct scene *s = scene_new();

    leg_add(s, 0, (struct way){ 0, 1 }, 1000000);
    leg_add(s, 1, (struct way){ 0, 1 }, s->leg[0].out.limb[0]);
    s->legs.sold = s->order.amount;
    s->legs.bought = s->leg[1].out;
    return s;
}

static void assert_fault(struct scene *s, enum certificate_fault fault, size_t at)
{
    assert_ok(certificate_replay(&s->verdict, &s->arena, &s->market, &s->order, &s->legs));
    assert_int_equal(s->verdict.fault, fault);
    assert_int_equal(s->verdict.at, at);
    assert_non_null(certificate_fault_text(fault));
    arena_fini(&s->arena);
}

static void test_certificate_replay_finds_what_is_bought(void **state)
{
    struct scene *s = route_new();

    (void)state;
    assert_fault(s, CERTIFICATE_NONE, 0);
    assert_int_equal(u256_cmp(&s->verdict.bought, &s->leg[1].out), 0);
    s = route_new();
    s->legs.bought.limb[0]++;
    assert_fault(s, CERTIFICATE_BOUGHT, 0);
    assert_int_equal(u256_cmp(&s->verdict.bought, &s->leg[1].out), 0);
}

/* The second leg through a pool sees what the first one did. */
static void test_certificate_replay_moves_the_curves(void **state)
{
    struct scene *s = scene_new();
    struct trade t;

    (void)state;
    leg_add(s, 2, (struct way){ 0, 1 }, 500000);
    leg_add(s, 2, (struct way){ 0, 1 }, 500000);
    s->legs.sold = s->order.amount;
    assert_fault(s, CERTIFICATE_TRADE, 1);
    s = scene_new();
    struct curve after = s->curves[2];

    leg_add(s, 2, (struct way){ 0, 1 }, 500000);
    t = (struct trade){ s->leg[0].in, s->leg[0].out };
    assert_ok(curve_apply(&after, (struct way){ 0, 1 }, &t));
    assert_ok(curve_out(&t, &after, (struct way){ 0, 1 }, &s->leg[0].in));
    s->leg[s->legs.n++] = (struct leg){ 2, { 0, 1 }, t.in, t.out };
    s->legs.sold = s->order.amount;
    assert_ok(u256_add(&s->legs.bought, &s->leg[0].out, &t.out));
    assert_fault(s, CERTIFICATE_NONE, 0);
}

static void test_certificate_replay_names_the_fault(void **state)
{
    struct scene *s = route_new();

    (void)state;
    s->legs.sold.limb[0]++;
    assert_fault(s, CERTIFICATE_SOLD, 0);
    s = route_new();
    s->leg[1].curve = CURVES;
    assert_fault(s, CERTIFICATE_LEG, 1);
    s = route_new();
    s->leg[1].way = (struct way){ 0, 2 };
    assert_fault(s, CERTIFICATE_LEG, 1);
    s = route_new();
    s->leg[0].out.limb[0]++;
    assert_fault(s, CERTIFICATE_TRADE, 0);
    s = route_new();
    s->leg[0].in = u256_of(1);
    assert_fault(s, CERTIFICATE_TRADE, 0);
    s = route_new();
    s->leg[1].in.limb[0]++;
    assert_fault(s, CERTIFICATE_SHORT, 1);
}

/* A leg before the one that pays for it needs a loan, which is given back. */
static void test_certificate_replay_lends_and_collects(void **state)
{
    struct scene *s = route_new();
    struct leg first = s->leg[0];

    (void)state;
    s->leg[0] = s->leg[1];
    s->leg[1] = first;
    assert_fault(s, CERTIFICATE_SHORT, 0);
    s = route_new();
    s->leg[0] = s->leg[1];
    s->leg[1] = first;
    s->buffer[0] = (struct leg_buffer){ 1, first.out };
    s->legs.buffers_n = 1;
    assert_fault(s, CERTIFICATE_NONE, 0);
    s = route_new();
    s->buffer[0] = (struct leg_buffer){ ASSETS, u256_of(1) };
    s->legs.buffers_n = 1;
    assert_fault(s, CERTIFICATE_LOAN, 0);
    s = route_new(); /* lent asset 0 is spent */
    s->legs.sold = u256_of(999999);
    s->buffer[0] = (struct leg_buffer){ 0, u256_of(1) };
    s->legs.buffers_n = 1;
    assert_fault(s, CERTIFICATE_LOAN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificate_bound_without_gains_is_the_price),
        cmocka_unit_test(test_certificate_bound_counts_gains_less_costs),
        cmocka_unit_test(test_certificate_bound_of_a_purchase_is_never_negative),
        cmocka_unit_test(test_certificate_bound_refuses_what_proves_nothing),
        cmocka_unit_test(test_certificate_replay_finds_what_is_bought),
        cmocka_unit_test(test_certificate_replay_moves_the_curves),
        cmocka_unit_test(test_certificate_replay_names_the_fault),
        cmocka_unit_test(test_certificate_replay_lends_and_collects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
