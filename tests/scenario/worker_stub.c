/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker_stub -- an engine that misbehaves STUB_TIMES times, then becomes the real one.
 *
 * sluice-solver starts it as its worker. The environment says what it does:
 *   STUB_MODE   crash  ends when the auction arrives
 *               hang   never answers
 *               lie    answers a solution that gives money away
 *               noise  answers bytes that are no message
 *   STUB_COUNT  a file whose length counts the misdeeds, over restarts
 *   STUB_REAL   path of sluice-engine
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "proto/wire_batch.h"
#include "solver/core/check.h"

#define STUB_TIMES 2
#define MEMORY_MAX ((size_t)64 << 20)

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    CHECK(value != NULL);
    return value;
}

static void count_add(const char *path)
{
    FILE *f = fopen(path, "a");

    CHECK(f != NULL && fputc('x', f) == 'x' && fclose(f) == 0);
}

static off_t count_get(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* Every intent gets twice what it asked for, from nowhere. */
static void lie(nng_socket socket, const struct auction *a, struct arena *arena)
{
    struct wire_worker_message m = { .kind = WIRE_WORKER_SOLUTION };
    struct solution *s = &m.as.solution;
    struct wire_bytes bytes = { 0 };

    s->auction = a->id;
    s->incumbent_no = 1;
    s->final = true;
    s->fills = ARENA_NEW(arena, a->intents_n, struct solution_fill);
    s->fills_n = a->intents_n;
    CHECK(s->fills != NULL);
    for (size_t i = 0; i < a->intents_n; i++) {
        s->fills[i].intent = (uint32_t)i;
        s->fills[i].paid = a->intents[i].sell_max;
        CHECK(u256_add(&s->fills[i].got, &a->intents[i].buy_min, &a->intents[i].buy_min) == ERR_OK);
    }
    CHECK(wire_worker_pack(&bytes, &m) == ERR_OK);
    CHECK(nng_send(socket, bytes.data, bytes.n, 0) == 0);
    wire_bytes_fini(&bytes);
}

static void misbehave(nng_socket socket, const char *mode, struct arena *arena)
{
    static char noise[] = "\x08\xff\xff\xff\xff\xff noise";
    struct wire_worker_message m;
    nng_msg *msg;

    CHECK(nng_recvmsg(socket, &msg, 0) == 0);
    CHECK(wire_worker_unpack(&m, arena, nng_msg_body(msg), nng_msg_len(msg)) == ERR_OK);
    nng_msg_free(msg);
    count_add(environment("STUB_COUNT"));
    if (strcmp(mode, "crash") == 0)
        abort();
    if (strcmp(mode, "lie") == 0)
        lie(socket, &m.as.auction, arena);
    if (strcmp(mode, "noise") == 0)
        CHECK(nng_send(socket, noise, sizeof noise, 0) == 0);
    if (strcmp(mode, "hang") == 0 || strcmp(mode, "noise") == 0)
        pause(); /* until the leader ends this process */
}

int main(int argc, char **argv)
{
    const char *mode = environment("STUB_MODE");
    const char *count = environment("STUB_COUNT");
    struct arena arena;
    nng_socket socket;
    nng_msg *msg;

    CHECK(argc == 3);
    arena_init(&arena, MEMORY_MAX);
    if (count_get(count) < STUB_TIMES) {
        CHECK(nng_pair0_open(&socket) == 0);
        CHECK(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, WIRE_WORKER_MAX) == 0);
        CHECK(nng_dial(socket, argv[2], NULL, 0) == 0);
        while (count_get(count) < STUB_TIMES)
            misbehave(socket, mode, &arena);
        CHECK(nng_recvmsg(socket, &msg, 0) == 0); /* so the last answer has arrived */
        nng_msg_free(msg);
        CHECK(nng_close(socket) == 0);
    }
    execl(environment("STUB_REAL"), "sluice-engine", argv[1], argv[2], (char *)NULL);
    return EXIT_FAILURE;
}
