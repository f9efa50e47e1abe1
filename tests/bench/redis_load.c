/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/redis_load.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/system.h"
#include "solver/ledger/codec.h"
#include "solver/ledger/library.h"

/* One command as it goes over the line. */
struct command {
    char *text;
    int n;
};

static struct command command_make(struct arena *arena, const struct ledger_call *call)
{
    struct words w = { .arena = arena };
    struct command c = { 0 };
    const struct word *words;
    const char *argv[32];
    size_t len[32];

    words_text(&w, "FCALL");
    words_text(&w, LIBRARY_NAME "_accept");
    words_text(&w, "1");
    words_text(&w, "sluice:{s0}:");
    words_text(&w, "86400000");
    words_text(&w, "");
    codec_encode(&w, call);
    words = w.list.rows;
    CHECK(!w.failed && w.list.n <= 32);
    for (size_t i = 0; i < w.list.n; i++) {
        argv[i] = words[i].text;
        len[i] = words[i].n;
    }
    c.n = (int)redisFormatCommandArgv(&c.text, (int)w.list.n, argv, len);
    CHECK(c.n > 0);
    arena_reset(arena);
    return c;
}

/* An answer starts with the name of its outcome. */
static void answer_check(const redisReply *r)
{
    CHECK(r != NULL && r->type == REDIS_REPLY_ARRAY && r->elements > 0 &&
          strcmp(r->element[0]->str, reject_name(REJECT_NONE)) == 0);
}

static void window_run(redisContext *ctx, const struct command *commands, size_t n)
{
    for (size_t i = 0; i < n; i++)
        CHECK(redisAppendFormattedCommand(ctx, commands[i].text, (size_t)commands[i].n) ==
              REDIS_OK);
    for (size_t i = 0; i < n; i++) {
        void *reply = NULL;
        CHECK(redisGetReply(ctx, &reply) == REDIS_OK);
        answer_check(reply);
        freeReplyObject(reply);
    }
}

void redis_load_run(struct redis_load *l)
{
    struct clock_port clock = system_clock();
    struct command *commands = calloc(l->n, sizeof *commands);
    redisContext *ctx = redisConnectUnix(l->socket);
    struct arena arena;
    uint64_t start;

    CHECK(commands != NULL && ctx != NULL && ctx->err == 0);
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < l->n; i++)
        commands[i] = command_make(&arena, &l->accepts[i]);
    arena_fini(&arena);
    start = clock.now_ns(clock.self);
    for (size_t i = 0; i < l->n; i += l->depth)
        window_run(ctx, &commands[i], l->n - i < l->depth ? l->n - i : l->depth);
    l->elapsed_ns += clock.now_ns(clock.self) - start;
    for (size_t i = 0; i < l->n; i++)
        redisFreeCommand(commands[i].text);
    free(commands);
    redisFree(ctx);
}
