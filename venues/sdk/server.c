/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/server.h"

#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "solver/core/check.h"
#include "solver/shell/end.h"
#include "solver/shell/log.h"

#define SLOT_MEMORY_MAX (8 * WIRE_VENUE_MAX)
#define NS_PER_MS 1000000u
#define SOCKET_MODE 0600
#define SEND_MS 100 /* for an answer behind one that the peer does not read; then it is dropped */

struct server;

/* One request on its way: received, decoded, queued or parked, answered, sent. */
struct slot {
    struct server *server;
    nng_ctx ctx;
    nng_aio *aio;
    bool sending; /* what the aio is doing; else receiving */
    bool parked;
    uint64_t park_until_ns;
    struct arena arena;
    struct wire_venue_request request;
    struct wire_bytes answer;
};

struct server {
    struct verbs *verbs;
    struct clock_port clock;
    nng_socket socket;
    int wake_fd;          /* rises with the queue */
    pthread_mutex_t lock; /* of the queue, refused and slot.sending */
    struct slot *queue[SERVER_SLOTS];
    size_t queue_n;
    uint64_t refused;        /* messages that could not be decoded */
    uint64_t refused_logged; /* adapter thread */
    size_t parked_n;         /* adapter thread */
    struct slot slots[SERVER_SLOTS];
    size_t slots_n;
};

/* The slot now belongs to nng; slot_cb takes the same lock when it comes back. */
static void slot_hand_over(struct slot *s, bool sending)
{
    CHECK(pthread_mutex_lock(&s->server->lock) == 0);
    s->sending = sending;
    CHECK(pthread_mutex_unlock(&s->server->lock) == 0);
}

static nng_msg *message_take(nng_aio *aio)
{
    nng_msg *msg = nng_aio_get_msg(aio);

    nng_aio_set_msg(aio, NULL);
    return msg;
}

static void slot_receive(struct slot *s)
{
    slot_hand_over(s, false);
    nng_aio_set_timeout(s->aio, NNG_DURATION_INFINITE);
    nng_ctx_recv(s->ctx, s->aio);
}

/* Send s->answer; without memory for it the request is dropped and the client asks again. */
static void slot_send(struct slot *s)
{
    nng_msg *msg;

    if (nng_msg_alloc(&msg, s->answer.n) != 0) {
        slot_receive(s);
        return;
    }
    memcpy(nng_msg_body(msg), s->answer.data, s->answer.n);
    slot_hand_over(s, true);
    nng_aio_set_msg(s->aio, msg);
    nng_aio_set_timeout(s->aio, SEND_MS);
    nng_ctx_send(s->ctx, s->aio);
}

static void slot_queue(struct slot *s)
{
    struct server *server = s->server;

    CHECK(pthread_mutex_lock(&server->lock) == 0);
    CHECK(server->queue_n < SERVER_SLOTS);
    server->queue[server->queue_n++] = s;
    CHECK(pthread_mutex_unlock(&server->lock) == 0);
    (void)eventfd_write(server->wake_fd, 1);
}

static enum reject refusal_of(enum err e)
{
    if (e == ERR_UNSUPPORTED)
        return REJECT_VERSION;
    return e == ERR_OVERFLOW || e == ERR_NOMEM ? REJECT_TOO_LARGE : REJECT_MALFORMED;
}

static void slot_decode(struct slot *s, nng_msg *msg)
{
    arena_reset(&s->arena);
    enum err e =
        wire_venue_request_unpack(&s->request, &s->arena, nng_msg_body(msg), nng_msg_len(msg));
    nng_msg_free(msg);
    if (e == ERR_OK) {
        slot_queue(s);
        return;
    }
    CHECK(pthread_mutex_lock(&s->server->lock) == 0);
    s->server->refused++;
    CHECK(pthread_mutex_unlock(&s->server->lock) == 0);
    if (verbs_refuse(&s->answer, refusal_of(e), NULL) == ERR_OK)
        slot_send(s);
    else
        slot_receive(s);
}

/* On a thread of nng. A closed socket ends the slot; every other failure is the peer's. */
static void slot_cb(void *arg)
{
    struct slot *s = arg;
    int rv = nng_aio_result(s->aio);

    CHECK(pthread_mutex_lock(&s->server->lock) == 0);
    bool sending = s->sending;
    CHECK(pthread_mutex_unlock(&s->server->lock) == 0);
    if (sending && rv != 0)
        nng_msg_free(message_take(s->aio)); /* a failed send leaves it ours */
    if (rv == NNG_ECLOSED || rv == NNG_ECANCELED)
        return;
    if (!sending && rv == 0)
        slot_decode(s, message_take(s->aio));
    else
        slot_receive(s);
}

/* Answer now, or park a Quotes request without news. */
static void slot_work(struct slot *s, uint64_t now_ns)
{
    struct server *server = s->server;
    const struct wire_venue_request *r = &s->request;
    bool may_wait = false;

    if (s->parked) {
        may_wait = now_ns < s->park_until_ns;
    } else if (r->verb == WIRE_QUOTES && r->as.quotes.wait_ms > 0) {
        s->park_until_ns = now_ns + (uint64_t)r->as.quotes.wait_ms * NS_PER_MS;
        may_wait = server->parked_n < SERVER_PARKED_MAX;
    }
    enum err e = verbs_answer(&s->answer, server->verbs, r, may_wait);
    if (s->parked != (e == ERR_AGAIN))
        server->parked_n = s->parked ? server->parked_n - 1 : server->parked_n + 1;
    s->parked = e == ERR_AGAIN;
    if (e == ERR_OK)
        slot_send(s);
    else if (e != ERR_AGAIN)
        slot_receive(s);
}

static void queue_work(struct server *server)
{
    struct slot *queue[SERVER_SLOTS];
    eventfd_t ignored;

    (void)eventfd_read(server->wake_fd, &ignored);
    CHECK(pthread_mutex_lock(&server->lock) == 0);
    size_t n = server->queue_n;
    memcpy(queue, server->queue, n * sizeof *queue);
    server->queue_n = 0;
    uint64_t refused = server->refused;
    CHECK(pthread_mutex_unlock(&server->lock) == 0);
    for (size_t i = 0; i < n; i++)
        slot_work(queue[i], server->clock.now_ns(server->clock.self));
    if (refused != server->refused_logged)
        log_event(LOG_EV_HOSTILE, "refused=%llu", (unsigned long long)refused);
    server->refused_logged = refused;
}

/* Parked requests that have news, or have waited long enough; returns when the next one has. */
static uint64_t parked_work(struct server *server)
{
    uint64_t next_ns = ADAPTER_NEVER;

    for (size_t i = 0; i < server->slots_n; i++) {
        struct slot *s = &server->slots[i];
        if (!s->parked)
            continue;
        slot_work(s, server->clock.now_ns(server->clock.self));
        if (s->parked && s->park_until_ns < next_ns)
            next_ns = s->park_until_ns;
    }
    return next_ns;
}

/* Sleep until there is work. False: a signal asks to end. */
static bool work_wait(struct server *server, uint64_t until_ns)
{
    struct pollfd fds[] = { { .fd = server->wake_fd, .events = POLLIN },
                            { .fd = end_fd(), .events = POLLIN } };
    uint64_t now_ns = server->clock.now_ns(server->clock.self);
    uint64_t wait_ns = until_ns > now_ns ? until_ns - now_ns : 0;
    struct timespec timeout = { .tv_sec = (time_t)(wait_ns / 1000000000u),
                                .tv_nsec = (long)(wait_ns % 1000000000u) };
    int n = ppoll(fds, 2, until_ns == ADAPTER_NEVER ? NULL : &timeout, NULL);

    CHECK(n >= 0 || errno == EINTR);
    return fds[1].revents == 0;
}

static void loop(struct server *server)
{
    const struct venue_adapter *adapter = server->verbs->adapter;
    uint64_t tick_ns = adapter->tick == NULL ? ADAPTER_NEVER : 0;
    uint64_t parked_ns = ADAPTER_NEVER;

    while (work_wait(server, tick_ns < parked_ns ? tick_ns : parked_ns)) {
        uint64_t now_ns = server->clock.now_ns(server->clock.self);
        if (now_ns >= tick_ns)
            tick_ns = adapter->tick(server->verbs->self, now_ns);
        queue_work(server);
        parked_ns = parked_work(server);
    }
}

static int listen_on(nng_socket socket, const char *url)
{
    nng_listener listener;
    int rv = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, WIRE_VENUE_MAX);

    if (rv == 0)
        rv = nng_listener_create(&listener, socket, url);
    if (rv == 0 && strncmp(url, "ipc://", strlen("ipc://")) == 0)
        rv = nng_listener_set_int(listener, NNG_OPT_IPC_PERMISSIONS, SOCKET_MODE);
    return rv == 0 ? nng_listener_start(listener, 0) : rv;
}

static int slots_open(struct server *server)
{
    for (size_t i = 0; i < SERVER_SLOTS; i++) {
        struct slot *s = &server->slots[i];
        s->server = server;
        arena_init(&s->arena, SLOT_MEMORY_MAX);
        int rv = nng_aio_alloc(&s->aio, slot_cb, s);
        if (rv != 0)
            return rv;
        server->slots_n++;
        rv = nng_ctx_open(&s->ctx, server->socket);
        if (rv != 0)
            return rv;
    }
    for (size_t i = 0; i < SERVER_SLOTS; i++)
        slot_receive(&server->slots[i]);
    return 0;
}

/* Before the socket: once nobody receives, connections stop reading and close well. */
static void slots_stop(struct server *server)
{
    for (size_t i = 0; i < server->slots_n; i++) {
        nng_aio_stop(server->slots[i].aio);
        nng_msg_free(message_take(server->slots[i].aio)); /* of a send that could not begin */
    }
}

static void slots_free(struct server *server)
{
    for (size_t i = 0; i < server->slots_n; i++) {
        struct slot *s = &server->slots[i];
        nng_aio_free(s->aio);
        arena_fini(&s->arena);
        wire_bytes_fini(&s->answer);
    }
}

static enum err serve(struct server *server, const char *url, char *why, size_t why_n)
{
    int rv = nng_rep0_open(&server->socket);

    if (rv == 0)
        rv = slots_open(server);
    if (rv == 0)
        rv = listen_on(server->socket, url);
    if (rv == 0) {
        log_event(LOG_EV_READY, "url=%s", url);
        loop(server);
    } else {
        (void)snprintf(why, why_n, "%s: %s", url, nng_strerror(rv));
    }
    slots_stop(server);
    (void)nng_close(server->socket);
    slots_free(server);
    return rv == 0 ? ERR_OK : rv == NNG_ENOMEM ? ERR_NOMEM : ERR_IO;
}

enum err server_run(struct verbs *verbs, const char *url, struct clock_port clock, char *why,
                    size_t why_n)
{
    static struct server server; /* one per process; too large for a stack */

    memset(&server, 0, sizeof server);
    server.verbs = verbs;
    server.clock = clock;
    server.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(pthread_mutex_init(&server.lock, NULL) == 0);
    enum err e = ERR_IO;
    if (server.wake_fd < 0)
        (void)snprintf(why, why_n, "no file descriptors: %s", strerror(errno));
    else
        e = serve(&server, url, why, why_n);
    if (server.wake_fd >= 0)
        (void)close(server.wake_fd);
    CHECK(pthread_mutex_destroy(&server.lock) == 0);
    return e;
}
