/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/clear/certify.h"
#include "solver/clear/clear.h"
#include "solver/input/auction_file.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define PAYOUT_SLACK 2e-5 /* an atom of a coarse middle token against a small order */

/*
 * Real pools, books and one real auction. Every order of an instance is solved alone; its payout is
 * compared with the reference: never above the bound, and as good as the executed route of the
 * reference up to the rounding of coarse middle tokens.
 */
struct watch {
    const struct auction *a;
    struct arena scratch;
    size_t fills_n;
    size_t first_fills_n; /* of the first answer, and what it took */
    uint64_t first_pivots;
    uint64_t pivots;
    double got;
    double gap;
};

static double double_of(const struct u256 *v)
{
    double d = 0;

    for (int i = 3; i >= 0; i--)
        d = d * 0x1p64 + (double)v->limb[i];
    return d;
}

static enum err incumbent(void *ctx, const struct solution *s)
{
    struct watch *w = ctx;
    struct verdict v;

    arena_reset(&w->scratch);
    if (!certify(&v, &w->scratch, w->a, s))
        fail_msg("refused: %s", certify_rule_name(v.rule));
    assert_true(u256_cmp(&s->value, &s->bound) <= 0);
    if (s->incumbent_no == 1) {
        w->first_fills_n = s->fills_n;
        w->first_pivots = s->work.pivots;
    }
    w->fills_n = s->fills_n;
    w->pivots = s->work.pivots;
    w->got = s->fills_n > 0 ? double_of(&s->fills[0].got) : 0;
    if (double_of(&s->value) > 0)
        w->gap = (double_of(&s->bound) - double_of(&s->value)) / double_of(&s->value);
    return ERR_OK;
}

static void solve(struct watch *w, const struct auction *a)
{
    struct clear *c = clear_new();

    *w = (struct watch){ .a = a };
    assert_non_null(c);
    arena_init(&w->scratch, ARENA_BYTES);
    assert_ok(clear_solve(c, a, incumbent, w));
    arena_fini(&w->scratch);
    clear_free(c);
}

static void load(struct auction_file *f, struct arena *arena, const char *name)
{
    char path[SHARED_PATH_MAX];
    struct input_error e;

    if (!shared_path(path, name))
        skip();
    arena_init(arena, ARENA_BYTES);
    assert_ok(auction_file_load(f, &e, path, arena));
}

/* One order alone; returns how far below the executed payout it is, relative. */
static double judge(const struct auction_file *f, size_t i, const json_t *reference)
{
    struct auction one = f->auction;
    const json_t *row = json_object_get(reference, f->auction.intents[i].ref);
    double bound = json_number_value(json_object_get(row, "upper_bound"));
    double tolerance = json_number_value(json_object_get(row, "tolerance"));
    const char *executed = json_string_value(json_object_get(row, "executed"));
    struct watch w;

    one.intents = &f->auction.intents[i];
    one.intents_n = 1;
    solve(&w, &one);
    if (w.fills_n == 0) { /* rightly so when even the bound is below the limit */
        assert_true(bound < double_of(&one.intents->buy_min));
        return 0;
    }
    assert_true(w.got <= bound * (1 + tolerance));
    return executed == NULL ? 0 : 1 - w.got / strtod(executed, NULL);
}

static void judge_instance(const char *name)
{
    char file[64], path[SHARED_PATH_MAX];
    struct auction_file f;
    struct arena arena;
    struct watch w;
    double worst = 0;
    json_t *all;

    (void)snprintf(file, sizeof file, "data/pools/instances/%s.json", name);
    load(&f, &arena, file);
    assert_true(shared_path(path, "data/pools/reference/optimum.json"));
    all = json_load_file(path, 0, NULL);
    assert_non_null(all);
    for (size_t i = 0; i < f.auction.intents_n; i++)
        worst = fmax(worst, judge(&f, i, json_object_get(all, name)));
    print_message("%s: %zu orders alone, worst payout %.1e below the executed route\n", name,
                  f.auction.intents_n, worst);
    assert_true(worst < PAYOUT_SLACK);
    solve(&w, &f.auction);
    print_message("%s: one batch, %zu fills, gap %.1e\n", name, w.fills_n, w.gap);
    assert_true(w.fills_n * 10 >= f.auction.intents_n * 9);
    json_decref(all);
    arena_fini(&arena);
}

static void test_clear_real_small_pools(void **state)
{
    (void)state;
    judge_instance("cp-s10");
}

static void test_clear_real_hundred_pools(void **state)
{
    (void)state;
    judge_instance("cp-m100");
}

static void test_clear_real_auction_pools(void **state)
{
    (void)state;
    judge_instance("cow-cp29");
}

static void test_clear_real_books(void **state)
{
    (void)state;
    judge_instance("books-20210417-half");
}

static void test_clear_real_auction(void **state)
{
    (void)state;
    struct auction_file f;
    struct arena arena;
    struct watch w;

    load(&f, &arena, "data/cow/instances/solver-template-py/real_7400681_prod_mainnet.json");
    solve(&w, &f.auction);
    print_message("real auction: %zu of %zu orders filled, gap %.1e\n", w.fills_n,
                  f.auction.intents_n, w.gap);
    assert_true(w.fills_n >= 10);
    arena_fini(&arena);
}

/*
 * As live batches are, of every fourth order: an answer at once, a good one within the work that a
 * batch has by default.
 */
static void test_clear_real_auction_live(void **state)
{
    (void)state;
    struct auction_file f;
    struct auction_venue pool = { .name = { "pool" }, .domain = { DOMAIN_HOME }, .atomic = true };
    struct arena arena;
    struct watch w;
    size_t n = 0;

    load(&f, &arena, "data/cow/instances/solver-template-py/real_7400681_prod_mainnet.json");
    for (size_t i = 0; i < f.auction.intents_n; i += 4)
        f.auction.intents[n++] = f.auction.intents[i];
    f.auction.intents_n = n;
    f.auction.venues = &pool;
    f.auction.venues_n = 1;
    for (size_t i = 0; i < f.auction.curves_n; i++)
        f.auction.curves[i].venue = 0;
    f.auction.options.robust = true;
    f.auction.options.cycles = false;
    f.auction.options.pivots_max = 150000;
    solve(&w, &f.auction);
    print_message("%zu orders live: %zu filled without work, %zu after %llu pivots, gap %.1e\n", n,
                  w.first_fills_n, w.fills_n, (unsigned long long)w.pivots, w.gap);
    assert_true(w.first_fills_n > 0 && w.first_pivots == 0);
    assert_true(w.fills_n >= 6 && w.pivots < 100000);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_real_small_pools),
        cmocka_unit_test(test_clear_real_hundred_pools),
        cmocka_unit_test(test_clear_real_auction_pools),
        cmocka_unit_test(test_clear_real_books),
        cmocka_unit_test(test_clear_real_auction),
        cmocka_unit_test(test_clear_real_auction_live),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
