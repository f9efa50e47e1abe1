/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/engine/venue_table.h"

#define SECOND ((uint64_t)1000000000)

static struct asset assets[2] = {
    { .id = 7, .symbol = "A", .class_of = ASSET_SPOT, .lot = { 1 } },
    { .id = 9, .symbol = "B", .class_of = ASSET_SPOT, .lot = { 1 } }
};
static struct asset_table table = { .items = assets, .n = 2 };

static struct curve pool(uint64_t id, uint64_t seq)
{
    struct curve c = {
        .id = id, .seq = seq, .assets_n = 2, .asset = { 7, 9 }, .kind = CURVE_constant_product
    };

    c.as.constant_product = (struct constant_product){
        .reserve = { u256_of(1000000), u256_of(2000000) }, .keep_num = 997, .keep_den = 1000
    };
    return c;
}

static struct venue *open_venue(struct venue_table *t)
{
    venue_table_init(t, &table);
    t->n = 1;
    t->venues[0].state = VENUE_UP;
    t->venues[0].ttl_ms = 1000;
    t->venues[0].confirmed_ns = 10 * SECOND;
    return &t->venues[0];
}

static void test_venue_table_uses_a_fresh_curve_only(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct curve c = pool(1, 5);

    (void)state;
    assert_ok(venue_curve_put(&t, v, &c));
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), 11 * SECOND));
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 11 * SECOND + 1));
    v->state = VENUE_SYNCING;
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    venue_table_fini(&t);
}

static void test_venue_table_keeps_a_curve_out_until_our_fill_shows(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct curve c = pool(1, 5);

    (void)state;
    assert_ok(venue_curve_put(&t, v, &c));
    venue_leg_opened(v, 1);
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    venue_leg_closed(v, 1, 8);
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    c = pool(1, 7);
    assert_ok(venue_curve_put(&t, v, &c));
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    c = pool(1, 8);
    assert_ok(venue_curve_put(&t, v, &c));
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    venue_table_fini(&t);
}

static void test_venue_table_remembers_legs_over_a_snapshot(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct curve c = pool(1, 5);

    (void)state;
    venue_leg_opened(v, 1); /* found at recovery, before the curve is known */
    assert_ok(venue_curve_put(&t, v, &c));
    venue_curves_clear(v);
    assert_ok(venue_curve_put(&t, v, &c));
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    venue_leg_closed(v, 1, 0);
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND));
    assert_int_equal(v->open_legs, 0);
    venue_table_fini(&t);
}

static void test_venue_table_refuses_contradictions(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct curve c = pool(1, 5);

    (void)state;
    c.asset[0] = 8;
    assert_err(venue_curve_put(&t, v, &c), ERR_INVALID);
    c = pool(1, 5);
    c.as.constant_product.reserve[0] = u256_of(0);
    assert_err(venue_curve_put(&t, v, &c), ERR_INVALID);
    c = pool(1, 5);
    assert_ok(venue_curve_put(&t, v, &c));
    c = pool(1, 4);
    assert_err(venue_curve_put(&t, v, &c), ERR_CONFLICT);
    c = pool(1, 6);
    c.as.constant_product.keep_num = 0;
    assert_err(venue_curve_put(&t, v, &c), ERR_INVALID);
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), 10 * SECOND)); /* nor the old one */
    venue_table_fini(&t);
}

static void test_venue_table_copies_levels(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct book_level levels[2] = { { u256_of(100), u256_of(10) }, { u256_of(101), u256_of(10) } };
    struct curve c = { .id = 3, .seq = 1, .assets_n = 2, .asset = { 7, 9 }, .kind = CURVE_book };

    (void)state;
    c.as.book = (struct book){ .scale = u256_of(1),
                               .lot = u256_of(1),
                               .keep_num = 1,
                               .keep_den = 1,
                               .bids = &levels[0],
                               .bids_n = 1,
                               .asks = &levels[1],
                               .asks_n = 1 };
    assert_ok(venue_curve_put(&t, v, &c));
    memset(levels, 0, sizeof levels);
    const struct book *b = &venue_curve_get(v, 3)->curve.as.book;
    assert_int_equal(b->bids[0].price.limb[0], 100);
    assert_int_equal(b->asks[0].price.limb[0], 101);
    venue_curve_remove(v, 3);
    assert_false(venue_curve_usable(v, venue_curve_get(v, 3), 10 * SECOND));
    venue_table_fini(&t);
}

static void test_venue_table_quarantine_outlives_trouble(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);

    (void)state;
    venue_quarantine(v, "lied");
    venue_down(v, "silent");
    assert_int_equal(v->state, VENUE_QUARANTINED);
    assert_string_equal(v->note, "lied");
    venue_table_fini(&t);
}

static void test_venue_table_rests_a_venue_that_fills_nothing(void **state)
{
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    struct curve c = pool(1, 5);
    uint64_t now = 10 * SECOND;

    (void)state;
    assert_ok(venue_curve_put(&t, v, &c));
    for (int i = 1; i < VENUE_FAILURES_MAX; i++)
        assert_false(venue_leg_failed(v, now + (uint64_t)i));
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), now + 5));
    assert_true(venue_leg_failed(v, now + 5));
    assert_false(venue_curve_usable(v, venue_curve_get(v, 1), now + 5));
    assert_string_equal(venue_state_name(v, now + 5), "resting");
    assert_true(venue_rests(v, now + SECOND + 4));
    assert_false(venue_rests(v, now + SECOND + 5));
    venue_leg_filled(v);
    assert_true(venue_curve_usable(v, venue_curve_get(v, 1), now + 6));
    assert_false(venue_leg_failed(v, now + 7)); /* counted from the start again */
    assert_string_equal(venue_state_name(v, now + 7), "up");
    venue_table_fini(&t);
}

static void test_venue_table_doubles_the_rest_up_to_a_minute(void **state)
{
    static const uint64_t seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
    static struct venue_table t;
    struct venue *v = open_venue(&t);
    uint64_t now = 10 * SECOND;

    (void)state;
    assert_false(venue_leg_failed(v, now));
    assert_false(venue_leg_failed(v, now)); /* the same answer */
    assert_false(venue_leg_failed(v, now + 1));
    now += 2;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        assert_true(venue_leg_failed(v, now));
        assert_int_equal(v->rest_ns - now, seconds[i] * SECOND);
        assert_false(venue_leg_failed(v, now + SECOND / 2)); /* sent before the rest */
        now = v->rest_ns;
    }
    venue_table_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_venue_table_uses_a_fresh_curve_only),
        cmocka_unit_test(test_venue_table_keeps_a_curve_out_until_our_fill_shows),
        cmocka_unit_test(test_venue_table_remembers_legs_over_a_snapshot),
        cmocka_unit_test(test_venue_table_refuses_contradictions),
        cmocka_unit_test(test_venue_table_copies_levels),
        cmocka_unit_test(test_venue_table_quarantine_outlives_trouble),
        cmocka_unit_test(test_venue_table_rests_a_venue_that_fills_nothing),
        cmocka_unit_test(test_venue_table_doubles_the_rest_up_to_a_minute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
