/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random curves of every kind in doubles against the integers of the same curve. */
#include <math.h>

#include "solver/route/bound.h"
#include "tests/support/real_subject.h"
#include "tests/support/test_support.h"

#define ROUNDS 400 /* of each kind */
#define BITS 120   /* of a price */

static const struct balancer *pool_of(const struct curve *c)
{
    if (c->kind == CURVE_weighted)
        return &c->as.weighted->pool;
    return c->kind == CURVE_stable ? &c->as.stable->pool : NULL;
}

/* Whether a pool's own arithmetic has the digits to be compared with. */
static bool is_fine(const struct curve *c)
{
    const struct balancer *pool = pool_of(c);
    double least = INFINITY, most = 0;
    struct u256 scaled;

    for (uint32_t k = 0; pool != NULL && k < pool->n; k++) {
        if (balancer_scale(&scaled, pool, k, &pool->balance[k]) != ERR_OK)
            return false;
        least = fmin(least, real_double(&scaled));
        most = fmax(most, real_double(&scaled));
    }
    return least >= 1e15 && (c->kind != CURVE_stable || least > most * 1e-5);
}

/* Atoms of asset k that one unit of the integer curve's own arithmetic is. */
static double unit_of(const struct curve *c, unsigned k)
{
    const struct balancer *pool = pool_of(c);

    return pool == NULL ? 1 : fmax(1, 1e18 / real_double(&pool->scaling[k]));
}

static double keep_of(const struct curve *c)
{
    const struct balancer *pool = pool_of(c);

    if (c->kind == CURVE_concentrated)
        return 1 - c->as.concentrated.fee * 1e-6;
    return pool == NULL ? 1 : 1 - (double)pool->fee * 1e-18;
}

/* Atoms of an asset between two neighbouring prices. */
static double liquidity_of(const struct concentrated *c, unsigned asset)
{
    double price = real_double(&c->sqrt_price), liquidity = real_double(&c->liquidity);

    return asset == 0 ? liquidity / price * 0x1p96 / price : liquidity * 0x1p-96;
}

/* What the integer curve may lose: two units and one more a crossing, of the output and of the input
 * without its fee; a lot; what the venue's own powers err. */
static double slip_of(const struct real_subject *s, struct way way, double in)
{
    const struct curve *c = s->curve;
    double units = c->kind == CURVE_concentrated ? 2 + (double)c->as.concentrated.ticks_n : 2;
    double input = units * unit_of(c, way.give) / keep_of(c) * s->price[way.give];
    double slip =
        real_curve_out(&s->real, way, in) - real_curve_out(&s->real, way, fmax(in - input, 0));

    if (c->kind == CURVE_book) /* a lot that is not whole, and its price */
        slip += 2 * real_double(&c->as.book.lot) * s->price[0];
    if (c->kind == CURVE_concentrated) /* its price, which is rounded */
        slip += liquidity_of(&c->as.concentrated, way.get) * s->price[way.get];
    slip = slip / s->price[way.get] + units * unit_of(c, way.get);
    if (pool_of(c) != NULL)
        slip += real_double(&pool_of(c)->balance[way.get]) * 1e-13;
    return slip;
}

static void claim_twin(struct real_subject *s)
{
    struct way way = real_subject_way(s);
    double top = real_curve_top(&s->real, way), depth;
    struct real_trade t;
    struct trade exact;
    struct u256 offer;

    if (!(top > -INFINITY) || !is_fine(s->curve))
        return;
    t = real_curve_at(&s->real, way, top - networks_log(&s->r, 1e-6, 2));
    if (!(t.in / s->price[way.give] >= 1) || t.in / s->price[way.give] > 0x1p200)
        return;
    offer = networks_wide(floor(t.in / s->price[way.give]));
    t.in = real_double(&offer) * s->price[way.give];
    depth = real_curve_out(&s->real, way, t.in);
    if (s->curve->kind == CURVE_weighted && !s->curve->as.weighted->unlimited)
        assert_ok(curve_out(&exact, s->curve, way, &offer));
    else if (curve_out(&exact, s->curve, way, &offer) != ERR_OK)
        return;
    depth /= s->price[way.get];
    real_subject_near(s, "the integer output", real_double(&exact.out), depth,
                      1e-9 * depth + slip_of(s, way, t.in));
}

static void test_real_exact_agrees_with_the_integers(void **state)
{
    (void)state;
    real_subject_each(claim_twin, 1000, ROUNDS);
}

/* D of the pool after a joint trade, over D before. */
static double stable_ratio(const struct real_subject *s, const struct real_pull *p)
{
    struct stable after = *s->curve->as.stable;
    double keep = 1 - (double)after.pool.fee / 1e18;
    struct u256 d;

    for (unsigned k = 0; k < s->real.n; k++) {
        if (real_double(&after.pool.balance[k]) < 1e15)
            return 1; /* too few atoms to tell */
        double atoms = p->net[k] / s->e[k] / s->price[k];
        double balance = real_double(&after.pool.balance[k]) - atoms * (atoms < 0 ? keep : 1);

        after.pool.balance[k] = networks_wide(fmax(balance, 0));
    }
    if (stable_check(s->curve->as.stable) != ERR_OK || stable_invariant(&d, &after) != ERR_OK)
        return 1;
    return real_double(&d) / real_double(&after.invariant);
}

static double weighted_ratio(const struct real_subject *s, const struct real_pull *p)
{
    const struct weighted *w = s->curve->as.weighted;
    double keep = 1 - (double)w->pool.fee / 1e18, sum = 0, all = 0;

    for (unsigned k = 0; k < s->real.n; k++) {
        double held = real_double(&w->pool.balance[k]) * s->price[k];
        double more = p->net[k] / s->e[k];

        if (more > 0.999 * held)
            return 1; /* what is left cannot be told from the rest */
        sum += (double)w->weight[k] * log1p(-more * (more < 0 ? keep : 1) / held);
        all += (double)w->weight[k];
    }
    return exp(sum / all);
}

/* Joint trades leave the invariant where it was. */
static void claim_joint(struct real_subject *s)
{
    struct real_pull p;
    double ratio;

    real_subject_prices(s, networks_log(&s->r, 1e-3, 1));
    if (real_subject_pull(&p, s) != REAL_TRADES || !real_subject_many(s) || !is_fine(s->curve))
        return;
    ratio = s->curve->kind == CURVE_weighted ? weighted_ratio(s, &p) : stable_ratio(s, &p);
    real_subject_near(s, "the invariant's ratio", ratio, 1, 1e-11);
}

static void test_real_exact_joint_trades_keep_the_invariant(void **state)
{
    (void)state;
    real_subject_each(claim_joint, 3000, ROUNDS);
}

/* Integer prices of which the largest has BITS bits; log prices follow them. False: too far apart. */
static bool prices_exact(struct amount *price, struct real_subject *s, double *unit)
{
    double most = 0;

    real_subject_prices(s, networks_log(&s->r, 1e-3, 0.5));
    for (unsigned k = 0; k < s->real.n; k++)
        most = fmax(most, s->price[k] * s->e[k]);
    *unit = ldexp(1, BITS) / most;
    for (unsigned k = 0; k < s->real.n; k++) {
        struct u256 wide = networks_wide(floor(s->price[k] * s->e[k] * *unit));

        if (real_double(&wide) < 0x1p53 || u256_to_amount(&price[k], &wide) != ERR_OK)
            return false;
        s->e[k] = real_double(&wide) / (s->price[k] * *unit);
        s->u[k] = log(s->e[k]);
    }
    return true;
}

static unsigned bounds_seen;

/* The exact bound of the profit is no less than the profit, and hardly more. */
static void claim_bound(struct real_subject *s)
{
    struct amount price[REAL_ASSETS_MAX];
    struct real_pull p = { .profit = 0 };
    double unit, bound, size = 0;
    struct u256 exact;

    if (!is_fine(s->curve) || !prices_exact(price, s, &unit) ||
        real_subject_pull(&p, s) != REAL_TRADES || bound_profit(&exact, s->curve, price) != ERR_OK)
        return;
    for (unsigned k = 0; k < s->real.n; k++)
        size += fabs(p.net[k]);
    bound = real_double(&exact) / unit;
    bounds_seen++;
    if (!(bound >= p.profit - 1e-12 * size))
        real_subject_near(s, "the bound", bound, p.profit, 1e-12 * size);
    if (s->curve->kind == CURVE_weighted && !s->curve->as.weighted->unlimited)
        return; /* the bound knows of no limit */
    real_subject_near(s, "the bound", bound, p.profit, 1e-9 * p.profit + 1e-12 * size + 4 / unit);
}

static void test_real_exact_profit_is_the_bound(void **state)
{
    (void)state;
    real_subject_each(claim_bound, 4000, ROUNDS);
    assert_true(bounds_seen > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_exact_agrees_with_the_integers),
        cmocka_unit_test(test_real_exact_profit_is_the_bound),
        cmocka_unit_test(test_real_exact_joint_trades_keep_the_invariant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
