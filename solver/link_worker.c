/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/link_worker.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/supplemental/util/platform.h>

#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)
#define PAUSE_FIRST_MS 50
#define PAUSE_LAST_MS 2000
#define LIVED_WELL_MS 10000
#define DRAIN_MS 1000

extern char **environ;

struct link_worker {
    struct inbox *inbox;
    nng_socket socket;
    nng_aio *receiving;
    atomic_int pipe; /* nng's id of the connection, 0: none. Set by callbacks */
    int left;        /* the connection of a worker that was killed */
    char program[1024];
    char url[1200];
    pid_t pid; /* 0: none */
    uint64_t started_ns;
    uint64_t start_ns; /* start the next one then */
    uint64_t pause_ms;
    struct wire_bytes bytes;
};

static void receive_cb(void *arg)
{
    struct link_worker *l = arg;
    int rv = nng_aio_result(l->receiving);

    if (rv == NNG_ECLOSED || rv == NNG_ECANCELED)
        return;
    if (rv == 0) {
        const struct letter letter = { .kind = LETTER_WORKER,
                                       .msg = nng_aio_get_msg(l->receiving) };
        inbox_put(l->inbox, &letter);
    }
    nng_recv_aio(l->socket, l->receiving);
}

static void pipe_cb(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
    struct link_worker *l = arg;
    const struct letter letter = { .kind = LETTER_WORKER_LOST };
    int id = nng_pipe_id(pipe);

    if (event == NNG_PIPE_EV_ADD_POST)
        atomic_store(&l->pipe, id);
    else if (atomic_compare_exchange_strong(&l->pipe, &id, 0))
        inbox_put(l->inbox, &letter);
}

static enum err listen_open(struct link_worker *l, char *why, size_t why_n)
{
    int rv = nng_pair0_open(&l->socket);

    if (rv == 0)
        rv = nng_socket_set_size(l->socket, NNG_OPT_RECVMAXSZ, WIRE_WORKER_MAX);
    if (rv == 0)
        rv = nng_pipe_notify(l->socket, NNG_PIPE_EV_ADD_POST, pipe_cb, l);
    if (rv == 0)
        rv = nng_pipe_notify(l->socket, NNG_PIPE_EV_REM_POST, pipe_cb, l);
    if (rv == 0)
        rv = nng_aio_alloc(&l->receiving, receive_cb, l);
    if (rv == 0)
        rv = nng_listen(l->socket, l->url, NULL, 0);
    if (rv == 0)
        return ERR_OK;
    snprintf(why, why_n, "%.300s: %s", l->url, nng_strerror(rv));
    return ERR_IO;
}

enum err link_worker_open(struct link_worker **out, const char *program, const char *dir,
                          const char *name, struct inbox *inbox, char *why, size_t why_n)
{
    struct link_worker *l = calloc(1, sizeof *l);

    if (l == NULL)
        return ERR_NOMEM;
    l->inbox = inbox;
    l->pause_ms = PAUSE_FIRST_MS;
    snprintf(l->program, sizeof l->program, "%s", program);
    snprintf(l->url, sizeof l->url, "ipc://%s/worker-%s.ipc", dir, name);
    if (access(program, X_OK) != 0) {
        snprintf(why, why_n, "worker %.300s: %s", program, strerror(errno));
        free(l);
        return ERR_IO;
    }
    enum err err = listen_open(l, why, why_n);
    if (err != ERR_OK) {
        link_worker_close(l);
        return err;
    }
    nng_recv_aio(l->socket, l->receiving);
    *out = l;
    return ERR_OK;
}

/*
 * nng 1.5 may wait for ever when it closes a connection on which bytes arrive: a receive that is
 * being started is never told. So the worker ends first, and what it said is read to its end.
 */
static void worker_end(struct link_worker *l)
{
    if (l->pid <= 0)
        return;
    kill(l->pid, SIGKILL);
    waitpid(l->pid, NULL, 0);
    for (int ms = 0; ms < DRAIN_MS && atomic_load(&l->pipe) != 0; ms++)
        nng_msleep(1);
}

void link_worker_close(struct link_worker *l)
{
    if (l == NULL)
        return;
    worker_end(l);
    nng_close(l->socket);
    if (l->receiving != NULL)
        nng_aio_free(l->receiving);
    wire_bytes_fini(&l->bytes);
    free(l);
}

static void worker_start(struct link_worker *l, uint64_t now)
{
    char *argv[] = { l->program, (char[]){ "--connect" }, l->url, NULL };
    posix_spawnattr_t attr;
    sigset_t none; /* this process blocks what asks it to end */

    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attr, &none);
    l->started_ns = now;
    if (posix_spawn(&l->pid, l->program, NULL, &attr, argv, environ) != 0) {
        l->pid = 0;
        l->start_ns = now + PAUSE_LAST_MS * MS_NS;
    }
    posix_spawnattr_destroy(&attr);
}

static void worker_bury(struct link_worker *l, int status, uint64_t now)
{
    bool lived_well = now - l->started_ns >= LIVED_WELL_MS * MS_NS;

    log_event(LOG_EV_CHILD_DIED, "program=%s pid=%d %s=%d", l->program, (int)l->pid,
              WIFSIGNALED(status) ? "signal" : "exit",
              WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    l->pid = 0;
    l->start_ns = now + (lived_well ? 0 : l->pause_ms * MS_NS);
    l->pause_ms = lived_well ? PAUSE_FIRST_MS : l->pause_ms * 2;
    if (l->pause_ms > PAUSE_LAST_MS)
        l->pause_ms = PAUSE_LAST_MS;
}

void link_worker_tick(struct link_worker *l, uint64_t now)
{
    int status;

    if (l->pid > 0 && waitpid(l->pid, &status, WNOHANG) == l->pid)
        worker_bury(l, status, now);
    if (l->pid == 0 && now >= l->start_ns)
        worker_start(l, now);
}

/* A PAIR socket swallows, and leaks, what is sent between the end of a connection and its removal.
 * So nothing is sent to a worker that was killed; the next connection has another id. */
static enum err worker_solve(void *self, const struct auction *a)
{
    struct link_worker *l = self;
    const struct wire_worker_message message = { .kind = WIRE_WORKER_AUCTION, .as.auction = *a };
    nng_msg *msg;

    TRY(wire_worker_pack(&l->bytes, &message));
    int pipe = atomic_load(&l->pipe);
    if (pipe == 0 || pipe == l->left)
        return ERR_AGAIN;
    if (nng_msg_alloc(&msg, 0) != 0)
        return ERR_NOMEM;
    if (nng_msg_append(msg, l->bytes.data, l->bytes.n) != 0) {
        nng_msg_free(msg);
        return ERR_NOMEM;
    }
    int rv = nng_sendmsg(l->socket, msg, NNG_FLAG_NONBLOCK);
    if (rv != 0)
        nng_msg_free(msg);
    return rv == 0 ? ERR_OK : rv == NNG_EAGAIN ? ERR_AGAIN : ERR_IO;
}

static void worker_replace(void *self)
{
    struct link_worker *l = self;

    if (l->pid > 0)
        kill(l->pid, SIGKILL); /* buried at the next tick */
    l->left = atomic_load(&l->pipe);
}

struct worker_link link_worker_port(struct link_worker *l)
{
    return (struct worker_link){ .solve = worker_solve, .replace = worker_replace, .self = l };
}
