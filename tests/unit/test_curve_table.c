/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the conformance suite of venues cannot see: orders whose transaction was not kept, markets
 * that no file can hold, and the restart over another shape. */
#include <stdio.h>
#include <string.h>

#include "solver/market/fixed18.h"
#include "tests/support/test_support.h"
#include "venues/sdk/curve_table.h"

#define ARENA_BYTES ((size_t)32 << 20)
#define WHY_MAX 256

struct world {
    struct tmpdir dir;
    char path[TMPDIR_PATH_MAX + 16];
    struct leg_store *store;
    struct arena arena;
    struct curve curves[3];
    struct curve_table table;
    char why[WHY_MAX];
};

static struct curve pool(uint64_t id, uint64_t r0, uint64_t r1)
{
    return (struct curve){ .id = id,
                           .assets_n = 2,
                           .asset = { 1, 2 },
                           .kind = CURVE_constant_product,
                           .as.constant_product = { { u256_of(r0), u256_of(r1) }, 997, 1000 } };
}

static enum err table_open(struct world *w, size_t n)
{
    return curve_table_init(&w->table, w->store, w->curves, n, w->why, sizeof w->why);
}

static int setup(void **state)
{
    static struct world w;

    memset(&w, 0, sizeof w);
    tmpdir_new(&w.dir);
    (void)snprintf(w.path, sizeof w.path, "%s/state.db", w.dir.path);
    arena_init(&w.arena, ARENA_BYTES);
    assert_ok(leg_store_open(&w.store, w.path, "t", w.why, sizeof w.why));
    w.curves[0] = pool(9, 1000000, 2000000); /* ids in any order */
    w.curves[1] = pool(2, 3000000, 1000000);
    w.curves[2] = pool(5, 500000, 500000);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    curve_table_fini(&w->table);
    leg_store_close(w->store);
    arena_fini(&w->arena);
    tmpdir_free(&w->dir);
    return 0;
}

static struct wire_leg leg_of(uint8_t n, uint64_t curve)
{
    return (struct wire_leg){ .id = { { n } },
                              .curve = curve,
                              .in_asset = 1,
                              .out_asset = 2,
                              .in = AMOUNT_OF(1000),
                              .min_out = AMOUNT_OF(1) };
}

/* One order as the SDK runs it. */
static void submit(struct world *w, struct wire_leg_result *out, const struct adapter_order *o,
                   bool keep)
{
    assert_ok(leg_store_begin(w->store));
    assert_ok(curve_table_submit(out, &w->arena, &w->table, o));
    if (keep)
        assert_ok(leg_store_commit(w->store));
    else
        leg_store_rollback(w->store);
    curve_table_kept(&w->table, keep);
}

static struct curve curve_now(struct world *w, uint64_t id)
{
    struct wire_quotes q;

    assert_ok(curve_table_curves(&q, &w->arena, &w->table, 0));
    for (size_t i = 0; i < q.curves_n; i++) {
        if (q.curves[i].id == id)
            return q.curves[i];
    }
    fail_msg("no curve %llu", (unsigned long long)id);
    return q.curves[0];
}

static void test_curve_table_forgets_an_order_that_was_not_kept(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[2] = { leg_of(1, 2), leg_of(2, 2) };
    struct adapter_order order = { legs, 2, false };
    struct wire_leg_result first[2];
    struct wire_leg_result again[2];

    assert_ok(table_open(w, 3));
    struct curve before = curve_now(w, 2);
    submit(w, first, &order, false);
    struct curve after = curve_now(w, 2);
    assert_memory_equal(&before.as.constant_product, &after.as.constant_product,
                        sizeof before.as.constant_product);
    assert_true(before.seq == after.seq);
    submit(w, again, &order, true);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(again[i].outcome, WIRE_LEG_FILLED);
        assert_int_equal(amount_cmp(first[i].fills[0].out, again[i].fills[0].out), 0);
        assert_true(again[i].curve_seq_after > first[i].curve_seq_after); /* never given twice */
    }
}

static void test_curve_table_legs_of_an_order_see_each_other(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[3] = { leg_of(1, 2), leg_of(2, 9), leg_of(3, 2) };
    struct adapter_order order = { legs, 3, true };
    struct wire_leg_result r[3];
    struct trade t;

    assert_ok(table_open(w, 3));
    struct curve c = curve_now(w, 2);
    submit(w, r, &order, true);
    for (size_t i = 0; i < 3; i += 2) {
        struct u256 offer = u256_of(1000);
        assert_ok(curve_out(&t, &c, way_of_side(0), &offer));
        assert_ok(curve_apply(&c, way_of_side(0), &t));
        assert_true(r[i].fills[0].out.atoms == t.out.limb[0]);
    }
    assert_true(amount_cmp(r[0].fills[0].out, r[2].fills[0].out) >= 0);
    assert_int_not_equal(id_cmp(r[0].fills[0].id, r[2].fills[0].id), 0);
}

static void test_curve_table_restores_what_legs_did(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1, 5);
    struct adapter_order order = { &leg, 1, false };
    struct wire_leg_result r;

    assert_ok(table_open(w, 3));
    submit(w, &r, &order, true);
    struct curve before = curve_now(w, 5);
    curve_table_fini(&w->table);
    assert_ok(table_open(w, 3));
    struct curve after = curve_now(w, 5);
    assert_memory_equal(&before.as.constant_product, &after.as.constant_product,
                        sizeof before.as.constant_product);
    assert_true(after.seq > before.seq);
}

/* A pool of three assets is one curve: any two of them trade, and the third sees it. */
static void test_curve_table_trades_any_two_assets_of_a_pool(void **state)
{
    struct u256 one = { { FIXED18_ONE } };
    struct weighted pool_of_three = {
        .pool = { .n = 3,
                  .balance = { u256_of(1000000), u256_of(2000000), u256_of(4000000) },
                  .scaling = { one, one, one } },
        .weight = { FIXED18_ONE / 4, FIXED18_ONE / 4, FIXED18_ONE / 2 },
    };
    struct world *w = *state;
    struct wire_leg legs[3] = { leg_of(1, 5), leg_of(2, 5), leg_of(3, 5) };
    struct adapter_order order = { legs, 3, false };
    struct wire_leg_result r[3];
    struct trade t;

    w->curves[2] = (struct curve){ .id = 5,
                                   .assets_n = 3,
                                   .asset = { 1, 7, 2 },
                                   .kind = CURVE_weighted,
                                   .as.weighted = &pool_of_three };
    legs[1].in_asset = 7;
    legs[2].out_asset = 3; /* not one of them */
    assert_ok(table_open(w, 3));
    submit(w, r, &order, true);
    assert_int_equal(r[2].outcome, WIRE_LEG_REJECTED);
    for (size_t i = 0; i < 2; i++) {
        struct way way = { i == 0 ? 0 : 1, 2 };
        struct u256 offer = u256_of(1000);

        assert_ok(weighted_out(&t, &pool_of_three, way, &offer));
        assert_ok(weighted_apply(&pool_of_three, way, &t));
        assert_int_equal(r[i].outcome, WIRE_LEG_FILLED);
        assert_true(r[i].fills[0].out.atoms == t.out.limb[0]);
    }
    curve_table_fini(&w->table);
    pool_of_three.pool.balance[2] = u256_of(4000000);
    assert_ok(table_open(w, 3)); /* the store knows better */
    assert_true(curve_now(w, 5).as.weighted->pool.balance[2].limb[0] ==
                4000000 - r[0].fills[0].out.atoms - r[1].fills[0].out.atoms);
}

static void test_curve_table_refuses_another_shape_in_the_store(void **state)
{
    struct world *w = *state;

    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_curve_put(w->store, 5, "short", 5));
    assert_ok(leg_store_commit(w->store));
    assert_err(table_open(w, 3), ERR_CONFLICT);
    assert_non_null(strstr(w->why, "curve 5"));
}

static void test_curve_table_refuses_bad_markets(void **state)
{
    struct world *w = *state;

    assert_err(table_open(w, 0), ERR_INVALID);
    curve_table_fini(&w->table);
    w->curves[2].as.constant_product.keep_num = 0;
    assert_err(table_open(w, 3), ERR_INVALID);
    assert_non_null(strstr(w->why, "curve 5 contradicts itself"));
    curve_table_fini(&w->table);
    w->curves[2] = w->curves[0];
    assert_err(table_open(w, 3), ERR_INVALID);
    assert_non_null(strstr(w->why, "curve 9 is there twice"));
}

static void test_curve_table_refuses_a_curve_larger_than_a_message(void **state)
{
    static struct book_level asks[40000];
    struct world *w = *state;
    const size_t n = sizeof asks / sizeof *asks;

    for (size_t i = 0; i < n; i++)
        asks[i] = (struct book_level){ { { i + 1, 1, 1, 0 } }, { { 1, 1, 0, 0 } } };
    w->curves[0] = (struct curve){ .id = 1,
                                   .assets_n = 2,
                                   .asset = { 1, 2 },
                                   .kind = CURVE_book,
                                   .as.book = { .scale = u256_of(1),
                                                .lot = u256_of(1),
                                                .keep_num = 1,
                                                .keep_den = 1,
                                                .asks = asks,
                                                .asks_n = n } };
    if (curve_check(&w->curves[0]) != ERR_OK) {
        for (size_t i = 0; i < n; i++)
            asks[i] = (struct book_level){ { { i + 1, 1, 0, 0 } }, { { 1, UINT32_MAX, 0, 0 } } };
        assert_ok(curve_check(&w->curves[0]));
    }
    assert_err(table_open(w, 1), ERR_INVALID);
    assert_non_null(strstr(w->why, "does not fit into one message"));
}

static void test_curve_table_touch_gives_a_new_sequence(void **state)
{
    struct world *w = *state;
    struct wire_quotes q;

    assert_ok(table_open(w, 3));
    uint64_t seq = w->table.seq;
    assert_err(curve_table_curves(&q, &w->arena, &w->table, seq), ERR_AGAIN);
    assert_true(curve_table_may_touch(&w->table));
    curve_table_touch(&w->table, 1);
    assert_ok(curve_table_curves(&q, &w->arena, &w->table, seq));
    assert_false(q.snapshot);
    assert_int_equal(q.curves_n, 1);
    assert_true(q.curves[0].id == 5 && q.curves[0].seq > seq && q.seq == q.curves[0].seq);
}

static void test_curve_table_needs_memory_for_an_answer(void **state)
{
    struct world *w = *state;
    struct wire_quotes q;
    struct arena small;

    assert_ok(table_open(w, 3));
    arena_init(&small, 16);
    assert_err(curve_table_curves(&q, &small, &w->table, 0), ERR_NOMEM);
    arena_fini(&small);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TABLE_TEST(test_curve_table_forgets_an_order_that_was_not_kept),
        TABLE_TEST(test_curve_table_legs_of_an_order_see_each_other),
        TABLE_TEST(test_curve_table_restores_what_legs_did),
        TABLE_TEST(test_curve_table_trades_any_two_assets_of_a_pool),
        TABLE_TEST(test_curve_table_refuses_another_shape_in_the_store),
        TABLE_TEST(test_curve_table_refuses_bad_markets),
        TABLE_TEST(test_curve_table_refuses_a_curve_larger_than_a_message),
        TABLE_TEST(test_curve_table_touch_gives_a_new_sequence),
        TABLE_TEST(test_curve_table_needs_memory_for_an_answer),
    };

    return cmocka_run_group_tests_name("test_curve_table", tests, NULL, NULL);
}
