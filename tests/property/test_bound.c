/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bound of a solution: no feasible trade is worth more, at whatever prices, and it is as tight
 * as long doubles can tell.
 */
#include <math.h>
#include <string.h>

#include "solver/market/curve.h"
#include "solver/route/bound.h"
#include "tests/support/draw.h"
#include "tests/support/test_support.h"

#define ROUNDS 4000
#define LEVELS 6
#define ASSETS 4
#define CURVES 8
#define LEGS 24

struct world {
    struct auction auction;
    struct auction_asset assets[ASSETS];
    struct curve curves[CURVES];
    struct curve state[CURVES]; /* after the legs so far; owns the levels below */
    struct book_level levels[2][CURVES][2][LEVELS];
    struct auction_intent intent;
    struct solution solution;
    struct solution_fill fill;
    struct solution_leg legs[LEGS];
    struct amount duals[ASSETS];
};

static uint64_t at_least_1(uint64_t v)
{
    return v == 0 ? 1 : v;
}

static void pool_make(struct curve *c, struct prng *r)
{
    c->kind = CURVE_constant_product;
    c->as.constant_product = (struct constant_product){ { u256_of(at_least_1(prng_sized(r, 60))),
                                                          u256_of(at_least_1(prng_sized(r, 60))) },
                                                        1000 - prng_below(r, 100),
                                                        1000 };
}

static void book_make(struct curve *c, struct book_level levels[2][LEVELS], struct prng *r)
{
    uint64_t step = 1 + prng_sized(r, 20), mid = step * 20;

    c->kind = CURVE_book;
    for (uint64_t i = 0; i < LEVELS; i++) {
        levels[0][i] =
            (struct book_level){ u256_of(mid - (i + 1) * step), u256_of(prng_sized(r, 40)) };
        levels[1][i] = (struct book_level){ u256_of(mid + i * step), u256_of(prng_sized(r, 40)) };
    }
    c->as.book = (struct book){ .scale = u256_of(1 + prng_sized(r, 26)),
                                .lot = u256_of(1),
                                .keep_num = 1000 - prng_below(r, 50),
                                .keep_den = 1000,
                                .bids = levels[0],
                                .asks = levels[1],
                                .bids_n = LEVELS,
                                .asks_n = LEVELS };
}

static void world_make(struct world *w, struct prng *r)
{
    memset(w, 0, sizeof *w);
    for (uint32_t i = 0; i < CURVES; i++) {
        struct curve *c = &w->curves[i];

        c->assets_n = 2;
        c->asset[0] = (uint32_t)prng_below(r, ASSETS);
        c->asset[1] = (c->asset[0] + 1 + (uint32_t)prng_below(r, ASSETS - 1)) % ASSETS;
        if (prng_below(r, 3) > 0)
            pool_make(c, r);
        else
            book_make(c, w->levels[0][i], r);
        assert_ok(curve_check(c));
        w->state[i] = *c;
        memcpy(w->levels[1][i], w->levels[0][i], sizeof w->levels[0][i]);
        if (c->kind == CURVE_book) {
            w->state[i].as.book.bids = w->levels[1][i][0];
            w->state[i].as.book.asks = w->levels[1][i][1];
        }
    }
    for (int i = 0; i < ASSETS; i++)
        w->duals[i].atoms = prng_sized(r, 60);
    w->intent = (struct auction_intent){ .sell = 0, .buy = 1 };
    w->fill.paid = u256_of(prng_sized(r, 60));
    w->auction = (struct auction){ .assets = w->assets,
                                   .assets_n = ASSETS,
                                   .curves = w->curves,
                                   .curves_n = CURVES,
                                   .intents = &w->intent,
                                   .intents_n = 1 };
    w->solution = (struct solution){
        .fills = &w->fill, .fills_n = 1, .legs = w->legs, .duals = w->duals, .duals_n = ASSETS
    };
}

/* Random trades one after the other, several on one curve and in both directions. */
static void legs_make(struct world *w, struct prng *r)
{
    while (w->solution.legs_n < LEGS) {
        struct solution_leg *l = &w->legs[w->solution.legs_n++];
        struct u256 offer = u256_of(prng_sized(r, 60));
        struct trade t;

        l->curve = (uint32_t)prng_below(r, CURVES);
        l->way = way_of_side((int)prng_below(r, 2));
        assert_ok(curve_out(&t, &w->state[l->curve], l->way, &offer));
        assert_ok(curve_apply(&w->state[l->curve], l->way, &t));
        l->in = t.in;
        l->min_out = t.out;
    }
}

static void test_bound_exceeds_every_feasible_trade(void **state)
{
    struct world w;
    struct prng r;
    int near = 0;

    (void)state;
    prng_init(&r, 501);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 bound, value, twice;

        world_make(&w, &r);
        legs_make(&w, &r);
        assert_ok(bound_value(&bound, &w.auction, &w.solution));
        assert_ok(bound_payout(&value, &w.auction, &w.solution));
        assert_true(u256_cmp(&value, &bound) <= 0);
        assert_ok(u256_add(&twice, &value, &value));
        near += u256_cmp(&twice, &bound) >= 0;
    }
    assert_true(near > ROUNDS / 20);
}

static long double real(const struct u256 *v)
{
    long double sum = 0;

    for (int i = 3; i >= 0; i--)
        sum = ldexpl(sum, 64) + (long double)v->limb[i];
    return sum;
}

/* At the very best trade of a pool, the bound is what that trade earns, to its rounding. */
static void test_bound_of_a_pool_is_tight(void **state)
{
    struct prng r;
    int traded = 0;

    (void)state;
    prng_init(&r, 502);
    for (int i = 0; i < ROUNDS; i++) {
        struct curve c = { .assets_n = 2, .asset = { 0, 1 } };
        struct u256 profit;
        struct amount price[2] = { { prng_sized(&r, 60) }, { prng_sized(&r, 60) } };

        pool_make(&c, &r);
        const struct constant_product *p = &c.as.constant_product;
        long double keep = (long double)p->keep_num / (long double)p->keep_den, want = 0;

        for (int side = 0; side < 2; side++) {
            long double a = (long double)price[side].atoms * real(&p->reserve[side]) / keep;
            long double b = (long double)price[!side].atoms * real(&p->reserve[!side]);
            long double root = sqrtl(b) - sqrtl(a);

            /* Differences of nearly equal roots are beyond this oracle. */
            want += b > a ? root * root : 0;
            if (b > a && sqrtl(a) > 0.999L * sqrtl(b))
                want = -1;
        }
        assert_ok(bound_profit(&profit, &c, price));
        if (want < 0)
            continue;
        assert_true(real(&profit) >= want * (1 - 1e-13L));
        assert_true(real(&profit) <= want * (1 + 1e-12L) + 4);
        traded += want > 1e6L;
    }
    assert_true(traded > ROUNDS / 8);
}

/* Reserves to 2^112, fees of 18 decimals and prices to 2^119: exact trades never exceed the bound. */
static void test_bound_of_a_pool_holds_for_any_size(void **state)
{
    const uint64_t one = UINT64_C(1000000000000000000);
    struct prng r;
    int earned = 0, close = 0;

    (void)state;
    prng_init(&r, 507);
    for (int i = 0; i < ROUNDS; i++) {
        struct curve c = { .assets_n = 2, .asset = { 0, 1 }, .kind = CURVE_constant_product };
        struct u256 draw[2] = { draw_positive(&r, 119), draw_positive(&r, 119) }, profit, cost,
                    gain;
        struct amount price[2];
        struct trade t;

        c.as.constant_product = (struct constant_product){
            { draw_positive(&r, 112), draw_positive(&r, 112) }, one - prng_below(&r, one / 10), one
        };
        for (int k = 0; k < 2; k++)
            assert_ok(u256_to_amount(&price[k], &draw[k]));
        assert_ok(bound_profit(&profit, &c, price));
        for (unsigned bits = 0; bits < 120; bits++) {
            struct way way = { (uint32_t)prng_below(&r, 2), 0 };
            struct u256 offer = draw_u256(&r, bits);

            way.get = !way.give;
            if (curve_out(&t, &c, way, &offer) != ERR_OK)
                continue;
            assert_ok(u256_mul(&cost, &t.in, &draw[way.give]));
            assert_ok(u256_mul(&gain, &t.out, &draw[way.get]));
            if (u256_sub(&gain, &gain, &cost) != ERR_OK)
                continue;
            assert_true(u256_cmp(&gain, &profit) <= 0);
            earned += !u256_is_zero(&gain);
            close += real(&gain) > real(&profit) / 2;
        }
    }
    assert_true(earned > ROUNDS && close > ROUNDS / 2);
}

/* A book's bound is the exact sum over its profitable levels. */
static void test_bound_of_a_book_is_the_sum_of_its_profitable_levels(void **state)
{
    struct book_level levels[2][LEVELS];
    struct prng r;
    int traded = 0;

    (void)state;
    prng_init(&r, 503);
    for (int i = 0; i < ROUNDS; i++) {
        struct curve c = { .assets_n = 2, .asset = { 0, 1 } };
        struct amount price[2] = { { prng_sized(&r, 60) }, { prng_sized(&r, 60) } };
        struct u256 profit;

        book_make(&c, levels, &r);
        const struct book *b = &c.as.book;
        long double keep = (long double)b->keep_num / (long double)b->keep_den, want = 0;
        long double p0 = (long double)price[0].atoms, p1 = (long double)price[1].atoms;

        for (int k = 0; k < LEVELS; k++) {
            long double bid = real(&levels[0][k].price) / real(&b->scale);
            long double ask = real(&levels[1][k].price) / real(&b->scale);

            want += real(&levels[0][k].size) * fmaxl(0, bid * keep * p1 - p0);
            want += real(&levels[1][k].size) * fmaxl(0, keep * p0 - ask * p1);
        }
        assert_ok(bound_profit(&profit, &c, price));
        assert_true(real(&profit) >= want * (1 - 1e-12L));
        assert_true(real(&profit) <= want * (1 + 1e-12L) + 4);
        traded += want > 1e6L;
    }
    assert_true(traded > ROUNDS / 8);
}

static void test_bound_refuses_numbers_out_of_range(void **state)
{
    struct u256 out;
    struct world w;
    struct prng r;

    (void)state;
    prng_init(&r, 504);
    world_make(&w, &r);
    w.solution.duals_n = ASSETS - 1;
    assert_err(bound_value(&out, &w.auction, &w.solution), ERR_INVALID);
    assert_err(bound_payout(&out, &w.auction, &w.solution), ERR_INVALID);
    world_make(&w, &r);
    w.fill.intent = 1;
    assert_err(bound_value(&out, &w.auction, &w.solution), ERR_INVALID);
    world_make(&w, &r);
    w.solution.legs_n = 1;
    w.legs[0].curve = CURVES;
    assert_err(bound_payout(&out, &w.auction, &w.solution), ERR_INVALID);
    w.legs[0].curve = 0;
    w.legs[0].way.get = 2;
    assert_err(bound_payout(&out, &w.auction, &w.solution), ERR_INVALID);
}

static void test_bound_refuses_to_wrap(void **state)
{
    struct curve c = { .assets_n = 2, .asset = { 0, 1 } };
    struct amount price[2] = { { 1 }, AMOUNT_MAX };
    struct u256 huge = { { 0, 0, 0, UINT64_MAX } }, profit;
    struct world w;
    struct prng r;

    (void)state;
    c.kind = CURVE_constant_product;
    c.as.constant_product = (struct constant_product){ { u256_of(1), huge }, 1, 1 };
    assert_err(bound_profit(&profit, &c, price), ERR_OVERFLOW);
    prng_init(&r, 505);
    world_make(&w, &r);
    w.fill.paid = huge;
    w.duals[0] = AMOUNT_MAX;
    assert_err(bound_value(&profit, &w.auction, &w.solution), ERR_OVERFLOW);
}

static void test_bound_of_a_losing_plan_is_zero_payout(void **state)
{
    struct u256 value;
    struct world w;
    struct prng r;

    (void)state;
    prng_init(&r, 506);
    world_make(&w, &r);
    w.fill.paid = u256_of(0);
    w.duals[w.curves[0].asset[0]].atoms = 5;
    w.solution.legs_n = 1;
    w.legs[0] = (struct solution_leg){ .way = { 0, 1 }, .in = u256_of(9) };
    assert_ok(bound_payout(&value, &w.auction, &w.solution));
    assert_true(u256_is_zero(&value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_exceeds_every_feasible_trade),
        cmocka_unit_test(test_bound_of_a_pool_is_tight),
        cmocka_unit_test(test_bound_of_a_pool_holds_for_any_size),
        cmocka_unit_test(test_bound_of_a_book_is_the_sum_of_its_profitable_levels),
        cmocka_unit_test(test_bound_refuses_numbers_out_of_range),
        cmocka_unit_test(test_bound_refuses_to_wrap),
        cmocka_unit_test(test_bound_of_a_losing_plan_is_zero_payout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
