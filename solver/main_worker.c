/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice-engine -- the worker: receives auctions, answers incumbents, knows nothing else. It may be
 * killed at any time. It ends when its leader does.
 */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "proto/wire_batch.h"
#include "solver/clear/clear.h"
#include "solver/shell/log.h"

#define ARENA_MAX ((size_t)2 << 30)
#define ADDRESS_SPACE_MAX ((rlim_t)8 << 30)

struct worker {
    const char *url;
    nng_socket socket;
    struct clear *clear;
    struct arena arena;
    struct wire_bytes bytes;
    nng_msg *next; /* an auction that came while the last one was being solved */
};

static enum err message_send(struct worker *w, const struct wire_worker_message *m)
{
    TRY(wire_worker_pack(&w->bytes, m));
    return nng_send(w->socket, w->bytes.data, w->bytes.n, 0) == 0 ? ERR_OK : ERR_IO;
}

/* Send an incumbent. ERR_AGAIN: the leader has gone on to the next auction, so stop this one. */
static enum err incumbent_send(void *ctx, const struct solution *s)
{
    const struct wire_worker_message m = { .kind = WIRE_WORKER_SOLUTION, .as.solution = *s };
    struct worker *w = ctx;

    TRY(message_send(w, &m));
    if (!s->final && w->next == NULL && nng_recvmsg(w->socket, &w->next, NNG_FLAG_NONBLOCK) != 0)
        w->next = NULL;
    return w->next == NULL ? ERR_OK : ERR_AGAIN;
}

/* ERR_IO: the leader is gone. Whatever else goes wrong is told to it. */
static enum err auction_answer(struct worker *w, const struct auction *a)
{
    const char *what = "";
    enum err err = auction_check(&what, a);

    if (err == ERR_OK)
        err = clear_solve(w->clear, a, incumbent_send, w);
    if (err == ERR_AGAIN)
        return ERR_OK;
    if (err == ERR_OK || err == ERR_IO)
        return err;
    const struct wire_worker_message m = {
        .kind = WIRE_WORKER_FAILURE,
        .as.failure = { .auction = a->id, .text = what[0] != '\0' ? what : err_text(err) }
    };
    return message_send(w, &m);
}

static int serve(struct worker *w)
{
    for (;;) {
        nng_msg *msg = w->next;
        struct wire_worker_message m;
        w->next = NULL;
        if (msg == NULL && nng_recvmsg(w->socket, &msg, 0) != 0)
            return EXIT_SUCCESS;
        arena_reset(&w->arena);
        enum err err = wire_worker_unpack(&m, &w->arena, nng_msg_body(msg), nng_msg_len(msg));
        nng_msg_free(msg);
        if (err != ERR_OK || m.kind != WIRE_WORKER_AUCTION) {
            log_event(LOG_EV_HOSTILE, "peer=leader err=%s", err_name(err));
            return EXIT_FAILURE;
        }
        if (auction_answer(w, &m.as.auction) != ERR_OK)
            return EXIT_FAILURE;
    }
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
    struct worker *w = state->input;

    if (key == 'c')
        w->url = arg;
    else if (key == ARGP_KEY_END && w->url == NULL)
        argp_error(state, "--connect URL is needed; sluice-solver starts this program itself");
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static const struct argp_option options[] = {
    { "connect", 'c', "URL", 0, "nng URL of the leader", 0 },
    { 0 },
};

static const struct argp argp = {
    options, option_parse, NULL, "Clears and routes auctions for sluice-solver.", NULL, NULL, NULL
};

/* Under a sanitizer the address space is not the memory in use. */
static void memory_bound(void)
{
#ifndef SLUICE_SANITIZED
    const struct rlimit bound = { ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX };

    setrlimit(RLIMIT_AS, &bound);
#endif
}

int main(int argc, char **argv)
{
    struct worker w = { .url = NULL };

    argp_parse(&argp, argc, argv, 0, NULL, &w);
    log_init("engine", LOG_INFO);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1)
        return EXIT_FAILURE; /* the leader died before the line above */
    memory_bound();
    arena_init(&w.arena, ARENA_MAX);
    w.clear = clear_new();
    if (w.clear == NULL)
        return EXIT_FAILURE;
    int rv = nng_pair0_open(&w.socket);
    if (rv == 0)
        rv = nng_socket_set_size(w.socket, NNG_OPT_RECVMAXSZ, WIRE_WORKER_MAX);
    if (rv == 0)
        rv = nng_dial(w.socket, w.url, NULL, 0);
    if (rv != 0) {
        log_event(LOG_EV_SOCKET, "url=%s why=\"%s\"", w.url, nng_strerror(rv));
        return EXIT_FAILURE;
    }
    int status = serve(&w);
    nng_close(w.socket);
    clear_free(w.clear);
    arena_fini(&w.arena);
    wire_bytes_fini(&w.bytes);
    return status;
}
