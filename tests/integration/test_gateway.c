/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the gateway answers: a real process, a real redis-server, the client library. */
#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <pthread.h>

#include "gateway/publish.h"
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

static struct wire_item ref_item(enum wire_item_kind kind, struct id id)
{
    struct wire_item item = { .kind = kind };

    item.as.cancel.id = id; /* the same member as get's */
    return item;
}

static struct amount held(struct gateway *g, const struct client_signer *who, uint32_t asset)
{
    struct wire_item_answer a;

    assert_reject(gateway_ask(&a, g, who, (struct wire_item){ .kind = WIRE_ITEM_BALANCES }),
                  REJECT_NONE);
    for (size_t i = 0; i < a.balances_n; i++) {
        if (a.balances[i].asset == asset)
            return a.balances[i].held;
    }
    return AMOUNT_ZERO;
}

static void test_gateway_accepts_and_remembers_an_intent(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item_answer a;
    struct wire_item_answer again;

    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    assert_true(a.has_status);
    assert_int_equal(a.status.state, INTENT_ACCEPTED);
    assert_int_equal(id_cmp(a.id, item.as.intent.id), 0);
    assert_reject(gateway_ask(&again, g, &g->alice, item), REJECT_NONE);
    assert_int_equal(again.status.seq, a.status.seq);
    assert_int_equal(again.status.state, INTENT_ACCEPTED);
    assert_int_equal(amount_cmp(held(g, &g->alice, ETH), amount_pow10(18)), 0);
}

static void test_gateway_answers_256_items_in_their_order(void **state)
{
    struct gateway *g = *state;
    static struct wire_item items[WIRE_ITEMS_MAX];
    struct wire_envelope_answer a;
    struct amount before = held(g, &g->bob, ETH);

    for (size_t i = 0; i < WIRE_ITEMS_MAX; i++) {
        items[i] = gateway_intent(g);
        if (i % 16 == 5)
            items[i].as.intent.buy_asset = ETH;
    }
    assert_ok(client_ask(&a, g->client, &g->bob, items, WIRE_ITEMS_MAX));
    assert_int_equal(a.code, 0);
    for (size_t i = 0; i < WIRE_ITEMS_MAX; i++) {
        assert_int_equal(id_cmp(a.items[i].id, items[i].as.intent.id), 0);
        assert_reject(gateway_reject_of(a.items[i].code),
                      i % 16 == 5 ? REJECT_SAME_ASSET : REJECT_NONE);
        assert_int_equal(a.items[i].has_status, i % 16 != 5);
    }
    before.atoms += 240 * amount_pow10(18).atoms;
    assert_int_equal(amount_cmp(held(g, &g->bob, ETH), before), 0);
}

static void test_gateway_same_id_with_other_content_conflicts(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item_answer a;

    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    item.as.intent.buy_amount.atoms++;
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_ID_CONFLICT);
    assert_false(a.transient);
    assert_string_equal(a.text, reject_text(REJECT_ID_CONFLICT));
    item.as.intent.buy_amount.atoms--;
    assert_reject(gateway_ask(&a, g, &g->bob, item), REJECT_ID_CONFLICT);
    assert_false(a.has_status);
}

static void test_gateway_refuses_before_the_ledger(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer a;
    struct wire_item item = gateway_intent(g);

    item.as.intent.buy_asset = 77;
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_UNKNOWN_ASSET);
    item = gateway_intent(g);
    item.as.intent.deadline_ms -= 2 * 3600000;
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_EXPIRED);
    item.as.intent.deadline_ms += 48 * 3600000;
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_DEADLINE_FAR);
    item = gateway_intent(g);
    item.as.intent.buy_amount = AMOUNT_OF(2399999999u);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_COLLAR);
    item.as.intent.buy_amount = AMOUNT_OF(2400000000u); /* a refusal here left nothing behind */
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
}

static void test_gateway_refuses_for_accounts_and_balances(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer a;
    struct wire_item item = gateway_intent(g);
    struct client_signer nobody = g->alice;
    struct client_signer thief = g->bob;

    thief.account = g->alice.account;
    assert_reject(gateway_ask(&a, g, &thief, item), REJECT_FOREIGN_ACCOUNT);
    assert_ok(name_parse(&nobody.account, "nobody", 6));
    assert_reject(gateway_ask(&a, g, &nobody, item), REJECT_UNKNOWN_ACCOUNT);
    item.as.intent.sell_amount = amount_pow10(25);
    item.as.intent.buy_amount = AMOUNT_MAX;
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_BALANCE);
    assert_true(a.transient);
}

static void test_gateway_cancel_is_definite(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item cancel = ref_item(WIRE_ITEM_CANCEL, item.as.intent.id);
    struct wire_item_answer a;
    struct amount before = held(g, &g->alice, ETH);

    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    assert_reject(gateway_ask(&a, g, &g->bob, cancel), REJECT_FOREIGN_ACCOUNT);
    assert_false(a.has_status);
    assert_reject(gateway_ask(&a, g, &g->alice, cancel), REJECT_NONE);
    assert_int_equal(a.status.state, INTENT_CANCELLED);
    assert_reject(gateway_ask(&a, g, &g->alice, cancel), REJECT_NONE);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE); /* its state now */
    assert_int_equal(a.status.state, INTENT_CANCELLED);
    assert_int_equal(amount_cmp(held(g, &g->alice, ETH), before), 0);
}

static void test_gateway_cancel_of_an_unknown_id_beats_a_late_arrival(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item_answer a;

    assert_reject(gateway_ask(&a, g, &g->alice, ref_item(WIRE_ITEM_CANCEL, item.as.intent.id)),
                  REJECT_NONE);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_CANCELLED);
}

static void test_gateway_get_answers_the_owner_only(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item get = ref_item(WIRE_ITEM_GET, item.as.intent.id);
    struct wire_item_answer a;

    assert_reject(gateway_ask(&a, g, &g->alice, get), REJECT_UNKNOWN_ID);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    assert_reject(gateway_ask(&a, g, &g->bob, get), REJECT_FOREIGN_ACCOUNT);
    assert_false(a.has_status);
    assert_reject(gateway_ask(&a, g, &g->alice, get), REJECT_NONE);
    assert_true(a.status.has_intent);
    assert_int_equal(a.status.state, INTENT_ACCEPTED);
    assert_int_equal(a.status.intent.sell_asset, ETH);
    assert_int_equal(amount_cmp(a.status.intent.buy_amount, item.as.intent.buy_amount), 0);
    assert_int_equal(a.status.intent.deadline_ms, item.as.intent.deadline_ms);
}

/* The newest sequence that alice's account knows of. */
static uint64_t newest(struct gateway *g)
{
    struct wire_item watch = { .kind = WIRE_ITEM_WATCH };
    struct wire_item_answer a;

    do {
        assert_reject(gateway_ask(&a, g, &g->alice, watch), REJECT_NONE);
        watch.as.watch.after = a.newest;
    } while (a.events_n > 0);
    return a.newest;
}

static void test_gateway_watch_reads_on_or_runs_out(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_item watch = { .kind = WIRE_ITEM_WATCH };
    struct wire_item_answer a;

    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    watch.as.watch = (struct wire_watch){ .after = newest(g), .wait_ms = 100 };
    assert_reject(gateway_ask(&a, g, &g->alice, watch), REJECT_NONE);
    assert_int_equal(a.events_n, 0);
    assert_int_equal(a.newest, watch.as.watch.after);
    assert_reject(gateway_ask(&a, g, &g->alice, ref_item(WIRE_ITEM_CANCEL, item.as.intent.id)),
                  REJECT_NONE);
    watch.as.watch.wait_ms = 20000;
    assert_reject(gateway_ask(&a, g, &g->alice, watch), REJECT_NONE);
    assert_int_equal(a.events_n, 1);
    assert_int_equal(a.events[0].state, INTENT_CANCELLED);
    assert_int_equal(id_cmp(a.events[0].intent, item.as.intent.id), 0);
    assert_true(a.newest > watch.as.watch.after);
}

/* A watch that waits in a thread of its own. */
struct waiter {
    struct client *client;
    const struct client_signer *who;
    struct wire_item watch;
    struct wire_item_answer answer;
    enum err err;
};

static void *waiter_main(void *arg)
{
    struct waiter *w = arg;

    w->err = client_ask_one(&w->answer, w->client, w->who, &w->watch);
    return NULL;
}

/* A watch is answered a moment before it is counted out. */
static bool no_watcher(void *arg)
{
    return gateway_metric(arg, "watchers") == 0;
}

static bool one_watcher(void *arg)
{
    return gateway_metric(arg, "watchers") == 1;
}

static void test_gateway_watch_parks_and_wakes(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct client_options o = { .url = g->url, .timeout_ms = 30000 };
    struct waiter w = { .who = &g->alice, .watch.kind = WIRE_ITEM_WATCH };
    struct wire_item_answer a;
    pthread_t thread;

    assert_ok(client_open(&w.client, &o));
    w.watch.as.watch = (struct wire_watch){ .after = newest(g), .wait_ms = 30000 };
    process_until(no_watcher, g, 20000, "the last watch to be counted out");
    assert_int_equal(pthread_create(&thread, NULL, waiter_main, &w), 0);
    process_until(one_watcher, g, 20000, "the watch to be parked");
    assert_reject(gateway_ask(&a, g, &g->bob, gateway_intent(g)), REJECT_NONE);
    assert_int_equal(gateway_metric(g, "watchers"), 1);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_ok(w.err);
    assert_int_equal(w.answer.events_n, 1);
    assert_int_equal(id_cmp(w.answer.events[0].intent, item.as.intent.id), 0);
    client_close(w.client);
}

static void test_gateway_reads_need_the_key_of_the_account(void **state)
{
    struct gateway *g = *state;
    struct client_signer thief = g->bob;
    struct wire_item_answer a;

    thief.account = g->alice.account;
    assert_reject(gateway_ask(&a, g, &thief, (struct wire_item){ .kind = WIRE_ITEM_BALANCES }),
                  REJECT_FOREIGN_ACCOUNT);
    assert_int_equal(a.balances_n, 0);
    assert_reject(gateway_ask(&a, g, &thief, (struct wire_item){ .kind = WIRE_ITEM_WATCH }),
                  REJECT_FOREIGN_ACCOUNT);
    assert_int_equal(a.events_n, 0);
}

static void test_gateway_hints_that_more_is_there(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer a;
    uint8_t hint[PUBLISH_HINT_BYTES + 1];
    size_t n = sizeof hint;
    nng_socket sub;

    assert_int_equal(nng_sub0_open(&sub), 0);
    assert_int_equal(nng_socket_set(sub, NNG_OPT_SUB_SUBSCRIBE, "", 0), 0);
    assert_int_equal(nng_socket_set_ms(sub, NNG_OPT_RECVTIMEO, 1000), 0);
    assert_int_equal(nng_dial(sub, g->events_url, NULL, 0), 0);
    do { /* a hint may be lost, above all before the subscription is known */
        assert_reject(gateway_ask(&a, g, &g->alice, gateway_intent(g)), REJECT_NONE);
        n = sizeof hint;
    } while (nng_recv(sub, hint, &n, 0) != 0);
    assert_int_equal(n, PUBLISH_HINT_BYTES);
    assert_int_equal(nng_close(sub), 0);
}

static void test_gateway_answers_each_envelope_for_itself(void **state)
{
    struct gateway *g = *state;
    struct wire_item items[2] = { gateway_intent(g), gateway_intent(g) };
    struct wire_bytes one = { 0 };
    struct wire_bytes two = { 0 };
    struct wire_payload payload = { .account = g->alice.account, .items = items, .items_n = 1 };
    struct wire_envelope envelopes[3];
    struct wire_request request = { .nonce = 9, .envelopes = envelopes, .envelopes_n = 3 };
    struct wire_answer a;
    struct raw raw;

    assert_ok(wire_payload_pack(&one, &payload));
    payload.items = &items[1];
    assert_ok(wire_payload_pack(&two, &payload));
    wire_envelope_sign(&envelopes[0], (struct wire_span){ one.data, one.n }, &g->alice.key,
                       &g->alice.secret);
    envelopes[1] = envelopes[0];
    envelopes[1].signature[0] ^= 1;
    wire_envelope_sign(&envelopes[2], (struct wire_span){ two.data, two.n }, &g->alice.key,
                       &g->alice.secret);
    raw_open(&raw, g->url);
    assert_ok(wire_request_pack(&raw.bytes, &request));
    raw_ask(&raw);
    assert_ok(wire_answer_unpack(&a, &raw.arena, raw.answer, raw.answer_n));
    assert_int_equal(a.nonce, 9);
    assert_int_equal(a.answers_n, 3);
    assert_reject(gateway_reject_of(a.answers[0].items[0].code), REJECT_NONE);
    assert_reject(gateway_reject_of(a.answers[1].code), REJECT_SIGNATURE);
    assert_int_equal(a.answers[1].items_n, 0);
    assert_reject(gateway_reject_of(a.answers[2].items[0].code), REJECT_NONE);
    raw_close(&raw);
    wire_bytes_fini(&one);
    wire_bytes_fini(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gateway_accepts_and_remembers_an_intent),
        cmocka_unit_test(test_gateway_answers_256_items_in_their_order),
        cmocka_unit_test(test_gateway_same_id_with_other_content_conflicts),
        cmocka_unit_test(test_gateway_refuses_before_the_ledger),
        cmocka_unit_test(test_gateway_refuses_for_accounts_and_balances),
        cmocka_unit_test(test_gateway_cancel_is_definite),
        cmocka_unit_test(test_gateway_cancel_of_an_unknown_id_beats_a_late_arrival),
        cmocka_unit_test(test_gateway_get_answers_the_owner_only),
        cmocka_unit_test(test_gateway_watch_reads_on_or_runs_out),
        cmocka_unit_test(test_gateway_watch_parks_and_wakes),
        cmocka_unit_test(test_gateway_reads_need_the_key_of_the_account),
        cmocka_unit_test(test_gateway_hints_that_more_is_there),
        cmocka_unit_test(test_gateway_answers_each_envelope_for_itself),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
