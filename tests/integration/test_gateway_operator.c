/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operator's verbs through a real process and a real redis-server. */
#include <stdio.h>
#include <string.h>

#include "solver/ledger/store_redis.h"
#include "tests/integration/gateway_fixture.h"

static struct gateway world;

static int world_setup(void **state)
{
    gateway_start(&world, NULL);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    gateway_audit(*state);
    gateway_stop(*state);
    return 0;
}

static struct wire_op_request money(enum wire_op_kind kind, uint8_t ref, const char *owner,
                                    uint32_t asset, struct amount amount)
{
    struct wire_op_request r = { .kind = kind };

    r.as.deposit = (struct wire_op_money){
        .ref.bytes = { ref }, .owner = owner, .asset = asset, .amount = amount
    };
    return r;
}

/* What an owner has of an asset, in the answer to BALANCES or INVENTORY. */
static struct amount available(struct gateway *g, enum wire_op_kind kind, const char *owner,
                               uint32_t asset)
{
    struct wire_op_request r = { .kind = kind };
    struct wire_op_answer a;

    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    for (size_t i = 0; i < a.balances_n; i++) {
        if (strcmp(a.balances[i].owner, owner) == 0 && a.balances[i].asset == asset)
            return a.balances[i].available;
    }
    return AMOUNT_ZERO;
}

static void test_gateway_operator_deposit_happens_once(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request r = money(WIRE_OP_DEPOSIT, 10, "user:alice", NOTE, AMOUNT_OF(7));
    struct wire_op_answer a;

    for (int i = 0; i < 3; i++)
        assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    assert_int_equal(amount_cmp(available(g, WIRE_OP_BALANCES, "user:alice", NOTE), AMOUNT_OF(7)),
                     0);
    r.as.deposit.amount = AMOUNT_OF(8);
    assert_reject(gateway_operate(&a, g, &r), REJECT_ID_CONFLICT);
}

static void test_gateway_operator_refuses_wrong_movements(void **state)
{
    static const struct {
        const char *owner;
        uint32_t asset;
        uint64_t amount;
        enum reject wanted;
    } rows[] = {
        { "alice", ETH, 1, REJECT_MALFORMED },
        { "user:", ETH, 1, REJECT_MALFORMED },
        { "user:ALICE", ETH, 1, REJECT_MALFORMED },
        { "pot:alice", ETH, 1, REJECT_MALFORMED },
        { "user:nobody", ETH, 1, REJECT_UNKNOWN_ACCOUNT },
        { "user:alice", 77, 1, REJECT_UNKNOWN_ASSET },
        { "user:alice", ETH, 0, REJECT_ZERO_AMOUNT },
    };
    struct gateway *g = *state;
    struct wire_op_answer a;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_op_request r = money(WIRE_OP_DEPOSIT, (uint8_t)(20 + i), rows[i].owner,
                                         rows[i].asset, AMOUNT_OF(rows[i].amount));
        enum reject how = gateway_operate(&a, g, &r);
        if (how != rows[i].wanted)
            fail_msg("row %zu: %s", i, reject_name(how));
    }
    struct wire_op_request r = money(WIRE_OP_WITHDRAW, 30, "user:alice", ETH, AMOUNT_MAX);
    assert_reject(gateway_operate(&a, g, &r), REJECT_BALANCE);
}

static void test_gateway_operator_moves_inventory_between_domains(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request r = money(WIRE_OP_DEPOSIT, 40, "inv:home", USDC, AMOUNT_OF(100));
    struct wire_op_request t = { .kind = WIRE_OP_TRANSFER };
    struct wire_op_answer a;

    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    t.as.transfer =
        (struct wire_op_transfer){ .ref.bytes = { 41 }, .asset = USDC, .amount = AMOUNT_OF(60) };
    assert_ok(name_parse(&t.as.transfer.source, "home", 4));
    t.as.transfer.target = t.as.transfer.source;
    assert_reject(gateway_operate(&a, g, &t), REJECT_MALFORMED);
    assert_ok(name_parse(&t.as.transfer.target, "exchange", 8));
    assert_reject(gateway_operate(&a, g, &t), REJECT_NONE);
    assert_int_equal(
        amount_cmp(available(g, WIRE_OP_INVENTORY, "inv:exchange", USDC), AMOUNT_OF(60)), 0);
    r = money(WIRE_OP_WITHDRAW, 42, "inv:home", USDC, AMOUNT_OF(40));
    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    assert_true(amount_is_zero(available(g, WIRE_OP_INVENTORY, "inv:home", USDC)));
}

static void test_gateway_operator_pause_stops_new_intents_only(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request mode = { .kind = WIRE_OP_MODE };
    struct wire_item item = gateway_intent(g);
    struct wire_item cancel = { .kind = WIRE_ITEM_CANCEL, .as.cancel.id = item.as.intent.id };
    struct wire_op_answer a;
    struct wire_item_answer i;

    assert_reject(gateway_ask(&i, g, &g->alice, item), REJECT_NONE);
    assert_reject(gateway_operate(&a, g, &mode), REJECT_NONE);
    assert_reject(gateway_ask(&i, g, &g->alice, gateway_intent(g)), REJECT_PAUSED);
    assert_true(i.transient);
    assert_reject(gateway_ask(&i, g, &g->alice, item), REJECT_NONE); /* known already */
    assert_reject(gateway_ask(&i, g, &g->alice, cancel), REJECT_NONE);
    mode.as.mode = (struct wire_op_mode){ .accept = true, .send = true };
    assert_reject(gateway_operate(&a, g, &mode), REJECT_NONE);
    assert_reject(gateway_ask(&i, g, &g->alice, gateway_intent(g)), REJECT_NONE);
}

static void test_gateway_operator_limits_are_kept_and_enforced(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request set = { .kind = WIRE_OP_LIMIT_SET };
    struct wire_op_request read = { .kind = WIRE_OP_LIMITS };
    struct wire_op_answer a;
    struct wire_item_answer i;
    bool found = false;

    set.as.limit_set = (struct row){ .kind = ROW_HELD, .asset = 77, .max = AMOUNT_OF(5) };
    set.as.limit_set.subject = g->bob.account;
    assert_reject(gateway_operate(&a, g, &set), REJECT_UNKNOWN_ASSET);
    set.as.limit_set.asset = ETH;
    assert_reject(gateway_operate(&a, g, &set), REJECT_NONE);
    assert_reject(gateway_operate(&a, g, &read), REJECT_NONE);
    for (size_t k = 0; k < a.limits_n; k++)
        found = found || (a.limits[k].kind == ROW_HELD && a.limits[k].asset == ETH &&
                          name_equal(&a.limits[k].subject, &g->bob.account) &&
                          amount_cmp(a.limits[k].max, AMOUNT_OF(5)) == 0);
    assert_true(found);
    assert_reject(gateway_ask(&i, g, &g->bob, gateway_intent(g)), REJECT_LIMIT);
    assert_reject(gateway_ask(&i, g, &g->alice, gateway_intent(g)), REJECT_NONE);
    set.as.limit_set.max = AMOUNT_MAX; /* removes it */
    for (int twice = 0; twice < 2; twice++)
        assert_reject(gateway_operate(&a, g, &set), REJECT_NONE);
    assert_reject(gateway_operate(&a, g, &read), REJECT_NONE);
    assert_int_equal(a.limits_n, 0);
    assert_reject(gateway_ask(&i, g, &g->bob, gateway_intent(g)), REJECT_NONE);
}

static void test_gateway_operator_audit_starts_at_a_checkpoint(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request checkpoint = { .kind = WIRE_OP_CHECKPOINT };
    struct wire_op_request audit = { .kind = WIRE_OP_AUDIT, .as.audit.full = true };
    struct wire_op_answer a;
    uint64_t full;

    assert_reject(gateway_operate(&a, g, &audit), REJECT_NONE);
    full = a.journal_entries;
    assert_reject(gateway_operate(&a, g, &checkpoint), REJECT_NONE);
    audit.as.audit.full = false;
    assert_reject(gateway_operate(&a, g, &audit), REJECT_NONE);
    assert_true(a.sound);
    assert_true(a.journal_entries < full);
}

/* The leader's part: a lease, then a report, straight into the store. */
static void report(struct gateway *g, const struct wire_bytes *venues,
                   const struct wire_bytes *batch)
{
    char address[TMPDIR_PATH_MAX + 32];
    char why[256] = "";
    struct store_redis_options o = { .address = address,
                                     .retain_ms = 86400000,
                                     .timeout_ms = 20000 };
    struct ledger_call call = { .fn = LEDGER_lead };
    struct ledger_reply r;
    struct store_redis *redis;
    struct store store;

    (void)snprintf(address, sizeof address, "unix:%s", g->redis.socket);
    assert_ok(store_redis_open(&redis, &o, why, sizeof why));
    store = store_redis_port(redis);
    call.as.lead = (struct ledger_lead){ .holder = g->alice.account, .ttl_ms = 60000 };
    assert_ok(store_call_one(&store, &r, &call));
    assert_reject(r.reject, REJECT_NONE);
    call = (struct ledger_call){ .fn = LEDGER_report };
    call.as.report = (struct ledger_report){ .fence = r.fence,
                                             .venues = venues->data,
                                             .venues_n = venues->n,
                                             .batch = batch->data,
                                             .batch_n = batch->n };
    assert_ok(store_call_one(&store, &r, &call));
    assert_reject(r.reject, REJECT_NONE);
    store_redis_close(redis);
}

static void test_gateway_operator_hands_out_the_leaders_reports(void **state)
{
    struct gateway *g = *state;
    struct wire_op_request venues = { .kind = WIRE_OP_VENUES };
    struct wire_op_request batches = { .kind = WIRE_OP_BATCHES };
    struct wire_op_venue venue = {
        .up = true, .curves = 12, .seq = 34, .note = "well", .state = "up"
    };
    struct wire_op_batch batch = { .auction = 56, .unix_ms = 78, .fills = 9 };
    struct wire_op_answer said = { .venues = &venue, .venues_n = 1 };
    struct wire_bytes a_bytes = { 0 };
    struct wire_bytes b_bytes = { 0 };
    struct wire_op_answer a;

    assert_reject(gateway_operate(&a, g, &venues), REJECT_NONE);
    assert_int_equal(a.venues_n, 0);
    assert_ok(name_parse(&venue.name, "amm-1", 5));
    assert_ok(wire_op_answer_pack(&a_bytes, &said));
    assert_ok(wire_op_batch_pack(&b_bytes, &batch));
    report(g, &a_bytes, &b_bytes);
    assert_reject(gateway_operate(&a, g, &venues), REJECT_NONE);
    assert_int_equal(a.venues_n, 1);
    assert_string_equal(a.venues[0].name.text, "amm-1");
    assert_string_equal(a.venues[0].note, "well");
    assert_string_equal(a.venues[0].state, "up");
    assert_int_equal(a.venues[0].curves, 12);
    assert_reject(gateway_operate(&a, g, &batches), REJECT_NONE);
    assert_int_equal(a.batches_n, 1);
    assert_int_equal(a.batches[0].auction, 56);
    assert_int_equal(a.batches[0].fills, 9);
    wire_bytes_fini(&a_bytes);
    wire_bytes_fini(&b_bytes);
}

static void test_gateway_operator_metrics_count(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer i;
    uint64_t accepted = gateway_metric(g, "accepted");
    uint64_t refused = gateway_metric(g, "items_refused");
    struct wire_item wrong = gateway_intent(g);

    assert_reject(gateway_ask(&i, g, &g->alice, gateway_intent(g)), REJECT_NONE);
    wrong.as.intent.buy_asset = ETH;
    assert_reject(gateway_ask(&i, g, &g->alice, wrong), REJECT_SAME_ASSET);
    assert_int_equal(gateway_metric(g, "accepted"), accepted + 1);
    assert_int_equal(gateway_metric(g, "items_refused"), refused + 1);
    assert_true(gateway_metric(g, "groups") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gateway_operator_deposit_happens_once),
        cmocka_unit_test(test_gateway_operator_refuses_wrong_movements),
        cmocka_unit_test(test_gateway_operator_moves_inventory_between_domains),
        cmocka_unit_test(test_gateway_operator_pause_stops_new_intents_only),
        cmocka_unit_test(test_gateway_operator_limits_are_kept_and_enforced),
        cmocka_unit_test(test_gateway_operator_audit_starts_at_a_checkpoint),
        cmocka_unit_test(test_gateway_operator_hands_out_the_leaders_reports),
        cmocka_unit_test(test_gateway_operator_metrics_count),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
