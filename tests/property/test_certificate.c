/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random markets of every kind of curve, priced anyhow: the best trades at those prices, made into
 * legs, replay to the atom and never pay more than the bound.
 */
#include "solver/route/certificate.h"

#include <math.h>

#include "solver/route/bound.h"
#include "solver/route/route_market.h"
#include "tests/support/networks.h"
#include "tests/support/test_support.h"

#define ROUNDS 300
#define PRICE_BITS 100
#define KIND_NUMBERS 8 /* above every curve_kind */
#define ARENA_CAP ((size_t)1 << 28)

struct scene {
    struct networks n;
    struct arena arena;
    struct route_market market;
    struct certificate_market seen;
    double *u, *e; /* log prices over the reference, and those themselves */
    double *value; /* of an atom */
    struct amount *price;
    double unit; /* value of a price of 1 */
    struct leg_trade *trades;
    size_t trades_n;
};

/* True prices, off by up to as much as a fee or more; doubles and integers say the same. */
static void prices_make(struct scene *s, struct prng *r)
{
    double off = networks_log(r, 1e-5, 0.3), most = 0;

    for (size_t k = 0; k < s->n.assets_n; k++) {
        s->value[k] = s->n.price[k] * exp(off * (2 * networks_unit(r) - 1));
        most = fmax(most, s->value[k]);
    }
    s->unit = ldexp(most, -PRICE_BITS);
    for (size_t k = 0; k < s->n.assets_n; k++) {
        double reference = s->market.price[k] > 0 ? s->market.price[k] : s->n.price[k];
        struct u256 p = networks_wide(fmax(1, s->value[k] / s->unit));

        assert_ok(u256_to_amount(&s->price[k], &p));
        s->value[k] = networks_double(&p) * s->unit;
        s->e[k] = s->value[k] / reference;
        s->u[k] = log(s->e[k]);
    }
}

static void trades_make(struct scene *s)
{
    const struct real_smooth smooth = { 0 };

    for (size_t i = 0; i < s->market.curves_n; i++) {
        const struct real_curve *c = &s->market.real[i];
        struct real_pull pull;

        if (c->live == 0 || real_curve_pull(&pull, c, s->u, s->e, &smooth) != REAL_TRADES)
            continue;
        struct leg_trade *t = &s->trades[s->trades_n++];

        *t = (struct leg_trade){ .curve = (uint32_t)i };
        for (uint32_t k = 0; k < c->n; k++)
            t->net[k] = pull.net[k] / s->value[c->node[k]];
    }
}

static void scene_make(struct scene *s, struct prng *r, uint64_t seed)
{
    *s = (struct scene){ 0 };
    networks_random(&s->n, seed);
    arena_init(&s->arena, ARENA_CAP);
    assert_ok(route_market_build(&s->market, &s->arena, s->n.curves, s->n.curves_n, s->n.assets_n));
    s->seen = (struct certificate_market){ s->n.curves, s->n.curves_n, s->n.assets_n };
    s->u = ARENA_NEW(&s->arena, s->n.assets_n, double);
    s->e = ARENA_NEW(&s->arena, s->n.assets_n, double);
    s->value = ARENA_NEW(&s->arena, s->n.assets_n, double);
    s->price = ARENA_NEW(&s->arena, s->n.assets_n, struct amount);
    s->trades = ARENA_NEW(&s->arena, s->n.curves_n, struct leg_trade);
    prices_make(s, r);
    trades_make(s);
}

static void scene_free(struct scene *s)
{
    arena_fini(&s->arena);
    networks_fini(&s->n);
}

/* Legs of the order from the trades of the scene; false when nothing can be done. */
static bool route(struct legs *legs, struct scene *s, const struct router_order *o)
{
    struct legs_order order = { o->sell, o->buy, o->exact_out, o->amount, true, s->value };
    enum err err = legs_make(legs, &s->arena, s->n.curves, s->n.curves_n, s->n.assets_n, &order,
                             s->trades, s->trades_n);

    if (err != ERR_OK)
        assert_err(err, ERR_NOT_FOUND);
    return err == ERR_OK;
}

static void test_certificate_bounds_every_route(void **state)
{
    struct prng r;
    int routes = 0, close = 0;

    (void)state;
    prng_init(&r, 811);
    for (int i = 0; i < ROUNDS; i++) {
        struct scene s;

        scene_make(&s, &r, prng_u64(&r));
        for (size_t k = 0; k < s.n.orders_n; k++) {
            struct router_order o = s.n.orders[k];
            struct certificate_verdict v;
            struct u256 bound;
            struct legs legs;
            enum err err = certificate_bound(&bound, &s.seen, &o, s.price, NULL);

            if (err != ERR_OK || !route(&legs, &s, &o)) {
                assert_true(err == ERR_OK || err == ERR_INVALID || err == ERR_OVERFLOW);
                continue;
            }
            assert_ok(certificate_replay(&v, &s.arena, &s.seen, &o, &legs));
            assert_int_equal(v.fault, CERTIFICATE_NONE);
            assert_int_equal(u256_cmp(&v.bought, &legs.bought), 0);
            if (o.exact_out && u256_cmp(&legs.bought, &o.amount) < 0)
                continue;
            assert_true(o.exact_out ? u256_cmp(&legs.sold, &bound) >= 0
                                    : u256_cmp(&legs.bought, &bound) <= 0);
            double claimed = networks_double(&bound);

            routes++;
            close += o.exact_out ? networks_double(&legs.sold) < 2 * claimed
                                 : networks_double(&legs.bought) > claimed / 2;
        }
        scene_free(&s);
    }
    assert_true(routes > ROUNDS / 2 && close > ROUNDS / 20);
}

/* What a trade of a curve moves at most, in value. */
static double turnover(const struct scene *s, const struct real_curve *c)
{
    const struct real_smooth smooth = { 0 };
    struct real_pull pull;
    double sum = 0;

    if (real_curve_pull(&pull, c, s->u, s->e, &smooth) != REAL_TRADES)
        return 0;
    for (uint32_t k = 0; k < c->n; k++)
        sum += fabs(pull.net[k]);
    return sum;
}

/* Another implementation, in doubles: not less, but for its own errors, and not more. */
static void test_certificate_gains_are_those_of_the_doubles(void **state)
{
    struct prng r;
    int compared[KIND_NUMBERS] = { 0 }, kinds = 0;

    (void)state;
    prng_init(&r, 813);
    for (int i = 0; i < ROUNDS; i++) {
        struct scene s;

        scene_make(&s, &r, prng_u64(&r));
        for (size_t j = 0; j < s.n.curves_n; j++) {
            const struct real_curve *c = &s.market.real[j];
            struct amount own[CURVE_ASSETS_MAX];
            struct u256 profit;

            for (uint32_t k = 0; k < c->n; k++)
                own[k] = s.price[c->node[k]];
            double moved = c->live == 0 ? 0 : turnover(&s, c);

            if (moved == 0)
                continue;
            assert_ok(bound_profit(&profit, &s.n.curves[j], own));
            double bound = networks_double(&profit) * s.unit;
            double real = real_curve_profit(c, s.u, s.e);

            assert_true(fabs(bound - real) <= 1e-9 * real + 1e-12 * moved + 4 * s.unit);
            compared[c->kind]++;
        }
        scene_free(&s);
    }
    for (int k = 0; k < KIND_NUMBERS; k++)
        kinds += compared[k] > ROUNDS / 4;
    assert_int_equal(kinds, 6);
}

/* A curve more can only raise what is possible; a cost only lower it. */
static void test_certificate_grows_with_curves_and_falls_with_costs(void **state)
{
    struct prng r;
    int grew = 0, fell = 0;

    (void)state;
    prng_init(&r, 812);
    for (int i = 0; i < ROUNDS / 3; i++) {
        struct u256 all, fewer, paid, *cost;
        struct scene s;

        scene_make(&s, &r, prng_u64(&r));
        struct router_order o = s.n.orders[0];
        struct certificate_market less = s.seen;

        cost = ARENA_NEW(&s.arena, s.n.curves_n, struct u256);
        for (size_t k = 0; k < s.n.curves_n; k++)
            cost[k] = u256_of(prng_sized(&r, 60));
        less.curves_n -= 1 + prng_below(&r, less.curves_n);
        if (certificate_bound(&all, &s.seen, &o, s.price, NULL) == ERR_OK) {
            int sign = o.exact_out ? -1 : 1;

            assert_ok(certificate_bound(&fewer, &less, &o, s.price, NULL));
            assert_ok(certificate_bound(&paid, &s.seen, &o, s.price, cost));
            assert_true(sign * u256_cmp(&all, &fewer) >= 0);
            assert_true(sign * u256_cmp(&all, &paid) >= 0);
            grew += u256_cmp(&all, &fewer) != 0;
            fell += u256_cmp(&all, &paid) != 0;
        }
        scene_free(&s);
    }
    assert_true(grew > ROUNDS / 20 && fell > ROUNDS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificate_bounds_every_route),
        cmocka_unit_test(test_certificate_gains_are_those_of_the_doubles),
        cmocka_unit_test(test_certificate_grows_with_curves_and_falls_with_costs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
