/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves against GMP rationals: what a pool or book would pay in exact fractions, rounded once. */
#include <gmp.h>

#include "solver/market/curve.h"
#include "tests/support/test_support.h"

#define ROUNDS 4000
#define LEVELS 6

static void z_of(mpz_t z, const struct u256 *a)
{
    mpz_import(z, 4, -1, sizeof a->limb[0], 0, 0, a->limb);
}

static void assert_equal(const struct u256 *got, const mpz_t wanted)
{
    mpz_t z;

    mpz_init(z);
    z_of(z, got);
    assert_int_equal(mpz_cmp(z, wanted), 0);
    mpz_clear(z);
}

/* At most bits bits, small and huge. */
static struct u256 sized(struct prng *r, unsigned bits)
{
    struct u256 v = { { 0 } };
    unsigned n = (unsigned)prng_below(r, bits + 1);

    for (unsigned i = 0; n > 0; i++, n -= n < 64 ? n : 64)
        v.limb[i] = n >= 64 ? prng_u64(r) : prng_u64(r) >> (64 - n);
    return v;
}

static struct u256 positive(struct prng *r, unsigned bits)
{
    struct u256 v = sized(r, bits);

    return u256_is_zero(&v) ? u256_of(1) : v;
}

/* q = a / b */
static void ratio(mpq_t q, const struct u256 *a, const struct u256 *b)
{
    z_of(mpq_numref(q), a);
    z_of(mpq_denref(q), b);
    mpq_canonicalize(q);
}

static void floor_of(mpz_t z, const mpq_t q)
{
    mpz_fdiv_q(z, mpq_numref(q), mpq_denref(q));
}

static struct constant_product random_pool(struct prng *r)
{
    uint64_t den = 1 + prng_sized(r, 20);

    return (struct constant_product){ { positive(r, 112), positive(r, 112) },
                                      1 + prng_below(r, den),
                                      den };
}

/* y = R_out e / (R_in + e) with e = keep x, in fractions. */
static void test_curve_pool_output_is_the_floor_of_the_fraction(void **state)
{
    struct prng r;
    mpq_t keep, e, rest, pays;
    mpz_t whole;
    int traded = 0;

    (void)state;
    prng_init(&r, 401);
    mpq_inits(keep, e, rest, pays, NULL);
    mpz_init(whole);
    for (int i = 0; i < ROUNDS; i++) {
        struct constant_product c = random_pool(&r);
        struct u256 x = sized(&r, 112), num = u256_of(c.keep_num), den = u256_of(c.keep_den);
        struct u256 one = u256_of(1);
        struct trade t;

        ratio(keep, &num, &den);
        ratio(e, &x, &one);
        mpq_mul(e, e, keep);
        ratio(rest, &c.reserve[0], &one);
        mpq_add(rest, rest, e);
        ratio(pays, &c.reserve[1], &one);
        mpq_mul(pays, pays, e);
        mpq_div(pays, pays, rest);
        floor_of(whole, pays);
        assert_ok(constant_product_out(&t, &c, 0, &x));
        assert_equal(&t.out, whole);
        traded += !u256_is_zero(&t.out);
    }
    assert_true(traded > ROUNDS / 8);
    mpq_clears(keep, e, rest, pays, NULL);
    mpz_clear(whole);
}

/* x = R_in y / ((R_out - y) keep); the venue asks for the next whole number above it. */
static void test_curve_pool_input_is_the_next_above_the_fraction(void **state)
{
    struct prng r;
    mpq_t y, x, rest, keep;
    mpz_t whole;
    int answered = 0;

    (void)state;
    prng_init(&r, 402);
    mpq_inits(y, x, rest, keep, NULL);
    mpz_init(whole);
    for (int i = 0; i < ROUNDS; i++) {
        struct constant_product c = random_pool(&r);
        struct u256 want = positive(&r, 112), one = u256_of(1);
        struct u256 num = u256_of(c.keep_num), den = u256_of(c.keep_den);
        struct trade t;

        if (u256_cmp(&want, &c.reserve[1]) >= 0) {
            assert_err(constant_product_in(&t, &c, 0, &want), ERR_NOT_FOUND);
            continue;
        }
        ratio(y, &want, &one);
        ratio(rest, &c.reserve[1], &one);
        mpq_sub(rest, rest, y);
        ratio(x, &c.reserve[0], &one);
        mpq_mul(x, x, y);
        mpq_div(x, x, rest);
        ratio(keep, &num, &den);
        mpq_div(x, x, keep);
        floor_of(whole, x);
        mpz_add_ui(whole, whole, 1);
        if (constant_product_in(&t, &c, 0, &want) != ERR_OK)
            continue; /* re-pricing the input overflows 256 bits; the venue would revert */
        assert_equal(&t.in, whole);
        answered++;
    }
    assert_true(answered > ROUNDS / 8);
    mpq_clears(y, x, rest, keep, NULL);
    mpz_clear(whole);
}

struct ladders {
    struct book book;
    struct book_level bids[LEVELS], asks[LEVELS];
};

static void random_ladders(struct ladders *l, struct prng *r)
{
    uint64_t lot = 1 + prng_sized(r, 12), step = 1 + prng_sized(r, 30), mid = step * 20;
    uint64_t den = 1 + prng_sized(r, 20);

    for (uint64_t i = 0; i < LEVELS; i++) {
        l->bids[i] =
            (struct book_level){ u256_of(mid - (i + 1) * step), u256_of(lot * prng_sized(r, 40)) };
        l->asks[i] =
            (struct book_level){ u256_of(mid + i * step), u256_of(lot * prng_sized(r, 40)) };
    }
    l->book = (struct book){ .scale = positive(r, 70),
                             .lot = u256_of(lot),
                             .keep_num = 1 + prng_below(r, den),
                             .keep_den = den,
                             .bids = l->bids,
                             .asks = l->asks,
                             .bids_n = LEVELS,
                             .asks_n = LEVELS };
    assert_ok(book_check(&l->book));
}

/* v = the value in quote of base atoms walked down a ladder; false when it is not that deep. */
static bool value_of(mpq_t v, const struct book *b, const struct book_level *level, uint64_t base)
{
    mpq_t part, scale;

    mpq_inits(part, scale, NULL);
    mpq_set_ui(v, 0, 1);
    z_of(mpq_numref(scale), &b->scale);
    for (size_t i = 0; i < LEVELS && base > 0; i++) {
        uint64_t take = level[i].size.limb[0] < base ? level[i].size.limb[0] : base;

        mpq_set_ui(part, level[i].price.limb[0], 1);
        mpz_mul_ui(mpq_numref(part), mpq_numref(part), take);
        mpq_div(part, part, scale);
        mpq_add(v, v, part);
        base -= take;
    }
    mpq_clears(part, scale, NULL);
    return base == 0;
}

/* floor(gross * keep) */
static void net_of(mpz_t net, const mpq_t gross, const struct book *b)
{
    mpq_t keep;

    mpq_init(keep);
    mpq_set_ui(keep, b->keep_num, b->keep_den);
    mpq_canonicalize(keep);
    mpq_mul(keep, keep, gross);
    floor_of(net, keep);
    mpq_clear(keep);
}

static void test_curve_book_bids_pay_the_floor_of_the_fraction(void **state)
{
    struct ladders l;
    struct prng r;
    mpq_t v;
    mpz_t net;
    int traded = 0;

    (void)state;
    prng_init(&r, 403);
    mpq_init(v);
    mpz_init(net);
    for (int i = 0; i < ROUNDS; i++) {
        random_ladders(&l, &r);
        uint64_t lot = l.book.lot.limb[0], offer = prng_sized(&r, 50), base = offer / lot * lot;
        uint64_t depth = 0;
        struct u256 amount = u256_of(offer);
        struct trade t;

        for (size_t k = 0; k < LEVELS; k++)
            depth += l.bids[k].size.limb[0];
        base = base < depth ? base : depth;
        assert_true(value_of(v, &l.book, l.bids, base));
        net_of(net, v, &l.book);
        assert_ok(book_out(&t, &l.book, 0, &amount));
        assert_equal(&t.out, net);
        assert_int_equal(t.in.limb[0], mpz_sgn(net) > 0 ? base : 0);
        traded += mpz_sgn(net) > 0;
    }
    assert_true(traded > ROUNDS / 8);
    mpq_clear(v);
    mpz_clear(net);
}

/* The largest number of lots whose value is at most the offer, by bisection. */
static uint64_t affordable(const struct book *b, const struct book_level *level,
                           const struct u256 *offer)
{
    uint64_t lot = b->lot.limb[0], low = 0, high = 1;
    mpq_t v, budget;

    mpq_inits(v, budget, NULL);
    z_of(mpq_numref(budget), offer);
    for (size_t k = 0; k < LEVELS; k++)
        high += level[k].size.limb[0] / lot;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        assert_true(value_of(v, b, level, middle * lot));
        if (mpq_cmp(v, budget) <= 0)
            low = middle;
        else
            high = middle;
    }
    mpq_clears(v, budget, NULL);
    return low * lot;
}

static void test_curve_book_asks_sell_all_the_lots_the_offer_pays_for(void **state)
{
    struct ladders l;
    struct prng r;
    mpq_t v;
    mpz_t net, cost;
    int traded = 0;

    (void)state;
    prng_init(&r, 404);
    mpq_init(v);
    mpz_inits(net, cost, NULL);
    for (int i = 0; i < ROUNDS / 4; i++) {
        random_ladders(&l, &r);
        struct u256 offer = sized(&r, 90);
        uint64_t base = affordable(&l.book, l.asks, &offer);
        struct trade t;

        assert_true(value_of(v, &l.book, l.asks, base));
        mpz_cdiv_q(cost, mpq_numref(v), mpq_denref(v));
        mpq_set_ui(v, base, 1);
        net_of(net, v, &l.book);
        assert_ok(book_out(&t, &l.book, 1, &offer));
        assert_equal(&t.out, net);
        if (mpz_sgn(net) == 0)
            mpz_set_ui(cost, 0);
        assert_equal(&t.in, cost);
        traded += mpz_sgn(net) > 0;
    }
    assert_true(traded > ROUNDS / 32);
    mpq_clear(v);
    mpz_clears(net, cost, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve_pool_output_is_the_floor_of_the_fraction),
        cmocka_unit_test(test_curve_pool_input_is_the_next_above_the_fraction),
        cmocka_unit_test(test_curve_book_bids_pay_the_floor_of_the_fraction),
        cmocka_unit_test(test_curve_book_asks_sell_all_the_lots_the_offer_pays_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
