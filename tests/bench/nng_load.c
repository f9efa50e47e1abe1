/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/nng_load.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "solver/core/check.h"
#include "solver/core/system.h"

#define TIMEOUT_MS 30000

/* ---- the side that asks ---- */

struct lane {
    struct load_state *all;
    nng_ctx ctx;
    nng_aio *aio;
    bool receiving;
    size_t no;
    uint64_t sent_ns;
    struct stats latency;
};

struct load_state {
    struct nng_load *load;
    struct clock_port clock;
    atomic_size_t next;
    size_t running; /* lanes; guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t ended;
    struct lane lanes[NNG_LOAD_CONTEXTS];
};

static uint64_t now(struct load_state *s)
{
    return s->clock.now_ns(s->clock.self);
}

static void lane_end(struct load_state *s)
{
    pthread_mutex_lock(&s->lock);
    s->running--;
    pthread_cond_signal(&s->ended);
    pthread_mutex_unlock(&s->lock);
}

static void lane_send(struct lane *l)
{
    struct load_state *s = l->all;
    const struct wire_bytes *r;
    nng_msg *msg;

    l->no = atomic_fetch_add(&s->next, 1);
    if (l->no >= s->load->n) {
        lane_end(s);
        return;
    }
    r = &s->load->requests[l->no];
    CHECK(nng_msg_alloc(&msg, 0) == 0);
    CHECK(nng_msg_append(msg, r->data, r->n) == 0);
    l->receiving = false;
    l->sent_ns = now(s);
    nng_aio_set_msg(l->aio, msg);
    nng_ctx_send(l->ctx, l->aio);
}

static void lane_take(struct lane *l)
{
    struct load_state *s = l->all;
    nng_msg *msg = nng_aio_get_msg(l->aio);

    stats_record(&l->latency, (now(s) - l->sent_ns) / 1000);
    if (s->load->answers != NULL) {
        struct wire_bytes *a = &s->load->answers[l->no];
        CHECK(wire_bytes_reserve(a, nng_msg_len(msg)) == ERR_OK);
        memcpy(a->data, nng_msg_body(msg), nng_msg_len(msg));
        a->n = nng_msg_len(msg);
    }
    nng_msg_free(msg);
    lane_send(l);
}

static void lane_cb(void *arg)
{
    struct lane *l = arg;

    CHECK(nng_aio_result(l->aio) == 0);
    if (l->receiving) {
        lane_take(l);
        return;
    }
    l->receiving = true;
    nng_ctx_recv(l->ctx, l->aio);
}

static void stats_merge(struct stats *into, const struct stats *from)
{
    for (size_t i = 0; i < STATS_BUCKETS; i++)
        into->bucket[i] += from->bucket[i];
    into->count += from->count;
    into->max_us = from->max_us > into->max_us ? from->max_us : into->max_us;
}

static void lanes_run(struct load_state *s, nng_socket socket)
{
    uint64_t start;

    for (size_t i = 0; i < NNG_LOAD_CONTEXTS; i++) {
        struct lane *l = &s->lanes[i];
        l->all = s;
        CHECK(nng_ctx_open(&l->ctx, socket) == 0);
        CHECK(nng_aio_alloc(&l->aio, lane_cb, l) == 0);
        nng_aio_set_timeout(l->aio, TIMEOUT_MS);
    }
    s->running = NNG_LOAD_CONTEXTS;
    start = now(s);
    for (size_t i = 0; i < NNG_LOAD_CONTEXTS; i++)
        lane_send(&s->lanes[i]);
    pthread_mutex_lock(&s->lock);
    while (s->running > 0)
        pthread_cond_wait(&s->ended, &s->lock);
    pthread_mutex_unlock(&s->lock);
    s->load->elapsed_ns += now(s) - start;
    for (size_t i = 0; i < NNG_LOAD_CONTEXTS; i++) {
        nng_aio_free(s->lanes[i].aio);
        stats_merge(&s->load->latency, &s->lanes[i].latency);
    }
}

void nng_load_run(struct nng_load *l)
{
    struct load_state *s = calloc(1, sizeof *s);
    nng_socket socket;

    CHECK(s != NULL);
    s->load = l;
    s->clock = system_clock();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->ended, NULL);
    CHECK(nng_req0_open(&socket) == 0);
    CHECK(nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE) == 0);
    CHECK(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, WIRE_ANSWER_MAX) == 0);
    CHECK(nng_dial(socket, l->url, NULL, 0) == 0);
    lanes_run(s, socket);
    CHECK(nng_close(socket) == 0);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->ended);
    free(s);
}

/* ---- the side that echoes ---- */

struct echo {
    nng_ctx ctx;
    nng_aio *aio;
    bool receiving;
};

static void echo_cb(void *arg)
{
    struct echo *e = arg;

    if (nng_aio_result(e->aio) != 0)
        _exit(1);
    e->receiving = !e->receiving;
    if (e->receiving)
        nng_ctx_recv(e->ctx, e->aio);
    else
        nng_ctx_send(e->ctx, e->aio); /* the message is still in the aio */
}

_Noreturn static void echo_main(const char *url)
{
    static struct echo echoes[NNG_LOAD_CONTEXTS];
    nng_socket socket;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (nng_rep0_open(&socket) != 0 ||
        nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, WIRE_PUBLIC_MAX) != 0 ||
        nng_listen(socket, url, NULL, 0) != 0)
        _exit(1);
    for (size_t i = 0; i < NNG_LOAD_CONTEXTS; i++) {
        if (nng_ctx_open(&echoes[i].ctx, socket) != 0 ||
            nng_aio_alloc(&echoes[i].aio, echo_cb, &echoes[i]) != 0)
            _exit(1);
        echoes[i].receiving = true;
        nng_ctx_recv(echoes[i].ctx, echoes[i].aio);
    }
    for (;;)
        (void)pause();
}

pid_t nng_load_echo(const char *url)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        echo_main(url);
    return pid;
}
