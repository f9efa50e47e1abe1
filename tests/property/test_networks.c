/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The markets that other tests rely on are what they say: sound, repeatable, of every kind; and no
 * cycle of trades gains in a fair one, as Bellman and Ford find it on the exact curves.
 */
#include "tests/support/test_support.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/networks.h"

#define RANDOM_N 200
#define ROUNDING 1e-6 /* what whole atoms may add to a rate */

/* The rate of a small trade, in value for value; the best of several sizes. 0: none. */
static double small_rate(const struct networks *n, const struct curve *c, struct way way)
{
    uint32_t a = c->asset[way.give], b = c->asset[way.get];
    double best = 0;

    for (double share = 1e-9; share < 1e-2; share *= 10) {
        struct u256 offer = networks_atoms(share * n->depth[a] / n->price[a]);
        struct trade t;

        if (curve_out(&t, c, way, &offer) != ERR_OK || u256_is_zero(&t.in))
            continue;
        best = fmax(best,
                    networks_double(&t.out) * n->price[b] / (networks_double(&t.in) * n->price[a]));
    }
    return best;
}

/* An arc that lowers the distance of its head. */
static bool relax(double *distance, const struct curve *c, const double *cost)
{
    bool moved = false;

    for (uint32_t i = 0; i < c->assets_n; i++) {
        for (uint32_t j = 0; j < c->assets_n; j++) {
            double to = distance[c->asset[i]] + cost[i * CURVE_ASSETS_MAX + j];

            if (i != j && to < distance[c->asset[j]]) {
                distance[c->asset[j]] = to;
                moved = true;
            }
        }
    }
    return moved;
}

static double *costs_make(const struct networks *n)
{
    const size_t each = (size_t)CURVE_ASSETS_MAX * CURVE_ASSETS_MAX;
    double *cost = calloc(n->curves_n * each, sizeof *cost);

    assert_non_null(cost);
    for (size_t k = 0; k < n->curves_n; k++) {
        const struct curve *c = &n->curves[k];

        for (uint32_t i = 0; i < c->assets_n; i++) {
            for (uint32_t j = 0; j < c->assets_n; j++) {
                double rate = i == j ? 0 : small_rate(n, c, (struct way){ i, j });

                cost[k * each + i * CURVE_ASSETS_MAX + j] = ROUNDING - log(rate);
            }
        }
    }
    return cost;
}

/* Distances still fall after as many rounds as there are assets: there is a cycle that gains. */
static bool cycle_gains(const struct networks *n)
{
    double *distance = calloc(n->assets_n, sizeof *distance), *cost = costs_make(n);
    bool moved = true;

    assert_non_null(distance);
    for (size_t round = 0; round < n->assets_n && moved; round++) {
        moved = false;
        for (size_t k = 0; k < n->curves_n; k++)
            moved |= relax(distance, &n->curves[k], cost + k * CURVE_ASSETS_MAX * CURVE_ASSETS_MAX);
    }
    free(distance);
    free(cost);
    return moved;
}

static void sound(const struct networks *n)
{
    for (size_t k = 0; k < n->curves_n; k++)
        assert_ok(curve_check(&n->curves[k]));
    for (size_t k = 0; k < n->orders_n; k++) {
        assert_true(n->orders[k].sell < n->assets_n && n->orders[k].buy < n->assets_n);
        assert_true(n->orders[k].sell != n->orders[k].buy);
        assert_false(u256_is_zero(&n->orders[k].amount));
    }
}

static void test_networks_large_ones_are_fair(void **state)
{
    struct networks n;

    (void)state;
    networks_hubs(&n, 1, (struct networks_size){ 1000, 100 });
    sound(&n);
    assert_false(cycle_gains(&n));
    networks_fini(&n);
    networks_expander(&n, 2, (struct networks_size){ 1000, 100 });
    sound(&n);
    assert_false(cycle_gains(&n));
    networks_fini(&n);
}

static void test_networks_of_one_kind_are_fair(void **state)
{
    void (*const make[])(struct networks *, uint64_t) = { networks_books, networks_balancer,
                                                          networks_ticks };
    struct networks n;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        make[i](&n, 3);
        sound(&n);
        assert_int_equal(n.curves_n, n.curves_room);
        assert_false(cycle_gains(&n));
        networks_fini(&n);
    }
}

static void test_networks_mispriced_ones_have_cycles(void **state)
{
    struct networks n;

    (void)state;
    networks_mispriced(&n, 4);
    sound(&n);
    assert_int_equal(n.curves_n, 3000);
    assert_int_equal(n.assets_n, 500);
    assert_true(cycle_gains(&n));
    networks_fini(&n);
}

static void test_networks_random_ones_are_fair_when_they_say_so(void **state)
{
    unsigned fair = 0, gains = 0, kinds = 0;

    (void)state;
    for (uint64_t seed = 0; seed < RANDOM_N; seed++) {
        struct networks n;

        networks_random(&n, seed);
        sound(&n);
        for (size_t k = 0; k < n.curves_n; k++)
            kinds |= 1u << n.curves[k].kind;
        bool gained = cycle_gains(&n);

        if (n.fair && gained)
            fail_msg("seed %u, %s: a cycle gains", (unsigned)seed, n.shape);
        fair += n.fair;
        gains += gained;
        networks_fini(&n);
    }
    assert_true(fair > RANDOM_N / 10 && gains > RANDOM_N / 10);
    assert_int_equal(kinds, 0x7e);
}

static void test_networks_repeat(void **state)
{
    struct networks a, b;

    (void)state;
    networks_random(&a, 7);
    networks_random(&b, 7);
    assert_int_equal(a.curves_n, b.curves_n);
    assert_memory_equal(a.price, b.price, a.assets_n * sizeof *a.price);
    for (size_t k = 0; k < a.orders_n; k++)
        assert_int_equal(u256_cmp(&a.orders[k].amount, &b.orders[k].amount), 0);
    networks_fini(&a);
    networks_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks_large_ones_are_fair),
        cmocka_unit_test(test_networks_of_one_kind_are_fair),
        cmocka_unit_test(test_networks_mispriced_ones_have_cycles),
        cmocka_unit_test(test_networks_random_ones_are_fair_when_they_say_so),
        cmocka_unit_test(test_networks_repeat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
