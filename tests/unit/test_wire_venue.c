/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_venue.h"

#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

struct bench {
    struct wire_bytes bytes;
    struct arena arena;
    struct wire_venue_request request;
    struct wire_venue_answer answer;
};

static int bench_setup(void **state)
{
    static struct bench b;

    b = (struct bench){ 0 };
    arena_init(&b.arena, 1 << 24);
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

static void request_load(struct bench *b, const char *name)
{
    const struct wire_sample *s = wire_sample_get(name);

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    assert_ok(wire_venue_request_unpack(&b->request, &b->arena, b->bytes.data, b->bytes.n));
}

static void answer_load(struct bench *b, const char *name)
{
    const struct wire_sample *s = wire_sample_get(name);

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    assert_ok(wire_venue_answer_unpack(&b->answer, &b->arena, b->bytes.data, b->bytes.n));
}

static void test_wire_venue_requests_keep_their_values(void **state)
{
    struct bench *b = *state;

    request_load(b, "hello-request");
    assert_int_equal(b->request.verb, WIRE_HELLO);
    assert_string_equal(b->request.as.hello.solver.text, "solver-1");
    request_load(b, "quotes-request");
    assert_int_equal(b->request.verb, WIRE_QUOTES);
    assert_int_equal(b->request.as.quotes.since_seq, 17);
    assert_int_equal(b->request.as.quotes.page, 2);
    request_load(b, "submit-request");
    assert_int_equal(b->request.verb, WIRE_SUBMIT);
    assert_true(b->request.as.submit.atomic);
    assert_int_equal(b->request.as.submit.legs[0].curve_seq, 3);
    request_load(b, "query-request");
    assert_int_equal(b->request.as.query.legs_n, 2);
    assert_int_equal(b->request.as.query.legs[1].bytes[ID_BYTES - 1], 2);
    request_load(b, "void-request");
    assert_int_equal(b->request.verb, WIRE_VOID);
    assert_int_equal(b->request.as.void_legs.fence, 4);
    request_load(b, "snapshot-request");
    assert_int_equal(b->request.as.snapshot.after_leg, 5);
}

static void test_wire_venue_answers_keep_their_values(void **state)
{
    struct bench *b = *state;

    answer_load(b, "hello-answer");
    assert_string_equal(b->answer.as.hello.domain.text, "home");
    assert_int_equal(b->answer.as.hello.ttl_ms, 2000);
    answer_load(b, "quotes-answer");
    assert_int_equal(b->answer.as.quotes.curves_n, 6);
    assert_int_equal(b->answer.as.quotes.removed[1], 300);
    answer_load(b, "submit-answer");
    assert_int_equal(b->answer.verb, WIRE_SUBMIT);
    assert_int_equal(b->answer.as.submit.results[0].outcome, WIRE_LEG_FILLED);
    assert_int_equal(b->answer.as.submit.results[0].fills_n, 1);
    assert_string_equal(b->answer.as.submit.results[0].reason, "");
    assert_string_equal(b->answer.as.submit.results[1].reason, "output below min_out");
    answer_load(b, "query-answer");
    assert_int_equal(b->answer.verb, WIRE_QUERY);
    answer_load(b, "void-answer");
    assert_int_equal(b->answer.verb, WIRE_VOID);
    answer_load(b, "snapshot-answer");
    assert_true(b->answer.as.snapshot.rows[1].net.negative);
    assert_int_equal(b->answer.as.snapshot.open_legs, 1);
    answer_load(b, "refused-answer");
    assert_int_equal(b->answer.code, 1501);
    assert_int_equal(b->answer.verb, 0);
}

static void test_wire_venue_submit_has_1_to_64_legs(void **state)
{
    struct bench *b = *state;
    static struct wire_leg legs[WIRE_LEGS_MAX + 1];

    request_load(b, "submit-request");
    b->request.as.submit.legs = legs;
    b->request.as.submit.legs_n = WIRE_LEGS_MAX;
    assert_ok(wire_venue_request_pack(&b->bytes, &b->request));
    b->request.as.submit.legs_n = WIRE_LEGS_MAX + 1;
    assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
    b->request.as.submit.legs_n = 0;
    assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
}

static void test_wire_venue_query_and_void_have_1_to_64_legs(void **state)
{
    struct bench *b = *state;
    static struct id legs[WIRE_LEGS_MAX + 1];

    for (int verb = WIRE_QUERY; verb <= WIRE_VOID; verb++) {
        bool query = verb == WIRE_QUERY;
        size_t *n = query ? &b->request.as.query.legs_n : &b->request.as.void_legs.legs_n;

        request_load(b, query ? "query-request" : "void-request");
        if (query)
            b->request.as.query.legs = legs;
        else
            b->request.as.void_legs.legs = legs;
        *n = WIRE_LEGS_MAX;
        assert_ok(wire_venue_request_pack(&b->bytes, &b->request));
        *n = WIRE_LEGS_MAX + 1;
        assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
        *n = 0;
        assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
    }
}

static void test_wire_venue_ranges_are_checked(void **state)
{
    struct bench *b = *state;

    request_load(b, "quotes-request");
    b->request.as.quotes.wait_ms = WIRE_QUOTES_MS_MAX + 1;
    assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
    b->request.verb = (enum wire_verb)0;
    assert_err(wire_venue_request_pack(&b->bytes, &b->request), ERR_INVALID);
    answer_load(b, "hello-answer");
    b->answer.as.hello.ttl_ms = 0;
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    answer_load(b, "submit-answer");
    b->answer.as.submit.results[0].outcome = (enum wire_leg_outcome)7;
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    answer_load(b, "snapshot-answer");
    b->answer.as.snapshot.rows[0].net = (struct delta){ 0, true };
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
}

/* An answer either refuses or says what was asked for. */
static void test_wire_venue_answer_is_a_refusal_or_a_result(void **state)
{
    struct bench *b = *state;

    answer_load(b, "submit-answer");
    b->answer.code = 1501;
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    answer_load(b, "refused-answer");
    b->answer.code = 0;
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
    b->answer = (struct wire_venue_answer){ .code = 1501, .verb = WIRE_QUOTES };
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
}

/* A page of quotes near the limit passes; a larger one has to be paged. */
static void test_wire_venue_quotes_are_paged_by_size(void **state)
{
    struct bench *b = *state;
    struct wire_venue_answer again;
    size_t n = 40000;
    struct book_level *levels = ARENA_NEW(&b->arena, n, struct book_level);

    answer_load(b, "quotes-answer");
    assert_non_null(levels);
    for (size_t i = 0; i < n; i++)
        levels[i] = (struct book_level){ { { 1000000000 + i } }, { { 1u << 30 } } };
    b->answer.as.quotes.curves[1].as.book.bids = levels;
    b->answer.as.quotes.curves[1].as.book.bids_n = n;
    assert_ok(wire_venue_answer_pack(&b->bytes, &b->answer));
    assert_ok(wire_venue_answer_unpack(&again, &b->arena, b->bytes.data, b->bytes.n));
    assert_int_equal(again.as.quotes.curves[1].as.book.bids_n, n);
    for (size_t i = 0; i < n; i++)
        levels[i].price.limb[3] = 1;
    assert_err(wire_venue_answer_pack(&b->bytes, &b->answer), ERR_OVERFLOW);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_venue_requests_keep_their_values),
        TEST(test_wire_venue_answers_keep_their_values),
        TEST(test_wire_venue_submit_has_1_to_64_legs),
        TEST(test_wire_venue_query_and_void_have_1_to_64_legs),
        TEST(test_wire_venue_ranges_are_checked),
        TEST(test_wire_venue_answer_is_a_refusal_or_a_result),
        TEST(test_wire_venue_quotes_are_paged_by_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
