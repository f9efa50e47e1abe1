/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One suite for every curve kind: whatever a venue's formula is, a trader can never gain from
 * rounding. A new kind adds a maker to `subjects`.
 */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/curve.h"

#define ROUNDS 3000
#define LEVELS 12

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

/* A random curve with room for its levels. */
struct specimen {
    struct curve curve;
    struct book_level bids[LEVELS], asks[LEVELS];
};

struct subject {
    void (*make)(struct specimen *s, struct prng *r);
    struct prng prng;
};

static void fee_make(uint64_t *keep_num, uint64_t *keep_den, struct prng *r)
{
    static const uint64_t dens[] = { 1, 100, 1000, 1000000 };

    *keep_den = dens[prng_below(r, 4)];
    *keep_num = *keep_den - prng_below(r, 1 + *keep_den / (1 + prng_below(r, 100)));
    *keep_num += *keep_num == 0;
}

static void constant_product_make(struct specimen *s, struct prng *r)
{
    struct constant_product *c = &s->curve.as.constant_product;

    s->curve.kind = CURVE_constant_product;
    c->reserve[0] = u256_of(1 + prng_sized(r, 62));
    c->reserve[1] = u256_of(1 + prng_sized(r, 62));
    fee_make(&c->keep_num, &c->keep_den, r);
}

static void book_make(struct specimen *s, struct prng *r)
{
    struct book *b = &s->curve.as.book;
    uint64_t lot = 1 + prng_sized(r, 8), mid = 1000 + prng_sized(r, 24), bid = mid, ask = mid;

    s->curve.kind = CURVE_book;
    b->scale = u256_of(1 + prng_sized(r, 30));
    b->lot = u256_of(lot);
    b->bids = s->bids;
    b->asks = s->asks;
    b->bids_n = prng_below(r, LEVELS + 1);
    b->asks_n = prng_below(r, LEVELS + 1);
    for (size_t i = 0; i < LEVELS; i++) {
        bid -= 1 + prng_below(r, mid / (LEVELS + 1));
        ask += 1 + prng_below(r, mid / 4);
        s->bids[i] = (struct book_level){ u256_of(bid), u256_of(lot * prng_sized(r, 22)) };
        s->asks[i] = (struct book_level){ u256_of(ask), u256_of(lot * prng_sized(r, 22)) };
    }
    fee_make(&b->keep_num, &b->keep_den, r);
}

static void copy(struct specimen *to, const struct specimen *from)
{
    *to = *from;
    if (from->curve.kind == CURVE_book) {
        to->curve.as.book.bids = to->bids;
        to->curve.as.book.asks = to->asks;
    }
}

static uint64_t low(struct u256 v)
{
    assert_true(u256_bits(&v) <= 64);
    return v.limb[0];
}

static struct trade out_of(const struct specimen *s, int side, uint64_t offer)
{
    struct u256 amount = u256_of(offer);
    struct trade t;

    assert_ok(curve_out(&t, &s->curve, way_of_side(side), &amount));
    assert_true(low(t.in) <= offer);
    assert_int_equal(u256_is_zero(&t.in), u256_is_zero(&t.out));
    return t;
}

/* A curve, a side of it and an offer that matters to it. */
static int draw(struct specimen *s, uint64_t *offer, struct subject *subject)
{
    struct prng *r = &subject->prng;

    memset(s, 0, sizeof *s);
    s->curve.assets_n = 2;
    s->curve.asset[1] = 1;
    subject->make(s, r);
    assert_ok(curve_check(&s->curve));
    *offer = prng_sized(r, 62);
    return (int)prng_below(r, 2);
}

static void test_curve_output_is_monotone_and_takes_at_most_the_offer(void **state)
{
    struct specimen s;
    uint64_t offer, traded = 0;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        uint64_t more = offer + prng_sized(&((struct subject *)*state)->prng, 60);

        traded += low(out_of(&s, side, offer).out) > 0;
        assert_true(low(out_of(&s, side, offer).out) <= low(out_of(&s, side, more).out));
    }
    assert_true(traded > ROUNDS / 8);
}

/* An offer that is exactly what was taken gives the same: nothing is lost by asking first. */
static void test_curve_trade_repeats_when_offered_what_it_took(void **state)
{
    struct specimen s;
    uint64_t offer;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        struct trade t = out_of(&s, side, offer), again = out_of(&s, side, low(t.in));

        assert_memory_equal(&t, &again, sizeof t);
    }
}

/* What a step of an offer adds never grows, up to one atom of rounding at each end and, for a
 * book, one lot. f(x) + f(x + 2h) <= 2 f(x + h) + slack. */
static void test_curve_output_is_concave_within_rounding(void **state)
{
    struct specimen s;
    uint64_t offer;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        uint64_t h = offer / 4, slack = 2;

        if (s.curve.kind == CURVE_book) {
            uint64_t lot = low(s.curve.as.book.lot);
            uint64_t lot_quote = lot * 40000000 / low(s.curve.as.book.scale) + 1;

            slack += side == 1 ? 2 * lot : 2 * lot_quote;
        }
        u128 ends = (u128)low(out_of(&s, side, h).out) + low(out_of(&s, side, 3 * h).out);
        u128 middle = (u128)2 * low(out_of(&s, side, 2 * h).out);

        assert_true(ends <= middle + slack);
    }
}

static void test_curve_input_is_enough_and_nearly_the_least(void **state)
{
    struct specimen s;
    uint64_t offer, answered = 0;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        struct trade t = out_of(&s, side, offer), back;

        assert_ok(curve_in(&back, &s.curve, way_of_side(side), &t.out));
        assert_true(u256_cmp(&back.out, &t.out) >= 0);
        assert_true(low(back.in) <= low(t.in) + (s.curve.kind == CURVE_constant_product));
        if (low(back.in) < 2)
            continue;
        /* Two atoms less never yield it: one for the +1 of the venue's formula. */
        assert_true(low(out_of(&s, side, low(back.in) - 2).out) < low(t.out));
        answered++;
    }
    assert_true(answered > ROUNDS / 8);
}

static void test_curve_never_gives_more_than_it_has(void **state)
{
    struct specimen s;
    struct trade all, more;
    uint64_t offer;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);

        if (s.curve.kind == CURVE_constant_product) {
            assert_err(curve_out(&all, &s.curve, way_of_side(side), &max), ERR_OVERFLOW);
            all.out = s.curve.as.constant_product.reserve[!side];
            assert_err(curve_in(&more, &s.curve, way_of_side(side), &all.out), ERR_NOT_FOUND);
            continue;
        }
        struct u256 one = u256_of(1);

        assert_ok(curve_out(&all, &s.curve, way_of_side(side), &max));
        assert_ok(u256_add(&one, &one, &all.out));
        assert_err(curve_in(&more, &s.curve, way_of_side(side), &one), ERR_NOT_FOUND);
    }
}

/* Trading in two parts never gives more than at once, and the state stays a sound curve. */
static void test_curve_split_trade_never_gains(void **state)
{
    struct specimen s, first;
    uint64_t offer;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        uint64_t part = offer == 0 ? 0 : prng_below(&((struct subject *)*state)->prng, offer);
        struct trade whole = out_of(&s, side, offer), one = out_of(&s, side, part);

        copy(&first, &s);
        assert_ok(curve_apply(&first.curve, way_of_side(side), &one));
        assert_ok(curve_check(&first.curve));
        struct trade two = out_of(&first, side, offer - low(one.in));

        assert_true(low(one.out) + low(two.out) <= low(whole.out));
    }
}

/* There and back never returns more than went in; k of a pool never falls. */
static void test_curve_round_trip_never_gains(void **state)
{
    struct specimen s, after;
    struct u512 before, now;
    uint64_t offer;

    for (int i = 0; i < ROUNDS; i++) {
        int side = draw(&s, &offer, *state);
        struct trade there = out_of(&s, side, offer);

        copy(&after, &s);
        assert_ok(curve_apply(&after.curve, way_of_side(side), &there));
        struct trade back = out_of(&after, !side, low(there.out));

        assert_true(low(back.out) <= low(there.in));
        if (s.curve.kind != CURVE_constant_product)
            continue;
        wide_mul(&before, &s.curve.as.constant_product.reserve[0],
                 &s.curve.as.constant_product.reserve[1]);
        wide_mul(&now, &after.curve.as.constant_product.reserve[0],
                 &after.curve.as.constant_product.reserve[1]);
        assert_true(wide_cmp(&now, &before) >= 0);
    }
}

static void test_curve_answers_zero_with_zero(void **state)
{
    struct u256 zero = u256_of(0);
    struct specimen s;
    struct trade t;
    uint64_t offer;

    int side = draw(&s, &offer, *state);

    t = out_of(&s, side, 0);
    assert_true(u256_is_zero(&t.in));
    assert_ok(curve_in(&t, &s.curve, way_of_side(side), &zero));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    assert_ok(curve_apply(&s.curve, way_of_side(side), &t));
}

static void test_curve_check_refuses_equal_assets(void **state)
{
    struct specimen s;
    uint64_t offer;

    (void)draw(&s, &offer, *state);
    s.curve.asset[1] = s.curve.asset[0];
    assert_err(curve_check(&s.curve), ERR_INVALID);
}

static void test_curve_kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(curve_kind_name(CURVE_constant_product), "constant_product");
    assert_string_equal(curve_kind_name(CURVE_book), "book");
    assert_string_equal(curve_kind_name(0), "unknown");
    assert_string_equal(curve_kind_name(77), "unknown");
}

#define SUITE(subject)                                                                             \
    { #subject " output is monotone", test_curve_output_is_monotone_and_takes_at_most_the_offer,   \
      NULL, NULL, subject },                                                                       \
        { #subject " repeats", test_curve_trade_repeats_when_offered_what_it_took, NULL, NULL,     \
          subject },                                                                               \
        { #subject " is concave", test_curve_output_is_concave_within_rounding, NULL, NULL,        \
          subject },                                                                               \
        { #subject " input is enough", test_curve_input_is_enough_and_nearly_the_least, NULL,      \
          NULL, subject },                                                                         \
        { #subject " has limits", test_curve_never_gives_more_than_it_has, NULL, NULL, subject },  \
        { #subject " split never gains", test_curve_split_trade_never_gains, NULL, NULL,           \
          subject },                                                                               \
        { #subject " round trip never gains", test_curve_round_trip_never_gains, NULL, NULL,       \
          subject },                                                                               \
        { #subject " zero", test_curve_answers_zero_with_zero, NULL, NULL, subject },              \
    {                                                                                              \
#subject " equal assets", test_curve_check_refuses_equal_assets, NULL, NULL, subject       \
    }

int main(void)
{
    static struct subject constant_product[1] = { { .make = constant_product_make } };
    static struct subject book[1] = { { .make = book_make } };
    const struct CMUnitTest tests[] = { SUITE(constant_product), SUITE(book),
                                        cmocka_unit_test(test_curve_kinds_have_names) };

    prng_init(&constant_product->prng, 301);
    prng_init(&book->prng, 302);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
