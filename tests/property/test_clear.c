/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "proto/wire_batch.h"
#include "solver/clear/early.h"
#include "tests/support/clear_run.h"
#include "tests/support/world.h"

#define BATCHES 150
#define KINDS 6 /* of curves */
#define TINY_BATCHES 60
#define TINY 40 /* atoms of a tiny world's order */

static struct prng rng;
static struct world w;
static struct clear_run run;

static uint64_t near(uint64_t middle)
{
    return middle / 2 + prng_below(&rng, middle);
}

static uint32_t asset(void)
{
    return (uint32_t)prng_below(&rng, w.a.assets_n);
}

static void pair(uint32_t *a, uint32_t *b)
{
    *a = asset();
    *b = (uint32_t)((*a + 1 + prng_below(&rng, w.a.assets_n - 1)) % w.a.assets_n);
}

static void random_book(uint32_t venue, uint32_t base, uint32_t quote)
{
    struct curve *c = world_book(&w, venue, base, quote);
    uint64_t mid = 1000, depth = 1000000;

    c->as.book.scale = u256_of(1000);
    for (uint64_t i = 1; i <= 1 + prng_below(&rng, WORLD_LEVELS); i++) {
        world_bid(c, mid - 2 * i, near(depth));
        world_ask(c, mid + 2 * i, near(depth));
    }
}

/* A pool of two to five of the assets, or what has two of them. */
static void random_large(uint32_t venue)
{
    uint32_t assets[CURVE_ASSETS_MAX], n = 2 + (uint32_t)prng_below(&rng, w.a.assets_n - 1);
    uint32_t first = asset();

    for (uint32_t k = 0; k < n; k++)
        assets[k] = (uint32_t)((first + k) % w.a.assets_n);
    switch (prng_below(&rng, 4)) {
    case 0: (void)world_weighted(&w, venue, assets, n, near(1000000000)); break;
    case 1: (void)world_stable(&w, venue, assets, n, near(1000000000)); break;
    case 2: (void)world_concentrated(&w, venue, assets[0], assets[1], near(1000000000)); break;
    default: (void)world_fixed_rate(&w, venue, assets[0], assets[1], near(10000000)); break;
    }
}

/* Up to 20 curves near par between up to 6 assets, of every kind when large, up to 12 intents of either kind. */
static void random_batch(bool large)
{
    uint32_t a, b;
    size_t curves = prng_below(&rng, 20), intents = 1 + prng_below(&rng, 12);

    world_init(&w, 2 + prng_below(&rng, 5), 1 + prng_below(&rng, 3));
    for (size_t i = 0; i < curves; i++) {
        uint32_t venue = (uint32_t)prng_below(&rng, w.a.venues_n);

        pair(&a, &b);
        if (large && prng_below(&rng, 2) == 0)
            random_large(venue);
        else if (prng_below(&rng, 4) == 0)
            random_book(venue, a, b);
        else
            (void)world_pool(&w, venue, a, b, near(1000000000), near(1000000000));
    }
    for (size_t i = 0; i < intents; i++) {
        uint64_t size = 1000 + prng_sized(&rng, 26), other = size / 2 + prng_below(&rng, size) + 1;

        pair(&a, &b);
        if (prng_below(&rng, 4) == 0)
            world_buy(&w, a, b, other, size)->partial = prng_below(&rng, 2) == 0;
        else
            world_sell(&w, a, b, size, other)->partial = prng_below(&rng, 2) == 0;
    }
    for (uint32_t i = 0; i < w.a.assets_n && prng_below(&rng, 2) == 0; i++)
        world_inventory(&w, i, prng_sized(&rng, 30));
    w.a.options.robust = prng_below(&rng, 2) == 0;
    w.a.options.cycles = !w.a.options.robust && prng_below(&rng, 2) == 0;
    w.a.options.rounds_max = 400;
}

/* Some venues belong to another domain, which has little, and there are limits on what it has. */
static void random_domain(void)
{
    const struct name cex = { "cex" }, home = { DOMAIN_HOME };

    for (size_t v = 1; v < w.a.venues_n; v++)
        w.venues[v].domain = cex;
    w.a.inventory_n = 0;
    for (uint32_t i = 0; i < w.a.assets_n; i++) {
        world_inventory(&w, i, prng_sized(&rng, 30));
        world_inventory(&w, i, prng_sized(&rng, 30));
        w.inventory[w.a.inventory_n - 1].domain = cex;
    }
    for (size_t i = 0; i < w.a.assets_n; i++) {
        struct amount have = w.inventory[2 * i + 1].available;

        if (prng_below(&rng, 2) == 0)
            w.rows[w.a.rows_n++] = (struct row){
                .kind = ROW_INVENTORY,
                .subject = prng_below(&rng, 4) == 0 ? home : cex,
                .asset = (uint32_t)i,
                .min = { have.atoms / (1 + prng_below(&rng, 8)) },
                .max = { have.atoms + prng_sized(&rng, 30) },
                .used = have,
            };
    }
}

/* clear_run lets certify judge every incumbent. */
static void check_certified(uint64_t seed, bool large)
{
    size_t fills = 0, legs = 0, covers = 0, kinds[KINDS + 1] = { 0 };

    prng_init(&rng, seed);
    for (int i = 0; i < BATCHES; i++) {
        random_batch(large);
        if (i % 3 == 0)
            random_domain();
        clear_run(&run, &w.a);
        fills += run.s.fills_n;
        legs += run.s.legs_n;
        for (size_t k = 0; k < run.s.legs_n; k++)
            kinds[w.curves[run.legs[k].curve].kind]++;
        covers += run.s.covers_n;
        assert_true(u256_cmp(&run.s.value, &run.s.bound) <= 0);
    }
    print_message("%d batches: %zu fills, %zu legs, %zu covers\n", BATCHES, fills, legs, covers);
    assert_true(fills > BATCHES && legs > BATCHES / 2 && covers > 0);
    for (size_t k = 1; large && k <= KINDS; k++) {
        print_message("%zu legs over %s\n", kinds[k], curve_kind_name((enum curve_kind)k));
        assert_true(kinds[k] > 0);
    }
}

static void test_clear_emits_only_what_certify_accepts(void **state)
{
    (void)state;
    check_certified(21, false);
    check_certified(2, false); /* where prices run off beyond the numbers of a program */
}

static void test_clear_certifies_legs_over_every_kind(void **state)
{
    (void)state;
    check_certified(23, true);
}

static void test_clear_replays_to_the_same_answer(void **state)
{
    (void)state;
    prng_init(&rng, 22);
    for (int i = 0; i < BATCHES / 5; i++) {
        struct digest first;

        random_batch(i % 2 == 0);
        clear_run(&run, &w.a);
        first = clear_run_digest(&run);
        clear_run(&run, &w.a);
        assert_true(digest_equal(first, clear_run_digest(&run)));
    }
}

/* What a worker gets, and what is recorded, is the same auction, whatever its curves are. */
static void test_clear_answers_the_same_over_the_wire(void **state)
{
    struct wire_bytes bytes = { 0 };
    struct arena arena;

    (void)state;
    prng_init(&rng, 25);
    arena_init(&arena, (size_t)1 << 24);
    for (int i = 0; i < BATCHES / 5; i++) {
        struct auction again;
        struct digest first;

        random_batch(true);
        clear_run(&run, &w.a);
        first = clear_run_digest(&run);
        assert_ok(wire_auction_pack(&bytes, &w.a));
        assert_ok(wire_auction_unpack(&again, &arena, bytes.data, bytes.n));
        clear_run(&run, &again);
        assert_true(digest_equal(first, clear_run_digest(&run)));
        arena_reset(&arena);
    }
    arena_fini(&arena);
    wire_bytes_fini(&bytes);
}

/* Pools that agree on prices to a percent: there is no arbitrage to speak of. */
static void near_par(void)
{
    for (size_t k = 0; k < w.a.curves_n; k++) {
        struct u256 *reserve = w.curves[k].as.constant_product.reserve;

        if (w.curves[k].kind == CURVE_constant_product)
            reserve[1] = u256_of(reserve[0].limb[0] / 1000 * (995 + prng_below(&rng, 11)));
    }
}

/* Score of the batch in units of account times 2^20, of partial intents alone. */
static double score(void)
{
    clear_run(&run, &w.a);
    return (double)run.score.limb[1] * 0x1p20 + (double)run.score.limb[0] * 0x1p-44;
}

/*
 * A plan inside all limits is found: the one without the limited venues is no better, but for what the
 * reference prices and yardsticks that they give change.
 */
static void test_clear_is_no_worse_for_venues_with_little_inventory(void **state)
{
    (void)state;
    size_t better = 0, worse = 0, used = 0;

    prng_init(&rng, 24);
    for (int i = 0; i < BATCHES; i++) {
        double with, without;

        random_batch(false);
        w.a.options.robust = w.a.options.cycles = false;
        w.a.options.rounds_max = 2000;
        for (size_t k = 0; k < w.a.intents_n; k++)
            w.intents[k].partial = true;
        near_par();
        random_domain();
        with = score();
        for (size_t k = 0; k < run.s.legs_n; k++)
            used += w.curves[run.legs[k].curve].venue > 0;
        size_t kept = 0;
        for (size_t k = 0; k < w.a.curves_n; k++) {
            if (w.curves[k].venue == 0)
                w.curves[kept++] = w.curves[k];
        }
        w.a.curves_n = kept;
        without = score();
        better += with > without;
        worse += with < without * 0.99;
    }
    print_message("%d batches: %zu better with limited venues, %zu worse by 1 %%, %zu legs there\n",
                  BATCHES, better, worse, used);
    assert_true(better > BATCHES / 8 && worse <= BATCHES / 12);
}

/* Can some intent be served by itself over one venue, within its limit? */
static bool any_alone(void)
{
    struct early *list;
    struct arena arena;
    size_t n;

    arena_init(&arena, (size_t)1 << 22);
    assert_ok(early_find(&list, &n, &arena, &w.a));
    arena_fini(&arena);
    return n > 0;
}

/*
 * However wild the prices of venues are, and though there is not nearly work enough to look at all of
 * them: whoever an ordinary router would serve does not leave the batch empty.
 */
static void test_clear_fills_something_where_one_venue_could(void **state)
{
    (void)state;
    size_t alone = 0;

    prng_init(&rng, 25);
    for (int i = 0; i < BATCHES; i++) {
        random_batch(false);
        w.a.options.robust = true;
        w.a.options.cycles = false;
        w.a.options.pivots_max = 2000;
        if (w.a.intents_n < 2 || !any_alone())
            continue;
        clear_run(&run, &w.a);
        alone++;
        if (run.s.fills_n == 0)
            fail_msg("batch %d: nothing filled", i);
    }
    print_message("%zu batches with an intent that one venue could serve\n", alone);
}

static uint64_t out_of(const struct curve *c, uint64_t in)
{
    struct u256 offer = u256_of(in);
    struct trade t = { 0 };

    if (in == 0 || curve_out(&t, c, way_of_side(0), &offer) != ERR_OK)
        return 0;
    return t.out.limb[0];
}

/* Best payout of `amount` over two parallel pools and one path of two, by trying every split. */
static uint64_t brute_force(uint64_t amount)
{
    uint64_t best = 0;

    for (uint64_t x = 0; x <= amount; x++) {
        for (uint64_t y = 0; x + y <= amount; y++) {
            uint64_t middle = out_of(&w.curves[2], amount - x - y);
            uint64_t got =
                out_of(&w.curves[0], x) + out_of(&w.curves[1], y) + out_of(&w.curves[3], middle);

            best = got > best ? got : best;
        }
    }
    return best;
}

/* In a world of a few atoms rounding is everything: V allows two atoms for each leg. */
static void test_clear_is_as_good_as_every_integer_split(void **state)
{
    (void)state;
    prng_init(&rng, 23);
    for (int i = 0; i < TINY_BATCHES; i++) {
        const struct solution_fill *f;
        uint64_t best, got;

        world_init(&w, 3, 1);
        (void)world_pool(&w, 0, 0, 1, near(200), near(4000));
        (void)world_pool(&w, 0, 0, 1, near(200), near(4000));
        (void)world_pool(&w, 0, 0, 2, near(200), near(4000));
        (void)world_pool(&w, 0, 2, 1, near(4000), near(4000));
        (void)world_sell(&w, 0, 1, TINY, 1);
        clear_run(&run, &w.a);
        best = brute_force(TINY);
        f = clear_run_fill(&run, 0);
        assert_non_null(f);
        got = f->got.limb[0];
        /* One atom of asset 0 buys up to 40 of asset 1, so an uneven split costs that much. */
        if (got + 60 < best)
            fail_msg("batch %d: %llu of %llu", i, (unsigned long long)got,
                     (unsigned long long)best);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_emits_only_what_certify_accepts),
        cmocka_unit_test(test_clear_answers_the_same_over_the_wire),
        cmocka_unit_test(test_clear_is_no_worse_for_venues_with_little_inventory),
        cmocka_unit_test(test_clear_fills_something_where_one_venue_could),
        cmocka_unit_test(test_clear_certifies_legs_over_every_kind),
        cmocka_unit_test(test_clear_replays_to_the_same_answer),
        cmocka_unit_test(test_clear_is_as_good_as_every_integer_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
