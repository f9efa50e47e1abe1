/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/support/test_support.h"
#include "venues/sdk/leg_store.h"

#define WHY_MAX 256
#define ARENA_BYTES ((size_t)8 << 20)

struct world {
    struct tmpdir dir;
    char path[TMPDIR_PATH_MAX + 16];
    struct leg_store *store;
    struct arena arena;
    char why[WHY_MAX];
};

static void store_open(struct world *w)
{
    assert_ok(leg_store_open(&w->store, w->path, "amm uni home", w->why, sizeof w->why));
}

static void store_again(struct world *w)
{
    leg_store_close(w->store);
    store_open(w);
}

static int setup(void **state)
{
    static struct world w;

    memset(&w, 0, sizeof w);
    tmpdir_new(&w.dir);
    (void)snprintf(w.path, sizeof w.path, "%s/state.db", w.dir.path);
    arena_init(&w.arena, ARENA_BYTES);
    store_open(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    leg_store_close(w->store);
    arena_fini(&w->arena);
    tmpdir_free(&w->dir);
    return 0;
}

static struct id id_of(uint8_t n)
{
    return (struct id){ { n, 1 } };
}

static struct wire_leg leg_of(uint8_t n)
{
    return (struct wire_leg){ .id = id_of(n),
                              .curve = 3,
                              .curve_seq = UINT64_MAX,
                              .in_asset = 7,
                              .out_asset = 2,
                              .in = { U128_MAX },
                              .min_out = AMOUNT_OF(90) };
}

/* Put one leg with these fills as a transaction. */
static enum err put(struct world *w, const struct wire_leg *leg, enum wire_leg_outcome outcome,
                    struct wire_fill *fills, size_t n)
{
    const struct wire_leg_result r = { .leg = leg->id,
                                       .outcome = outcome,
                                       .fills = fills,
                                       .fills_n = n,
                                       .curve_seq_after = 17,
                                       .reason = "because" };

    assert_ok(leg_store_begin(w->store));
    enum err e = leg_store_put(w->store, leg, &r);
    if (e == ERR_OK)
        return leg_store_commit(w->store);
    leg_store_rollback(w->store);
    return e;
}

static void test_leg_store_returns_what_was_put(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_fill fills[2] = { { id_of(10), AMOUNT_OF(60), AMOUNT_OF(50) },
                                  { id_of(9), AMOUNT_OF(40), AMOUNT_OF(41) } };
    struct digest asked = leg_store_content(&leg);
    struct wire_leg_result r;
    struct wire_leg same;
    struct digest content;

    assert_ok(put(w, &leg, WIRE_LEG_FILLED, fills, 2));
    store_again(w);
    assert_ok(leg_store_get(&r, &content, &w->arena, w->store, leg.id));
    assert_int_equal(r.outcome, WIRE_LEG_FILLED);
    assert_true(r.curve_seq_after == 17);
    assert_string_equal(r.reason, "because");
    assert_int_equal(r.fills_n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(id_cmp(r.fills[i].id, fills[i].id), 0); /* in the order of execution */
        assert_int_equal(amount_cmp(r.fills[i].in, fills[i].in), 0);
        assert_int_equal(amount_cmp(r.fills[i].out, fills[i].out), 0);
    }
    assert_true(digest_equal(content, asked));
    assert_ok(leg_store_leg(&same, w->store, leg.id));
    assert_true(digest_equal(leg_store_content(&same), asked));
}

static void test_leg_store_does_not_find_the_unseen(void **state)
{
    struct world *w = *state;
    struct wire_leg_result r = { .curve_seq_after = 5 };
    struct digest content;
    struct wire_leg leg;

    assert_err(leg_store_get(&r, &content, &w->arena, w->store, id_of(1)), ERR_NOT_FOUND);
    assert_true(r.curve_seq_after == 5);
    assert_err(leg_store_leg(&leg, w->store, id_of(1)), ERR_NOT_FOUND);
}

static void test_leg_store_content_covers_every_field(void **state)
{
    struct wire_leg legs[7];

    (void)state;
    for (size_t i = 0; i < 7; i++)
        legs[i] = leg_of(1);
    legs[1].curve++;
    legs[2].curve_seq--;
    legs[3].in_asset++;
    legs[4].out_asset++;
    legs[5].in.atoms--;
    legs[6].min_out.atoms++;
    for (size_t i = 0; i < 7; i++) {
        for (size_t j = 0; j < i; j++)
            assert_false(digest_equal(leg_store_content(&legs[i]), leg_store_content(&legs[j])));
    }
}

static void test_leg_store_is_empty_until_the_first_leg_or_tombstone(void **state)
{
    struct world *w = *state;
    bool empty;

    assert_ok(leg_store_empty(&empty, w->store));
    assert_true(empty);
    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_raise(w->store, 9));
    assert_ok(leg_store_commit(w->store));
    assert_ok(leg_store_empty(&empty, w->store));
    assert_true(empty);
    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_tombstone(w->store, id_of(1)));
    assert_ok(leg_store_commit(w->store));
    assert_ok(leg_store_empty(&empty, w->store));
    assert_false(empty);
}

static void test_leg_store_remembers_that_it_was_found_empty(void **state)
{
    struct world *w = *state;
    bool empty;

    assert_ok(leg_store_found_empty(w->store));
    assert_ok(leg_store_empty(&empty, w->store));
    assert_false(empty);
    assert_ok(leg_store_found_empty(w->store));
}

static void test_leg_store_tombstone_has_no_content(void **state)
{
    static const struct digest none;
    struct world *w = *state;
    struct wire_leg_result r;
    struct wire_leg leg;
    struct digest content;

    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_tombstone(w->store, id_of(1)));
    assert_ok(leg_store_commit(w->store));
    store_again(w);
    assert_ok(leg_store_get(&r, &content, &w->arena, w->store, id_of(1)));
    assert_int_equal(r.outcome, WIRE_LEG_VOIDED);
    assert_true(digest_equal(content, none));
    assert_err(leg_store_leg(&leg, w->store, id_of(1)), ERR_NOT_FOUND);
}

static bool known(struct world *w, uint8_t n)
{
    struct wire_leg_result r;
    struct digest content;
    enum err e = leg_store_get(&r, &content, &w->arena, w->store, id_of(n));

    assert_true(e == ERR_OK || e == ERR_NOT_FOUND);
    return e == ERR_OK;
}

static void prune(struct world *w, uint64_t last, int64_t before_s, size_t most)
{
    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_prune(w->store, last, before_s, most));
    assert_ok(leg_store_commit(w->store));
}

static void test_leg_store_prunes_what_has_ended_only(void **state)
{
    struct world *w = *state;
    int64_t later_s = (int64_t)time(NULL) + 3600;
    struct wire_fill fill = { .id = { { 77 } }, .in = { 40 }, .out = { 39 } };
    static const enum wire_leg_outcome outcomes[] = { WIRE_LEG_FILLED, WIRE_LEG_REJECTED,
                                                      WIRE_LEG_OPEN, WIRE_LEG_UNKNOWN };
    struct wire_snapshot before, after;

    assert_ok(leg_store_begin(w->store));
    for (uint8_t n = 1; n <= 4; n++) {
        struct wire_leg leg = leg_of(n);
        struct wire_leg_result r = {
            .leg = leg.id, .outcome = outcomes[n - 1], .fills = &fill, .fills_n = n == 1
        };
        assert_ok(leg_store_put(w->store, &leg, &r));
    }
    assert_ok(leg_store_tombstone(w->store, id_of(5)));
    assert_ok(leg_store_commit(w->store));
    assert_ok(leg_store_snapshot(&before, &w->arena, w->store, 0));
    prune(w, 9, later_s - 7200, 10); /* nothing is so old */
    prune(w, 0, later_s, 10);
    assert_true(known(w, 1) && known(w, 2));
    prune(w, 9, later_s, 1);
    assert_true(!known(w, 1) && known(w, 2));
    prune(w, 9, later_s, 10);
    assert_false(known(w, 1) || known(w, 2));
    assert_true(known(w, 3) && known(w, 4) && known(w, 5));
    assert_ok(leg_store_snapshot(&after, &w->arena, w->store, 0));
    assert_int_equal(after.rows_n, before.rows_n); /* the sums are of all time */
}

static void test_leg_store_is_not_lost_when_all_is_pruned(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_leg_result r = { .leg = leg.id, .outcome = WIRE_LEG_REJECTED };
    bool empty;

    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_put(w->store, &leg, &r));
    assert_ok(leg_store_commit(w->store));
    prune(w, 1, (int64_t)time(NULL) + 3600, 10);
    assert_false(known(w, 1));
    assert_ok(leg_store_empty(&empty, w->store));
    assert_false(empty);
}

static void test_leg_store_keeps_the_highest_fence(void **state)
{
    static const uint64_t raises[] = { 5, 3, UINT64_MAX, 6 };
    static const uint64_t highest[] = { 5, 5, UINT64_MAX, UINT64_MAX };
    struct world *w = *state;
    uint64_t fence;

    assert_ok(leg_store_fence(&fence, w->store));
    assert_true(fence == 0);
    for (size_t i = 0; i < 4; i++) {
        assert_ok(leg_store_begin(w->store));
        assert_ok(leg_store_raise(w->store, raises[i]));
        assert_ok(leg_store_commit(w->store));
        store_again(w);
        assert_ok(leg_store_fence(&fence, w->store));
        assert_true(fence == highest[i]);
    }
}

static void test_leg_store_rollback_drops_everything(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_fill fill = { id_of(10), AMOUNT_OF(1), AMOUNT_OF(2) };
    struct wire_leg_result r = {
        .leg = leg.id, .outcome = WIRE_LEG_FILLED, .fills = &fill, .fills_n = 1
    };
    struct wire_snapshot snapshot;
    uint64_t fence;
    void *bytes;
    size_t n;

    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_raise(w->store, 5));
    assert_ok(leg_store_put(w->store, &leg, &r));
    assert_ok(leg_store_curve_put(w->store, 3, "state", 5));
    leg_store_rollback(w->store);
    leg_store_rollback(w->store); /* nothing open: nothing happens */
    assert_ok(leg_store_snapshot(&snapshot, &w->arena, w->store, 0));
    assert_int_equal(snapshot.rows_n, 0);
    assert_int_equal(snapshot.legs, 0);
    assert_err(leg_store_curve_get(&bytes, &n, &w->arena, w->store, 3), ERR_NOT_FOUND);
    assert_ok(leg_store_fence(&fence, w->store));
    assert_true(fence == 0);
    assert_ok(put(w, &leg, WIRE_LEG_FILLED, &fill, 1));
}

static void test_leg_store_counts_a_fill_once(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_fill fills[2] = { { id_of(10), AMOUNT_OF(60), AMOUNT_OF(50) },
                                  { id_of(11), AMOUNT_OF(40), AMOUNT_OF(41) } };
    struct wire_snapshot s;

    assert_ok(put(w, &leg, WIRE_LEG_OPEN, fills, 1));
    assert_ok(leg_store_snapshot(&s, &w->arena, w->store, 0));
    assert_int_equal(s.open_legs, 1);
    assert_ok(put(w, &leg, WIRE_LEG_UNKNOWN, fills, 1));
    assert_ok(put(w, &leg, WIRE_LEG_FILLED, fills, 2));
    assert_ok(leg_store_snapshot(&s, &w->arena, w->store, 0));
    assert_int_equal(s.legs, 1);
    assert_int_equal(s.open_legs, 0);
    assert_int_equal(s.rows_n, 2);
    assert_int_equal(s.rows[0].asset, 2);
    assert_true(s.rows[0].net.negative && s.rows[0].net.atoms == 91);
    assert_int_equal(s.rows[1].asset, 7);
    assert_true(!s.rows[1].net.negative && s.rows[1].net.atoms == 100);
    assert_ok(leg_store_snapshot(&s, &w->arena, w->store, 3)); /* the next page */
    assert_int_equal(s.rows_n, 1);
    assert_ok(leg_store_snapshot(&s, &w->arena, w->store, UINT64_MAX));
    assert_int_equal(s.rows_n, 0);
}

static void test_leg_store_refuses_a_fill_id_used_twice(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[2] = { leg_of(1), leg_of(2) };
    struct wire_fill fill = { id_of(10), AMOUNT_OF(60), AMOUNT_OF(50) };
    struct wire_leg_result r;
    struct digest content;

    assert_ok(put(w, &legs[0], WIRE_LEG_OPEN, &fill, 1));
    assert_err(put(w, &legs[1], WIRE_LEG_FILLED, &fill, 1), ERR_CONFLICT);
    fill.out.atoms++;
    assert_err(put(w, &legs[0], WIRE_LEG_FILLED, &fill, 1), ERR_CONFLICT);
    assert_err(leg_store_get(&r, &content, &w->arena, w->store, legs[1].id), ERR_NOT_FOUND);
}

static void test_leg_store_refuses_sums_beyond_128_bits(void **state)
{
    struct world *w = *state;
    struct wire_leg legs[2] = { leg_of(1), leg_of(2) };
    struct wire_fill fills[2] = { { id_of(10), AMOUNT_MAX, AMOUNT_OF(1) },
                                  { id_of(11), AMOUNT_OF(1), AMOUNT_OF(1) } };
    struct wire_snapshot s;

    assert_ok(put(w, &legs[0], WIRE_LEG_FILLED, &fills[0], 1));
    assert_err(put(w, &legs[1], WIRE_LEG_FILLED, &fills[1], 1), ERR_OVERFLOW);
    assert_ok(leg_store_snapshot(&s, &w->arena, w->store, 7));
    assert_true(s.rows[0].net.atoms == U128_MAX);
}

static void test_leg_store_keeps_curve_states(void **state)
{
    struct world *w = *state;
    void *bytes;
    size_t n;

    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_curve_put(w->store, UINT64_MAX, "first", 5));
    assert_ok(leg_store_curve_put(w->store, UINT64_MAX, "second", 6));
    assert_ok(leg_store_curve_put(w->store, 1, NULL, 0));
    assert_ok(leg_store_commit(w->store));
    store_again(w);
    assert_ok(leg_store_curve_get(&bytes, &n, &w->arena, w->store, UINT64_MAX));
    assert_int_equal(n, 6);
    assert_memory_equal(bytes, "second", 6);
    assert_ok(leg_store_curve_get(&bytes, &n, &w->arena, w->store, 1));
    assert_int_equal(n, 0);
}

static void test_leg_store_never_reserves_a_number_twice(void **state)
{
    struct world *w = *state;
    uint64_t next = 1;
    uint64_t first;

    for (uint64_t n = 1; n < 100; n += 33) {
        assert_ok(leg_store_reserve(&first, w->store, n));
        assert_true(first == next);
        next = first + n;
        store_again(w);
    }
    assert_err(leg_store_reserve(&first, w->store, UINT64_MAX), ERR_OVERFLOW);
}

static void test_leg_store_reports_a_full_arena(void **state)
{
    struct world *w = *state;
    struct wire_leg leg = leg_of(1);
    struct wire_leg_result r;
    struct digest content;
    struct wire_snapshot s;
    struct arena small;
    void *bytes;
    size_t n;

    assert_ok(put(w, &leg, WIRE_LEG_REJECTED, NULL, 0));
    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_curve_put(w->store, 1, "0123456789abcdef0", 17));
    assert_ok(leg_store_commit(w->store));
    arena_init(&small, 1);
    assert_err(leg_store_get(&r, &content, &small, w->store, leg.id), ERR_NOMEM);
    assert_err(leg_store_snapshot(&s, &small, w->store, 0), ERR_NOMEM);
    assert_err(leg_store_curve_get(&bytes, &n, &small, w->store, 1), ERR_NOMEM);
    arena_fini(&small);
}

/* A full disk, as a limit on the size of files: the transaction fails whole, and works later. */
static void test_leg_store_survives_a_full_disk(void **state)
{
    struct world *w = *state;
    static const char block[1 << 16];
    struct rlimit old;
    struct rlimit tight = { .rlim_cur = 1 << 16 };
    void *bytes;
    size_t n;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    assert_ok(leg_store_begin(w->store));
    enum err e = leg_store_curve_put(w->store, 1, block, sizeof block);
    if (e == ERR_OK)
        e = leg_store_commit(w->store);
    leg_store_rollback(w->store);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_err(e, ERR_IO);
    assert_err(leg_store_curve_get(&bytes, &n, &w->arena, w->store, 1), ERR_NOT_FOUND);
    assert_ok(leg_store_begin(w->store));
    assert_ok(leg_store_curve_put(w->store, 1, block, sizeof block));
    assert_ok(leg_store_commit(w->store));
}

static void test_leg_store_refuses_files_that_are_not_its_own(void **state)
{
    struct world *w = *state;
    struct leg_store *other = NULL;
    char path[TMPDIR_PATH_MAX + 16];

    assert_err(leg_store_open(&other, w->path, "amm uni home", w->why, sizeof w->why), ERR_IO);
    assert_non_null(strstr(w->why, w->path)); /* in use */
    leg_store_close(w->store);
    w->store = NULL;
    assert_err(leg_store_open(&other, w->path, "amm uni lake", w->why, sizeof w->why),
               ERR_CONFLICT);
    assert_non_null(strstr(w->why, w->path));
    (void)snprintf(path, sizeof path, "%s/text", w->dir.path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 500; i++)
        (void)fputs("not a database ", f);
    assert_int_equal(fclose(f), 0);
    assert_err(leg_store_open(&other, path, "amm uni home", w->why, sizeof w->why), ERR_IO);
    assert_err(leg_store_open(&other, w->dir.path, "amm uni home", w->why, sizeof w->why), ERR_IO);
    assert_null(other);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_leg_store_returns_what_was_put),
        STORE_TEST(test_leg_store_does_not_find_the_unseen),
        STORE_TEST(test_leg_store_content_covers_every_field),
        STORE_TEST(test_leg_store_is_empty_until_the_first_leg_or_tombstone),
        STORE_TEST(test_leg_store_remembers_that_it_was_found_empty),
        STORE_TEST(test_leg_store_tombstone_has_no_content),
        STORE_TEST(test_leg_store_prunes_what_has_ended_only),
        STORE_TEST(test_leg_store_is_not_lost_when_all_is_pruned),
        STORE_TEST(test_leg_store_keeps_the_highest_fence),
        STORE_TEST(test_leg_store_rollback_drops_everything),
        STORE_TEST(test_leg_store_counts_a_fill_once),
        STORE_TEST(test_leg_store_refuses_a_fill_id_used_twice),
        STORE_TEST(test_leg_store_refuses_sums_beyond_128_bits),
        STORE_TEST(test_leg_store_keeps_curve_states),
        STORE_TEST(test_leg_store_never_reserves_a_number_twice),
        STORE_TEST(test_leg_store_reports_a_full_arena),
        STORE_TEST(test_leg_store_survives_a_full_disk),
        STORE_TEST(test_leg_store_refuses_files_that_are_not_its_own),
    };

    return cmocka_run_group_tests_name("test_leg_store", tests, NULL, NULL);
}
