/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds with many assets, ticks or a capacity as curves: what their kernels promise
 * (tests/property/test_pools.c) holds through the one face of all kinds, through copies, through the
 * bytes of a store and through the wire. A new kind adds a subject.
 */
#include <string.h>

#include "proto/wire_venue.h"
#include "solver/market/curve_copy.h"
#include "tests/support/pools.h"
#include "tests/support/test_support.h"
#include "venues/sdk/curve_state.h"

#define ROUNDS 300
#define ARENA_BYTES ((size_t)1 << 22)

static struct arena arena;
static struct prng rng;

/* A random pool, the curve of it, and an offer for its way. */
struct specimen {
    struct pool pool;
    struct curve curve;
    struct u256 offer;
};

static void draw(struct specimen *x, const struct pool_subject *s)
{
    arena_reset(&arena);
    memset(x, 0, sizeof *x);
    s->make(&x->pool, &rng);
    pools_curve(&x->curve, &x->pool, s);
    x->curve.id = 5;
    x->curve.seq = 7;
    assert_ok(curve_check(&x->curve));
    x->offer = s->offer(&x->pool, &rng);
}

/* What c pays is what its kernel says of the pool. */
static void assert_pays_as(const struct curve *c, const struct pool_subject *s,
                           const struct pool *p, const struct u256 *offer)
{
    struct trade want = { 0 }, have = { 0 };
    enum err err = s->out(&want, p, offer);

    assert_int_equal(curve_out(&have, c, p->way, offer), err);
    assert_memory_equal(&have, &want, sizeof have);
}

static void test_curve_pools_answer_as_their_kernels(void **state)
{
    const struct pool_subject *s = *state;
    struct specimen x;
    int traded = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct trade t = { 0 }, want = { 0 }, have = { 0 };

        draw(&x, s);
        assert_pays_as(&x.curve, s, &x.pool, &x.offer);
        if (curve_out(&t, &x.curve, x.pool.way, &x.offer) != ERR_OK)
            continue;
        traded += !u256_is_zero(&t.out);
        enum err err = s->in(&want, &x.pool, &t.out);

        assert_int_equal(curve_in(&have, &x.curve, x.pool.way, &t.out), err);
        assert_memory_equal(&have, &want, sizeof have);
    }
    assert_true(traded > ROUNDS / 20);
}

/* A copy that traded is the pool that traded; the original and what was restored are as before. */
static void test_curve_pools_trade_on_copies(void **state)
{
    const struct pool_subject *s = *state;
    struct specimen x;
    int traded = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct trade t;
        struct curve copy;

        draw(&x, s);
        if (curve_out(&t, &x.curve, x.pool.way, &x.offer) != ERR_OK)
            continue;
        struct pool after = x.pool;

        assert_ok(curve_copy(&copy, &arena, &x.curve));
        assert_ok(curve_apply(&copy, x.pool.way, &t));
        assert_ok(s->apply(&after, &t));
        assert_pays_as(&x.curve, s, &x.pool, &x.offer);
        if (s->check(&after) == ERR_OK) { /* a stable pool may have no D any more */
            assert_ok(curve_check(&copy));
            assert_pays_as(&copy, s, &after, &x.offer);
            after.way = way_back(after.way);
            assert_pays_as(&copy, s, &after, &t.out);
            traded += !u256_is_zero(&t.out);
        }
        curve_copy_restore(&copy, &x.curve);
        assert_pays_as(&copy, s, &x.pool, &x.offer);
    }
    assert_true(traded > ROUNDS / 20);
}

static void test_curve_pools_have_a_way_between_any_two_assets(void **state)
{
    struct specimen x;
    struct way way = { 77, 78 };

    draw(&x, *state);
    for (uint32_t a = 0; a < x.curve.assets_n; a++) {
        for (uint32_t b = 0; b < x.curve.assets_n; b++) {
            if (a == b)
                continue;
            x.curve.asset[a] = 500;
            x.curve.asset[b] = 400;
            assert_true(curve_way(&way, &x.curve, 500, 400));
            assert_true(way.give == a && way.get == b);
            x.curve.asset[a] = a;
            x.curve.asset[b] = b;
        }
    }
    way = (struct way){ 77, 78 };
    assert_false(curve_way(&way, &x.curve, 0, 0));
    assert_false(curve_way(&way, &x.curve, 0, 900));
    assert_false(curve_way(&way, &x.curve, 900, 1));
    assert_true(way.give == 77 && way.get == 78);
}

static void test_curve_pools_check_refuses_assets_that_do_not_fit(void **state)
{
    struct specimen x;

    draw(&x, *state);
    uint32_t n = x.curve.assets_n;

    for (uint32_t other = 0; other <= CURVE_ASSETS_MAX + 1; other++) {
        x.curve.assets_n = other;
        for (uint32_t k = n; k < other && k < CURVE_ASSETS_MAX; k++)
            x.curve.asset[k] = k;
        assert_int_equal(curve_check(&x.curve), other == n ? ERR_OK : ERR_INVALID);
    }
    x.curve.assets_n = n;
    x.curve.asset[n - 1] = x.curve.asset[0];
    assert_err(curve_check(&x.curve), ERR_INVALID);
}

/* What a venue keeps of a curve that traded brings another copy of it to the same state. */
static void test_curve_pools_come_back_from_a_store(void **state)
{
    const struct pool_subject *s = *state;
    struct specimen x;
    int kept = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct curve traded, fresh;
        struct trade t;
        uint8_t *bytes;
        size_t n;

        draw(&x, s);
        assert_ok(curve_copy_whole(&fresh, &arena, &x.curve));
        assert_ok(curve_copy_whole(&traded, &arena, &x.curve));
        if (curve_out(&t, &traded, x.pool.way, &x.offer) != ERR_OK)
            continue;
        assert_ok(curve_apply(&traded, x.pool.way, &t));
        assert_ok(curve_state_pack(&bytes, &n, &arena, &traded));
        if (curve_check(&traded) != ERR_OK) {
            assert_err(curve_state_unpack(&fresh, bytes, n), ERR_CONFLICT);
            continue;
        }
        assert_ok(curve_state_unpack(&fresh, bytes, n));
        assert_ok(s->apply(&x.pool, &t));
        assert_pays_as(&fresh, s, &x.pool, &x.offer);
        assert_err(curve_state_unpack(&fresh, bytes, n - 1), ERR_CONFLICT);
        kept += !u256_is_zero(&t.out);
    }
    assert_true(kept > ROUNDS / 20);
}

/* Over the wire nothing is lost, and the message is no longer than the bound that pages trust. */
static void test_curve_pools_go_over_the_wire(void **state)
{
    const struct pool_subject *s = *state;
    struct wire_bytes bytes = { 0 };
    struct specimen x;

    for (int i = 0; i < ROUNDS; i++) {
        struct wire_venue_answer out, in = { .verb = WIRE_QUOTES };

        draw(&x, s);
        in.as.quotes.curves = &x.curve;
        in.as.quotes.curves_n = 1;
        assert_ok(wire_venue_answer_pack(&bytes, &in));
        assert_true(bytes.n <= curve_state_wire_bound(&x.curve));
        assert_ok(wire_venue_answer_unpack(&out, &arena, bytes.data, bytes.n));
        assert_int_equal(out.as.quotes.curves_n, 1);
        assert_ok(curve_check(out.as.quotes.curves));
        assert_pays_as(out.as.quotes.curves, s, &x.pool, &x.offer);
    }
    wire_bytes_fini(&bytes);
}

#define CLAIM(subject, claim)                                                                      \
    {                                                                                              \
#subject " " #claim, test_curve_pools_##claim, NULL, NULL, &subjects.subject               \
    }
#define SUITE(subject)                                                                             \
    CLAIM(subject, answer_as_their_kernels), CLAIM(subject, trade_on_copies),                      \
        CLAIM(subject, have_a_way_between_any_two_assets),                                         \
        CLAIM(subject, check_refuses_assets_that_do_not_fit),                                      \
        CLAIM(subject, come_back_from_a_store), CLAIM(subject, go_over_the_wire)

/* cmocka takes no const state. */
static struct {
    struct pool_subject weighted, stable, concentrated, fixed_rate;
} subjects;

int main(void)
{
    const struct CMUnitTest tests[] = { SUITE(weighted), SUITE(stable), SUITE(concentrated),
                                        SUITE(fixed_rate) };

    subjects.weighted = pools_weighted;
    subjects.stable = pools_stable;
    subjects.concentrated = pools_concentrated;
    subjects.fixed_rate = pools_fixed_rate;
    prng_init(&rng, 303);
    arena_init(&arena, ARENA_BYTES);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_fini(&arena);
    return failed;
}
