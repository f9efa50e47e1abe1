/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "proto/wire_venue.h"
#include "solver/market/curve_copy.h"
#include "tests/support/test_support.h"
#include "venues/sdk/curve_state.h"

#define ARENA_BYTES ((size_t)1 << 20)
#define LEVELS 3

static struct curve pool(uint64_t r0, uint64_t r1)
{
    return (struct curve){ .id = 4,
                           .seq = 9,
                           .assets_n = 2,
                           .asset = { 1, 2 },
                           .kind = CURVE_constant_product,
                           .as.constant_product = { { u256_of(r0), u256_of(r1) }, 997, 1000 } };
}

static struct curve book(struct book_level levels[2 * LEVELS])
{
    struct curve c = { .id = 5,
                       .seq = 9,
                       .assets_n = 2,
                       .asset = { 1, 2 },
                       .kind = CURVE_book,
                       .as.book = { .scale = u256_of(100),
                                    .lot = u256_of(10),
                                    .keep_num = 1,
                                    .keep_den = 1,
                                    .bids = levels,
                                    .bids_n = LEVELS,
                                    .asks = levels + LEVELS,
                                    .asks_n = LEVELS } };

    for (uint64_t i = 0; i < LEVELS; i++) {
        levels[i] = (struct book_level){ u256_of(1000 - i), u256_of(50) };
        levels[LEVELS + i] = (struct book_level){ u256_of(1001 + i), u256_of(60) };
    }
    return c;
}

static void test_curve_state_comes_back(void **state)
{
    struct book_level levels[2][2 * LEVELS];
    struct curve from[2] = { pool(5, UINT64_MAX), book(levels[0]) };
    struct curve to[2] = { pool(1, 1), book(levels[1]) };
    struct arena arena;
    uint8_t *bytes;
    size_t n;

    (void)state;
    arena_init(&arena, ARENA_BYTES);
    from[0].as.constant_product.reserve[0].limb[3] = 77;
    levels[0][1].size = u256_of(0);
    levels[0][4].price.limb[0]++;
    levels[0][5].price.limb[0]++;
    for (size_t i = 0; i < 2; i++) {
        assert_ok(curve_state_pack(&bytes, &n, &arena, &from[i]));
        assert_ok(curve_state_unpack(&to[i], bytes, n));
    }
    assert_memory_equal(to[0].as.constant_product.reserve, from[0].as.constant_product.reserve,
                        sizeof from[0].as.constant_product.reserve);
    assert_memory_equal(levels[1], levels[0], sizeof levels[0]);
    arena_fini(&arena);
}

static void test_curve_state_refuses_another_shape(void **state)
{
    struct book_level levels[2][2 * LEVELS];
    struct curve b = book(levels[0]);
    struct curve narrow = book(levels[1]);
    struct curve p = pool(5, 6);
    struct arena arena;
    uint8_t *bytes;
    size_t n;

    (void)state;
    arena_init(&arena, ARENA_BYTES);
    narrow.as.book.asks_n--;
    assert_ok(curve_state_pack(&bytes, &n, &arena, &b));
    for (size_t len = 0; len < n; len++)
        assert_err(curve_state_unpack(&b, bytes, len), ERR_CONFLICT);
    assert_err(curve_state_unpack(&narrow, bytes, n), ERR_CONFLICT);
    assert_err(curve_state_unpack(&p, bytes, n), ERR_CONFLICT);
    assert_ok(curve_state_pack(&bytes, &n, &arena, &p));
    memset(bytes + n - 32, 0, 32); /* a pool without reserve */
    assert_err(curve_state_unpack(&p, bytes, n), ERR_CONFLICT);
    arena_fini(&arena);
}

static void test_curve_state_copy_has_its_own_levels(void **state)
{
    struct book_level levels[2 * LEVELS];
    struct curve c = book(levels);
    struct arena arena;
    struct curve copy;

    (void)state;
    arena_init(&arena, ARENA_BYTES);
    assert_ok(curve_copy_whole(&copy, &arena, &c));
    copy.as.book.asks[1].size = u256_of(0);
    copy.seq = 10;
    assert_true(levels[LEVELS + 1].size.limb[0] == 60);
    curve_copy_restore(&c, &copy);
    assert_true(levels[LEVELS + 1].size.limb[0] == 0);
    assert_true(c.as.book.asks == levels + LEVELS); /* its levels stay its own */
    assert_true(c.seq == 10);
    arena_fini(&arena);
    arena_init(&arena, 8);
    assert_err(curve_copy_whole(&copy, &arena, &c), ERR_NOMEM);
    arena_fini(&arena);
}

static void bounded(struct wire_bytes *bytes, struct curve *c)
{
    struct wire_venue_answer a = { .verb = WIRE_QUOTES,
                                   .as.quotes = { .curves = c, .curves_n = 1 } };

    c->id = c->seq = c->age_ms = UINT64_MAX;
    memset(c->asset, 0xff, sizeof c->asset);
    assert_ok(wire_venue_answer_pack(bytes, &a));
    assert_true(bytes->n <= curve_state_wire_bound(c));
}

/* Every number as long as it can be. */
static void large_pools_bounded(struct wire_bytes *bytes)
{
    static struct concentrated_tick ticks[100];
    struct weighted w;
    struct stable s;
    struct curve c = { .assets_n = CURVE_ASSETS_MAX, .kind = CURVE_weighted, .as.weighted = &w };

    memset(&w, 0xff, sizeof w);
    w.pool.n = CURVE_ASSETS_MAX;
    w.multiplies = w.unlimited = true;
    bounded(bytes, &c);
    memset(&s, 0xff, sizeof s);
    s.pool.n = CURVE_ASSETS_MAX;
    c.kind = CURVE_stable;
    c.as.stable = &s;
    bounded(bytes, &c);
    for (size_t i = 0; i < 100; i++) {
        memset(&ticks[i], 0xff, sizeof ticks[i]);
        ticks[i].index = INT32_MIN;
        ticks[i].net.negative = true;
    }
    c = (struct curve){ .assets_n = 2, .kind = CURVE_concentrated };
    memset(&c.as.concentrated, 0xff, sizeof c.as.concentrated);
    c.as.concentrated.ticks = ticks;
    c.as.concentrated.ticks_n = 100;
    bounded(bytes, &c);
    c.kind = CURVE_fixed_rate;
    memset(&c.as.fixed_rate, 0xff, sizeof c.as.fixed_rate);
    c.as.fixed_rate.refills = true;
    bounded(bytes, &c);
}

/* What a message really needs for a curve is never more than the bound. */
static void test_curve_state_bound_holds(void **state)
{
    struct book_level levels[2 * LEVELS];
    struct curve curves[2] = { pool(1, 1), book(levels) };
    struct wire_bytes bytes = { 0 };

    (void)state;
    memset(&curves[0].as.constant_product.reserve, 0xff, sizeof(struct u256) * 2);
    memset(levels, 0xff, sizeof levels);
    memset(&curves[1].as.book.scale, 0xff, sizeof(struct u256));
    memset(&curves[1].as.book.lot, 0xff, sizeof(struct u256));
    curves[1].as.book.keep_num = curves[1].as.book.keep_den = UINT64_MAX;
    for (size_t i = 0; i < 2; i++)
        bounded(&bytes, &curves[i]);
    large_pools_bounded(&bytes);
    assert_int_equal(curve_state_items(&curves[0]), 2);
    assert_int_equal(curve_state_items(&curves[1]), 2 + 2 * LEVELS);
    wire_bytes_fini(&bytes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve_state_comes_back),
        cmocka_unit_test(test_curve_state_refuses_another_shape),
        cmocka_unit_test(test_curve_state_copy_has_its_own_levels),
        cmocka_unit_test(test_curve_state_bound_holds),
    };

    return cmocka_run_group_tests_name("test_curve_state", tests, NULL, NULL);
}
