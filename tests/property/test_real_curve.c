/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random curves of every kind in doubles: against themselves at other prices, against finite
 * differences, and with hostile prices.
 */
#include <math.h>
#include <stdio.h>

#include "tests/support/real_subject.h"
#include "tests/support/test_support.h"

#define ROUNDS 400 /* of each kind */
#define OTHERS 12  /* other prices tried against the best trade */

static double size_of(const struct real_pull *p, unsigned n)
{
    double size = 0;

    for (unsigned k = 0; k < n; k++)
        size += fabs(p->net[k]);
    return size;
}

/* The trade that is best at other prices, and every way by itself, gain no more at these. */
static void claim_optimal(struct real_subject *s)
{
    double u[REAL_ASSETS_MAX], best, most = networks_log(&s->r, 1e-4, 1);
    struct real_pull p;
    struct way way = real_subject_way(s);

    real_subject_prices(s, most);
    best = real_curve_profit(&s->real, s->u, s->e);
    if (real_subject_pull(&p, s) == REAL_TRADES) {
        double sum = 0;

        for (unsigned k = 0; k < s->real.n; k++)
            sum += p.net[k];
        real_subject_near(s, "profit", p.profit, best, 1e-14 * best);
        if (!real_subject_bends(s))
            real_subject_near(s, "the sum of net", sum, best, 1e-12 * size_of(&p, s->real.n));
    } else {
        assert_true(best == 0);
    }
    struct real_trade t = real_curve_at(&s->real, way, s->u[way.give] - s->u[way.get]);
    assert_true(t.out * s->e[way.get] - t.in * s->e[way.give] <=
                best + 1e-12 * t.out * s->e[way.get]);
    for (unsigned k = 0; k < s->real.n; k++)
        u[k] = s->u[k];
    for (unsigned i = 0; i < OTHERS; i++) {
        double gain = 0;

        real_subject_prices(s, most);
        if (real_subject_pull(&p, s) != REAL_TRADES || real_subject_bends(s))
            continue;
        for (unsigned k = 0; k < s->real.n; k++)
            gain += p.net[k] * exp(u[k] - s->u[k]);
        if (!(gain <= best + 1e-11 * size_of(&p, s->real.n)))
            fail_msg("%s of %u assets: another trade gains %.17g, the best %.17g",
                     curve_kind_name(s->curve->kind), s->real.n, gain, best);
    }
}

static void test_real_curve_trades_are_optimal(void **state)
{
    (void)state;
    real_subject_each(claim_optimal, 2000, ROUNDS);
}

/* Pulls at u with u[j] moved by h and -h. */
struct around {
    struct real_pull less, more;
    bool smooth; /* the same assets trade, as strongly */
};

static struct around around(struct real_subject *s, unsigned j, double h,
                            const struct real_smooth *how)
{
    double u = s->u[j];
    struct around a;

    s->u[j] = u - h;
    s->e[j] = exp(s->u[j]);
    a.smooth = real_curve_pull(&a.less, &s->real, s->u, s->e, how) == REAL_TRADES;
    s->u[j] = u + h;
    s->e[j] = exp(s->u[j]);
    a.smooth = real_curve_pull(&a.more, &s->real, s->u, s->e, how) == REAL_TRADES && a.smooth;
    s->u[j] = u;
    s->e[j] = exp(u);
    for (unsigned k = 0; k < real_subject_pairs(s) && a.smooth; k++) {
        double gap = fabs(a.less.weight[k] - a.more.weight[k]);

        a.smooth = gap <= 1e-3 * fmax(fabs(a.less.weight[k]), fabs(a.more.weight[k]));
    }
    return a;
}

static unsigned smooth_seen;

/* Profit's slope is the trade, and the trade's slope the weights. */
static void claim_slopes(struct real_subject *s)
{
    struct real_smooth how = { real_subject_bends(s) ? 0.05 : 0, 0 };
    double h = real_subject_bends(s) ? 1e-6 : 1e-5;
    unsigned j = (unsigned)prng_below(&s->r, s->real.n);
    struct real_pull p;
    struct around a;

    real_subject_prices(s, networks_log(&s->r, 1e-2, 1));
    a = around(s, j, h, &how);
    if (!a.smooth || real_curve_pull(&p, &s->real, s->u, s->e, &how) != REAL_TRADES)
        return;
    double size = size_of(&p, s->real.n), row = p.net[j], most = fabs(p.net[j]);
    for (unsigned i = 0; i < s->real.n; i++) {
        if (i != j) {
            double weight = p.weight[i < j ? real_pair(i, j) : real_pair(j, i)];

            most = fmax(most, fabs(weight));
            row += weight;
        }
    }
    smooth_seen++;
    real_subject_near(s, "profit's slope", (a.more.profit - a.less.profit) / (2 * h), p.net[j],
                      1e-6 * (size + most));
    for (unsigned i = 0; i < s->real.n; i++) {
        double slope = (a.more.net[i] - a.less.net[i]) / (2 * h);
        double wanted = i == j ? row : -p.weight[i < j ? real_pair(i, j) : real_pair(j, i)];

        real_subject_near(s, "the trade's slope", slope, wanted, 1e-3 * most + 1e-6 * size);
    }
}

static void test_real_curve_slopes_are_trades_and_weights(void **state)
{
    (void)state;
    real_subject_each(claim_slopes, 4000, ROUNDS);
    printf("%u slopes\n", smooth_seen);
    assert_true(smooth_seen > ROUNDS);
}

/* One way by itself: rate, trade and output tell the same. */
static void claim_way(struct real_subject *s)
{
    struct way way = real_subject_way(s);
    double top = real_curve_top(&s->real, way), y = top - networks_log(&s->r, 1e-6, 3), h, slope;
    struct real_trade t;

    if (!(top > -INFINITY))
        return;
    t = real_curve_at(&s->real, way, y);
    real_subject_near(s, "out at in", real_curve_out(&s->real, way, t.in), t.out, 1e-11 * t.out);
    assert_true(real_curve_rate(&s->real, way, 0) == top);
    if (real_subject_bends(s) || !(t.in > 0))
        return;
    if (s->curve->kind == CURVE_concentrated ||
        (s->curve->kind == CURVE_weighted && !s->curve->as.weighted->unlimited)) {
        /* in a gap, and at a venue's limit, the rate is above y */
        assert_true(real_curve_rate(&s->real, way, t.in) >= y - 1e-9);
        return;
    }
    assert_true(real_curve_rate(&s->real, way, t.in * (1 + 1e-11)) <= y + 1e-9);
    assert_true(real_curve_rate(&s->real, way, t.in * (1 - 1e-11)) >= y - 1e-9);
    h = t.in * 1e-4;
    slope = (real_curve_out(&s->real, way, t.in + h) - real_curve_out(&s->real, way, t.in - h)) /
            (2 * h);
    assert_true(slope <= exp(real_curve_rate(&s->real, way, t.in - h)) + 1e-11 * t.out / h);
    assert_true(slope >= exp(real_curve_rate(&s->real, way, t.in + h)) - 1e-11 * t.out / h);
}

static void test_real_curve_ways_agree_with_themselves(void **state)
{
    (void)state;
    real_subject_each(claim_way, 5000, ROUNDS);
}

/* The band of an asset is what its ways say. */
static void claim_band(struct real_subject *s)
{
    unsigned k = (unsigned)prng_below(&s->r, s->real.n);
    struct real_band band, wanted = { -INFINITY, INFINITY };

    real_subject_prices(s, 0.1);
    for (unsigned j = 0; j < s->real.n; j++) {
        struct way way = { k, j };

        if (j == k)
            continue;
        wanted.low = fmax(wanted.low, s->u[j] + real_curve_top(&s->real, way));
        wanted.high = fmin(wanted.high, s->u[j] - real_curve_top(&s->real, way_back(way)));
    }
    band = real_curve_band(&s->real, k, s->u);
    assert_true(band.low <= wanted.low + 1e-12 && band.low >= wanted.low - 1e-12);
    assert_true(band.high <= wanted.high + 1e-12 && band.high >= wanted.high - 1e-12);
}

static void test_real_curve_bands_hold_every_way(void **state)
{
    (void)state;
    real_subject_each(claim_band, 9000, ROUNDS);
}

/* It rests exactly where no way's best rate beats the prices. */
static void claim_idle(struct real_subject *s)
{
    bool pays = false;
    struct real_pull p;

    real_subject_prices(s, networks_log(&s->r, 1e-4, 0.1));
    for (unsigned give = 0; give < s->real.n; give++) {
        for (unsigned get = 0; get < s->real.n; get++) {
            struct way way = { give, get };

            pays = pays ||
                   (give != get && real_curve_top(&s->real, way) > s->u[give] - s->u[get] + 1e-13);
        }
    }
    if (pays)
        assert_int_equal(real_subject_pull(&p, s), REAL_TRADES);
    else if (real_subject_pull(&p, s) == REAL_TRADES)
        assert_true(size_of(&p, s->real.n) <= 1e-9 * s->n.depth[0] + 1);
}

static void test_real_curve_rests_where_no_way_pays(void **state)
{
    (void)state;
    real_subject_each(claim_idle, 6000, ROUNDS);
}

/* An asset that is not live neither moves nor counts. */
static void claim_live(struct real_subject *s)
{
    unsigned held = (unsigned)prng_below(&s->r, s->real.n);
    double all;
    struct real_pull p;

    real_subject_prices(s, 1);
    all = real_curve_profit(&s->real, s->u, s->e);
    if (s->real.n < 3)
        return;
    s->real.live &= (uint8_t) ~(1U << held);
    if (real_subject_pull(&p, s) != REAL_TRADES)
        return;
    assert_true(p.net[held] == 0);
    assert_true(p.profit <= all * (1 + 1e-12));
    for (unsigned k = 0; k < s->real.n; k++)
        if (k != held)
            assert_true(p.weight[k < held ? real_pair(k, held) : real_pair(held, k)] == 0);
}

static void test_real_curve_holds_assets_that_are_not_live(void **state)
{
    (void)state;
    real_subject_each(claim_live, 7000, ROUNDS);
}

/* Prices from nothing to everything: numbers all the same. */
static void claim_hostile(struct real_subject *s)
{
    struct real_smooth how = { 1e-3, 1e-2 };
    static const double extreme[] = { -700, 700, 0, 1e-300, -1e-15, 350 };

    for (unsigned i = 0; i < OTHERS; i++) {
        struct way way = real_subject_way(s);
        struct real_pull p = { .profit = 0 };
        struct real_trade t;

        for (unsigned k = 0; k < s->real.n; k++) {
            s->u[k] = prng_below(&s->r, 2) == 0 ? real_subject_spread(&s->r, 700)
                                                : extreme[prng_below(&s->r, 6)];
            s->e[k] = exp(s->u[k]);
        }
        (void)real_curve_pull(&p, &s->real, s->u, s->e, &how);
        for (unsigned k = 0; k < s->real.n; k++)
            assert_true(!isnan(p.net[k]));
        for (unsigned k = 0; k < real_subject_pairs(s); k++)
            assert_true(!isnan(p.weight[k]));
        assert_true(p.profit >= 0);
        assert_true(real_curve_profit(&s->real, s->u, s->e) >= 0);
        t = real_curve_at(&s->real, way, s->u[0]);
        assert_true(t.in >= 0 && t.out >= 0);
        assert_true(real_curve_out(&s->real, way, s->e[0]) >= 0);
        assert_true(!isnan(real_curve_rate(&s->real, way, s->e[0])));
    }
}

static void test_real_curve_survives_any_price(void **state)
{
    (void)state;
    real_subject_each(claim_hostile, 8000, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_curve_trades_are_optimal),
        cmocka_unit_test(test_real_curve_slopes_are_trades_and_weights),
        cmocka_unit_test(test_real_curve_ways_agree_with_themselves),
        cmocka_unit_test(test_real_curve_bands_hold_every_way),
        cmocka_unit_test(test_real_curve_rests_where_no_way_pays),
        cmocka_unit_test(test_real_curve_holds_assets_that_are_not_live),
        cmocka_unit_test(test_real_curve_survives_any_price),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
