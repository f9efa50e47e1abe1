/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_operator.h"

#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

struct bench {
    struct wire_bytes bytes;
    struct arena arena;
    struct wire_op_request request;
    struct wire_op_answer answer;
};

static int bench_setup(void **state)
{
    static struct bench b;

    b = (struct bench){ 0 };
    arena_init(&b.arena, 1 << 20);
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
    assert_ok(wire_op_request_unpack(&b->request, &b->arena, b->bytes.data, b->bytes.n));
}

static void test_wire_operator_requests_keep_their_values(void **state)
{
    struct bench *b = *state;

    request_load(b, "op-deposit");
    assert_int_equal(b->request.kind, WIRE_OP_DEPOSIT);
    assert_string_equal(b->request.as.deposit.owner, "user:alice");
    assert_int_equal(b->request.as.deposit.key.bytes[0], 0x4b);
    request_load(b, "op-withdraw");
    assert_string_equal(b->request.as.withdraw.owner, "inv:home");
    request_load(b, "op-transfer");
    assert_string_equal(b->request.as.transfer.target.text, "cex");
    request_load(b, "op-limit-set");
    assert_int_equal(b->request.as.limit_set.kind, ROW_INVENTORY);
    request_load(b, "op-mode");
    assert_true(b->request.as.mode.accept);
    assert_false(b->request.as.mode.send);
    request_load(b, "op-audit");
    assert_true(b->request.as.audit.full);
}

/* Every read is told apart although none carries anything. */
static void test_wire_operator_reads_are_distinct(void **state)
{
    static const struct {
        const char *name;
        enum wire_op_kind kind;
    } rows[] = {
        { "op-limits", WIRE_OP_LIMITS },         { "op-venues", WIRE_OP_VENUES },
        { "op-inventory", WIRE_OP_INVENTORY },   { "op-metrics", WIRE_OP_METRICS },
        { "op-checkpoint", WIRE_OP_CHECKPOINT }, { "op-balances", WIRE_OP_BALANCES },
        { "op-batches", WIRE_OP_BATCHES },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench *b = *state;

        request_load(b, rows[i].name);
        assert_int_equal(b->request.kind, rows[i].kind);
    }
}

static void test_wire_operator_refuses_what_is_no_request(void **state)
{
    struct bench *b = *state;

    request_load(b, "op-transfer");
    b->request.as.transfer.source = (struct name){ "Home" };
    assert_err(wire_op_request_pack(&b->bytes, &b->request), ERR_INVALID);
    request_load(b, "op-limit-set");
    b->request.as.limit_set.kind = (enum row_kind)5;
    assert_err(wire_op_request_pack(&b->bytes, &b->request), ERR_INVALID);
    b->request.kind = (enum wire_op_kind)14;
    assert_err(wire_op_request_pack(&b->bytes, &b->request), ERR_INVALID);
    assert_err(wire_op_request_unpack(&b->request, &b->arena, "\x08\x01", 2), ERR_INVALID);
}

static void test_wire_operator_answer_keeps_its_values(void **state)
{
    struct bench *b = *state;
    const struct wire_sample *s = wire_sample_get("op-answer");
    const struct wire_op_answer *a = &b->answer;

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    assert_ok(wire_op_answer_unpack(&b->answer, &b->arena, b->bytes.data, b->bytes.n));
    assert_string_equal(a->venues[0].note, "lost its legs at start");
    assert_int_equal(a->limits[0].kind, ROW_IN_FLIGHT);
    assert_string_equal(a->balances[0].owner, "user:alice");
    assert_true(a->audit[0].world.negative);
    assert_int_equal(amount_cmp((struct amount){ a->audit[0].difference.atoms }, AMOUNT_OF(10)), 0);
    assert_int_equal(a->metrics[0].value, 12);
    assert_int_equal(a->batches[0].gap_ppt, 1000);
    assert_true(a->sound);
    assert_int_equal(a->journal_entries, 77);
    b->answer.audit[0].world = (struct delta){ 0, true };
    assert_err(wire_op_answer_pack(&b->bytes, &b->answer), ERR_INVALID);
}

static void test_wire_operator_batch_stands_alone(void **state)
{
    struct bench *b = *state;
    static const struct wire_op_batch batch = { .auction = 3, .unix_ms = 5, .solve_us = 6 };
    struct wire_op_batch again;

    assert_ok(wire_op_batch_pack(&b->bytes, &batch));
    assert_ok(wire_op_batch_unpack(&again, &b->arena, b->bytes.data, b->bytes.n));
    assert_memory_equal(&batch, &again, sizeof(batch));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_operator_requests_keep_their_values),
        TEST(test_wire_operator_reads_are_distinct),
        TEST(test_wire_operator_refuses_what_is_no_request),
        TEST(test_wire_operator_answer_keeps_its_values),
        TEST(test_wire_operator_batch_stands_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
