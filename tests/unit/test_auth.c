/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gateway/auth.h"
#include "tests/support/test_support.h"

struct world {
    struct arena arena;
    struct sign_key key;
    struct sign_secret secret;
    struct wire_item item;
    struct wire_bytes bytes;
    struct wire_envelope envelope;
};

static int world_setup(void **state)
{
    static struct world w;
    static const uint8_t seed[SIGN_SEED_BYTES] = { 7 };
    struct wire_payload payload = { .items = &w.item, .items_n = 1 };

    memset(&w, 0, sizeof w);
    arena_init(&w.arena, 8 * WIRE_PUBLIC_MAX);
    assert_ok(name_parse(&payload.account, "alice", 5));
    w.item.kind = WIRE_ITEM_GET;
    w.item.as.get.id.bytes[0] = 1;
    assert_ok(wire_payload_pack(&w.bytes, &payload));
    sign_from_seed(&w.key, &w.secret, seed);
    wire_envelope_sign(&w.envelope, (struct wire_span){ w.bytes.data, w.bytes.n }, &w.key,
                       &w.secret);
    *state = &w;
    return 0;
}

static int world_teardown(void **state)
{
    struct world *w = *state;

    wire_bytes_fini(&w->bytes);
    arena_fini(&w->arena);
    return 0;
}

#define assert_reject(got, wanted) assert_string_equal(reject_name(got), reject_name(wanted))

static void test_auth_opens_and_believes_an_honest_envelope(void **state)
{
    struct world *w = *state;
    struct wire_payload p;

    assert_reject(auth_open(&p, &w->arena, &w->envelope), REJECT_NONE);
    assert_string_equal(p.account.text, "alice");
    assert_int_equal(p.items_n, 1);
    assert_int_equal(p.items[0].kind, WIRE_ITEM_GET);
    assert_reject(auth_check(&w->envelope), REJECT_NONE);
}

/* Every single bit of payload, key and signature matters. */
static void test_auth_any_flipped_bit_breaks_the_signature(void **state)
{
    struct world *w = *state;
    struct wire_envelope e = w->envelope;

    for (size_t bit = 0; bit < 8 * w->bytes.n; bit++) {
        w->bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_reject(auth_check(&e), REJECT_SIGNATURE);
        w->bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * SIGN_BYTES; bit++) {
        e.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_reject(auth_check(&e), REJECT_SIGNATURE);
        e.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * SIGN_KEY_BYTES; bit++) {
        e.key.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_reject(auth_check(&e), REJECT_SIGNATURE);
        e.key.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_reject(auth_check(&e), REJECT_NONE);
}

static void test_auth_another_key_or_domain_is_no_signature(void **state)
{
    struct world *w = *state;
    struct wire_envelope e = w->envelope;
    static const uint8_t seed[SIGN_SEED_BYTES] = { 8 };
    struct sign_key key;
    struct sign_secret secret;

    sign_from_seed(&key, &secret, seed);
    e.key = key;
    assert_reject(auth_check(&e), REJECT_SIGNATURE);
    memset(e.signature, 0, sizeof e.signature);
    assert_reject(auth_check(&e), REJECT_SIGNATURE);
    memset(&e.key, 0, sizeof e.key); /* the all-zero key is of small order */
    assert_reject(auth_check(&e), REJECT_SIGNATURE);
}

static void test_auth_refuses_what_is_not_a_payload(void **state)
{
    struct world *w = *state;
    struct wire_envelope e = w->envelope;
    struct wire_payload p;

    for (size_t n = 0; n < w->bytes.n; n++) {
        e.payload.n = n;
        if (auth_open(&p, &w->arena, &e) == REJECT_NONE)
            fail_msg("%zu of %zu bytes were taken for a payload", n, w->bytes.n);
    }
}

static void test_auth_speaks_one_algorithm(void **state)
{
    struct world *w = *state;
    struct wire_envelope e = w->envelope;
    struct wire_payload p;

    e.algorithm = 0;
    assert_reject(auth_open(&p, &w->arena, &e), REJECT_VERSION);
    e.algorithm = 2;
    assert_reject(auth_open(&p, &w->arena, &e), REJECT_VERSION);
}

static void test_auth_says_what_a_failed_unpack_means(void **state)
{
    (void)state;
    assert_reject(auth_reject_of(ERR_INVALID), REJECT_MALFORMED);
    assert_reject(auth_reject_of(ERR_OVERFLOW), REJECT_TOO_LARGE);
    assert_reject(auth_reject_of(ERR_NOMEM), REJECT_TOO_LARGE);
    assert_reject(auth_reject_of(ERR_UNSUPPORTED), REJECT_VERSION);
}

static void test_auth_refuses_a_full_arena(void **state)
{
    struct world *w = *state;
    struct arena small;
    struct wire_payload p;

    arena_init(&small, 16);
    assert_reject(auth_open(&p, &small, &w->envelope), REJECT_TOO_LARGE);
    arena_fini(&small);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        T(test_auth_opens_and_believes_an_honest_envelope),
        T(test_auth_any_flipped_bit_breaks_the_signature),
        T(test_auth_another_key_or_domain_is_no_signature),
        T(test_auth_refuses_what_is_not_a_payload),
        T(test_auth_speaks_one_algorithm),
        T(test_auth_says_what_a_failed_unpack_means),
        T(test_auth_refuses_a_full_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
