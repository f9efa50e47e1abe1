/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_intent.h"

#include <string.h>

#include "proto/intent.pb-c.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

struct bench {
    struct wire_bytes bytes;
    struct arena arena;
    struct wire_payload payload; /* of the samples, in the arena */
    struct wire_request request;
    struct wire_answer answer;
};

static int bench_setup(void **state)
{
    static struct bench b;
    const struct wire_sample *s;

    b = (struct bench){ 0 };
    arena_init(&b.arena, 1 << 22);
    s = wire_sample_get("batch");
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_payload_unpack(&b.payload, &b.arena, b.bytes.data, b.bytes.n));
    s = wire_sample_get("request");
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_request_unpack(&b.request, &b.arena, b.bytes.data, b.bytes.n));
    s = wire_sample_get("answer");
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_answer_unpack(&b.answer, &b.arena, b.bytes.data, b.bytes.n));
    *state = &b;
    return 0;
}

static int bench_teardown(void **state)
{
    struct bench *b = *state;

    wire_bytes_fini(&b->bytes);
    arena_fini(&b->arena);
    return 0;
}

static void test_wire_intent_gives_intents_the_account_of_their_payload(void **state)
{
    struct bench *b = *state;
    const struct intent *i = &b->payload.items[0].as.intent;

    assert_int_equal(b->payload.items_n, 3);
    assert_int_equal(b->payload.items[0].kind, WIRE_ITEM_INTENT);
    assert_string_equal(i->account.text, "alice");
    assert_int_equal(i->id.bytes[0], 0xa1);
    assert_int_equal(i->kind, INTENT_SELL);
    assert_true(i->partial);
    assert_int_equal(i->sell_asset, 1);
    assert_int_equal(i->buy_asset, 2);
    assert_int_equal(amount_cmp(i->sell_amount, AMOUNT_OF(1500000000000000000)), 0);
    assert_int_equal(amount_cmp(i->buy_amount, AMOUNT_OF(4500000000)), 0);
    assert_int_equal(i->deadline_ms, 1767225600000);
    assert_int_equal(b->payload.items[1].kind, WIRE_ITEM_CANCEL);
    assert_int_equal(b->payload.items[1].as.cancel.id.bytes[ID_BYTES - 1], 2);
    assert_int_equal(b->payload.items[2].kind, WIRE_ITEM_GET);
}

/* The stored form of an intent does not depend on the payload it came in. */
static void test_wire_intent_has_bytes_of_its_own(void **state)
{
    struct bench *b = *state;
    struct wire_bytes other = { 0 };
    struct intent i = { 0 };

    assert_ok(wire_intent_pack(&b->bytes, &b->payload.items[0].as.intent));
    assert_ok(wire_intent_unpack(&i, &b->arena, b->bytes.data, b->bytes.n));
    assert_int_equal(i.account.text[0], 0);
    assert_ok(wire_intent_pack(&other, &i));
    assert_int_equal(b->bytes.n, other.n);
    assert_memory_equal(b->bytes.data, other.data, other.n);
    wire_bytes_fini(&other);
}

static void test_wire_intent_payload_has_1_to_256_items(void **state)
{
    struct bench *b = *state;
    static struct wire_item items[WIRE_ITEMS_MAX + 1];

    for (size_t i = 0; i < WIRE_ITEMS_MAX + 1; i++)
        items[i] = b->payload.items[1];
    b->payload.items = items;
    b->payload.items_n = WIRE_ITEMS_MAX;
    assert_ok(wire_payload_pack(&b->bytes, &b->payload));
    assert_ok(wire_payload_unpack(&b->payload, &b->arena, b->bytes.data, b->bytes.n));
    assert_int_equal(b->payload.items_n, WIRE_ITEMS_MAX);
    b->payload.items = items;
    b->payload.items_n = WIRE_ITEMS_MAX + 1;
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items_n = 0;
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
}

static void test_wire_intent_watch_and_balances_stand_alone(void **state)
{
    struct bench *b = *state;

    b->payload.items[1] = (struct wire_item){ .kind = WIRE_ITEM_BALANCES };
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items[1] = (struct wire_item){ .kind = WIRE_ITEM_WATCH };
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items = &b->payload.items[1];
    b->payload.items_n = 1;
    assert_ok(wire_payload_pack(&b->bytes, &b->payload));
    b->payload.items[0].as.watch.wait_ms = WIRE_WATCH_MS_MAX + 1;
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items[0].as.watch = (struct wire_watch){ .max = WIRE_ITEMS_MAX + 1 };
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
}

static void test_wire_intent_refuses_what_is_no_item(void **state)
{
    struct bench *b = *state;

    b->payload.items[0].kind = (enum wire_item_kind)0;
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items[0].kind = (enum wire_item_kind)6;
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.items[0].kind = WIRE_ITEM_INTENT;
    b->payload.account = (struct name){ "Alice" };
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
    b->payload.account = (struct name){ "" };
    assert_err(wire_payload_pack(&b->bytes, &b->payload), ERR_INVALID);
}

/* What foreign clients may send: one field of a valid Intent is replaced by another writer. */
static enum err changed(struct bench *b, void (*change)(Sluice__V1__Intent *))
{
    const struct wire_sample *s = wire_sample_get("intent");
    Sluice__V1__Intent *m;
    struct intent out;
    uint8_t bytes[512];
    size_t n;

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    m = sluice__v1__intent__unpack(NULL, b->bytes.n, b->bytes.data);
    assert_non_null(m);
    change(m);
    n = sluice__v1__intent__pack(m, bytes);
    sluice__v1__intent__free_unpacked(m, NULL);
    assert_true(n < sizeof(bytes));
    return wire_intent_unpack(&out, &b->arena, bytes, n);
}

static void change_nothing(Sluice__V1__Intent *m)
{
    (void)m;
}

static void change_short_id(Sluice__V1__Intent *m)
{
    m->id.len = ID_BYTES - 1;
}

static void change_no_id(Sluice__V1__Intent *m)
{
    m->id.len = 0;
}

static void change_short_amount(Sluice__V1__Intent *m)
{
    m->sell_amount.len = AMOUNT_BYTES - 1;
}

static void change_no_amount(Sluice__V1__Intent *m)
{
    m->buy_amount.len = 0;
}

static void change_no_kind(Sluice__V1__Intent *m)
{
    m->kind = SLUICE__V1__KIND__KIND_UNSPECIFIED;
}

static void change_deadline(Sluice__V1__Intent *m)
{
    m->deadline_ms = (uint64_t)INT64_MAX + 1;
}

static void change_partial(Sluice__V1__Intent *m)
{
    m->partial = 0;
    m->deadline_ms = INT64_MAX;
    m->sell_asset = UINT32_MAX;
}

static void test_wire_intent_checks_widths_and_ranges(void **state)
{
    assert_ok(changed(*state, change_nothing));
    assert_ok(changed(*state, change_partial));
    assert_err(changed(*state, change_short_id), ERR_INVALID);
    assert_err(changed(*state, change_no_id), ERR_INVALID);
    assert_err(changed(*state, change_short_amount), ERR_INVALID);
    assert_err(changed(*state, change_no_amount), ERR_INVALID);
    assert_err(changed(*state, change_no_kind), ERR_INVALID);
    assert_err(changed(*state, change_deadline), ERR_INVALID);
}

static void test_wire_intent_envelope_is_signed_over_its_raw_payload(void **state)
{
    struct bench *b = *state;
    struct wire_envelope e = b->request.envelopes[0];
    uint8_t copy[512];

    assert_int_equal(b->request.nonce, 7);
    assert_int_equal(b->request.envelopes_n, 1);
    assert_true(wire_envelope_verify(&e));
    assert_true(e.payload.n <= sizeof(copy));
    for (size_t i = 0; i < e.payload.n; i++) {
        memcpy(copy, b->request.envelopes[0].payload.bytes, e.payload.n);
        copy[i] ^= 1;
        e.payload.bytes = copy;
        assert_false(wire_envelope_verify(&e));
    }
    e = b->request.envelopes[0];
    e.algorithm = (enum wire_algorithm)2;
    assert_false(wire_envelope_verify(&e));
    e = b->request.envelopes[0];
    e.key.bytes[0] ^= 1;
    assert_false(wire_envelope_verify(&e));
    assert_ok(wire_payload_unpack(&b->payload, &b->arena, b->request.envelopes[0].payload.bytes,
                                  b->request.envelopes[0].payload.n));
}

static void test_wire_intent_request_has_envelopes(void **state)
{
    struct bench *b = *state;

    b->request.envelopes_n = 0;
    assert_err(wire_request_pack(&b->bytes, &b->request), ERR_INVALID);
}

static void test_wire_intent_request_stays_within_its_socket(void **state)
{
    struct bench *b = *state;
    uint8_t *large = arena_alloc(&b->arena, WIRE_PUBLIC_MAX, 1);

    assert_non_null(large);
    b->request.envelopes[0].payload = (struct wire_span){ large, WIRE_PUBLIC_MAX - 128 };
    assert_ok(wire_request_pack(&b->bytes, &b->request));
    b->request.envelopes[0].payload.n = WIRE_PUBLIC_MAX;
    assert_err(wire_request_pack(&b->bytes, &b->request), ERR_OVERFLOW);
}

static void test_wire_intent_answer_keeps_what_is_there_apart_from_what_is_not(void **state)
{
    struct bench *b = *state;
    const struct wire_item_answer *first = &b->answer.answers[0].items[0];
    const struct wire_item_answer *second = &b->answer.answers[0].items[1];

    assert_int_equal(b->answer.answers_n, 4);
    assert_true(first->has_status && first->status.has_receipt && first->status.has_intent);
    assert_int_equal(first->status.state, INTENT_EXECUTING);
    assert_string_equal(first->status.venue.text, "amm-one");
    assert_int_equal(first->status.receipt.fills_n, 1);
    assert_string_equal(first->text, "");
    assert_false(second->has_status);
    assert_int_equal(second->code, 1309);
    assert_true(second->transient);
    assert_true(id_is_zero(b->answer.answers[1].items[0].id));
    assert_int_equal(b->answer.answers[1].items[0].newest, 43);
    assert_int_equal(b->answer.answers[2].items[0].balances_n, 2);
    assert_int_equal(b->answer.answers[3].code, 1201);
}

/* A refusal carries nothing else. */
static void test_wire_intent_refusal_is_alone(void **state)
{
    struct bench *b = *state;

    b->answer.answers[0].code = 1001;
    assert_err(wire_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    b->answer.answers[0].code = 0;
    assert_ok(wire_answer_pack(&b->bytes, &b->answer));
    b->answer.code = 1101;
    assert_err(wire_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
}

static void test_wire_intent_text_must_be_utf8(void **state)
{
    struct bench *b = *state;
    size_t n;

    assert_ok(wire_answer_pack(&b->bytes, &b->answer));
    n = b->bytes.n;
    assert_true(n > 0);
    b->answer.text = "\xff";
    assert_err(wire_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    b->answer.text = NULL;
    assert_ok(wire_answer_pack(&b->bytes, &b->answer));
    assert_int_equal(b->bytes.n, n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_intent_gives_intents_the_account_of_their_payload),
        TEST(test_wire_intent_has_bytes_of_its_own),
        TEST(test_wire_intent_payload_has_1_to_256_items),
        TEST(test_wire_intent_watch_and_balances_stand_alone),
        TEST(test_wire_intent_refuses_what_is_no_item),
        TEST(test_wire_intent_checks_widths_and_ranges),
        TEST(test_wire_intent_envelope_is_signed_over_its_raw_payload),
        TEST(test_wire_intent_request_has_envelopes),
        TEST(test_wire_intent_request_stays_within_its_socket),
        TEST(test_wire_intent_answer_keeps_what_is_there_apart_from_what_is_not),
        TEST(test_wire_intent_refusal_is_alone),
        TEST(test_wire_intent_text_must_be_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
