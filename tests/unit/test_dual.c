/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <math.h>
#include <string.h>

#include "solver/core/port.h"
#include "solver/route/dual.h"
#include "solver/route/laplacian.h"
#include "solver/route/real_ladder.h"
#include "tests/support/prng.h"

#define NODES 40
#define POOLS 200

/* A network of constant product pools. */
struct net {
    size_t n, pools_n;
    struct real_curve pools[POOLS];
    double supply[NODES], basket[NODES], u[NODES];
};

static void pool(struct net *t, uint32_t a, uint32_t b, double reserve_a, double reserve_b,
                 double keep)
{
    struct real_curve *c = &t->pools[t->pools_n++];

    *c = (struct real_curve){
        .kind = CURVE_constant_product,
        .n = 2,
        .live = 3,
        .node = { a, b },
        .top = { log(reserve_b / reserve_a * keep), log(reserve_a / reserve_b * keep) },
        .as.product = { .give = { sqrt(reserve_a / keep), sqrt(reserve_b / keep) },
                        .get = { sqrt(reserve_a), sqrt(reserve_b) } },
    };
}

static struct dual_result minimise_to(struct net *t, double stop)
{
    struct frame frame;
    const struct dual d = { &frame, t->supply, t->basket, NULL, stop, false };
    struct dual_result r;
    struct arena arena;

    arena_init(&arena, (size_t)1 << 24);
    assert_ok(frame_build(&frame, &arena, t->n, t->pools, t->pools_n));
    assert_ok(dual_minimise(&r, t->u, &arena, &d, 300));
    arena_fini(&arena);
    return r;
}

static struct dual_result minimise(struct net *t)
{
    return minimise_to(t, 0);
}

/* Value that is left over at a node when every pool trades its best at the prices found. */
static double excess(const struct net *t, size_t node, double ratio)
{
    const struct real_smooth sharp = { DUAL_WIDTH, 0 };
    double sum = (t->supply[node] - ratio * t->basket[node]) * exp(t->u[node]), e[NODES];

    for (size_t i = 0; i < t->n; i++)
        e[i] = exp(t->u[i]);
    for (size_t i = 0; i < t->pools_n; i++) {
        struct real_pull p;
        if (real_curve_pull(&p, &t->pools[i], t->u, e, &sharp) != REAL_TRADES)
            continue;
        for (int k = 0; k < 2; k++)
            sum += t->pools[i].node[k] == node ? p.net[k] : 0;
    }
    return sum;
}

static void assert_near(double x, double wanted, double relative)
{
    if (!(fabs(x - wanted) <= relative * fabs(wanted)))
        fail_msg("%.17g is not %.17g", x, wanted);
}

static void test_dual_finds_what_one_pool_gives(void **state)
{
    static struct net t;

    (void)state;
    t = (struct net){ .n = 2, .supply = { 10, 0 }, .basket = { 0, 1 } };
    pool(&t, 0, 1, 1000, 500, 0.997);
    struct dual_result r = minimise(&t);
    assert_near(r.ratio, 500 * 9.97 / (1000 + 9.97), 1e-12);
    assert_true(r.smooth && r.steps < 30);
}

/* More is owed than the pool holds: no price pays for it. */
static void test_dual_stops_where_nothing_pays(void **state)
{
    static struct net t;

    (void)state;
    t = (struct net){ .n = 2, .supply = { 0, -600 }, .basket = { 1, 0 } };
    pool(&t, 0, 1, 1000, 500, 0.997);
    struct dual_result r = minimise_to(&t, -1e30);
    assert_true(r.ratio < -1e30 && r.ratio > -1e35);
    assert_true(r.steps < 200);
}

/* A rate that is used up brings 1000, whatever the price, to where the only pool would not trade at
 * the prices of the start; and most of the supply finds no taker. */
static void test_dual_moves_what_no_curve_holds(void **state)
{
    static struct net t;
    struct real_level level = { log(1000), { 1, 1000 }, { 1, 1000 } };
    const struct real_ladder ladder[2] = { { &level, 1 }, { NULL, 0 } };

    (void)state;
    t = (struct net){ .n = 3, .supply = { 10, 0, 0 }, .basket = { 0, 0, 1 }, .u = { 0, 5, 0 } };
    t.pools[t.pools_n++] = (struct real_curve){ .kind = CURVE_fixed_rate,
                                                .n = 2,
                                                .live = 3,
                                                .node = { 0, 1 },
                                                .top = { log(1000), -INFINITY },
                                                .as.ladder = ladder };
    pool(&t, 1, 2, 1000, 500, 0.997);
    struct dual_result r = minimise(&t);
    assert_near(r.ratio, 500 * 997.0 / (1000 + 997), 1e-9);
}

/* Two equal pools share an order; with a hop between, the sum of what both ways give. */
static void test_dual_splits_between_equal_ways(void **state)
{
    static struct net t;

    (void)state;
    t = (struct net){ .n = 3, .supply = { 10, 0, 0 }, .basket = { 0, 1, 0 } };
    pool(&t, 0, 1, 1000, 1000, 0.997);
    pool(&t, 0, 1, 1000, 1000, 0.997);
    pool(&t, 0, 2, 10, 10, 0.5); /* too dear */
    pool(&t, 2, 1, 10, 10, 0.5);
    struct dual_result r = minimise(&t);
    assert_near(r.ratio, 2 * 1000 * 4.985 / (1000 + 4.985), 1e-12);
    assert_near(excess(&t, 2, r.ratio), 0, 0);
}

/* Pools that disagree about prices pay even without an order. */
static void test_dual_counts_arbitrage(void **state)
{
    static struct net t;

    (void)state;
    t = (struct net){ .n = 2, .supply = { 0, 0 }, .basket = { 0, 1 } };
    pool(&t, 0, 1, 1000, 1000, 1);
    pool(&t, 0, 1, 1000, 1210, 1);
    struct dual_result r = minimise(&t);
    /* sell x to the second, buy x back from the first: y = 1210x/(1000+x) - 1000x/(1000-x) */
    double x = 1000 * (sqrt(1.21) - 1) / (sqrt(1.21) + 1);
    assert_near(r.ratio, 1210 * x / (1000 + x) - 1000 * x / (1000 - x), 1e-10);
}

static void net_random(struct net *t, struct prng *rng)
{
    *t = (struct net){ .n = 2 + prng_below(rng, NODES - 2) };
    double price[NODES];
    for (size_t i = 0; i < t->n; i++)
        price[i] = exp((double)prng_below(rng, 1000) / 100);
    size_t pools = t->n + prng_below(rng, POOLS - t->n);
    for (size_t i = 0; i < pools; i++) {
        uint32_t a = i + 1 < t->n ? (uint32_t)i + 1 : (uint32_t)prng_below(rng, t->n);
        uint32_t b = (uint32_t)prng_below(rng, i + 1 < t->n ? i + 1 : t->n);
        double size = exp((double)prng_below(rng, 1200) / 100);
        double off = 1 + (double)prng_below(rng, 100) / 1000;
        if (a != b)
            pool(t, a, b, size / price[a], off * size / price[b],
                 1 - (double)prng_below(rng, 10) / 1000);
    }
    t->supply[0] = (double)prng_below(rng, 1000) / price[0];
    t->basket[t->n - 1] = 1;
    for (size_t i = 0; i < t->n; i++)
        t->u[i] = log(price[i] / price[t->n - 1]);
}

/* The trades at the prices found conserve every asset, so the bound is reached: it is the optimum. */
static void test_dual_closes_the_gap_on_random_networks(void **state)
{
    static struct net t;
    struct prng rng = { 7 };

    (void)state;
    for (int k = 0; k < 300; k++) {
        net_random(&t, &rng);
        struct dual_result r = minimise(&t);
        double worth = r.ratio * exp(t.u[t.n - 1]);
        for (size_t i = 0; i < t.n; i++) {
            if (fabs(excess(&t, i, r.ratio)) > 1e-6 * worth)
                fail_msg("network %d node %zu: %g of %g is left after %u steps", k, i,
                         excess(&t, i, r.ratio), worth, r.steps);
        }
    }
}

static void test_dual_refuses_a_start_that_is_worth_nothing(void **state)
{
    static struct net t;
    struct dual_result r;
    struct arena arena;

    (void)state;
    t = (struct net){ .n = 2, .supply = { 1, 0 } };
    pool(&t, 0, 1, 1000, 1000, 0.997);
    struct frame frame;
    const struct dual d = { &frame, t.supply, t.basket, NULL, 0, false };
    arena_init(&arena, (size_t)1 << 20);
    assert_ok(frame_build(&frame, &arena, t.n, t.pools, t.pools_n));
    assert_err(dual_minimise(&r, t.u, &arena, &d, 10), ERR_INVALID);
    t.basket[1] = 1;
    t.u[0] = NAN;
    assert_err(dual_minimise(&r, t.u, &arena, &d, 10), ERR_INVALID);
    arena_fini(&arena);
}

static void test_dual_laplacian_solves_what_was_added(void **state)
{
    static struct net t;
    struct prng rng = { 11 };
    struct laplacian l;
    struct arena arena;
    struct laplacian_pair pairs[POOLS];
    double weight[POOLS], x[NODES], rhs[NODES];

    (void)state;
    net_random(&t, &rng);
    for (size_t i = 0; i < t.pools_n; i++)
        pairs[i] = (struct laplacian_pair){ t.pools[i].node[0], t.pools[i].node[1] };
    arena_init(&arena, (size_t)1 << 24);
    assert_ok(laplacian_init(&l, &arena, t.n, pairs, t.pools_n));
    for (int round = 0; round < 3; round++) {
        l.fill_max = round < 2 ? LAPLACIAN_FILL_MAX : 0; /* then by conjugate gradients */
        laplacian_clear(&l);
        for (size_t i = 0; i < t.pools_n; i++) {
            weight[i] = 1 + (double)prng_below(&rng, 100);
            laplacian_add(&l, pairs[i].a, pairs[i].b, i, weight[i]);
        }
        for (size_t i = 0; i < t.n; i++)
            x[i] = rhs[i] = (double)prng_below(&rng, 100) - 50;
        assert_true(laplacian_solve(&l, x, 1, 0));
        assert_true(fabs(x[1]) < 1e-90);
        for (size_t i = 0; i < t.pools_n; i++) {
            double flow = weight[i] * (x[pairs[i].a] - x[pairs[i].b]);
            rhs[pairs[i].a] -= flow;
            rhs[pairs[i].b] += flow;
        }
        for (size_t i = 0; i < t.n; i++)
            assert_true(i == 1 || fabs(rhs[i]) < 1e-8);
    }
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dual_finds_what_one_pool_gives),
        cmocka_unit_test(test_dual_stops_where_nothing_pays),
        cmocka_unit_test(test_dual_moves_what_no_curve_holds),
        cmocka_unit_test(test_dual_splits_between_equal_ways),
        cmocka_unit_test(test_dual_counts_arbitrage),
        cmocka_unit_test(test_dual_closes_the_gap_on_random_networks),
        cmocka_unit_test(test_dual_refuses_a_start_that_is_worth_nothing),
        cmocka_unit_test(test_dual_laplacian_solves_what_was_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
