/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/arena.h"
#include "tests/support/test_support.h"

static void assert_zeroed(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(p[i], 0);
}

static void test_arena_memory_is_zeroed_and_aligned(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 200; n++) {
            unsigned char *p = arena_alloc(&a, n, 3);

            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_zeroed(p, 3 * n);
            memset(p, 0xee, 3 * n);
        }
        arena_reset(&a);
    }
    arena_fini(&a);
}

static void test_arena_pieces_do_not_overlap(void **state)
{
    enum { PIECES = 300 };
    unsigned char *piece[PIECES];
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < PIECES; i++) {
        piece[i] = ARENA_NEW(&a, i + 1, unsigned char);
        memset(piece[i], (int)(i % 251) + 1, i + 1);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t k = 0; k <= i; k++)
            assert_int_equal(piece[i][k], i % 251 + 1);
    }
    arena_fini(&a);
}

static void test_arena_cap_is_hard(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 64);
    assert_non_null(arena_alloc(&a, 1, 48));
    assert_null(arena_alloc(&a, 1, 17));
    assert_non_null(arena_alloc(&a, 1, 16));
    assert_null(arena_alloc(&a, 1, 1));
    assert_null(arena_alloc(&a, 0, 0)); /* even an empty piece has an address of its own */
    assert_int_equal(a.used, 64);
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    assert_non_null(arena_alloc(&a, 4, 16));
    arena_fini(&a);
}

static void test_arena_refuses_sizes_that_overflow(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, SIZE_MAX);
    assert_null(arena_alloc(&a, SIZE_MAX, 2));
    assert_null(arena_alloc(&a, SIZE_MAX / 2 + 2, 2)); /* wraps to 2 */
    assert_null(arena_alloc(&a, SIZE_MAX, 1));
    assert_null(arena_alloc(&a, 1, SIZE_MAX - 15));
    assert_null(arena_copy_text(&a, "", SIZE_MAX));
    assert_int_equal(a.used, 0);
    arena_fini(&a);
}

static void test_arena_keeps_one_block_of_the_largest_round(void **state)
{
    enum { PIECE = 10000, PIECES = 100 };
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 24);
    for (int i = 0; i < PIECES; i++)
        assert_non_null(arena_alloc(&a, 1, PIECE));
    assert_int_equal(a.high_water, PIECE * PIECES);
    for (int round = 0; round < 3; round++) {
        const unsigned char *first;

        arena_reset(&a);
        first = arena_alloc(&a, 1, PIECE);
        for (int i = 1; i < PIECES; i++)
            assert_ptr_equal(arena_alloc(&a, 1, PIECE), first + i * PIECE); /* one block */
    }
    arena_fini(&a);
}

static void test_arena_copies_text(void **state)
{
    struct arena a;
    char *copy;

    (void)state;
    arena_init(&a, 1024);
    copy = arena_copy_text(&a, "hello world", 5);
    assert_string_equal(copy, "hello");
    assert_string_equal(arena_copy_text(&a, NULL, 0), "");
    assert_null(arena_copy_text(&a, "x", 2048));
    arena_fini(&a);
}

static void test_arena_fini_may_come_twice(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1024);
    assert_non_null(arena_alloc(&a, 1, 1));
    arena_fini(&a);
    assert_null(arena_alloc(&a, 1, 1)); /* a finished arena has cap 0 */
    arena_reset(&a);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_arena_pieces_do_not_overlap),
        cmocka_unit_test(test_arena_cap_is_hard),
        cmocka_unit_test(test_arena_refuses_sizes_that_overflow),
        cmocka_unit_test(test_arena_keeps_one_block_of_the_largest_round),
        cmocka_unit_test(test_arena_copies_text),
        cmocka_unit_test(test_arena_fini_may_come_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
