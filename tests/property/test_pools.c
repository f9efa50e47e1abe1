/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One suite for the kernel of every kind of pool: whatever its formula is, nobody gains from
 * rounding, and no parameter and no amount makes it crash or wrap. A new kind adds a subject.
 */
#include "tests/support/pools.h"

#include <string.h>

#include "tests/support/draw.h"
#include "tests/support/test_support.h"

#define ROUNDS 1500

static const struct trade untouched = { { { 7 } }, { { 9 } } };

/* What a pool pays; false when it refuses, and then nothing was written. */
static bool paid(struct trade *t, const struct pool_subject *s, const struct pool *p,
                 const struct u256 *offer)
{
    *t = untouched;
    enum err err = s->out(t, p, offer);

    if (err != ERR_OK) {
        assert_err(err, ERR_OVERFLOW);
        assert_memory_equal(t, &untouched, sizeof *t);
        return false;
    }
    assert_true(u256_cmp(&t->in, offer) <= 0);
    assert_int_equal(u256_is_zero(&t->in), u256_is_zero(&t->out));
    return true;
}

/* a <= b + slack atoms */
static void assert_at_most(const struct u256 *a, const struct u256 *b, const mpz_t slack)
{
    mpz_t left, right;

    mpz_inits(left, right, NULL);
    pools_mpz(left, a);
    pools_mpz(right, b);
    mpz_add(right, right, slack);
    assert_true(mpz_cmp(left, right) <= 0);
    mpz_clears(left, right, NULL);
}

static struct u256 sum(const struct u256 *a, const struct u256 *b)
{
    struct u256 s;

    assert_ok(u256_add(&s, a, b));
    return s;
}

static void test_pools_output_is_monotone(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    mpz_t slack;
    int traded = 0;

    prng_init(&r, 601);
    mpz_init(slack);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade less, more;

        s->make(&p, &r);
        assert_ok(s->check(&p));
        struct u256 a = s->offer(&p, &r), b = s->offer(&p, &r);

        b = sum(&a, &b);
        if (!paid(&less, s, &p, &a) || !paid(&more, s, &p, &b))
            continue;
        s->slack(slack, &p);
        assert_at_most(&less.out, &more.out, slack);
        traded += !u256_is_zero(&less.out);
    }
    assert_true(traded > ROUNDS / 20);
    mpz_clear(slack);
}

/* out <= rate * in: the curve is concave, so its start is its best price. */
static void test_pools_never_pay_more_than_the_first_price(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    mpq_t rate, worth;
    mpz_t slack, out;
    int traded = 0;

    prng_init(&r, 602);
    mpq_inits(rate, worth, NULL);
    mpz_inits(slack, out, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade t;

        s->make(&p, &r);
        struct u256 offer = s->offer(&p, &r);

        if (!paid(&t, s, &p, &offer))
            continue;
        s->rate(rate, &p);
        s->slack(slack, &p);
        pools_mpz(mpq_numref(worth), &t.in);
        mpz_set_ui(mpq_denref(worth), 1);
        mpq_mul(worth, worth, rate);
        mpz_cdiv_q(mpq_numref(worth), mpq_numref(worth), mpq_denref(worth));
        mpz_add(slack, slack, mpq_numref(worth));
        pools_mpz(out, &t.out);
        assert_true(mpz_cmp(out, slack) <= 0);
        mpz_set_ui(mpq_denref(worth), 1);
        traded += !u256_is_zero(&t.out);
    }
    assert_true(traded > ROUNDS / 20);
    mpq_clears(rate, worth, NULL);
    mpz_clears(slack, out, NULL);
}

static void test_pools_input_yields_what_was_wanted(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    int answered = 0;

    prng_init(&r, 603);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade t, in, again;

        s->make(&p, &r);
        struct u256 offer = s->offer(&p, &r);

        if (!paid(&t, s, &p, &offer))
            continue;
        in = untouched;
        enum err err = s->in(&in, &p, &t.out);

        if (err != ERR_OK) {
            assert_true(err == ERR_NOT_FOUND || err == ERR_OVERFLOW);
            assert_memory_equal(&in, &untouched, sizeof in);
            continue;
        }
        assert_true(u256_cmp(&in.out, &t.out) >= 0);
        assert_true(paid(&again, s, &p, &in.in));
        assert_memory_equal(&again, &in, sizeof in);
        answered += !u256_is_zero(&in.out);
    }
    assert_true(answered > ROUNDS / 20);
}

static void test_pools_trade_repeats_when_offered_what_it_took(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    int traded = 0;

    prng_init(&r, 604);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade t, again;

        s->make(&p, &r);
        struct u256 offer = i % 2 == 0 ? draw_u256(&r, 256) : s->offer(&p, &r);

        if (!paid(&t, s, &p, &offer))
            continue;
        assert_true(paid(&again, s, &p, &t.in));
        assert_memory_equal(&again, &t, sizeof t);
        traded += !u256_is_zero(&t.out);
    }
    assert_true(traded > ROUNDS / 20);
}

static void add_slack(mpz_t slack, const struct pool_subject *s, const struct pool *p)
{
    mpz_t more;

    mpz_init(more);
    s->slack(more, p);
    mpz_add(slack, slack, more);
    mpz_clear(more);
}

/* Two parts, one after the other, never bring more than both at once. */
static void test_pools_split_trade_never_gains(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    mpz_t slack;
    int split = 0;

    prng_init(&r, 605);
    mpz_init(slack);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade first, second, whole;

        s->make(&p, &r);
        if (s->keep_nothing != NULL)
            s->keep_nothing(&p);
        struct u256 a = s->offer(&p, &r), b = s->offer(&p, &r), both = sum(&a, &b);

        s->slack(slack, &p);
        if (!paid(&whole, s, &p, &both) || !paid(&first, s, &p, &a))
            continue;
        assert_ok(s->apply(&p, &first));
        if (s->check(&p) != ERR_OK)
            continue; /* a stable pool of which the contract finds no D */
        add_slack(slack, s, &p);
        assert_ok(u256_sub(&both, &both, &first.in));
        if (!paid(&second, s, &p, &both))
            continue;
        assert_ok(s->apply(&p, &second));
        if (s->check(&p) != ERR_OK)
            continue;
        add_slack(slack, s, &p);
        both = sum(&first.out, &second.out);
        assert_at_most(&both, &whole.out, slack);
        split += !u256_is_zero(&first.out) && !u256_is_zero(&second.out);
    }
    assert_true(split > ROUNDS / 40);
    mpz_clear(slack);
}

static void test_pools_round_trip_never_gains(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    int returned = 0;

    prng_init(&r, 606);
    for (int i = 0; i < ROUNDS; i++) {
        struct pool p;
        struct trade there, back;

        s->make(&p, &r);
        struct u256 offer = s->offer(&p, &r);

        if (!paid(&there, s, &p, &offer))
            continue;
        assert_ok(s->apply(&p, &there));
        p.way = (struct way){ p.way.get, p.way.give };
        if (!paid(&back, s, &p, &there.out))
            continue;
        assert_true(u256_cmp(&back.out, &there.in) <= 0);
        returned += !u256_is_zero(&back.out);
    }
    assert_true(returned > ROUNDS / 20);
}

/* Any parameters that the check lets pass, and any amount: an answer or a refusal. */
static void test_pools_survive_hostile_parameters(void **state)
{
    const struct pool_subject *s = *state;
    struct prng r;
    int refused = 0, traded = 0;

    prng_init(&r, 607);
    for (int i = 0; i < 4 * ROUNDS; i++) {
        struct u256 amount = draw_u256(&r, 256);
        struct trade t = untouched;
        struct pool p;

        s->make(&p, &r);
        s->break_one(&p, &r);
        if (s->check(&p) != ERR_OK) {
            refused++;
            continue;
        }
        if (paid(&t, s, &p, &amount)) {
            assert_ok(s->apply(&p, &t));
            traded += !u256_is_zero(&t.out);
        }
        t = untouched;
        if (s->in(&t, &p, &amount) == ERR_OK)
            assert_true(u256_cmp(&t.out, &amount) >= 0);
        else
            assert_memory_equal(&t, &untouched, sizeof t);
    }
    assert_true(refused > ROUNDS / 4 && traded > ROUNDS / 20);
}

#define CLAIM(subject, claim)                                                                      \
    {                                                                                              \
#subject " " #claim, test_pools_##claim, NULL, NULL, &subjects.subject                     \
    }
#define SUITE(subject)                                                                             \
    CLAIM(subject, output_is_monotone), CLAIM(subject, never_pay_more_than_the_first_price),       \
        CLAIM(subject, input_yields_what_was_wanted),                                              \
        CLAIM(subject, trade_repeats_when_offered_what_it_took),                                   \
        CLAIM(subject, split_trade_never_gains), CLAIM(subject, round_trip_never_gains),           \
        CLAIM(subject, survive_hostile_parameters)

/* cmocka takes no const state. */
static struct {
    struct pool_subject weighted, stable, concentrated, fixed_rate;
} subjects;

int main(void)
{
    const struct CMUnitTest tests[] = { SUITE(weighted), SUITE(stable), SUITE(concentrated),
                                        SUITE(fixed_rate) };

    subjects.weighted = pools_weighted;
    subjects.stable = pools_stable;
    subjects.concentrated = pools_concentrated;
    subjects.fixed_rate = pools_fixed_rate;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
