/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wide against GMP's mpz layer, and over a small world of limbs. */
#include <gmp.h>
#include <string.h>

#include "solver/core/wide.h"
#include "tests/support/test_support.h"

#define ROUNDS 20000

/* A random length, then limbs that are often all zeros or all ones: where carries go wrong. */
static void random_limbs(struct prng *r, uint64_t *limb, size_t n)
{
    size_t used = prng_below(r, n + 1);

    memset(limb, 0, n * sizeof(*limb));
    for (size_t i = 0; i < used; i++) {
        switch (prng_below(r, 4)) {
        case 0: limb[i] = 0; break;
        case 1: limb[i] = UINT64_MAX; break;
        default: limb[i] = prng_sized(r, 64); break;
        }
    }
}

static struct u256 random_u256(struct prng *r)
{
    struct u256 a;

    random_limbs(r, a.limb, 4);
    return a;
}

static void mpz_from(mpz_t z, const struct u256 *a)
{
    mpz_import(z, 4, -1, sizeof(a->limb[0]), 0, 0, a->limb);
}

static void mpz_from_wide(mpz_t z, const struct u512 *a)
{
    mpz_import(z, 8, -1, sizeof(a->limb[0]), 0, 0, a->limb);
}

static void assert_agrees(enum err err, const struct u256 *out, const mpz_t z)
{
    mpz_t got;

    if (mpz_sgn(z) < 0 || mpz_sizeinbase(z, 2) > 256) {
        assert_int_equal(err, ERR_OVERFLOW);
        return;
    }
    assert_int_equal(err, ERR_OK);
    mpz_init(got);
    mpz_from(got, out);
    assert_int_equal(mpz_cmp(got, z), 0);
    mpz_clear(got);
}

static void assert_sign(int got, int wanted)
{
    assert_int_equal(got, (wanted > 0) - (wanted < 0));
}

static void test_wide_sums_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 201);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 x = random_u256(&r), y = random_u256(&r), out;
        enum err err;

        mpz_from(a, &x);
        mpz_from(b, &y);
        mpz_add(z, a, b);
        err = u256_add(&out, &x, &y);
        assert_agrees(err, &out, z);
        mpz_sub(z, a, b);
        err = u256_sub(&out, &x, &y);
        assert_agrees(err, &out, z);
        mpz_mul(z, a, b);
        err = u256_mul(&out, &x, &y);
        assert_agrees(err, &out, z);
        assert_sign(u256_cmp(&x, &y), mpz_cmp(a, b));
        assert_int_equal(u256_bits(&x), mpz_sgn(a) == 0 ? 0 : mpz_sizeinbase(a, 2));
        assert_int_equal(u256_is_zero(&x), mpz_sgn(a) == 0);
    }
    mpz_clears(a, b, z, NULL);
}

static void test_wide_divisions_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, c, z;

    (void)state;
    prng_init(&r, 202);
    mpz_inits(a, b, c, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 x = random_u256(&r), y = random_u256(&r), d = random_u256(&r), out;
        enum err err;

        if (u256_is_zero(&d))
            continue;
        mpz_from(a, &x);
        mpz_from(b, &y);
        mpz_from(c, &d);
        mpz_fdiv_q(z, a, c);
        err = u256_div_floor(&out, &x, &d);
        assert_agrees(err, &out, z);
        mpz_cdiv_q(z, a, c);
        err = u256_div_ceil(&out, &x, &d);
        assert_agrees(err, &out, z);
        mpz_mul(a, a, b);
        mpz_fdiv_q(z, a, c);
        err = u256_muldiv_floor(&out, &x, &y, &d);
        assert_agrees(err, &out, z);
        mpz_cdiv_q(z, a, c);
        err = u256_muldiv_ceil(&out, &x, &y, &d);
        assert_agrees(err, &out, z);
    }
    mpz_clears(a, b, c, z, NULL);
}

static void test_wide_512_bits_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 203);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct u512 x, y, sum;
        struct u256 out;
        enum err err;

        random_limbs(&r, x.limb, 8);
        random_limbs(&r, y.limb, 8);
        mpz_from_wide(a, &x);
        mpz_from_wide(b, &y);
        assert_sign(wide_cmp(&x, &y), mpz_cmp(a, b));
        mpz_add(z, a, b);
        err = wide_add(&sum, &x, &y);
        assert_int_equal(err, mpz_sizeinbase(z, 2) > 512 ? ERR_OVERFLOW : ERR_OK);
        if (err == ERR_OK) {
            mpz_t got;

            mpz_init(got);
            mpz_from_wide(got, &sum);
            assert_int_equal(mpz_cmp(got, z), 0);
            mpz_clear(got);
        }
        if (mpz_sgn(b) == 0)
            continue;
        mpz_fdiv_q(z, a, b);
        err = wide_div_floor(&out, &x, &y);
        assert_agrees(err, &out, z);
        mpz_cdiv_q(z, a, b);
        err = wide_div_ceil(&out, &x, &y);
        assert_agrees(err, &out, z);
    }
    mpz_clears(a, b, z, NULL);
}

static void test_wide_products_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 204);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 x = random_u256(&r), y = random_u256(&r);
        struct u512 product, widened = wide_of(&x);

        wide_mul(&product, &x, &y);
        mpz_from(a, &x);
        mpz_from(b, &y);
        mpz_mul(z, a, b);
        mpz_from_wide(b, &product);
        assert_int_equal(mpz_cmp(b, z), 0);
        mpz_from_wide(b, &widened);
        assert_int_equal(mpz_cmp(b, a), 0);
    }
    mpz_clears(a, b, z, NULL);
}

static void test_wide_texts_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t z;

    (void)state;
    prng_init(&r, 205);
    mpz_init(z);
    for (int i = 0; i < ROUNDS; i++) {
        struct u256 a = random_u256(&r), back = u256_of(1);
        char text[U256_TEXT], wanted[U256_TEXT + 2];

        mpz_from(z, &a);
        mpz_get_str(wanted, 10, z);
        assert_string_equal(u256_text(text, &a), wanted);
        assert_ok(u256_parse(&back, text, strlen(text)));
        assert_int_equal(u256_cmp(&back, &a), 0);
        mpz_get_str(wanted, prng_below(&r, 2) ? 16 : -16, z);
        back = u256_of(1);
        assert_ok(u256_parse_hex(&back, wanted, strlen(wanted)));
        assert_int_equal(u256_cmp(&back, &a), 0);
    }
    mpz_clear(z);
}

/* Every number whose limbs are 0, 1 or 2^64 - 1: quotient and remainder rebuild the dividend. */
static void test_wide_division_is_exact_in_a_small_world(void **state)
{
    enum { N = 81 };
    static const uint64_t limbs[3] = { 0, 1, UINT64_MAX };
    struct u256 world[N];

    (void)state;
    for (unsigned n = 0; n < N; n++)
        world[n] =
            (struct u256){ { limbs[n % 3], limbs[n / 3 % 3], limbs[n / 9 % 3], limbs[n / 27] } };
    for (unsigned n = 0; n < N * (N - 1); n++) {
        const struct u256 *a = &world[n % N], *b = &world[n / N + 1]; /* world[0] is zero */
        struct u256 down, up, below, rest, one = u256_of(1);

        assert_ok(u256_div_floor(&down, a, b));
        assert_ok(u256_div_ceil(&up, a, b));
        assert_ok(u256_mul(&below, &down, b));
        assert_ok(u256_sub(&rest, a, &below));
        assert_int_equal(u256_cmp(&rest, b), -1);
        if (!u256_is_zero(&rest))
            assert_ok(u256_add(&down, &down, &one));
        assert_int_equal(u256_cmp(&down, &up), 0);
    }
}

static void test_wide_512_bit_differences_and_roots_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 207);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct u512 x, y, difference;
        struct u256 out;
        enum err err;

        random_limbs(&r, x.limb, 8);
        random_limbs(&r, y.limb, 8);
        mpz_from_wide(a, &x);
        mpz_from_wide(b, &y);
        wide_sqrt_floor(&out, &x);
        mpz_sqrt(z, a);
        assert_agrees(ERR_OK, &out, z);
        err = wide_narrow(&out, &x);
        assert_agrees(err, &out, a);
        err = wide_sub(&difference, &x, &y);
        assert_int_equal(err, mpz_cmp(a, b) < 0 ? ERR_OVERFLOW : ERR_OK);
        if (err == ERR_OK) {
            mpz_sub(z, a, b);
            mpz_from_wide(b, &difference);
            assert_int_equal(mpz_cmp(z, b), 0);
        }
    }
    mpz_clears(a, b, z, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_512_bit_differences_and_roots_agree_with_mpz),
        cmocka_unit_test(test_wide_sums_agree_with_mpz),
        cmocka_unit_test(test_wide_divisions_agree_with_mpz),
        cmocka_unit_test(test_wide_512_bits_agree_with_mpz),
        cmocka_unit_test(test_wide_products_agree_with_mpz),
        cmocka_unit_test(test_wide_texts_agree_with_mpz),
        cmocka_unit_test(test_wide_division_is_exact_in_a_small_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
