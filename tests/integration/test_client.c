/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client library against a gateway that is absent, silent at first, or lies. */
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <string.h>

#include "gateway/client/client.h"
#include "tests/support/test_support.h"

#define URL "inproc://test_client"

enum lie { LIE_NONE, LIE_GARBAGE, LIE_NONCE, LIE_COUNT, LIE_EMPTY_FIRST, LIE_SILENT_FIRST };

struct world {
    nng_socket server;
    pthread_t thread;
    enum lie lie;
    size_t requests; /* that came */
    struct wire_bytes first;
    bool same_bytes; /* every request was the first again */
    struct client *client;
    struct client_signer who;
};

/* Pack an honest answer, or one with the wrong nonce or number of items. */
static void answer_make(struct wire_bytes *out, const struct wire_request *r, enum lie lie)
{
    struct wire_item_answer items[2] = { { .code = 0 }, { .code = 0 } };
    struct wire_envelope_answer e = { .items = items, .items_n = lie == LIE_COUNT ? 2 : 1 };
    struct wire_answer a = { .nonce = r->nonce + (lie == LIE_NONCE),
                             .answers = &e,
                             .answers_n = 1 };

    assert_ok(wire_answer_pack(out, &a));
}

static void request_look(struct world *w, const void *bytes, size_t n)
{
    if (w->requests++ == 0) {
        assert_ok(wire_bytes_reserve(&w->first, n));
        memcpy(w->first.data, bytes, n);
        w->first.n = n;
        w->same_bytes = true;
    }
    w->same_bytes = w->same_bytes && n == w->first.n && memcmp(bytes, w->first.data, n) == 0;
}

/* What to say to the last request; false: nothing. */
static bool answer_choose(struct wire_bytes *out, struct world *w, const struct wire_request *r)
{
    static const uint8_t garbage[] = { 0xff, 0x00, 0x13 };

    if (w->lie == LIE_SILENT_FIRST && w->requests == 1)
        return false;
    if (w->lie == LIE_GARBAGE) {
        assert_ok(wire_bytes_reserve(out, sizeof garbage));
        memcpy(out->data, garbage, sizeof garbage);
        out->n = sizeof garbage;
        return true;
    }
    answer_make(out, r, w->lie);
    if (w->lie == LIE_EMPTY_FIRST && w->requests == 1)
        out->n = 0;
    return true;
}

static void *server_main(void *arg)
{
    struct world *w = arg;
    struct wire_bytes out = { 0 };
    struct arena arena;
    nng_msg *msg;

    arena_init(&arena, 8 * WIRE_PUBLIC_MAX);
    while (nng_recvmsg(w->server, &msg, 0) == 0) {
        struct wire_request r;
        arena_reset(&arena);
        assert_ok(wire_request_unpack(&r, &arena, nng_msg_body(msg), nng_msg_len(msg)));
        request_look(w, nng_msg_body(msg), nng_msg_len(msg));
        nng_msg_free(msg);
        if (answer_choose(&out, w, &r))
            assert_int_equal(nng_send(w->server, out.data, out.n, 0), 0);
    }
    wire_bytes_fini(&out);
    arena_fini(&arena);
    return NULL;
}

static struct client *client_to(const char *url, uint64_t timeout_ms)
{
    struct client_options o = { .url = url, .timeout_ms = timeout_ms, .resend_ms = 100 };
    struct client *c;

    assert_ok(client_open(&c, &o));
    return c;
}

static void world_open(struct world *w, enum lie lie)
{
    static const uint8_t seed[SIGN_SEED_BYTES] = { 3 };

    memset(w, 0, sizeof *w);
    w->lie = lie;
    assert_ok(name_parse(&w->who.account, "alice", 5));
    sign_from_seed(&w->who.key, &w->who.secret, seed);
    assert_int_equal(nng_rep0_open(&w->server), 0);
    assert_int_equal(nng_listen(w->server, URL, NULL, 0), 0);
    assert_int_equal(pthread_create(&w->thread, NULL, server_main, w), 0);
    w->client = client_to(URL, 20000);
}

static void world_close(struct world *w)
{
    client_close(w->client);
    assert_int_equal(nng_close(w->server), 0);
    assert_int_equal(pthread_join(w->thread, NULL), 0);
    wire_bytes_fini(&w->first);
}

static enum err ask(struct world *w)
{
    struct wire_item item = { .kind = WIRE_ITEM_GET, .as.get.id.bytes = { 1 } };
    struct wire_item_answer a;

    return client_ask_one(&a, w->client, &w->who, &item);
}

static void test_client_asks_and_reads(void **state)
{
    struct world w;

    (void)state;
    world_open(&w, LIE_NONE);
    assert_ok(ask(&w));
    assert_ok(ask(&w));
    assert_int_equal(w.requests, 2);
    assert_false(w.same_bytes); /* another call, another nonce */
    world_close(&w);
}

static void test_client_sends_the_same_bytes_until_answered(void **state)
{
    static const enum lie lies[] = { LIE_SILENT_FIRST, LIE_EMPTY_FIRST };
    struct world w;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world_open(&w, lies[i]);
        assert_ok(ask(&w));
        assert_true(w.requests >= 2);
        assert_true(w.same_bytes);
        world_close(&w);
    }
}

static void test_client_refuses_answers_that_are_none(void **state)
{
    static const enum lie lies[] = { LIE_GARBAGE, LIE_NONCE, LIE_COUNT };
    struct world w;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        world_open(&w, lies[i]);
        assert_err(ask(&w), ERR_INVALID);
        world_close(&w);
    }
}

static void test_client_without_a_gateway_times_out(void **state)
{
    struct wire_op_request r = { .kind = WIRE_OP_METRICS };
    struct wire_op_answer a;
    struct client *c = client_to("inproc://nobody", 300);

    (void)state;
    assert_err(client_operate(&a, c, &r), ERR_TIMEOUT);
    client_close(c);
}

static void test_client_refuses_wrong_urls_and_counts(void **state)
{
    struct client_options o = { .url = "nonsense", .timeout_ms = 100 };
    static struct wire_item items[WIRE_ITEMS_MAX + 1];
    struct wire_envelope_answer a;
    struct client *c = NULL;
    struct client_signer who = { .account.text = "alice" };

    (void)state;
    assert_err(client_open(&c, &o), ERR_INVALID);
    assert_null(c);
    c = client_to("inproc://nobody", 100);
    for (size_t i = 0; i <= WIRE_ITEMS_MAX; i++)
        items[i] = (struct wire_item){ .kind = WIRE_ITEM_GET, .as.get.id.bytes = { 1 } };
    assert_err(client_ask(&a, c, &who, items, WIRE_ITEMS_MAX + 1), ERR_INVALID);
    client_close(c);
    client_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_asks_and_reads),
        cmocka_unit_test(test_client_sends_the_same_bytes_until_answered),
        cmocka_unit_test(test_client_refuses_answers_that_are_none),
        cmocka_unit_test(test_client_without_a_gateway_times_out),
        cmocka_unit_test(test_client_refuses_wrong_urls_and_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
