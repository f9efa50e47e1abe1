/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/venue_client.h"

#include <nng/protocol/reqrep0/req.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "tests/support/test_support.h"

#define ARENA_MAX ((size_t)1 << 30)
#define CLOSE_S 5

void venue_client_open(struct venue_client *c, const char *url)
{
    memset(c, 0, sizeof *c);
    arena_init(&c->arena, ARENA_MAX);
    assert_int_equal(nng_req0_open(&c->socket), 0);
    assert_int_equal(nng_socket_get_int(c->socket, NNG_OPT_RECVFD, &c->ready_fd), 0);
    assert_int_equal(nng_socket_set_size(c->socket, NNG_OPT_RECVMAXSZ, WIRE_VENUE_MAX), 0);
    /* Never let nng repeat a request by itself. */
    assert_int_equal(nng_socket_set_ms(c->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE),
                     0);
    assert_int_equal(nng_socket_set_ms(c->socket, NNG_OPT_SENDTIMEO, VENUE_CLIENT_MS), 0);
    assert_int_equal(nng_socket_set_ms(c->socket, NNG_OPT_RECONNMINT, 10), 0);
    assert_int_equal(nng_socket_set_ms(c->socket, NNG_OPT_RECONNMAXT, 50), 0);
    assert_int_equal(nng_dial(c->socket, url, NULL, NNG_FLAG_NONBLOCK), 0);
}

static void *close_run(void *id)
{
    (void)nng_close((nng_socket){ .id = (uint32_t)(uintptr_t)id });
    return NULL;
}

/* nng now and then never returns from closing a socket whose message was cut off (decisions/0008).
 * The product ends with its process; a test goes on without that socket. */
static void socket_close(nng_socket socket)
{
    struct timespec until;
    pthread_t closing;

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &until), 0);
    until.tv_sec += CLOSE_S;
    assert_int_equal(pthread_create(&closing, NULL, close_run, (void *)(uintptr_t)socket.id), 0);
    if (pthread_timedjoin_np(closing, NULL, &until) == 0)
        return;
    print_message("a socket of the test did not close within %d s\n", CLOSE_S);
    assert_int_equal(pthread_detach(closing), 0);
}

void venue_client_close(struct venue_client *c)
{
    socket_close(c->socket);
    arena_fini(&c->arena);
    wire_bytes_fini(&c->bytes);
}

void venue_client_send(struct venue_client *c, const void *bytes, size_t n)
{
    nng_msg *msg;

    assert_int_equal(nng_msg_alloc(&msg, n), 0);
    if (n > 0)
        memcpy(nng_msg_body(msg), bytes, n);
    assert_int_equal(nng_sendmsg(c->socket, msg, 0), 0);
}

void venue_client_ask(struct venue_client *c, const struct wire_venue_request *r)
{
    assert_ok(wire_venue_request_pack(&c->bytes, r));
    venue_client_send(c, c->bytes.data, c->bytes.n);
}

bool venue_client_answer(struct wire_venue_answer *a, struct venue_client *c, int wait_ms)
{
    nng_msg *msg;

    assert_int_equal(nng_socket_set_ms(c->socket, NNG_OPT_RECVTIMEO, wait_ms), 0);
    if (nng_recvmsg(c->socket, &msg, 0) != 0)
        return false;
    enum err e = wire_venue_answer_unpack(a, &c->arena, nng_msg_body(msg), nng_msg_len(msg));
    nng_msg_free(msg);
    assert_ok(e);
    return true;
}

bool venue_client_ready(const struct venue_client *c)
{
    struct pollfd fd = { .fd = c->ready_fd, .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

static struct wire_venue_answer answer_to(struct venue_client *c,
                                          const struct wire_venue_request *r)
{
    struct wire_venue_answer a;

    venue_client_ask(c, r);
    if (!venue_client_answer(&a, c, VENUE_CLIENT_MS))
        fail_msg("no answer to verb %d", (int)r->verb);
    return a;
}

struct wire_venue_answer venue_client_call(struct venue_client *c,
                                           const struct wire_venue_request *r)
{
    struct wire_venue_answer a = answer_to(c, r);

    if (a.code != 0)
        fail_msg("verb %d refused: SLU-%u %s", (int)r->verb, a.code, a.text);
    assert_int_equal(a.verb, r->verb);
    return a;
}

uint32_t venue_client_refused(struct venue_client *c, const struct wire_venue_request *r)
{
    struct wire_venue_answer a = answer_to(c, r);

    assert_int_not_equal(a.code, 0);
    assert_true(a.text[0] != '\0');
    return a.code;
}

struct wire_hello venue_client_hello(struct venue_client *c, uint64_t fence)
{
    struct wire_venue_request r = { .verb = WIRE_HELLO,
                                    .as.hello = { .solver.text = "test", .fence = fence } };
    struct wire_hello first = venue_client_call(c, &r).as.hello;

    /* Only a solver with the same registry may set the fence. */
    r.as.hello.assets = first.assets;
    return venue_client_call(c, &r).as.hello;
}

struct wire_snapshot venue_client_snapshot(struct venue_client *c)
{
    struct wire_venue_request r = { .verb = WIRE_SNAPSHOT };

    return venue_client_call(c, &r).as.snapshot;
}

static void quotes_add(struct wire_quotes *all, struct venue_client *c,
                       const struct wire_quotes *page)
{
    size_t n = all->curves_n + page->curves_n;
    struct curve *curves = ARENA_NEW(&c->arena, n, struct curve);

    assert_non_null(curves);
    if (all->curves_n > 0)
        memcpy(curves, all->curves, all->curves_n * sizeof *curves);
    if (page->curves_n > 0)
        memcpy(curves + all->curves_n, page->curves, page->curves_n * sizeof *curves);
    all->curves = curves;
    all->curves_n = n;
}

struct wire_quotes venue_client_quotes(struct venue_client *c, uint64_t since_seq, uint32_t wait_ms)
{
    struct wire_venue_request r = { .verb = WIRE_QUOTES,
                                    .as.quotes = { .since_seq = since_seq, .wait_ms = wait_ms } };
    struct wire_quotes all = venue_client_call(c, &r).as.quotes;

    while (all.next_page != 0) {
        r.as.quotes.page = all.next_page;
        struct wire_quotes page = venue_client_call(c, &r).as.quotes;
        assert_true(page.seq == all.seq);
        assert_int_equal(page.snapshot, all.snapshot);
        quotes_add(&all, c, &page);
        all.next_page = page.next_page;
    }
    return all;
}

struct wire_leg_result *venue_client_group(struct venue_client *c, uint64_t fence,
                                           const struct wire_leg *legs, size_t n, bool atomic)
{
    struct wire_leg copy[WIRE_LEGS_MAX];
    struct wire_venue_request r = { .verb = WIRE_SUBMIT, .as.submit = { fence, atomic, copy, n } };

    memcpy(copy, legs, n * sizeof *legs);
    struct wire_results results = venue_client_call(c, &r).as.submit;
    assert_int_equal(results.results_n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(id_cmp(results.results[i].leg, legs[i].id), 0);
    return results.results;
}

struct wire_leg_result venue_client_submit(struct venue_client *c, uint64_t fence,
                                           const struct wire_leg *leg)
{
    return venue_client_group(c, fence, leg, 1, false)[0];
}

struct wire_leg_result venue_client_query(struct venue_client *c, struct id leg)
{
    struct wire_venue_request r = { .verb = WIRE_QUERY, .as.query = { &leg, 1 } };
    struct wire_results results = venue_client_call(c, &r).as.query;

    assert_int_equal(results.results_n, 1);
    return results.results[0];
}

struct wire_leg_result venue_client_void(struct venue_client *c, uint64_t fence, struct id leg)
{
    struct wire_venue_request r = { .verb = WIRE_VOID, .as.void_legs = { fence, &leg, 1 } };
    struct wire_results results = venue_client_call(c, &r).as.void_legs;

    assert_int_equal(results.results_n, 1);
    return results.results[0];
}
