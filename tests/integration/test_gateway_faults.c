/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the gateway survives: hostile peers, a store that goes away, its own end. */
#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/gateway_fixture.h"

static struct gateway world;

static int setup_with(void **state, const char *const settings[])
{
    gateway_start(&world, settings);
    *state = &world;
    return 0;
}

static int world_setup(void **state)
{
    return setup_with(state, NULL);
}

/* A short queue, and a store that is given up soon. */
static int narrow_setup(void **state)
{
    static const char *const settings[] = { "queue_max=2", "redis_timeout_ms=500", "watchers_max=2",
                                            NULL };

    return setup_with(state, settings);
}

static int world_teardown(void **state)
{
    gateway_audit(*state);
    gateway_stop(*state);
    return 0;
}

static bool alive(struct gateway *g)
{
    int status;

    return !process_ended(&status, &g->process);
}

/* An intent still goes in. */
static void assert_serves(struct gateway *g)
{
    struct wire_item_answer a;

    assert_true(alive(g));
    assert_reject(gateway_ask(&a, g, &g->alice, gateway_intent(g)), REJECT_NONE);
}

/* ---- hostile peers ---- */

/* Random bytes, cut and flipped honest ones: all of them get an answer that says what is wrong. */
static void hostile_bytes(struct gateway *g, const char *url, const struct wire_bytes *honest,
                          struct prng *rng)
{
    struct raw raw;
    uint8_t bytes[4096];

    raw_open(&raw, url);
    for (int i = 0; i < 300; i++) {
        size_t n = prng_below(rng, i % 3 == 0 ? sizeof bytes : 64);
        prng_bytes(rng, bytes, sizeof bytes);
        if (i % 3 == 1 && honest->n <= sizeof bytes) {
            n = prng_below(rng, honest->n);
            memcpy(bytes, honest->data, n);
        } else if (i % 3 == 2 && honest->n <= sizeof bytes) {
            n = honest->n;
            memcpy(bytes, honest->data, n);
            bytes[prng_below(rng, n)] ^= (uint8_t)(1u << prng_below(rng, 8));
        }
        if (!raw_try(&raw, bytes, n, 20000))
            fail_msg("no answer to %zu bytes", n);
        assert_true(raw.answer_n > 0);
    }
    raw_close(&raw);
    assert_serves(g);
}

static void test_gateway_faults_hostile_bytes_get_answers(void **state)
{
    struct gateway *g = *state;
    struct wire_item item = gateway_intent(g);
    struct wire_op_request limits = { .kind = WIRE_OP_LIMITS };
    struct wire_bytes honest = { 0 };
    struct prng rng;

    prng_init(&rng, 1);
    assert_ok(client_request(&honest, 1, &g->alice, &item, 1));
    hostile_bytes(g, g->url, &honest, &rng);
    assert_ok(wire_op_request_pack(&honest, &limits));
    hostile_bytes(g, g->operator_url, &honest, &rng);
    wire_bytes_fini(&honest);
}

static void test_gateway_faults_refuses_what_is_not_a_request(void **state)
{
    struct gateway *g = *state;
    static const uint8_t junk[] = { 0xff, 0xff, 0xff };
    struct wire_answer a;
    struct raw raw;

    raw_open(&raw, g->url);
    assert_true(raw_try(&raw, junk, sizeof junk, 20000));
    assert_ok(wire_answer_unpack(&a, &raw.arena, raw.answer, raw.answer_n));
    assert_reject(gateway_reject_of(a.code), REJECT_MALFORMED);
    assert_int_equal(a.answers_n, 0);
    raw_close(&raw);
}

static void test_gateway_faults_too_many_items_are_refused_whole(void **state)
{
    struct gateway *g = *state;
    static struct wire_item items[200];
    struct wire_payload payload = { .account = g->alice.account, .items = items, .items_n = 200 };
    struct wire_envelope envelopes[2];
    struct wire_request request = { .envelopes = envelopes, .envelopes_n = 2 };
    struct wire_bytes bytes = { 0 };
    struct wire_answer a;
    struct raw raw;

    for (size_t i = 0; i < 200; i++)
        items[i] = gateway_intent(g);
    assert_ok(wire_payload_pack(&bytes, &payload));
    for (size_t i = 0; i < 2; i++)
        wire_envelope_sign(&envelopes[i], (struct wire_span){ bytes.data, bytes.n }, &g->alice.key,
                           &g->alice.secret);
    raw_open(&raw, g->url);
    assert_ok(wire_request_pack(&raw.bytes, &request));
    raw_ask(&raw);
    assert_ok(wire_answer_unpack(&a, &raw.arena, raw.answer, raw.answer_n));
    assert_reject(gateway_reject_of(a.code), REJECT_TOO_LARGE);
    raw_close(&raw);
    wire_bytes_fini(&bytes);
}

static void test_gateway_faults_oversized_messages_are_dropped(void **state)
{
    struct gateway *g = *state;
    static uint8_t large[WIRE_PUBLIC_MAX];
    struct raw raw;

    raw_hangs_up_on(g->url, WIRE_PUBLIC_MAX + 1);
    raw_hangs_up_on(g->operator_url, WIRE_PUBLIC_MAX + 1);
    raw_open(&raw, g->url);
    assert_true(raw_try(&raw, large, WIRE_PUBLIC_MAX - 64, 20000)); /* read, and refused */
    raw_close(&raw);
    assert_serves(g);
}

/* Peers that connect and say nothing, half a header, or another protocol. */
static void test_gateway_faults_silent_and_foreign_peers_do_no_harm(void **state)
{
    struct gateway *g = *state;
    static const char *const words[] = { "", "\0SP", "GET / HTTP/1.0\r\n\r\n", "PING\r\n" };
    int fds[100];

    for (size_t i = 0; i < 100; i++) {
        const char *word = words[i % 4];
        fds[i] = process_connect(strchr(i % 2 == 0 ? g->url : g->operator_url, '/') + 2);
        assert_true(fds[i] >= 0);
        (void)send(fds[i], word, i % 4 == 1 ? 3 : strlen(word), MSG_NOSIGNAL);
    }
    assert_serves(g);
    for (size_t i = 0; i < 100; i++)
        (void)close(fds[i]);
    assert_serves(g);
}

/* A new connection to a socket of requests is let in and answered. */
static void assert_lets_in(const char *url)
{
    static const uint8_t junk[] = { 0xff };
    struct raw raw;

    raw_open(&raw, url);
    assert_true(raw_try(&raw, junk, sizeof junk, 20000));
    raw_close(&raw);
}

/* A hint reaches a subscriber that comes now. */
static void assert_publishes(struct gateway *g)
{
    nng_socket s;
    uint8_t hint[16];
    size_t n = sizeof hint;

    assert_int_equal(nng_sub0_open(&s), 0);
    assert_int_equal(nng_socket_set(s, NNG_OPT_SUB_SUBSCRIBE, "", 0), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, 20000), 0);
    assert_int_equal(nng_dial(s, g->events_url, NULL, 0), 0);
    assert_serves(g);
    assert_int_equal(nng_recv(s, hint, &n, 0), 0);
    assert_int_equal(nng_close(s), 0);
}

/* Peers that are gone before they can be greeted close the door for nobody. */
static void test_gateway_faults_peers_that_hang_up_do_no_harm(void **state)
{
    struct gateway *g = *state;
    const char *urls[] = { g->url, g->operator_url, g->events_url };

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        for (int k = 0; k < 100; k++)
            process_hang_up(strchr(urls[i], '/') + 2);
    assert_lets_in(g->url);
    assert_lets_in(g->operator_url);
    assert_publishes(g);
}

static void test_gateway_faults_operator_socket_is_private(void **state)
{
    struct gateway *g = *state;
    struct stat st;

    assert_int_equal(stat(strchr(g->operator_url, '/') + 2, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- the store goes away ---- */

static enum reject submit(struct gateway *g, struct wire_item *item)
{
    struct wire_item_answer a;

    *item = gateway_intent(g);
    return gateway_ask(&a, g, &g->alice, *item);
}

static void test_gateway_faults_store_outage_is_told_and_ends(void **state)
{
    struct gateway *g = *state;
    struct wire_item items[3];
    struct wire_item_answer a;

    assert_reject(submit(g, &items[0]), REJECT_NONE);
    redis_pause(&g->redis);
    for (int i = 1; i < 3; i++) {
        enum reject how = submit(g, &items[i]);
        assert_true(how == REJECT_RETRY || how == REJECT_NOT_READY);
    }
    assert_true(alive(g));
    redis_resume(&g->redis);
    gateway_wait(g);
    for (int i = 0; i < 3; i++) {
        assert_reject(gateway_ask(&a, g, &g->alice, items[i]), REJECT_NONE);
        assert_int_equal(a.status.state, INTENT_ACCEPTED);
    }
    assert_true(gateway_metric(g, "store_failures") > 0);
}

static void test_gateway_faults_store_crash_loses_nothing_accepted(void **state)
{
    struct gateway *g = *state;
    struct wire_item items[20];
    struct wire_item_answer a;

    for (int i = 0; i < 20; i++)
        assert_reject(submit(g, &items[i]), REJECT_NONE);
    redis_crash(&g->redis);
    gateway_wait(g);
    for (int i = 0; i < 20; i++) {
        struct wire_item get = { .kind = WIRE_ITEM_GET, .as.get.id = items[i].as.intent.id };
        assert_reject(gateway_ask(&a, g, &g->alice, get), REJECT_NONE);
        assert_int_equal(a.status.state, INTENT_ACCEPTED);
    }
}

/* Requests kept in flight by contexts of one socket. */
struct flight {
    nng_socket socket;
    nng_ctx ctx[16];
    nng_aio *aio[16];
};

static void flight_send(struct flight *f, struct gateway *g)
{
    struct wire_bytes bytes = { 0 };

    assert_int_equal(nng_req0_open(&f->socket), 0);
    assert_int_equal(nng_socket_set_ms(f->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE),
                     0);
    assert_int_equal(nng_dial(f->socket, g->url, NULL, 0), 0);
    for (int i = 0; i < 16; i++) {
        struct wire_item item = gateway_intent(g);
        nng_msg *msg;
        assert_ok(client_request(&bytes, 1, &g->alice, &item, 1));
        assert_int_equal(nng_msg_alloc(&msg, 0), 0);
        assert_int_equal(nng_msg_append(msg, bytes.data, bytes.n), 0);
        assert_int_equal(nng_ctx_open(&f->ctx[i], f->socket), 0);
        assert_int_equal(nng_aio_alloc(&f->aio[i], NULL, NULL), 0);
        nng_aio_set_timeout(f->aio[i], 20000);
        nng_aio_set_msg(f->aio[i], msg);
        nng_ctx_send(f->ctx[i], f->aio[i]);
        nng_aio_wait(f->aio[i]);
        assert_int_equal(nng_aio_result(f->aio[i]), 0);
        nng_ctx_recv(f->ctx[i], f->aio[i]);
    }
    wire_bytes_fini(&bytes);
}

/* Wait for all answers; counts the items by their outcome. */
static void flight_land(struct flight *f, unsigned counts[REJECT_UNKNOWN_NAME + 1])
{
    struct arena arena;
    struct wire_answer a;

    arena_init(&arena, 8 * WIRE_ANSWER_MAX);
    for (int i = 0; i < 16; i++) {
        nng_msg *msg;
        nng_aio_wait(f->aio[i]);
        assert_int_equal(nng_aio_result(f->aio[i]), 0);
        msg = nng_aio_get_msg(f->aio[i]);
        assert_ok(wire_answer_unpack(&a, &arena, nng_msg_body(msg), nng_msg_len(msg)));
        assert_int_equal(a.answers_n, 1);
        counts[gateway_reject_of(a.answers[0].items[0].code)]++;
        nng_msg_free(msg);
        nng_aio_free(f->aio[i]);
    }
    assert_int_equal(nng_close(f->socket), 0);
    arena_fini(&arena);
}

static void test_gateway_faults_full_queue_is_overloaded(void **state)
{
    struct gateway *g = *state;
    unsigned counts[REJECT_UNKNOWN_NAME + 1] = { 0 };
    struct flight f;

    /* A stopped server holds up the round; two calls wait, the others are refused at once. */
    assert_int_equal(kill(g->redis.server.pid, SIGSTOP), 0);
    flight_send(&f, g);
    flight_land(&f, counts);
    assert_int_equal(kill(g->redis.server.pid, SIGCONT), 0);
    assert_true(counts[REJECT_OVERLOADED] > 0);
    assert_int_equal(counts[REJECT_NONE], 0); /* never accepted without an answer */
    assert_int_equal(counts[REJECT_OVERLOADED] + counts[REJECT_RETRY] + counts[REJECT_NOT_READY],
                     16);
    gateway_wait(g);
    assert_serves(g);
}

/* ---- the process ends ---- */

static void test_gateway_faults_sigterm_loses_nothing_accepted(void **state)
{
    struct gateway *g = *state;
    struct wire_item item;
    struct wire_item_answer a;

    assert_reject(submit(g, &item), REJECT_NONE);
    gateway_restart(g); /* asserts the exit code 0 */
    gateway_wait(g);
    assert_reject(gateway_ask(&a, g, &g->alice, item), REJECT_NONE);
    assert_int_equal(a.status.state, INTENT_ACCEPTED);
}

static void test_gateway_faults_kill_loses_nothing_accepted(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer a;

    for (int round = 0; round < 3; round++) {
        struct wire_item items[10];
        for (int i = 0; i < 10; i++)
            assert_reject(submit(g, &items[i]), REJECT_NONE);
        gateway_crash(g);
        gateway_wait(g);
        for (int i = 0; i < 10; i++) {
            struct wire_item get = { .kind = WIRE_ITEM_GET, .as.get.id = items[i].as.intent.id };
            assert_reject(gateway_ask(&a, g, &g->alice, get), REJECT_NONE);
            assert_int_equal(a.status.state, INTENT_ACCEPTED);
        }
    }
}

struct waiter {
    struct gateway *gateway;
    struct client *client;
    struct wire_item_answer answer;
    enum err err;
};

static void *waiter_main(void *arg)
{
    struct waiter *w = arg;
    struct wire_item watch = { .kind = WIRE_ITEM_WATCH };

    watch.as.watch = (struct wire_watch){ .after = UINT64_C(1) << 60, .wait_ms = 30000 };
    w->err = client_ask_one(&w->answer, w->client, &w->gateway->alice, &watch);
    return NULL;
}

static bool one_watcher(void *arg)
{
    return gateway_metric(arg, "watchers") == 1;
}

static void test_gateway_faults_sigterm_answers_watchers(void **state)
{
    struct waiter w = { .gateway = *state };
    struct client_options o = { .url = w.gateway->url, .timeout_ms = 30000 };
    pthread_t thread;

    assert_ok(client_open(&w.client, &o));
    assert_int_equal(pthread_create(&thread, NULL, waiter_main, &w), 0);
    process_until(one_watcher, w.gateway, 20000, "the watch to be parked");
    gateway_restart(w.gateway);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_ok(w.err);
    client_close(w.client);
    gateway_wait(w.gateway);
}

/* ---- a store that says no ---- */

/* A command in the wire format of Redis, which answers OK. */
static void store_command(struct gateway *g, const char *command)
{
    char reply[8];
    int fd = process_connect(g->redis.socket);

    assert_int_equal(send(fd, command, strlen(command), 0), strlen(command));
    assert_true(recv(fd, reply, sizeof reply, 0) > 0);
    assert_memory_equal(reply, "+OK", 3);
    (void)close(fd);
}

static void test_gateway_faults_full_store_says_that_it_is_full(void **state)
{
    struct gateway *g = *state;
    struct wire_item_answer a;
    store_command(g, "CONFIG SET maxmemory 1000000\r\n");
    assert_reject(gateway_ask(&a, g, &g->alice, gateway_intent(g)), REJECT_OVERLOADED);
    assert_non_null(strstr(a.text, "maxmemory"));
    store_command(g, "CONFIG SET maxmemory 256mb\r\n");
    assert_serves(g);
}

static void test_gateway_faults_weak_store_is_refused_with_the_reason(void **state)
{
    struct gateway *g = *state;
    char program[SHARED_PATH_MAX], log[PROCESS_LOG_MAX], assets[PROCESS_LOG_MAX];
    const char *argv[] = { program, "--dir", g->redis.dir.path, "--assets", assets, NULL };
    struct process second = { 0 };
    size_t size;

    store_command(g, "CONFIG SET appendfsync everysec\r\n");
    shared_program(program, "sluice-gateway");
    (void)snprintf(assets, sizeof assets, "%s/assets.json", g->redis.dir.path);
    (void)snprintf(log, sizeof log, "%s/second.log", g->redis.dir.path);
    process_start(&second, log, argv);
    assert_int_not_equal(process_wait(&second, 20000), 0);
    char *text = shared_read(&size, log);
    assert_non_null(strstr(text, "STORE_REFUSED"));
    assert_non_null(strstr(text, "appendfsync"));
    free(text);
    redis_crash(&g->redis); /* with the settings of its file again */
    gateway_wait(g);
}

int main(void)
{
#define T(f, setup) cmocka_unit_test_setup_teardown(f, setup, world_teardown)
    const struct CMUnitTest tests[] = {
        T(test_gateway_faults_hostile_bytes_get_answers, world_setup),
        T(test_gateway_faults_refuses_what_is_not_a_request, world_setup),
        T(test_gateway_faults_too_many_items_are_refused_whole, world_setup),
        T(test_gateway_faults_oversized_messages_are_dropped, world_setup),
        T(test_gateway_faults_silent_and_foreign_peers_do_no_harm, world_setup),
        T(test_gateway_faults_peers_that_hang_up_do_no_harm, world_setup),
        T(test_gateway_faults_operator_socket_is_private, world_setup),
        T(test_gateway_faults_store_outage_is_told_and_ends, world_setup),
        T(test_gateway_faults_store_crash_loses_nothing_accepted, world_setup),
        T(test_gateway_faults_full_queue_is_overloaded, narrow_setup),
        T(test_gateway_faults_sigterm_loses_nothing_accepted, world_setup),
        T(test_gateway_faults_kill_loses_nothing_accepted, world_setup),
        T(test_gateway_faults_sigterm_answers_watchers, world_setup),
        T(test_gateway_faults_full_store_says_that_it_is_full, world_setup),
        T(test_gateway_faults_weak_store_is_refused_with_the_reason, world_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
