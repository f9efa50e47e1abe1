/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves in doubles by hand: the numbers of small pools and books. */
#include <math.h>

#include "solver/route/real_curve.h"
#include "tests/support/test_support.h"

static const double unit[2] = { 1, 1 };
static const struct real_smooth sharp = { 0, 0 };
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-12 * fmax(fabs(wanted), 1)))
        fail_msg("%.17g, not %.17g", got, wanted);
}

static struct curve pool_of(uint64_t first, uint64_t second)
{
    return (struct curve){ .kind = CURVE_constant_product,
                           .assets_n = 2,
                           .as.constant_product = { { u256_of(first), u256_of(second) }, 1, 1 } };
}

static struct real_curve real_of(const struct curve *c)
{
    struct real_curve r = { .node = { 0, 1 } };

    assert_ok(real_curve_init(&r, &arena, c, unit));
    return r;
}

static enum real_state pull_at(struct real_pull *p, const struct real_curve *c, double y,
                               const struct real_smooth *s)
{
    double u[2] = { y, 0 }, e[2] = { exp(y), 1 };

    return real_curve_pull(p, c, u, e, s);
}

static struct book_level bids[] = { { { { 3 } }, { { 100 } } }, { { { 2 } }, { { 50 } } } };
static struct book_level asks[] = { { { { 4 } }, { { 10 } } } };

static struct curve book_of(void)
{
    return (struct curve){ .kind = CURVE_book,
                           .assets_n = 2,
                           .as.book = { .scale = u256_of(1),
                                        .lot = u256_of(1),
                                        .keep_num = 1,
                                        .keep_den = 1,
                                        .bids = bids,
                                        .asks = asks,
                                        .bids_n = 2,
                                        .asks_n = 1 } };
}

static void test_real_curve_pool_trades_to_the_geometric_mean(void **state)
{
    struct curve c = pool_of(100, 400);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_near(real_curve_top(&r, (struct way){ 0, 1 }), log(4));
    assert_int_equal(pull_at(&p, &r, 0, &sharp), REAL_TRADES); /* A = 100, B = 400, m = 200 */
    assert_near(p.net[0], -100);
    assert_near(p.net[1], 200);
    assert_near(p.weight[0], 100);
    assert_near(p.profit, 100);
    assert_near(real_curve_out(&r, (struct way){ 0, 1 }, 100), 200);
    assert_near(real_curve_rate(&r, (struct way){ 0, 1 }, 100), 0);
    assert_near(real_curve_at(&r, (struct way){ 0, 1 }, 0).in, 100);
}

static void test_real_curve_pool_gives_the_other_way_beyond_its_price(void **state)
{
    struct curve c = pool_of(100, 400);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, log(16), &sharp), REAL_TRADES); /* A = 400, B = 1600 */
    assert_near(p.net[0], 800);
    assert_near(p.net[1], -400);
    assert_int_equal(pull_at(&p, &r, log(4), &sharp), REAL_IDLE);
}

static void test_real_curve_pool_near_its_price_is_tight(void **state)
{
    struct curve c = pool_of(100, 100);
    struct real_smooth s = { 0, 0.1 };
    struct real_curve r;
    struct real_pull p;

    (void)state;
    c.as.constant_product.keep_num = 9;
    c.as.constant_product.keep_den = 10;
    r = real_of(&c);
    assert_int_equal(pull_at(&p, &r, log(0.9) + 0.025, &s), REAL_TIGHT);
    assert_near(p.net[0], 0);
    assert_near(p.profit, 0);
    assert_near(p.weight[0], 50 * exp(0.0125) * 0.75);
    assert_int_equal(pull_at(&p, &r, 0, &s), REAL_IDLE);
    assert_true(real_curve_rests(&r, 0, s.tight));
    assert_false(real_curve_rests(&r, log(0.9) + 0.025, s.tight));
}

static void test_real_curve_small_trades_keep_their_precision(void **state)
{
    struct curve c = pool_of(1000000, 1000000);
    struct real_curve r = real_of(&c);
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, -2e-12, &sharp), REAL_TRADES);
    assert_true(fabs(p.net[0] + 1e-6) < 1e-17);
    assert_true(fabs(p.profit - 1e-18) < 1e-28);
}

static void test_real_curve_book_takes_its_levels_in_turn(void **state)
{
    struct curve c = book_of();
    struct real_curve r = real_of(&c);
    struct way sell = { 0, 1 }, buy = { 1, 0 };
    struct real_pull p;

    (void)state;
    assert_int_equal(pull_at(&p, &r, log(2.5), &sharp), REAL_TRADES);
    assert_near(p.net[0], -250); /* 100 at 2.5 each */
    assert_near(p.net[1], 300);
    assert_near(p.profit, 50);
    assert_int_equal(pull_at(&p, &r, log(3.5), &sharp), REAL_IDLE);
    assert_int_equal(pull_at(&p, &r, log(5), &sharp), REAL_TRADES);
    assert_near(p.net[0], 50);
    assert_near(p.net[1], -40);
    assert_near(real_curve_out(&r, sell, 125), 350);
    assert_near(real_curve_out(&r, sell, 1000), 400);
    assert_near(real_curve_out(&r, buy, 20), 5);
    assert_near(real_curve_rate(&r, sell, 125), log(2));
    assert_near(real_curve_at(&r, sell, log(1)).out, 400);
}

/* Both bids lie inside the window of the bend: each has a part of its own. */
static void test_real_curve_book_bends_each_level_by_itself(void **state)
{
    struct curve c = book_of();
    struct real_curve r = real_of(&c);
    struct real_smooth s = { 1, 0 };
    double y = log(2.5), high = (log(3) - y + 1) / 2, low = (log(2) - y + 1) / 2;
    struct real_pull p;

    (void)state;
    r.top[1] = -INFINITY; /* its bids alone */
    assert_int_equal(pull_at(&p, &r, y, &s), REAL_TRADES);
    assert_near(p.net[0], -2.5 * (100 * high + 50 * low));
    assert_near(p.net[1], exp(1) / 2 * (300 * (1 - exp(-2 * high)) + 100 * (1 - exp(-2 * low))));
    assert_near(p.weight[0], 2.5 * (100 + 50) / 2.0);
    assert_near(p.profit, p.net[0] + p.net[1]);
}

static void test_real_curve_refuses_what_offers_nothing(void **state)
{
    struct curve c = book_of();
    struct real_curve r;
    const double absurd[2] = { 1e300, 1e-300 };

    (void)state;
    c.as.book.bids_n = c.as.book.asks_n = 0;
    assert_err(real_curve_init(&r, &arena, &c, unit), ERR_NOT_FOUND);
    c = pool_of(0, 1);
    assert_err(real_curve_init(&r, &arena, &c, unit), ERR_NOT_FOUND);
    c = pool_of(UINT64_MAX, UINT64_MAX);
    c.as.constant_product.reserve[0] = (struct u256){ { 0, 0, 0, 1 } };
    assert_err(real_curve_init(&r, &arena, &c, absurd), ERR_NUMERIC);
}

static void test_real_curve_needs_memory(void **state)
{
    struct curve c = book_of();
    struct real_curve r;
    struct arena none;

    (void)state;
    arena_init(&none, 16);
    assert_err(real_curve_init(&r, &none, &c, unit), ERR_NOMEM);
    arena_fini(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_curve_pool_trades_to_the_geometric_mean),
        cmocka_unit_test(test_real_curve_pool_gives_the_other_way_beyond_its_price),
        cmocka_unit_test(test_real_curve_pool_near_its_price_is_tight),
        cmocka_unit_test(test_real_curve_small_trades_keep_their_precision),
        cmocka_unit_test(test_real_curve_book_takes_its_levels_in_turn),
        cmocka_unit_test(test_real_curve_book_bends_each_level_by_itself),
        cmocka_unit_test(test_real_curve_refuses_what_offers_nothing),
        cmocka_unit_test(test_real_curve_needs_memory),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
