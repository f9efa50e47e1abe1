/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/id.h"
#include "solver/core/sign.h"
#include "tests/support/test_support.h"

static const uint8_t seed[SIGN_SEED_BYTES] = { 1, 2, 3 };

struct pair {
    struct sign_key key;
    struct sign_secret secret;
};

static struct pair pair_of(const uint8_t from[SIGN_SEED_BYTES])
{
    struct pair p;

    sign_from_seed(&p.key, &p.secret, from);
    return p;
}

static void test_sign_accepts_its_own_signature(void **state)
{
    struct pair p = pair_of(seed);
    uint8_t sig[SIGN_BYTES];

    (void)state;
    sign_make(sig, &p.secret, "payload", 7);
    assert_true(sign_verify(sig, &p.key, "payload", 7));
    sign_make(sig, &p.secret, NULL, 0);
    assert_true(sign_verify(sig, &p.key, NULL, 0));
    assert_true(sign_verify(sig, &p.key, "", 0));
}

/* Key from RFC 8032, 7.1, test 1: the public key of its seed. */
static void test_sign_derives_the_key_of_rfc_8032(void **state)
{
    uint8_t rfc_seed[SIGN_SEED_BYTES];
    char text[2 * SIGN_KEY_BYTES + 1];
    struct pair p;

    (void)state;
    assert_ok(hex_parse(rfc_seed, SIGN_SEED_BYTES,
                        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", 64));
    p = pair_of(rfc_seed);
    assert_string_equal(hex_text(text, p.key.bytes, SIGN_KEY_BYTES),
                        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

static void test_sign_refuses_any_flipped_bit(void **state)
{
    struct pair p = pair_of(seed);
    uint8_t sig[SIGN_BYTES], payload[5] = { 9, 8, 7, 6, 5 };

    (void)state;
    sign_make(sig, &p.secret, payload, sizeof(payload));
    for (size_t bit = 0; bit < 8 * sizeof(sig); bit++) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sign_verify(sig, &p.key, payload, sizeof(payload)));
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(payload); bit++) {
        payload[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sign_verify(sig, &p.key, payload, sizeof(payload)));
        payload[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_false(sign_verify(sig, &p.key, payload, sizeof(payload) - 1));
    assert_true(sign_verify(sig, &p.key, payload, sizeof(payload)));
}

static void test_sign_refuses_another_key(void **state)
{
    static const uint8_t other_seed[SIGN_SEED_BYTES] = { 1, 2, 4 };
    struct pair p = pair_of(seed), other = pair_of(other_seed);
    struct sign_key null_key = { { 0 } };
    uint8_t sig[SIGN_BYTES];

    (void)state;
    sign_make(sig, &p.secret, "payload", 7);
    assert_false(sign_verify(sig, &other.key, "payload", 7));
    assert_false(sign_verify(sig, &null_key, "payload", 7)); /* a small-order point */
}

static void test_sign_is_deterministic(void **state)
{
    struct pair p = pair_of(seed);
    uint8_t a[SIGN_BYTES], b[SIGN_BYTES];

    (void)state;
    sign_make(a, &p.secret, "payload", 7);
    sign_make(b, &p.secret, "payload", 7);
    assert_memory_equal(a, b, SIGN_BYTES);
}

static void test_sign_bounds_the_payload(void **state)
{
    static uint8_t payload[SIGN_PAYLOAD_MAX + 1];
    struct pair p = pair_of(seed);
    uint8_t sig[SIGN_BYTES];

    (void)state;
    sign_make(sig, &p.secret, payload, SIGN_PAYLOAD_MAX);
    assert_true(sign_verify(sig, &p.key, payload, SIGN_PAYLOAD_MAX));
    assert_false(sign_verify(sig, &p.key, payload, SIGN_PAYLOAD_MAX + 1));
    assert_false(sign_verify(sig, &p.key, payload, SIZE_MAX));
}

static void test_sign_random_fills_and_differs(void **state)
{
    uint8_t a[32] = { 0 }, b[32] = { 0 };

    (void)state;
    sign_random(a, sizeof(a));
    sign_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    sign_random(a, 0);
}

static void test_sign_wipe_leaves_zeros(void **state)
{
    struct pair p = pair_of(seed);
    struct sign_secret zeros = { { 0 } };

    (void)state;
    sign_wipe(&p.secret);
    assert_memory_equal(&p.secret, &zeros, sizeof(zeros));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_accepts_its_own_signature),
        cmocka_unit_test(test_sign_derives_the_key_of_rfc_8032),
        cmocka_unit_test(test_sign_refuses_any_flipped_bit),
        cmocka_unit_test(test_sign_refuses_another_key),
        cmocka_unit_test(test_sign_is_deterministic),
        cmocka_unit_test(test_sign_bounds_the_payload),
        cmocka_unit_test(test_sign_random_fills_and_differs),
        cmocka_unit_test(test_sign_wipe_leaves_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
