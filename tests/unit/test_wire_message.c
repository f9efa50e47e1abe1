/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every message of wire_samples, round trip and under attack. */
#include <string.h>

#include "proto/wire.h"
#include "proto/wire_alloc.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

#define ARENA_CAP ((size_t)4 << 20)
#define OUT_MAX 4096
#define ROUNDS 100000

struct bench {
    struct wire_bytes sample; /* as packed */
    struct wire_bytes again;  /* packed from what was unpacked */
    struct wire_bytes third;
    struct arena arena;
    _Alignas(16) char out[OUT_MAX];
};

static int bench_setup(void **state)
{
    static struct bench b;

    b = (struct bench){ 0 };
    arena_init(&b.arena, ARENA_CAP);
    *state = &b;
    return 0;
}

static int bench_teardown(void **state)
{
    struct bench *b = *state;

    wire_bytes_fini(&b->sample);
    wire_bytes_fini(&b->again);
    wire_bytes_fini(&b->third);
    arena_fini(&b->arena);
    return 0;
}

static bool bytes_equal(const struct wire_bytes *a, const struct wire_bytes *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->data, b->data, a->n) == 0);
}

static enum err unpack(struct bench *b, const struct wire_map *map, const uint8_t *bytes, size_t n)
{
    arena_reset(&b->arena);
    return wire_map_unpack(b->out, map, &b->arena, (struct wire_span){ bytes, n });
}

/*
 * Bytes are either refused, or they mean a struct whose bytes mean the same struct. Returns whether
 * they were taken.
 */
static bool hostile_bytes_are_harmless(struct bench *b, const struct wire_map *map,
                                       const uint8_t *bytes, size_t n)
{
    enum err err = unpack(b, map, bytes, n);

    if (err != ERR_OK) {
        assert_true(err == ERR_INVALID || err == ERR_OVERFLOW || err == ERR_UNSUPPORTED ||
                    (err == ERR_NOMEM && n > ARENA_CAP / 100));
        return false;
    }
    assert_ok(wire_map_pack(&b->again, map, b->out));
    assert_ok(unpack(b, map, b->again.data, b->again.n));
    assert_ok(wire_map_pack(&b->third, map, b->out));
    assert_true(bytes_equal(&b->again, &b->third));
    return true;
}

static void test_wire_message_goes_round_trip(void **state)
{
    struct bench *b = *state;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        assert_ok(wire_map_pack(&b->sample, all[i].map, all[i].value));
        assert_ok(unpack(b, all[i].map, b->sample.data, b->sample.n));
        assert_ok(wire_map_pack(&b->again, all[i].map, b->out));
        if (!bytes_equal(&b->sample, &b->again))
            fail_msg("%s changed on its way", all[i].name);
    }
}

/* Nothing that was unpacked points into the bytes. */
static void test_wire_message_is_a_copy(void **state)
{
    struct bench *b = *state;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        assert_ok(wire_map_pack(&b->sample, all[i].map, all[i].value));
        assert_ok(wire_map_pack(&b->third, all[i].map, all[i].value));
        assert_ok(unpack(b, all[i].map, b->third.data, b->third.n));
        memset(b->third.data, 0xaa, b->third.n);
        assert_ok(wire_map_pack(&b->again, all[i].map, b->out));
        assert_true(bytes_equal(&b->sample, &b->again));
    }
}

static void test_wire_message_truncated_is_harmless(void **state)
{
    struct bench *b = *state;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        assert_ok(wire_map_pack(&b->sample, all[i].map, all[i].value));
        for (size_t cut = 0; cut < b->sample.n; cut++)
            (void)hostile_bytes_are_harmless(b, all[i].map, b->sample.data, cut);
    }
}

static void test_wire_message_followed_by_anything_is_refused(void **state)
{
    struct bench *b = *state;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        assert_ok(wire_map_pack(&b->sample, all[i].map, all[i].value));
        assert_ok(wire_bytes_reserve(&b->sample, b->sample.n + 1));
        for (unsigned byte = 0; byte < 256; byte++) {
            b->sample.data[b->sample.n] = (uint8_t)byte;
            assert_err(unpack(b, all[i].map, b->sample.data, b->sample.n + 1), ERR_INVALID);
        }
    }
}

/* A value that errs must leave the struct alone. */
static void test_wire_message_refused_leaves_out_untouched(void **state)
{
    struct bench *b = *state;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        assert_ok(wire_map_pack(&b->sample, all[i].map, all[i].value));
        memset(b->out, 0x5a, sizeof(b->out));
        assert_int_not_equal(unpack(b, all[i].map, b->sample.data, b->sample.n - 1), ERR_OK);
        for (size_t k = 0; k < sizeof(b->out); k++)
            assert_int_equal(b->out[k], 0x5a);
    }
}

static void test_wire_message_needs_room_in_the_arena(void **state)
{
    struct bench *b = *state;
    const struct wire_sample *s = wire_sample_get("auction");
    size_t cap = 0;
    enum err err = ERR_NOMEM;

    assert_ok(wire_map_pack(&b->sample, s->map, s->value));
    while (err == ERR_NOMEM && cap < ARENA_CAP) {
        struct arena small;

        arena_init(&small, cap);
        err = wire_map_unpack(b->out, s->map, &small,
                              (struct wire_span){ b->sample.data, b->sample.n });
        arena_fini(&small);
        cap += 64;
    }
    assert_ok(err);
    assert_true(cap > 1000);
}

/* Empty messages cost 2 bytes on the wire and many in memory: the cap of the scratch memory and of
 * the arena hold. */
static void test_wire_message_of_empty_messages_stays_under_the_cap(void **state)
{
    struct bench *b = *state;
    static const struct {
        const struct wire_map *map;
        uint8_t tag;
    } rows[] = {
        { &wire_map_request, 0x1a }, { &wire_map_payload, 0x1a },   { &wire_map_answer, 0x2a },
        { &wire_map_auction, 0x42 }, { &wire_map_op_answer, 0x2a }, { &wire_map_solution, 0x3a },
    };
    uint8_t bytes[2 + 65536] = { 1 << 3, 1 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t k = 2; k < sizeof(bytes); k += 2)
            bytes[k] = rows[i].tag;
        for (size_t n = 2; n <= sizeof(bytes); n *= 2) {
            (void)hostile_bytes_are_harmless(b, rows[i].map, bytes, n);
            assert_true(b->arena.high_water <= ARENA_CAP);
        }
    }
}

static void test_wire_message_alloc_is_capped(void **state)
{
    static const struct wire_limits tiny = { 100, 1, 1, 1 };
    struct wire_alloc a;
    size_t got = 0;

    (void)state;
    wire_alloc_init(&a, &tiny);
    while (a.base.alloc(a.base.allocator_data, 16) != NULL)
        got += 16;
    assert_int_equal(got, 800);
    a.base.free(a.base.allocator_data, NULL);
    assert_null(a.base.alloc(a.base.allocator_data, SIZE_MAX));
    wire_alloc_fini(&a);
}

static void test_wire_message_with_flipped_bits_is_harmless(void **state)
{
    struct bench *b = *state;
    struct prng r;
    size_t n, taken = 0;
    const struct wire_sample *all = wire_samples(&n);

    prng_init(&r, 1);
    for (size_t round = 0; round < ROUNDS; round++) {
        const struct wire_sample *s = &all[round % n];

        assert_ok(wire_map_pack(&b->sample, s->map, s->value));
        for (uint64_t flips = 1 + prng_below(&r, 3); flips > 0; flips--)
            b->sample.data[prng_below(&r, b->sample.n)] ^= (uint8_t)(1u << prng_below(&r, 8));
        taken += hostile_bytes_are_harmless(b, s->map, b->sample.data, b->sample.n);
    }
    print_message("%zu of %d flipped messages still had a meaning\n", taken, ROUNDS);
    assert_true(taken > 0 && taken < ROUNDS);
}

static void test_wire_message_of_random_bytes_is_harmless(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[256];
    struct prng r;
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    prng_init(&r, 2);
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t length = (size_t)prng_below(&r, sizeof(bytes) + 1);

        prng_bytes(&r, bytes, length);
        (void)hostile_bytes_are_harmless(b, all[round % n].map, bytes, length);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_message_goes_round_trip),
        TEST(test_wire_message_is_a_copy),
        TEST(test_wire_message_truncated_is_harmless),
        TEST(test_wire_message_followed_by_anything_is_refused),
        TEST(test_wire_message_refused_leaves_out_untouched),
        TEST(test_wire_message_needs_room_in_the_arena),
        TEST(test_wire_message_of_empty_messages_stays_under_the_cap),
        TEST(test_wire_message_alloc_is_capped),
        TEST(test_wire_message_with_flipped_bits_is_harmless),
        TEST(test_wire_message_of_random_bytes_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
