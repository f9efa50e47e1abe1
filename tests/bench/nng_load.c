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
#include <time.h>
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
    uint64_t from_ns; /* its latency counts from then */
    struct stats latency;
};

struct load_state {
    struct nng_load *load;
    struct clock_port clock;
    atomic_size_t next;
    pthread_mutex_t lock;
    pthread_cond_t ended;                 /* a lane became idle */
    struct lane *idle[NNG_LOAD_CONTEXTS]; /* guarded by lock */
    size_t idle_n;                        /* guarded by lock */
    struct lane lanes[NNG_LOAD_CONTEXTS];
};

static uint64_t now(struct load_state *s)
{
    return s->clock.now_ns(s->clock.self);
}

static void lane_end(struct lane *l)
{
    struct load_state *s = l->all;

    pthread_mutex_lock(&s->lock);
    s->idle[s->idle_n++] = l;
    pthread_cond_signal(&s->ended);
    pthread_mutex_unlock(&s->lock);
}

static void lane_post(struct lane *l, size_t no, uint64_t from_ns)
{
    const struct wire_bytes *r = &l->all->load->requests[no];
    nng_msg *msg;

    CHECK(nng_msg_alloc(&msg, 0) == 0);
    CHECK(nng_msg_append(msg, r->data, r->n) == 0);
    l->no = no;
    l->from_ns = from_ns;
    l->receiving = false;
    nng_aio_set_msg(l->aio, msg);
    nng_ctx_send(l->ctx, l->aio);
}

/* The next request as soon as the last one is answered. */
static void lane_next(struct lane *l)
{
    struct load_state *s = l->all;
    size_t no = s->load->interval_ns == 0 ? atomic_fetch_add(&s->next, 1) : SIZE_MAX;

    if (no < s->load->n)
        lane_post(l, no, now(s));
    else
        lane_end(l);
}

static void lane_take(struct lane *l)
{
    struct load_state *s = l->all;
    nng_msg *msg = nng_aio_get_msg(l->aio);

    stats_record(&l->latency, (now(s) - l->from_ns) / 1000);
    if (s->load->answers != NULL) {
        struct wire_bytes *a = &s->load->answers[l->no];
        CHECK(wire_bytes_reserve(a, nng_msg_len(msg)) == ERR_OK);
        memcpy(a->data, nng_msg_body(msg), nng_msg_len(msg));
        a->n = nng_msg_len(msg);
    }
    nng_msg_free(msg);
    lane_next(l);
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

/* Wait until so many lanes are idle, and take one of them off the list. */
static struct lane *idle_take(struct load_state *s, size_t at_least)
{
    pthread_mutex_lock(&s->lock);
    while (s->idle_n < at_least)
        pthread_cond_wait(&s->ended, &s->lock);
    struct lane *l = s->idle[--s->idle_n];
    pthread_mutex_unlock(&s->lock);
    return l;
}

/* A request whenever one is due, whatever became of those before it. */
static void paced_run(struct load_state *s)
{
    struct nng_load *load = s->load;

    for (size_t no = 0; no < load->n; no++) {
        uint64_t due = load->start_ns + no * load->interval_ns;
        struct timespec t = { .tv_sec = (time_t)(due / 1000000000),
                              .tv_nsec = (long)(due % 1000000000) };
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        if (load->stop != NULL && atomic_load(load->stop))
            break;
        lane_post(idle_take(s, 1), no, due);
        load->sent++;
    }
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
    start = now(s);
    for (size_t i = 0; i < NNG_LOAD_CONTEXTS; i++)
        lane_next(&s->lanes[i]);
    if (s->load->interval_ns > 0)
        paced_run(s);
    (void)idle_take(s, NNG_LOAD_CONTEXTS);
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
