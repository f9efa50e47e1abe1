/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <math.h>

#include "solver/route/master.h"

/* Asset 0 is sold for asset 1 at firm quotes, each for so much of asset 1. */
struct scene {
    struct arena arena;
    struct lp *lp;
    struct real_curve curves[4];
    size_t curves_n;
    struct frame frame;
    double supply[2], basket[2], u[2];
    struct dual dual;
};

static void scene_open(struct scene *s, double supply, double log_rate)
{
    *s = (struct scene){ .supply = { supply, 0 }, .basket = { 0, 1 }, .u = { log_rate, 0 } };
    arena_init(&s->arena, (size_t)1 << 24);
    s->lp = lp_new();
    assert_non_null(s->lp);
}

static void quote(struct scene *s, uint64_t num, uint64_t den, uint64_t capacity)
{
    const double price[2] = { 1, 1 };
    const struct curve c = { .assets_n = 2,
                             .asset = { 0, 1 },
                             .kind = CURVE_fixed_rate,
                             .as.fixed_rate = { .num = u256_of(num),
                                                .den = u256_of(den),
                                                .keep_num = 1,
                                                .keep_den = 1,
                                                .capacity = { u256_of(0), u256_of(capacity) } } };
    struct real_curve *r = &s->curves[s->curves_n++];

    assert_ok(real_curve_init(r, &s->arena, &c, price));
    r->node[0] = 0;
    r->node[1] = 1;
}

static enum err solve(struct master_result *r, struct scene *s, uint64_t *pivots)
{
    assert_ok(frame_build(&s->frame, &s->arena, 2, s->curves, s->curves_n));
    s->dual = (struct dual){ .frame = &s->frame, .supply = s->supply, .basket = s->basket };
    return master_solve(r, &s->arena, s->lp, &s->dual, s->u, 1e-12, pivots);
}

static void scene_close(struct scene *s)
{
    lp_free(s->lp);
    arena_fini(&s->arena);
}

static void assert_near(double x, double wanted)
{
    if (!(fabs(x - wanted) <= 1e-9 * fabs(wanted)))
        fail_msg("%.17g is not %.17g", x, wanted);
}

/* Prices say that the better quote is taken whole; the program, how much of the other. */
static void test_master_divides_at_the_marginal_quote(void **state)
{
    struct scene s;
    struct master_result r;
    uint64_t pivots = 1000;

    (void)state;
    scene_open(&s, 80, log(1.5));
    quote(&s, 2, 1, 100);
    quote(&s, 3, 2, 1000);
    quote(&s, 1, 1, 1000);
    assert_ok(solve(&r, &s, &pivots));
    assert_near(r.reached, 100 + 45);
    assert_near(r.ratio, r.reached);
    assert_near(r.net[0][0], -50);
    assert_near(r.net[0][1], 100);
    assert_near(r.net[1][0], -30);
    assert_near(r.net[1][1], 45);
    assert_true(!(fabs(r.net[2][0]) > 0));
    assert_true(pivots < 1000);
    scene_close(&s);
}

/* From prices far off it finds its way by its own duals, each round from the basis of the last. */
static void test_master_moves_to_the_right_prices(void **state)
{
    struct scene s;
    struct master_result r;
    uint64_t pivots = 1000;

    (void)state;
    scene_open(&s, 600, log(1.9));
    quote(&s, 2, 1, 100);
    quote(&s, 3, 2, 300);
    quote(&s, 1, 1, 1000);
    assert_ok(solve(&r, &s, &pivots));
    assert_near(r.reached, 100 + 300 + 350);
    assert_near(r.ratio, r.reached);
    assert_in_range(r.rounds, 0, 10);
    scene_close(&s);
}

static void test_master_stops_where_pivots_are_used_up(void **state)
{
    struct scene s;
    struct master_result r;
    uint64_t pivots = 0;

    (void)state;
    scene_open(&s, 80, log(1.5));
    quote(&s, 2, 1, 100);
    quote(&s, 3, 2, 1000);
    assert_err(solve(&r, &s, &pivots), ERR_TIMEOUT);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_master_divides_at_the_marginal_quote),
        cmocka_unit_test(test_master_moves_to_the_right_prices),
        cmocka_unit_test(test_master_stops_where_pivots_are_used_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
