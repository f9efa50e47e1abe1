/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/session.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/core/check.h"

#define URL_MAX 256
#define SEND_MS 100 /* for an answer behind one that the peer does not read; then it is dropped */

enum session_state { SESSION_IDLE, SESSION_RECV, SESSION_LEDGER, SESSION_SEND };

struct session {
    struct sessions *all;
    struct session *next_idle;
    nng_ctx ctx;
    nng_aio *aio;
    enum session_state state;
    bool stood_in_for; /* a spare took this one's place among the receiving */
    struct exchange exchange;
};

struct sessions {
    struct session_options options;
    nng_socket socket;
    struct session *items; /* [n], owned */
    size_t n;
    atomic_size_t busy;
    atomic_bool draining;
    pthread_mutex_t lock; /* guards idle */
    struct session *idle;
};

static nng_msg *message_take(nng_aio *aio)
{
    nng_msg *msg = nng_aio_get_msg(aio);

    nng_aio_set_msg(aio, NULL);
    return msg;
}

static void session_recv(struct session *s)
{
    s->state = SESSION_RECV;
    nng_aio_set_timeout(s->aio, NNG_DURATION_INFINITE);
    nng_ctx_recv(s->ctx, s->aio);
}

/* ---- spares ---- */

static void spare_put(struct session *s)
{
    pthread_mutex_lock(&s->all->lock);
    s->state = SESSION_IDLE;
    s->next_idle = s->all->idle;
    s->all->idle = s;
    pthread_mutex_unlock(&s->all->lock);
}

/* Let a spare receive instead of s. False: all spares are busy with long polls. */
static bool spare_start(struct session *s)
{
    struct session *spare;

    pthread_mutex_lock(&s->all->lock);
    spare = s->all->idle;
    if (spare != NULL)
        s->all->idle = spare->next_idle;
    pthread_mutex_unlock(&s->all->lock);
    if (spare == NULL)
        return false;
    s->stood_in_for = true;
    session_recv(spare);
    return true;
}

/* ---- the life of a request ---- */

static void session_next(struct session *s)
{
    atomic_fetch_sub(&s->all->busy, 1);
    if (s->stood_in_for || atomic_load(&s->all->draining)) {
        s->stood_in_for = false;
        spare_put(s);
        return;
    }
    session_recv(s);
}

static void session_send(struct session *s)
{
    struct exchange *x = &s->exchange;
    nng_msg *msg;

    s->all->options.face.finish(x, s->all->options.face.self);
    if (nng_msg_alloc(&msg, 0) != 0) {
        session_next(s); /* out of memory: the client repeats its ids */
        return;
    }
    if (nng_msg_append(msg, x->out.data, x->out.n) != 0) {
        nng_msg_free(msg);
        session_next(s);
        return;
    }
    s->state = SESSION_SEND;
    nng_aio_set_msg(s->aio, msg); /* a send that succeeds takes the message */
    nng_aio_set_timeout(s->aio, SEND_MS);
    nng_ctx_send(s->ctx, s->aio);
}

/* The ledger thread is done with the job: go on in a thread of nng's. */
static void session_answered(void *arg)
{
    struct session *s = arg;

    nng_aio_finish(s->aio, 0);
}

/* Waiting for the ledger is an operation like receiving and sending. */
static void session_ask(struct session *s)
{
    struct job *j = &s->exchange.job;
    enum reject why = REJECT_NONE;

    s->state = SESSION_LEDGER;
    if (!nng_aio_begin(s->aio))
        return; /* being closed; the callback has been told */
    if (j->watch.asked && !spare_start(s))
        why = REJECT_OVERLOADED;
    else
        why = ledger_thread_push(s->all->options.ledger, j);
    if (why == REJECT_NONE)
        return; /* from here on the job may already be done */
    j->outcome = why;
    nng_aio_finish(s->aio, 0);
}

static void session_take(struct session *s)
{
    struct session_face *face = &s->all->options.face;
    struct exchange *x = &s->exchange;
    nng_msg *msg = message_take(s->aio);
    bool asks;

    atomic_fetch_add(&s->all->busy, 1);
    arena_reset(&x->arena);
    x->job = (struct job){ .arena = &x->arena, .done = session_answered, .arg = s };
    x->state = NULL;
    asks = face->begin(x, nng_msg_body(msg), nng_msg_len(msg), face->self);
    nng_msg_free(msg);
    if (asks)
        session_ask(s);
    else
        session_send(s);
}

static void session_cb(void *arg)
{
    struct session *s = arg;
    int rv = nng_aio_result(s->aio);

    switch (s->state) {
    case SESSION_IDLE: UNREACHABLE("an idle context has no operation");
    case SESSION_RECV:
        if (rv == 0)
            session_take(s);
        else if (rv != NNG_ECLOSED && rv != NNG_ECANCELED)
            session_recv(s);
        return;
    case SESSION_LEDGER:
        if (rv == 0)
            session_send(s);
        return;
    case SESSION_SEND:
        if (rv != 0)
            nng_msg_free(message_take(s->aio)); /* a failed send leaves it ours */
        if (rv != NNG_ECLOSED && rv != NNG_ECANCELED)
            session_next(s);
        return;
    }
}

/* ---- sockets ---- */

/* Before a pipe joins the socket: only this process's own user may come in. */
static void pipe_judge(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct sessions *s = arg;
    uint64_t uid = UINT64_MAX;

    (void)event;
    if (nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, &uid) == 0 && uid == geteuid())
        return;
    metrics_add(s->options.metrics, METRIC_operator_refused, 1);
    (void)nng_pipe_close(pipe);
}

static int listen_one(struct sessions *s, const char *url)
{
    nng_listener listener;
    mode_t before;
    int rv = nng_listener_create(&listener, s->socket, url);

    if (rv != 0)
        return rv;
    if (strncmp(url, "ipc://", 6) == 0) {
        rv = nng_listener_set_int(listener, NNG_OPT_IPC_PERMISSIONS, s->options.ipc_mode);
        if (rv != 0)
            return rv;
    }
    /* Between bind and chmod nobody else gets in. */
    before = umask(0077);
    rv = nng_listener_start(listener, 0);
    (void)umask(before);
    return rv;
}

static enum err listen_all(struct sessions *s, char *why, size_t why_n)
{
    const char *at = s->options.urls;

    while (*at != '\0') {
        char url[URL_MAX];
        size_t n = strcspn(at, ",");
        int rv = NNG_EADDRINVAL;
        if (n > 0 && n < sizeof url) {
            memcpy(url, at, n);
            url[n] = '\0';
            rv = listen_one(s, url);
        }
        if (rv != 0) {
            (void)snprintf(why, why_n, "cannot listen on %.*s: %s", (int)n, at, nng_strerror(rv));
            return ERR_IO;
        }
        at += n + (at[n] == ',');
    }
    return ERR_OK;
}

static int socket_open(struct sessions *s)
{
    int rv = nng_rep0_open(&s->socket);

    /* Before any listener: the default is no limit at all. */
    if (rv == 0)
        rv = nng_socket_set_size(s->socket, NNG_OPT_RECVMAXSZ, s->options.request_max);
    if (rv == 0 && s->options.own_uid_only)
        rv = nng_pipe_notify(s->socket, NNG_PIPE_EV_ADD_PRE, pipe_judge, s);
    return rv;
}

static int contexts_open(struct sessions *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct session *one = &s->items[i];
        int rv;
        one->all = s;
        arena_init(&one->exchange.arena, s->options.arena_cap);
        rv = nng_aio_alloc(&one->aio, session_cb, one);
        if (rv != 0)
            return rv;
        rv = nng_ctx_open(&one->ctx, s->socket);
        if (rv != 0)
            return rv;
    }
    return 0;
}

static void contexts_start(struct sessions *s)
{
    for (size_t i = s->options.contexts; i < s->n; i++)
        spare_put(&s->items[i]);
    for (size_t i = 0; i < s->options.contexts; i++)
        session_recv(&s->items[i]);
}

enum err sessions_open(struct sessions **out, const struct session_options *options, char *why,
                       size_t why_n)
{
    struct sessions *s = calloc(1, sizeof *s);
    enum err err = ERR_OK;
    int rv;

    if (s == NULL)
        return ERR_NOMEM;
    s->options = *options;
    s->n = options->contexts + options->spares;
    pthread_mutex_init(&s->lock, NULL);
    s->items = calloc(s->n, sizeof *s->items);
    if (s->items == NULL) {
        sessions_close(s);
        return ERR_NOMEM;
    }
    rv = socket_open(s);
    if (rv == 0)
        rv = contexts_open(s);
    if (rv != 0) {
        (void)snprintf(why, why_n, "cannot open a socket: %s", nng_strerror(rv));
        err = ERR_IO;
    } else {
        err = listen_all(s, why, why_n);
    }
    if (err != ERR_OK) {
        sessions_close(s);
        return err;
    }
    contexts_start(s);
    *out = s;
    return ERR_OK;
}

void sessions_drain(struct sessions *s)
{
    atomic_store(&s->draining, true);
}

size_t sessions_busy(struct sessions *s)
{
    return atomic_load(&s->busy);
}

/* Before the socket: once nobody receives, connections stop reading and close well. */
static void contexts_stop(struct sessions *s)
{
    for (size_t i = 0; s->items != NULL && i < s->n && s->items[i].aio != NULL; i++) {
        nng_aio_stop(s->items[i].aio);
        nng_msg_free(message_take(s->items[i].aio)); /* of a send that could not begin any more */
    }
}

void sessions_close(struct sessions *s)
{
    if (s == NULL)
        return;
    contexts_stop(s);
    if (nng_socket_id(s->socket) > 0)
        (void)nng_close(s->socket);
    for (size_t i = 0; s->items != NULL && i < s->n; i++) {
        struct session *one = &s->items[i];
        nng_aio_free(one->aio);
        arena_fini(&one->exchange.arena);
        wire_bytes_fini(&one->exchange.out);
    }
    pthread_mutex_destroy(&s->lock);
    free(s->items);
    free(s);
}
