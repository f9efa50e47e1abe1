/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/curve_copy.h"

#include <string.h>

#include "solver/market/auction.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

#define KINDS 6

static const struct way side = { 1, 0 }; /* their book has no bid that pays an atom */

/* The samples of the wire have one curve of each kind. */
static const struct curve *curve_of(enum curve_kind kind)
{
    const struct auction *a = wire_sample_get("auction")->value;

    for (size_t i = 0; i < a->curves_n; i++) {
        if (a->curves[i].kind == kind)
            return &a->curves[i];
    }
    fail_msg("no sample has a %s", curve_kind_name(kind));
    return NULL;
}

static bool same(const struct curve *a, const struct curve *b)
{
    static struct arena arena;
    struct curve x, y;

    arena_init(&arena, 1 << 20);
    /* Copies with all pieces in one block: the curves are equal when the blocks are. */
    size_t n = curve_copy_bytes(a);
    char *left = arena_alloc(&arena, n + 1, 1), *right = arena_alloc(&arena, n + 1, 1);

    assert_true(left != NULL && right != NULL && curve_copy_bytes(b) == n);
    curve_copy_into(&x, left, a);
    curve_copy_into(&y, right, b);
    bool equal = memcmp(left, right, n) == 0 && (n > 0 || memcmp(&x.as, &y.as, sizeof x.as) == 0);

    arena_fini(&arena);
    return equal;
}

/* The first trade of a ladder of sizes that gives something. */
static struct trade trade_on(const struct curve *c)
{
    struct u256 offer = u256_of(1000);
    struct trade t = { 0 };

    for (int i = 0; i < 100 && u256_is_zero(&t.out); i++) {
        assert_ok(curve_out(&t, c, side, &offer));
        assert_ok(u256_add(&offer, &offer, &offer));
    }
    assert_false(u256_is_zero(&t.out));
    return t;
}

static void test_curve_copy_trades_and_the_original_stays(void **state)
{
    struct arena arena;
    struct curve copy, kept;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (int kind = 1; kind <= KINDS; kind++) {
        const struct curve *c = curve_of((enum curve_kind)kind);
        struct trade t = trade_on(c), again;

        assert_ok(curve_copy_whole(&kept, &arena, c));
        assert_ok(curve_copy(&copy, &arena, c));
        assert_ok(curve_check(&copy));
        assert_true(same(&copy, c));
        assert_ok(curve_apply(&copy, side, &t));
        assert_true(same(&kept, c));
        if (kind == CURVE_constant_product || kind == CURVE_fixed_rate)
            assert_memory_not_equal(&copy.as, &c->as, sizeof copy.as);
        else
            assert_true(kind == CURVE_concentrated || !same(&copy, c));
        assert_ok(curve_out(&again, &copy, side, &t.in));
        assert_true(u256_cmp(&again.out, &t.out) <= 0);
        curve_copy_restore(&copy, c);
        assert_true(same(&copy, c));
        assert_ok(curve_out(&again, &copy, side, &t.in));
        assert_memory_equal(&again, &t, sizeof t);
    }
    arena_fini(&arena);
}

static void test_curve_copy_whole_outlives_the_original(void **state)
{
    struct arena arena, first;
    struct curve gone, copy;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (int kind = 1; kind <= KINDS; kind++) {
        arena_init(&first, 1 << 20);
        assert_ok(curve_copy_whole(&gone, &first, curve_of((enum curve_kind)kind)));
        assert_ok(curve_copy_whole(&copy, &arena, &gone));
        arena_fini(&first);
        assert_ok(curve_check(&copy));
        assert_true(same(&copy, curve_of((enum curve_kind)kind)));
    }
    arena_fini(&arena);
}

static void test_curve_copy_shares_ticks_only_with_a_copy_to_trade_on(void **state)
{
    const struct curve *c = curve_of(CURVE_concentrated);
    struct arena arena;
    struct curve copy;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_ok(curve_copy(&copy, &arena, c));
    assert_ptr_equal(copy.as.concentrated.ticks, c->as.concentrated.ticks);
    assert_ok(curve_copy_whole(&copy, &arena, c));
    assert_ptr_not_equal(copy.as.concentrated.ticks, c->as.concentrated.ticks);
    arena_fini(&arena);
}

static void test_curve_copy_says_when_memory_is_out(void **state)
{
    struct arena arena;
    struct curve copy;

    (void)state;
    arena_init(&arena, 16);
    assert_ok(curve_copy_whole(&copy, &arena, curve_of(CURVE_constant_product)));
    for (int kind = CURVE_book; kind <= CURVE_concentrated; kind++)
        assert_err(curve_copy_whole(&copy, &arena, curve_of((enum curve_kind)kind)), ERR_NOMEM);
    assert_err(curve_copy(&copy, &arena, curve_of(CURVE_stable)), ERR_NOMEM);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve_copy_trades_and_the_original_stays),
        cmocka_unit_test(test_curve_copy_whole_outlives_the_original),
        cmocka_unit_test(test_curve_copy_shares_ticks_only_with_a_copy_to_trade_on),
        cmocka_unit_test(test_curve_copy_says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
