/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include "solver/clear/alone.h"
#include "tests/support/world.h"

#define ROUNDS 3000
#define ASSETS 5
#define VENUES 3
#define CURVES 10

static struct world world;

static void pool_random(struct prng *r, uint32_t venue, uint32_t a, uint32_t b)
{
    struct curve *c = world_pool(&world, venue, a, b, 1 + prng_sized(r, 30), 1 + prng_sized(r, 30));

    c->as.constant_product.keep_num = 900 + prng_below(r, 101);
}

static void book_random(struct prng *r, uint32_t venue, uint32_t a, uint32_t b)
{
    struct curve *c = world_book(&world, venue, a, b);
    uint64_t lot = 1 + prng_below(r, 3), bid = 20, ask = 20;

    c->as.book.lot = u256_of(lot);
    c->as.book.scale = u256_of(10);
    c->as.book.keep_num = 99;
    c->as.book.keep_den = 100;
    for (uint64_t n = prng_below(r, 4); n > 0; n--) {
        bid -= 1 + prng_below(r, 4);
        world_bid(c, bid, lot * prng_below(r, 400));
    }
    for (uint64_t n = prng_below(r, 4); n > 0; n--) {
        ask += prng_below(r, 4) + 1;
        world_ask(c, ask, lot * prng_below(r, 400));
    }
    assert_ok(curve_check(c));
}

/* Equal pools now and then, so that ties between venues happen. */
static void world_random(struct prng *r)
{
    world_init(&world, ASSETS, VENUES);
    for (uint64_t n = 1 + prng_below(r, CURVES); n > 0; n--) {
        uint32_t venue = (uint32_t)prng_below(r, VENUES), a = (uint32_t)prng_below(r, ASSETS);
        uint32_t b = (a + 1 + (uint32_t)prng_below(r, ASSETS - 1)) % ASSETS;

        switch (prng_below(r, 4)) {
        case 0: book_random(r, venue, a, b); break;
        case 1: (void)world_pool(&world, venue, a, b, 5000, 5000); break;
        default: pool_random(r, venue, a, b); break;
        }
    }
}

/* Whether c joins *asset with another one, which it becomes; *side is what is given. */
static bool step(int *side, uint32_t *asset, const struct curve *c, bool forward)
{
    for (int i = 0; i < 2; i++) {
        if (c->asset[i] != *asset)
            continue;
        *side = forward ? i : !i;
        *asset = c->asset[!i];
        return true;
    }
    return false;
}

/*
 * What the amount at one end of a path becomes at its other end: sells walk forward, buys from
 * their end. false when the curves are no path, end early or elsewhere, or cannot do it.
 */
static bool path_value(struct u256 *amount, const struct auction_intent *in,
                       const struct curve *const *path, size_t hops)
{
    bool sells = in->kind == INTENT_SELL;
    uint32_t at = sells ? in->sell : in->buy, end = sells ? in->buy : in->sell;

    for (size_t i = 0; i < hops; i++) {
        struct trade t;
        int side;

        if (at == end || path[i]->venue != path[0]->venue || !step(&side, &at, path[i], sells))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (path[k] == path[i])
                return false;
        }
        enum err err = sells ? curve_out(&t, path[i], way_of_side(side), amount)
                             : curve_in(&t, path[i], way_of_side(side), amount);
        if (err != ERR_OK)
            return false;
        *amount = sells ? t.out : t.in;
        if (u256_is_zero(amount))
            return false;
    }
    return at == end;
}

struct best {
    bool found;
    uint32_t venue;
    struct u256 amount;
};

static void path_judge(struct best *best, const struct auction_intent *in, const struct u256 *exact,
                       const struct curve *const *path, size_t hops)
{
    struct u256 amount = *exact;

    if (!path_value(&amount, in, path, hops))
        return;
    int order = best->found ? u256_cmp(&amount, &best->amount) : 1;
    if (best->found && in->kind == INTENT_BUY)
        order = -order;
    if (order < 0 || (order == 0 && path[0]->venue >= best->venue))
        return;
    *best = (struct best){ true, path[0]->venue, amount };
}

/* Every sequence of one, two or three curves. */
static struct best brute_force(const struct auction_intent *in, const struct u256 *exact)
{
    const struct auction *a = &world.a;
    struct best best = { 0 };

    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *path[ALONE_HOPS] = { &a->curves[i] };

        path_judge(&best, in, exact, path, 1);
        for (size_t j = 0; j < a->curves_n; j++) {
            path[1] = &a->curves[j];
            path_judge(&best, in, exact, path, 2);
            for (size_t k = 0; k < a->curves_n; k++) {
                path[2] = &a->curves[k];
                path_judge(&best, in, exact, path, 3);
            }
        }
    }
    return best;
}

static bool same(const struct u256 *a, const struct u256 *b)
{
    return u256_cmp(a, b) == 0;
}

static void test_alone_agrees_with_every_path_tried(void **state)
{
    struct arena arena;
    struct prng r;
    size_t found = 0;

    (void)state;
    prng_init(&r, 31);
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < ROUNDS; round++) {
        struct auction_intent in = { .kind = prng_below(&r, 2) ? INTENT_SELL : INTENT_BUY };
        struct u256 exact = u256_of(1 + prng_sized(&r, 20));
        struct alone got;

        world_random(&r);
        in.sell = (uint32_t)prng_below(&r, ASSETS);
        in.buy = (in.sell + 1 + (uint32_t)prng_below(&r, ASSETS - 1)) % ASSETS;
        struct best best = brute_force(&in, &exact);
        arena_reset(&arena);
        assert_err(alone_best(&got, &arena, &world.a, &in, &exact),
                   best.found ? ERR_OK : ERR_NOT_FOUND);
        if (!best.found)
            continue;
        found++;
        assert_int_equal(got.venue, best.venue);
        assert_true(got.hops >= 1 && got.hops <= ALONE_HOPS);
        bool sells = in.kind == INTENT_SELL;
        assert_true(same(&got.paid, sells ? &exact : &best.amount));
        assert_true(same(&got.got, sells ? &best.amount : &exact));
    }
    assert_true(found > ROUNDS / 10);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone_agrees_with_every_path_tried),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
