/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Legs of random networks: whatever the planned trades, every leg is what its curve does in that
 * state, no leg takes what is not there, what was lent comes back, and sums are kept to the atom.
 */
#include <stdio.h>
#include <string.h>

#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"
#include "solver/route/legs.h"
#include "tests/support/draw.h"
#include "tests/support/pools.h"
#include "tests/support/test_support.h"

#define ROUNDS 3000
#define ASSETS 6
#define CURVES 24
#define STEPS 40
#define LEVELS 3

struct scene {
    struct prng r;
    struct arena arena;
    size_t assets_n;
    size_t curves_n;
    struct curve curves[CURVES];
    struct pool pools[CURVES];
    struct book_level levels[CURVES][2][LEVELS];
    double price[ASSETS];
    struct u256 have[ASSETS];
    struct leg_trade trades[CURVES];
    size_t trades_n;
};

static void product_make(struct scene *s, struct curve *c)
{
    c->kind = CURVE_constant_product;
    c->assets_n = 2;
    c->as.constant_product = (struct constant_product){
        { draw_positive(&s->r, 100), draw_positive(&s->r, 100) }, 1000 - prng_below(&s->r, 30), 1000
    };
}

static void book_make(struct scene *s, struct curve *c, struct book_level levels[2][LEVELS])
{
    uint64_t step = 1 + prng_sized(&s->r, 20), mid = step * 20, lot = 1 + prng_sized(&s->r, 10);

    for (uint64_t i = 0; i < LEVELS; i++) {
        levels[0][i] = (struct book_level){ u256_of(mid - (i + 1) * step),
                                            u256_of(lot * prng_sized(&s->r, 40)) };
        levels[1][i] =
            (struct book_level){ u256_of(mid + i * step), u256_of(lot * prng_sized(&s->r, 40)) };
    }
    c->kind = CURVE_book;
    c->assets_n = 2;
    c->as.book = (struct book){ .scale = u256_of(1 + prng_sized(&s->r, 26)),
                                .lot = u256_of(lot),
                                .keep_num = 1000 - prng_below(&s->r, 50),
                                .keep_den = 1000,
                                .bids = levels[0],
                                .bids_n = LEVELS,
                                .asks = levels[1],
                                .asks_n = LEVELS };
}

static void curve_make(struct scene *s, size_t i)
{
    struct curve *c = &s->curves[i];
    struct pool *p = &s->pools[i];
    uint32_t first = (uint32_t)prng_below(&s->r, s->assets_n);

    *c = (struct curve){ .id = i + 1, .assets_n = 2 };
    switch (prng_below(&s->r, 6)) {
    case 0:
        pools_weighted.make(p, &s->r);
        c->kind = CURVE_weighted;
        c->as.weighted = &p->as.weighted;
        c->assets_n = p->as.weighted.pool.n;
        break;
    case 1:
        pools_stable.make(p, &s->r);
        c->kind = CURVE_stable;
        c->as.stable = &p->as.stable;
        c->assets_n = p->as.stable.pool.n;
        break;
    case 2:
        pools_concentrated.make(p, &s->r);
        c->kind = CURVE_concentrated;
        c->as.concentrated = p->as.concentrated;
        break;
    case 3:
        pools_fixed_rate.make(p, &s->r);
        c->kind = CURVE_fixed_rate;
        c->as.fixed_rate = p->as.fixed_rate;
        break;
    case 4: book_make(s, c, s->levels[i]); break;
    default: product_make(s, c); break;
    }
    for (uint32_t k = 0; k < c->assets_n; k++)
        c->asset[k] = (first + k) % (uint32_t)s->assets_n;
}

static void scene_make(struct scene *s)
{
    s->assets_n = 3 + prng_below(&s->r, ASSETS - 2);
    s->curves_n = 0;
    s->trades_n = 0;
    for (size_t k = 0; k < s->assets_n; k++)
        s->price[k] = 1 / (1 + (double)prng_sized(&s->r, 30));
    for (size_t tries = 2 + prng_below(&s->r, 2 * CURVES); tries > 0; tries--) {
        curve_make(s, s->curves_n);
        struct curve *c = &s->curves[s->curves_n];

        /* A pool of more assets than there are would have one twice. */
        if (c->assets_n <= s->assets_n && curve_check(c) == ERR_OK)
            s->curves_n++;
        if (s->curves_n == CURVES)
            break;
    }
}

static struct u256 part_of(const struct u256 *all, struct prng *r)
{
    struct u256 part = u256_of(1 + prng_below(r, 4)), four = u256_of(4);

    assert_ok(u256_muldiv_floor(&part, all, &part, &four));
    return part;
}

/* Trade at random with what is there: balanced trades, with cycles, and some that lead nowhere. */
static void trades_plan(struct scene *s)
{
    struct curve state[CURVES];
    struct leg_trade *of[CURVES] = { 0 };

    for (size_t i = 0; i < s->curves_n; i++)
        assert_ok(curve_copy(&state[i], &s->arena, &s->curves[i]));
    for (int step = 0; step < STEPS; step++) {
        size_t i = prng_below(&s->r, s->curves_n);
        struct curve *c = &state[i];
        uint32_t give = (uint32_t)prng_below(&s->r, c->assets_n);
        struct way way = { give, (give + 1 + (uint32_t)prng_below(&s->r, c->assets_n - 1)) %
                                     c->assets_n };
        struct u256 *from = &s->have[c->asset[way.give]], *to = &s->have[c->asset[way.get]];
        struct u256 offer = part_of(from, &s->r);
        struct trade t;

        if ((of[i] != NULL && c->assets_n == 2) || curve_out(&t, c, way, &offer) != ERR_OK ||
            u256_is_zero(&t.out))
            continue;
        assert_ok(curve_apply(c, way, &t));
        assert_ok(u256_sub(from, from, &t.in));
        assert_ok(u256_add(to, to, &t.out));
        if (of[i] == NULL) {
            of[i] = &s->trades[s->trades_n++];
            *of[i] = (struct leg_trade){ .curve = (uint32_t)i };
        }
        of[i]->net[way.give] -= edge_double(&t.in);
        of[i]->net[way.get] += edge_double(&t.out);
    }
}

/* Every leg against its curve, and the balances after it. */
static void legs_replay(struct scene *s, const struct legs *l, const struct legs_order *o)
{
    struct curve state[CURVES];
    struct u256 have[ASSETS] = { 0 }, sum;

    for (size_t i = 0; i < s->curves_n; i++)
        assert_ok(curve_copy(&state[i], &s->arena, &s->curves[i]));
    have[o->sell] = l->sold;
    for (size_t i = 0; i < l->buffers_n; i++) {
        struct u256 *lent = &have[l->buffer[i].asset];

        assert_true(o->cycles);
        assert_false(u256_is_zero(&l->buffer[i].amount));
        assert_ok(u256_add(lent, lent, &l->buffer[i].amount));
    }
    for (size_t i = 0; i < l->n; i++) {
        const struct leg *leg = &l->leg[i];
        struct curve *c = &state[leg->curve];
        struct u256 *from = &have[c->asset[leg->way.give]], *to = &have[c->asset[leg->way.get]];
        struct trade t;

        assert_ok(curve_out(&t, c, leg->way, &leg->in));
        assert_int_equal(u256_cmp(&t.in, &leg->in), 0);
        assert_int_equal(u256_cmp(&t.out, &leg->out), 0);
        assert_false(u256_is_zero(&t.out));
        assert_ok(curve_apply(c, leg->way, &t));
        assert_ok(u256_sub(from, from, &t.in));
        assert_ok(u256_add(to, to, &t.out));
    }
    for (size_t i = 0; i < l->buffers_n; i++) {
        struct u256 *lent = &have[l->buffer[i].asset];

        assert_ok(u256_sub(lent, lent, &l->buffer[i].amount));
    }
    assert_int_equal(u256_cmp(&have[o->buy], &l->bought), 0);
    assert_false(u256_is_zero(&l->bought));
    if (o->exact_out)
        return;
    assert_ok(u256_add(&sum, &l->sold, &l->left));
    assert_int_equal(u256_cmp(&sum, &o->amount), 0);
}

struct tally {
    unsigned none;
    unsigned made;
    unsigned lent;
    unsigned reached;
};

static void order_try(struct scene *s, struct tally *t, const struct legs_order *o)
{
    struct legs legs;
    enum err err =
        legs_make(&legs, &s->arena, s->curves, s->curves_n, s->assets_n, o, s->trades, s->trades_n);

    if (err != ERR_OK) {
        assert_int_equal(err, ERR_NOT_FOUND);
        t->none++;
        return;
    }
    legs_replay(s, &legs, o);
    t->made++;
    t->lent += legs.buffers_n > 0;
    t->reached += u256_cmp(&legs.bought, &o->amount) >= 0;
}

static void round_run(struct scene *s, struct tally *in, struct tally *out)
{
    struct legs_order o = { .sell = 0, .buy = 1, .price = s->price };
    struct u256 lent;

    scene_make(s);
    memset(s->have, 0, sizeof s->have);
    s->have[0] = draw_positive(&s->r, 90);
    o.amount = s->have[0];
    if (prng_below(&s->r, 2) == 0) {
        lent = draw_positive(&s->r, 80);
        uint32_t lender = (uint32_t)prng_below(&s->r, s->assets_n);

        assert_ok(u256_add(&s->have[lender], &s->have[lender], &lent));
    }
    if (s->curves_n == 0)
        return;
    trades_plan(s);
    o.cycles = prng_below(&s->r, 3) > 0;
    order_try(s, in, &o);
    if (u256_is_zero(&s->have[1]))
        return;
    o.exact_out = true;
    o.amount = part_of(&s->have[1], &s->r);
    if (!u256_is_zero(&o.amount))
        order_try(s, out, &o);
}

static void test_legs_can_be_executed(void **state)
{
    static struct scene s;
    struct tally in = { 0 }, out = { 0 };

    (void)state;
    prng_init(&s.r, 20261125);
    arena_init(&s.arena, 64 << 20);
    for (int i = 0; i < ROUNDS; i++) {
        round_run(&s, &in, &out);
        arena_reset(&s.arena);
    }
    printf("exact-in: %u made, %u with loans, %u none; exact-out: %u made, %u reached, %u none\n",
           in.made, in.lent, in.none, out.made, out.reached, out.none);
    assert_true(in.made > ROUNDS / 8);
    assert_true(in.lent > 0);
    arena_fini(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_legs_can_be_executed) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
