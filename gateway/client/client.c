/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/client/snapshot.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/util/platform.h>
#include <stdlib.h>

#include "solver/core/system.h"

#define ARENA_CAP (16 * WIRE_ANSWER_MAX)
#define NS_PER_MS UINT64_C(1000000)
#define LOST_PAUSE_MS 20 /* after a lost connection, before the next try */

struct client {
    nng_socket socket;
    nng_ctx ctx;
    nng_aio *aio;
    struct client_options options; /* url is not kept */
    struct clock_port clock;
    struct arena arena;
    struct wire_bytes request;
    nng_msg *answer; /* of the last call; NULL before */
    uint64_t nonce;
};

/* ---- life ---- */

static int socket_open(struct client *c, const char *url)
{
    int rv = nng_req0_open(&c->socket);

    if (rv == 0)
        rv = nng_socket_set_size(c->socket, NNG_OPT_RECVMAXSZ, WIRE_OPERATOR_MAX);
    if (rv == 0)
        rv = nng_socket_set_ms(c->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (rv == 0)
        rv = nng_socket_set_ms(c->socket, NNG_OPT_RECONNMINT, 10);
    if (rv == 0)
        rv = nng_socket_set_ms(c->socket, NNG_OPT_RECONNMAXT, 500);
    if (rv == 0)
        rv = nng_dial(c->socket, url, NULL, NNG_FLAG_NONBLOCK);
    if (rv == 0)
        rv = nng_ctx_open(&c->ctx, c->socket);
    if (rv == 0)
        rv = nng_aio_alloc(&c->aio, NULL, NULL);
    return rv;
}

static enum err err_of(int rv)
{
    if (rv == 0)
        return ERR_OK;
    if (rv == NNG_ENOMEM)
        return ERR_NOMEM;
    return rv == NNG_EADDRINVAL || rv == NNG_ENOTSUP || rv == NNG_EINVAL ? ERR_INVALID : ERR_IO;
}

enum err client_open(struct client **out, const struct client_options *options)
{
    struct client *c = calloc(1, sizeof *c);
    enum err err;

    if (c == NULL)
        return ERR_NOMEM;
    c->options = *options;
    c->options.url = NULL;
    if (c->options.resend_ms == 0)
        c->options.resend_ms = options->timeout_ms / 3 + 1;
    c->clock = system_clock();
    arena_init(&c->arena, ARENA_CAP);
    err = err_of(socket_open(c, options->url));
    if (err != ERR_OK) {
        client_close(c);
        return err;
    }
    *out = c;
    return ERR_OK;
}

void client_close(struct client *c)
{
    if (c == NULL)
        return;
    if (c->answer != NULL)
        nng_msg_free(c->answer);
    if (nng_socket_id(c->socket) > 0)
        (void)nng_close(c->socket);
    if (c->aio != NULL)
        nng_aio_free(c->aio);
    wire_bytes_fini(&c->request);
    arena_fini(&c->arena);
    free(c);
}

/* ---- one exchange ---- */

static uint64_t now_ms(const struct client *c)
{
    return c->clock.now_ns(c->clock.self) / NS_PER_MS;
}

/* Send the request. The send ends before anything else is asked of the context: nng 1.5 crashes
 * when a receive is given up while its request is still being sent. */
static int try_send(struct client *c, uint64_t wait_ms)
{
    nng_msg *msg;
    int rv = nng_msg_alloc(&msg, 0);

    if (rv != 0)
        return rv;
    rv = nng_msg_append(msg, c->request.data, c->request.n);
    if (rv != 0) {
        nng_msg_free(msg);
        return rv;
    }
    nng_aio_set_timeout(c->aio, (nng_duration)wait_ms);
    nng_aio_set_msg(c->aio, msg);
    nng_ctx_send(c->ctx, c->aio);
    nng_aio_wait(c->aio);
    rv = nng_aio_result(c->aio);
    if (rv != 0)
        nng_msg_free(msg); /* a failed send leaves it ours */
    return rv;
}

static int try_recv(struct client *c, uint64_t wait_ms)
{
    int rv;

    nng_aio_set_timeout(c->aio, (nng_duration)wait_ms);
    nng_ctx_recv(c->ctx, c->aio);
    nng_aio_wait(c->aio);
    rv = nng_aio_result(c->aio);
    if (rv == 0)
        c->answer = nng_aio_get_msg(c->aio);
    return rv;
}

/* Errors after which the same bytes may go again. */
static bool worth_again(int rv)
{
    return rv == NNG_ETIMEDOUT || rv == NNG_ECONNRESET || rv == NNG_ECONNREFUSED ||
           rv == NNG_ECONNABORTED || rv == NNG_ECONNSHUT || rv == NNG_ECANCELED;
}

/* An empty answer is a gateway without memory for one: ask again. */
static bool answered(const struct client *c)
{
    return c->answer != NULL && nng_msg_len(c->answer) > 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* c->request goes out until c->answer is there. extra_ms: the peer is asked to wait so long. */
static enum err exchange(struct client *c, uint64_t extra_ms)
{
    uint64_t end = now_ms(c) + c->options.timeout_ms + extra_ms;

    if (c->answer != NULL)
        nng_msg_free(c->answer);
    c->answer = NULL;
    for (;;) {
        uint64_t now = now_ms(c);
        if (now >= end)
            return ERR_TIMEOUT;
        uint64_t wait = least(end - now, c->options.resend_ms + extra_ms);
        int rv = try_send(c, wait);
        if (rv == 0)
            rv = try_recv(c, wait);
        if (answered(c))
            return ERR_OK;
        if (rv != 0 && !worth_again(rv))
            return err_of(rv);
        if (rv != NNG_ETIMEDOUT)
            nng_msleep(LOST_PAUSE_MS);
        if (c->answer != NULL)
            nng_msg_free(c->answer);
        c->answer = NULL;
    }
}

/* ---- the public face ---- */

enum err client_request(struct wire_bytes *out, uint64_t nonce, const struct client_signer *who,
                        struct wire_item *items, size_t n)
{
    struct wire_payload payload = { .account = who->account, .items = items, .items_n = n };
    struct wire_bytes bytes = { 0 };
    struct wire_envelope envelope;
    struct wire_request request = { .nonce = nonce, .envelopes = &envelope, .envelopes_n = 1 };
    enum err err = wire_payload_pack(&bytes, &payload);

    if (err == ERR_OK) {
        wire_envelope_sign(&envelope, (struct wire_span){ bytes.data, bytes.n }, &who->key,
                           &who->secret);
        err = wire_request_pack(out, &request);
    }
    wire_bytes_fini(&bytes);
    return err;
}

/* A refusal of the whole message reads like one of its only envelope. */
static enum err answer_read(struct wire_envelope_answer *out, struct client *c, size_t n)
{
    struct wire_answer a;

    TRY(wire_answer_unpack(&a, &c->arena, nng_msg_body(c->answer), nng_msg_len(c->answer)));
    if (a.code != 0) {
        *out = (struct wire_envelope_answer){ .code = a.code, .text = a.text };
        return ERR_OK;
    }
    if (a.nonce != c->nonce || a.answers_n != 1 ||
        (a.answers[0].code == 0 && a.answers[0].items_n != n))
        return ERR_INVALID;
    *out = a.answers[0];
    return ERR_OK;
}

enum err client_ask(struct wire_envelope_answer *out, struct client *c,
                    const struct client_signer *who, struct wire_item *items, size_t n)
{
    uint64_t extra_ms = 0;

    arena_reset(&c->arena);
    TRY(client_request(&c->request, ++c->nonce, who, items, n));
    if (n > 0 && items[0].kind == WIRE_ITEM_WATCH)
        extra_ms = items[0].as.watch.wait_ms;
    TRY(exchange(c, extra_ms));
    return answer_read(out, c, n);
}

enum err client_ask_one(struct wire_item_answer *out, struct client *c,
                        const struct client_signer *who, const struct wire_item *item)
{
    struct wire_item items[1] = { *item };
    struct wire_envelope_answer a;

    TRY(client_ask(&a, c, who, items, 1));
    if (a.code != 0)
        *out = (struct wire_item_answer){ .code = a.code, .text = a.text };
    else
        *out = a.items[0];
    return ERR_OK;
}

enum err client_operate(struct wire_op_answer *out, struct client *c,
                        const struct wire_op_request *request)
{
    arena_reset(&c->arena);
    TRY(wire_op_request_pack(&c->request, request));
    TRY(exchange(c, 0));
    return wire_op_answer_unpack(out, &c->arena, nng_msg_body(c->answer), nng_msg_len(c->answer));
}

enum err client_snapshot(struct wire_snapshot *out, struct client *c)
{
    const struct wire_venue_request request = { .verb = WIRE_SNAPSHOT };
    struct wire_venue_answer answer;

    arena_reset(&c->arena);
    TRY(wire_venue_request_pack(&c->request, &request));
    TRY(exchange(c, 0));
    TRY(wire_venue_answer_unpack(&answer, &c->arena, nng_msg_body(c->answer),
                                 nng_msg_len(c->answer)));
    if (answer.code != 0 || answer.verb != WIRE_SNAPSHOT)
        return ERR_INVALID;
    *out = answer.as.snapshot;
    return ERR_OK;
}
