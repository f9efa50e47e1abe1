/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools of many assets, ticks and fixed rates in doubles, by hand. */
#include <math.h>

#include "solver/market/fixed18.h"
#include "solver/market/sqrt_price.h"
#include "solver/route/real_curve.h"
#include "tests/support/test_support.h"

#define LIQUIDITY 1e12

static const double unit[REAL_ASSETS_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1 };
static const struct real_smooth sharp = { 0, 0 };
static const struct way there = { 0, 1 };
static struct arena arena;
static struct weighted weighted;
static struct stable stable;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-11 * fmax(fabs(wanted), 1)))
        fail_msg("%.17g, not %.17g", got, wanted);
}

static struct real_curve real_of(const struct curve *c)
{
    struct real_curve r = { .node = { 0, 1, 2, 3, 4, 5, 6, 7 } };

    assert_ok(real_curve_init(&r, &arena, c, unit));
    return r;
}

/* At a log price of asset 0 over the others. */
static enum real_state pull_at(struct real_pull *p, const struct real_curve *c, double y,
                               const struct real_smooth *s)
{
    double u[REAL_ASSETS_MAX] = { y }, e[REAL_ASSETS_MAX];

    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++)
        e[k] = exp(u[k]);
    return real_curve_pull(p, c, u, e, s);
}

static void balancer_of(struct balancer *b, const uint64_t *balance, uint32_t n, uint64_t fee)
{
    *b = (struct balancer){ .n = n, .fee = fee };
    for (uint32_t k = 0; k < n; k++) {
        b->balance[k] = u256_of(balance[k]);
        b->scaling[k] = u256_of(FIXED18_ONE);
    }
}

/* Equal weights, no limit on a trade. */
static struct curve weighted_of(const uint64_t *balance, uint32_t n, uint64_t fee)
{
    weighted = (struct weighted){ .unlimited = true };
    balancer_of(&weighted.pool, balance, n, fee);
    for (uint32_t k = 0; k < n; k++)
        weighted.weight[k] = FIXED18_ONE / n;
    return (struct curve){ .kind = CURVE_weighted, .assets_n = n, .as.weighted = &weighted };
}

static struct curve stable_of(const uint64_t *balance, uint32_t n, uint64_t amplification)
{
    stable = (struct stable){ .amplification = amplification * STABLE_PRECISION };
    balancer_of(&stable.pool, balance, n, 0);
    assert_ok(stable_invariant(&stable.invariant, &stable));
    return (struct curve){ .kind = CURVE_stable, .assets_n = n, .as.stable = &stable };
}

/* mu w = (100 * 100 * 800)^(1/3) = 200 */
static void test_real_pools_weighted_trades_jointly(void **state)
{
    const uint64_t balance[] = { 100, 100, 800 };
    struct curve c = weighted_of(balance, 3, 0);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_TRADES);
    assert_near(p.net[0], -100);
    assert_near(p.net[1], -100);
    assert_near(p.net[2], 600);
    assert_near(p.profit, 400);
    for (unsigned k = 0; k < 3; k++)
        assert_near(p.weight[k], 200.0 / 3);
    r.live = 5; /* the second one is held */
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_TRADES);
    assert_near(p.net[0], -(sqrt(80000) - 100));
    assert_near(p.net[1], 0);
    assert_near(p.net[2], 800 - sqrt(80000));
}

static void test_real_pools_weighted_keeps_to_the_limit(void **state)
{
    const uint64_t balance[] = { 100, 400 };
    struct curve c = weighted_of(balance, 2, 0);
    struct real_curve r;
    struct real_pull p;

    (void)state;
    weighted.unlimited = false;
    r = real_of(&c);
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_TRADES);
    assert_true(fabs(p.net[0] + 30) < 1e-7);
    assert_true(fabs(p.net[1] - 400 * (1 - 1 / 1.3)) < 1e-7);
    assert_near(p.weight[0], 0);
    assert_near(p.profit, p.net[0] + p.net[1]);
    assert_true(fabs(real_curve_at(&r, there, -5).in - 30) < 1e-7);
    assert_true(fabs(real_curve_out(&r, there, 99) - 400 * (1 - 1 / 1.3)) < 1e-7);
}

/* All three pairs are 0.1 of log price away, of which the fee is all. */
static void test_real_pools_tight_pools_hold_their_assets_together(void **state)
{
    const uint64_t balance[] = { 1000, 1000, 1000 };
    struct real_smooth s = { 0, 0.2 };
    double slack = -log(0.9);
    struct curve c = weighted_of(balance, 3, FIXED18_ONE / 10);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, 0, &s), REAL_TIGHT);
    for (unsigned k = 0; k < 3; k++) {
        assert_near(p.net[k], 0);
        assert_near(p.weight[k], 500 * exp(slack / 2) * (1 - slack / 0.2));
    }
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_IDLE);
    r.live = 3;
    assert_int_equal(pull_at(&p, &r, 0, &s), REAL_TIGHT);
    assert_true(p.weight[real_pair(0, 1)] > 0);
    assert_near(p.weight[real_pair(0, 2)], 0);
}

/* Assets 0 and 2 trade; the one between rests, but not far from where it would be got or given. */
static void assert_resting_counts(struct curve *c)
{
    struct real_smooth near = { 0, 1 };
    struct real_curve r = real_of(c);
    double u[3] = { -0.5, -0.05, 0.5 }, e[3], before;
    struct real_pull p;

    for (unsigned k = 0; k < 3; k++)
        e[k] = exp(u[k]);
    assert_int_equal(real_curve_pull(&p, &r, u, e, &sharp), REAL_TRADES);
    assert_true(p.net[0] < 0 && p.net[2] > 0);
    assert_near(p.net[1], 0);
    assert_near(p.weight[real_pair(0, 1)], 0);
    before = p.weight[real_pair(0, 2)];
    assert_int_equal(real_curve_pull(&p, &r, u, e, &near), REAL_TRADES);
    assert_true(before > 0 && p.weight[real_pair(0, 2)] > 0);
    assert_true(p.weight[real_pair(0, 1)] > 0 || p.weight[real_pair(1, 2)] > 0);
}

static void test_real_pools_assets_that_rest_near_a_trade_count(void **state)
{
    const uint64_t balance[] = { UINT64_C(1000000000000), UINT64_C(1000000000000),
                                 UINT64_C(1000000000000) };
    struct curve c = weighted_of(balance, 3, FIXED18_ONE / 5);

    (void)state;
    assert_resting_counts(&c);
    c = stable_of(balance, 3, 1);
    stable.pool.fee = FIXED18_ONE / 5;
    assert_resting_counts(&c);
}

/* The smallest amplification is worth little more than x * y = k; a large one keeps the price. */
static void test_real_pools_stable_is_flat_near_balance(void **state)
{
    const uint64_t balance[] = { UINT64_C(1000000000000), UINT64_C(1000000000000) };
    struct curve c = stable_of(balance, 2, 1000000);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_near(real_curve_top(&r, there), 0);
    assert_true(real_curve_out(&r, there, 5e11) > 5e11 * (1 - 1e-5));
    assert_true(real_curve_out(&r, there, 1e13) < 1e12);
    assert_int_equal(pull_at(&p, &r, -0.1, &sharp), REAL_TRADES);
    assert_true(p.net[1] > 0.99e12 && p.net[1] < 1e12);
    assert_near(p.net[0] / exp(-0.1), -real_curve_at(&r, there, -0.1).in);
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_IDLE);
}

static void test_real_pools_stable_joint_trade_is_symmetric(void **state)
{
    const uint64_t balance[] = { UINT64_C(1000000000000), UINT64_C(1000000000000),
                                 UINT64_C(1000000000000), UINT64_C(1000000000000) };
    struct curve c = stable_of(balance, 4, 200);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, -0.01, &sharp), REAL_TRADES);
    assert_true(p.net[0] < 0);
    for (unsigned k = 2; k < 4; k++)
        assert_true(fabs(p.net[k] - p.net[1]) < 1e-9 * p.net[1]);
    assert_near(p.weight[real_pair(0, 2)] / p.weight[real_pair(0, 1)], 1);
    assert_near(p.weight[real_pair(2, 3)] / p.weight[real_pair(1, 2)], 1);
}

static void test_real_pools_stable_without_invariant_offers_nothing(void **state)
{
    const uint64_t balance[] = { 1000, 1000 };
    struct curve c = stable_of(balance, 2, 10);
    struct real_curve r;

    (void)state;
    stable.invariant = u256_of(0);
    assert_err(real_curve_init(&r, &arena, &c, unit), ERR_NOT_FOUND);
}

/* Liquidity between -500 and 1000, none below it down to -800, then again down to -1000. */
static struct curve ticks_of(struct concentrated_tick ticks[4])
{
    static const int32_t index[] = { -1000, -800, -500, 1000 };
    struct curve c = { .kind = CURVE_concentrated, .assets_n = 2, .asset = { 0, 1 } };

    for (int k = 0; k < 4; k++) {
        ticks[k].index = index[k];
        ticks[k].net = (struct delta){ (u128)LIQUIDITY, k == 1 || k == 3 };
        assert_ok(sqrt_price_at(&ticks[k].sqrt_price, index[k]));
    }
    c.as.concentrated = (struct concentrated){ .sqrt_price = { { 0, UINT64_C(1) << 32, 0, 0 } },
                                               .liquidity = u256_of((uint64_t)LIQUIDITY),
                                               .ticks = ticks,
                                               .ticks_n = 4 };
    assert_ok(curve_check(&c));
    return c;
}

static void test_real_pools_ticks_trade_as_products_and_jump_gaps(void **state)
{
    struct concentrated_tick ticks[4];
    struct curve c = ticks_of(ticks);
    struct real_curve r = real_of(&c);
    double tick = log(1.0001), end = 500 * tick / 2, y = -0.02;
    struct real_smooth near = { 0, 100 * tick };
    struct real_pull p;

    (void)state;
    assert_near(real_curve_top(&r, there), 0);
    assert_int_equal(pull_at(&p, &r, y, &sharp), REAL_TRADES);
    assert_near(p.net[0] / LIQUIDITY, -expm1(0.01) * exp(y));
    assert_near(p.net[1] / LIQUIDITY, -expm1(-0.01));
    assert_near(p.weight[0] / LIQUIDITY, exp(-0.01) / 2);
    y = -600 * tick; /* in the gap: the first range whole */
    assert_int_equal(pull_at(&p, &r, y, &sharp), REAL_TRADES);
    assert_near(p.net[1] / LIQUIDITY, -expm1(-end));
    assert_near(p.weight[0], 0);
    assert_near(real_curve_at(&r, there, y).in / LIQUIDITY, expm1(end));
    y = -750 * tick; /* 50 ticks above the next range */
    assert_int_equal(pull_at(&p, &r, y, &near), REAL_TRADES);
    assert_true(p.weight[0] > 0.2 * LIQUIDITY && p.weight[0] < 0.3 * LIQUIDITY);
    assert_near(real_curve_rate(&r, there, LIQUIDITY), -1000 * tick); /* beyond all */
    assert_near(real_curve_out(&r, there, LIQUIDITY), real_curve_at(&r, there, -INFINITY).out);
}

static void test_real_pools_fixed_rate_pays_up_to_its_capacity(void **state)
{
    struct curve c = { .kind = CURVE_fixed_rate,
                       .assets_n = 2,
                       .as.fixed_rate = { .num = { { 2 } },
                                          .den = { { 1 } },
                                          .keep_num = 9,
                                          .keep_den = 10,
                                          .capacity = { { { 0 } }, { { 180 } } } } };
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_near(real_curve_top(&r, there), log(1.8));
    assert_true(real_curve_top(&r, way_back(there)) == -INFINITY);
    assert_true(real_curve_out(&r, way_back(there), 10) == 0);
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_TRADES);
    assert_near(p.net[0], -100);
    assert_near(p.net[1], 180);
    assert_near(real_curve_out(&r, there, 50), 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_pools_weighted_trades_jointly),
        cmocka_unit_test(test_real_pools_weighted_keeps_to_the_limit),
        cmocka_unit_test(test_real_pools_tight_pools_hold_their_assets_together),
        cmocka_unit_test(test_real_pools_assets_that_rest_near_a_trade_count),
        cmocka_unit_test(test_real_pools_stable_is_flat_near_balance),
        cmocka_unit_test(test_real_pools_stable_joint_trade_is_symmetric),
        cmocka_unit_test(test_real_pools_stable_without_invariant_offers_nothing),
        cmocka_unit_test(test_real_pools_ticks_trade_as_products_and_jump_gaps),
        cmocka_unit_test(test_real_pools_fixed_rate_pays_up_to_its_capacity),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
