/* SPDX-License-Identifier: GPL-3.0-or-later */
/* amount against GMP's mpz layer, which amount does not use, and over exhaustive small worlds. */
#include <gmp.h>
#include <string.h>

#include "solver/core/amount.h"
#include "tests/support/test_support.h"

#define ROUNDS 20000

static u128 random_atoms(struct prng *r)
{
    unsigned bits = (unsigned)prng_below(r, 129);
    u128 v = U128_OF(prng_u64(r), prng_u64(r));

    switch (prng_below(r, 8)) { /* the edges of the range and of its halves turn up often */
    case 0: return U128_MAX - prng_below(r, 3);
    case 1: return ((u128)1 << 64) + prng_below(r, 3) - 1;
    default: return bits == 0 ? 0 : v >> (128 - bits);
    }
}

static void mpz_from(mpz_t z, struct amount a)
{
    uint8_t bytes[AMOUNT_BYTES];

    amount_to_bytes(bytes, a);
    mpz_import(z, sizeof(bytes), 1, 1, 1, 0, bytes);
}

/* Is the answer (err, out) what the exact value z in mpz says? */
static void assert_agrees(enum err err, struct amount out, const mpz_t z)
{
    mpz_t got;

    if (mpz_sgn(z) < 0 || mpz_sizeinbase(z, 2) > 128) {
        assert_int_equal(err, ERR_OVERFLOW);
        return;
    }
    assert_int_equal(err, ERR_OK);
    mpz_init(got);
    mpz_from(got, out);
    assert_int_equal(mpz_cmp(got, z), 0);
    mpz_clear(got);
}

static void test_amount_arithmetic_agrees_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 101);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct amount x = AMOUNT_OF(random_atoms(&r)), y = AMOUNT_OF(random_atoms(&r));
        struct amount out = AMOUNT_ZERO;
        enum err err;

        mpz_from(a, x);
        mpz_from(b, y);
        mpz_add(z, a, b);
        err = amount_add(&out, x, y);
        assert_agrees(err, out, z);
        mpz_sub(z, a, b);
        err = amount_sub(&out, x, y);
        assert_agrees(err, out, z);
        assert_int_equal(amount_cmp(x, y), (mpz_cmp(a, b) > 0) - (mpz_cmp(a, b) < 0));
    }
    mpz_clears(a, b, z, NULL);
}

static void test_amount_muldiv_agrees_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, d, z;

    (void)state;
    prng_init(&r, 102);
    mpz_inits(a, b, d, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct amount x = AMOUNT_OF(random_atoms(&r)), y = AMOUNT_OF(random_atoms(&r));
        struct amount den = AMOUNT_OF(random_atoms(&r)), out = AMOUNT_ZERO;
        enum err err = amount_muldiv_floor(&out, x, y, den);

        if (amount_is_zero(den)) {
            assert_int_equal(err, ERR_INVALID);
            assert_err(amount_muldiv_ceil(&out, x, y, den), ERR_INVALID);
            continue;
        }
        mpz_from(a, x);
        mpz_from(b, y);
        mpz_from(d, den);
        mpz_mul(a, a, b);
        mpz_fdiv_q(z, a, d);
        assert_agrees(err, out, z);
        mpz_cdiv_q(z, a, d);
        err = amount_muldiv_ceil(&out, x, y, den);
        assert_agrees(err, out, z);
    }
    mpz_clears(a, b, d, z, NULL);
}

static void test_amount_products_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t z[4];

    (void)state;
    prng_init(&r, 103);
    for (int k = 0; k < 4; k++)
        mpz_init(z[k]);
    for (int i = 0; i < ROUNDS; i++) {
        struct amount x[4];
        int wanted;

        for (int k = 0; k < 4; k++)
            x[k] = AMOUNT_OF(random_atoms(&r));
        if (i % 4 == 0) { /* near ties: the same factors swapped, one of them off by one */
            x[2] = x[1];
            x[3] = AMOUNT_OF(x[0].atoms + prng_below(&r, 2));
        }
        for (int k = 0; k < 4; k++)
            mpz_from(z[k], x[k]);
        mpz_mul(z[0], z[0], z[1]);
        mpz_mul(z[2], z[2], z[3]);
        wanted = mpz_cmp(z[0], z[2]);
        assert_int_equal(amount_cmp_products(x[0], x[1], x[2], x[3]), (wanted > 0) - (wanted < 0));
        assert_int_equal(amount_limit_holds(x[2], x[0], x[1], x[3]), wanted >= 0);
    }
    for (int k = 0; k < 4; k++)
        mpz_clear(z[k]);
}

static void test_amount_text_agrees_with_mpz(void **state)
{
    struct prng r;
    mpz_t z;

    (void)state;
    prng_init(&r, 104);
    mpz_init(z);
    for (int i = 0; i < ROUNDS; i++) {
        struct amount a = AMOUNT_OF(random_atoms(&r)), back = AMOUNT_ZERO;
        char text[AMOUNT_TEXT], wanted[AMOUNT_TEXT + 2], units[AMOUNT_UNITS_TEXT];
        unsigned decimals = (unsigned)prng_below(&r, AMOUNT_DECIMALS_MAX + 1);

        mpz_from(z, a);
        mpz_get_str(wanted, 10, z);
        assert_string_equal(amount_text(text, a), wanted);
        assert_ok(amount_parse(&back, text, strlen(text)));
        assert_int_equal(amount_cmp(back, a), 0);
        back = AMOUNT_ZERO;
        assert_ok(amount_parse_units(&back, amount_units_text(units, a, decimals), decimals));
        assert_int_equal(amount_cmp(back, a), 0);
    }
    mpz_clear(z);
}

/* Random texts over the characters of numbers: a parse that succeeds prints the same text. */
static void test_amount_parse_is_canonical_on_random_text(void **state)
{
    static const char alphabet[] = "0123456789.-+ eE";
    struct prng r;
    unsigned taken = 0;

    (void)state;
    prng_init(&r, 105);
    for (int i = 0; i < ROUNDS; i++) {
        char text[48], back[DELTA_TEXT];
        size_t len = prng_below(&r, 45), letters = prng_below(&r, 2) ? 10 : sizeof(alphabet) - 1;
        struct delta d;

        for (size_t k = 0; k < len; k++)
            text[k] = alphabet[prng_below(&r, letters)];
        if (len > 0 && prng_below(&r, 4) == 0)
            text[0] = '-';
        text[len] = '\0';
        if (delta_parse(&d, text, len) != ERR_OK)
            continue;
        taken++;
        assert_string_equal(delta_text(back, d), text);
    }
    assert_true(taken > ROUNDS / 10);
}

static void test_amount_deltas_agree_with_mpz(void **state)
{
    struct prng r;
    mpz_t a, b, z;

    (void)state;
    prng_init(&r, 106);
    mpz_inits(a, b, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct delta x = delta_of(AMOUNT_OF(random_atoms(&r)), prng_below(&r, 2) == 0);
        struct delta y = delta_of(AMOUNT_OF(random_atoms(&r)), prng_below(&r, 2) == 0), out;
        enum err err = delta_add(&out, x, y);

        mpz_from(a, AMOUNT_OF(x.atoms));
        mpz_from(b, AMOUNT_OF(y.atoms));
        if (x.negative)
            mpz_neg(a, a);
        if (y.negative)
            mpz_neg(b, b);
        mpz_add(z, a, b);
        if (err == ERR_OK)
            assert_int_equal(out.negative, mpz_sgn(z) < 0);
        mpz_abs(z, z);
        assert_agrees(err, AMOUNT_OF(err == ERR_OK ? out.atoms : 0), z);
    }
    mpz_clears(a, b, z, NULL);
}

/* All a, num, den up to 24: the definition of floor and ceil, not another division. */
static void test_amount_muldiv_is_exact_in_a_small_world(void **state)
{
    enum { N = 24 };

    (void)state;
    for (unsigned n = 0; n < N * N * N; n++) {
        unsigned a = n % N, num = n / N % N, den = n / (N * N) + 1;
        struct amount down, up;

        assert_ok(amount_muldiv_floor(&down, AMOUNT_OF(a), AMOUNT_OF(num), AMOUNT_OF(den)));
        assert_ok(amount_muldiv_ceil(&up, AMOUNT_OF(a), AMOUNT_OF(num), AMOUNT_OF(den)));
        assert_true(down.atoms * den <= a * num && (down.atoms + 1) * den > a * num);
        assert_true(up.atoms * den >= a * num);
        assert_true(up.atoms == 0 || (up.atoms - 1) * den < a * num);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amount_arithmetic_agrees_with_mpz),
        cmocka_unit_test(test_amount_muldiv_agrees_with_mpz),
        cmocka_unit_test(test_amount_products_agree_with_mpz),
        cmocka_unit_test(test_amount_text_agrees_with_mpz),
        cmocka_unit_test(test_amount_parse_is_canonical_on_random_text),
        cmocka_unit_test(test_amount_deltas_agree_with_mpz),
        cmocka_unit_test(test_amount_muldiv_is_exact_in_a_small_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
