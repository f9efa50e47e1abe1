/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/store_redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "solver/core/check.h"
#include "solver/ledger/codec.h"
#include "solver/ledger/library.h"
#include "solver/ledger/redis_address.h"

#define MEMORY_MAX ((size_t)256 << 20) /* of the arguments and replies of one store_call */
#define TIMEOUT_MAX_MS 60000
#define VERSION_MAJOR 7 /* Functions came with 7.0 */
#define REASON_MAX 256
#define RECHECK_MS 10000 /* between two looks at the settings, unless the options say */

struct store_redis {
    struct store_redis_options options;
    redisContext *ctx; /* NULL: not connected */
    struct arena arena;
    char address[REDIS_ADDRESS_MAX]; /* options.address points here */
    char prefix[32];
    char reason[REASON_MAX];
    int64_t checked_ms; /* when the settings were last seen to be strong */
};

__attribute__((format(printf, 3, 4))) static enum err fail(struct store_redis *s, enum err err,
                                                           const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(s->reason, sizeof s->reason, format, args);
    va_end(args);
    return err;
}

static void disconnect(struct store_redis *s)
{
    if (s->ctx != NULL)
        redisFree(s->ctx);
    s->ctx = NULL;
}

/* What hiredis says about its last failure. */
static enum err fail_context(struct store_redis *s)
{
    bool timeout = s->ctx->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);

    return fail(s, timeout ? ERR_TIMEOUT : ERR_IO, "%s: %s", s->options.address,
                timeout ? "no answer in time" : s->ctx->errstr);
}

/* ---- talking ---- */

static enum err append(struct store_redis *s, const struct words *w)
{
    const struct word *list = w->list.rows;
    size_t n = w->list.n;
    const char **argv = ARENA_NEW(&s->arena, n, const char *);
    size_t *len = ARENA_NEW(&s->arena, n, size_t);

    if (w->failed || argv == NULL || len == NULL)
        return fail(s, ERR_NOMEM, "the calls do not fit into memory");
    for (size_t i = 0; i < n; i++) {
        argv[i] = list[i].text;
        len[i] = list[i].n;
    }
    if (redisAppendCommandArgv(s->ctx, (int)n, argv, len) != REDIS_OK)
        return fail_context(s);
    return ERR_OK;
}

/* The next answer; the caller frees it. Error answers come back as ERR_OK. */
static enum err receive(redisReply **out, struct store_redis *s)
{
    void *reply = NULL;

    errno = 0;
    if (redisGetReply(s->ctx, &reply) != REDIS_OK || reply == NULL)
        return fail_context(s);
    *out = reply;
    return ERR_OK;
}

/* One command of n words, answered. */
static enum err ask(redisReply **out, struct store_redis *s, const char *const *command, size_t n)
{
    struct words w = { .arena = &s->arena };

    for (size_t i = 0; i < n; i++)
        words_text(&w, command[i]);
    TRY(append(s, &w));
    return receive(out, s);
}

/* ---- checking the server ---- */

static enum err check_setting(struct store_redis *s, const char *name, const char *wanted)
{
    const char *const command[] = { "CONFIG", "GET", name };
    redisReply *r = NULL;
    enum err err = ERR_OK;

    TRY(ask(&r, s, command, 3));
    if (r->type == REDIS_REPLY_ERROR)
        err = fail(s, ERR_UNSUPPORTED, "the server does not show its settings: %s", r->str);
    else if (r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
             r->element[1]->type != REDIS_REPLY_STRING)
        err = fail(s, ERR_UNSUPPORTED, "the server does not know the setting %s", name);
    else if (strcmp(r->element[1]->str, wanted) != 0)
        err = fail(s, ERR_UNSUPPORTED, "the server has %s %s; the ledger needs %s %s", name,
                   r->element[1]->str, name, wanted);
    freeReplyObject(r);
    return err;
}

static enum err check_version(struct store_redis *s)
{
    static const char key[] = "redis_version:";
    const char *const command[] = { "INFO", "server" };
    redisReply *r = NULL;
    enum err err;

    TRY(ask(&r, s, command, 2));

    const char *at = r->type == REDIS_REPLY_STRING ? strstr(r->str, key) : NULL;
    const char *version = at == NULL ? "unknown" : at + sizeof key - 1;

    if (r->type == REDIS_REPLY_ERROR)
        err = fail(s, ERR_UNSUPPORTED, "the server refuses INFO: %s", r->str);
    else if (strtol(version, NULL, 10) < VERSION_MAJOR)
        err = fail(s, ERR_UNSUPPORTED, "the server has version %.*s; the ledger needs 7.0",
                   (int)strcspn(version, "\r\n"), version);
    else
        err = ERR_OK;
    freeReplyObject(r);
    return err;
}

/* The value after the key name in a flat list of pairs. */
static const redisReply *pair_value(const redisReply *list, const char *name)
{
    if (list->type != REDIS_REPLY_ARRAY)
        return NULL;
    for (size_t i = 0; i + 1 < list->elements; i += 2) {
        const redisReply *key = list->element[i];

        if (key->type == REDIS_REPLY_STRING && strcmp(key->str, name) == 0)
            return list->element[i + 1];
    }
    return NULL;
}

enum loaded { LOADED_NONE, LOADED_SAME, LOADED_OTHER };

static enum loaded library_compare(const redisReply *list)
{
    size_t n;
    const char *text = library_text(&n);
    const redisReply *code;

    if (list->elements == 0)
        return LOADED_NONE;
    code = pair_value(list->element[0], "library_code");
    if (code == NULL || code->type != REDIS_REPLY_STRING || code->len != n ||
        memcmp(code->str, text, n) != 0)
        return LOADED_OTHER;
    return LOADED_SAME;
}

static enum err library_find(enum loaded *out, struct store_redis *s)
{
    const char *const command[] = { "FUNCTION", "LIST", "LIBRARYNAME", LIBRARY_NAME, "WITHCODE" };
    redisReply *r = NULL;
    enum err err = ERR_OK;

    TRY(ask(&r, s, command, 5));
    if (r->type == REDIS_REPLY_ARRAY)
        *out = library_compare(r);
    else
        err = fail(s, ERR_UNSUPPORTED, "the server does not list its Functions: %s",
                   r->type == REDIS_REPLY_ERROR ? r->str : "wrong answer");
    freeReplyObject(r);
    return err;
}

static enum err library_load(struct store_redis *s)
{
    struct words w = { .arena = &s->arena };
    redisReply *r = NULL;
    enum err err = ERR_OK;
    size_t n;
    const char *text = library_text(&n);

    words_text(&w, "FUNCTION");
    words_text(&w, "LOAD");
    words_text(&w, "REPLACE");
    words_add(&w, text, n);
    TRY(append(s, &w));
    TRY(receive(&r, s));
    if (r->type == REDIS_REPLY_ERROR)
        err = fail(s, ERR_UNSUPPORTED, "the server refuses the Functions: %s", r->str);
    freeReplyObject(r);
    return err;
}

static enum err check_library(struct store_redis *s)
{
    enum loaded loaded = LOADED_NONE;

    TRY(library_find(&loaded, s));
    if (loaded == LOADED_SAME)
        return ERR_OK;
    if (loaded == LOADED_OTHER && !s->options.deploy)
        return fail(s, ERR_UNSUPPORTED,
                    "the server runs other ledger Functions than this build; deploy these or use "
                    "the build that they belong to");
    return library_load(s);
}

static int64_t monotonic_ms(void)
{
    struct timespec t = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What a reply promises: it is on disk, and nothing takes it away again. */
static enum err check_settings(struct store_redis *s)
{
    static const char *const wanted[][2] = { { "appendonly", "yes" },
                                             { "appendfsync", "always" },
                                             { "no-appendfsync-on-rewrite", "no" },
                                             { "maxmemory-policy", "noeviction" } };

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        TRY(check_setting(s, wanted[i][0], wanted[i][1]));
    s->checked_ms = monotonic_ms();
    return ERR_OK;
}

static enum err check_server(struct store_redis *s)
{
    TRY(check_version(s));
    TRY(check_settings(s));
    return s->options.look_only ? ERR_OK : check_library(s);
}

/* ---- connecting ---- */

static redisContext *dial(const struct store_redis *s, struct timeval timeout)
{
    const char *address = s->options.address;
    char host[REDIS_ADDRESS_MAX];
    int port;

    if (strncmp(address, "unix:", 5) == 0)
        return redisConnectUnixWithTimeout(address + 5, timeout);
    CHECK(redis_address_split(host, &port, address));
    return redisConnectWithTimeout(host, port, timeout);
}

static enum err connect_checked(struct store_redis *s)
{
    uint32_t ms = s->options.timeout_ms;
    struct timeval timeout = { .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 };

    errno = 0;
    s->ctx = dial(s, timeout);
    if (s->ctx == NULL)
        return fail(s, ERR_NOMEM, "no memory for a connection");
    if (s->ctx->err != 0 || redisSetTimeout(s->ctx, timeout) != REDIS_OK)
        return fail_context(s);
    return check_server(s);
}

/* Connected to a server that is strong enough: CONFIG SET may weaken one at any time. */
static enum err connection_ready(struct store_redis *s)
{
    if (s->ctx == NULL)
        return connect_checked(s);
    return monotonic_ms() - s->checked_ms >= s->options.recheck_ms ? check_settings(s) : ERR_OK;
}

/* ---- calls ---- */

static enum err send_call(struct store_redis *s, const struct decoding *d)
{
    struct words w = { .arena = &s->arena };
    char function[32];

    (void)snprintf(function, sizeof function, LIBRARY_NAME "_%s", ledger_fn_name(d->call->fn));
    words_text(&w, "FCALL");
    words_text(&w, function);
    words_text(&w, "1");
    words_text(&w, s->prefix);
    words_i64(&w, s->options.retain_ms);
    words_text(&w, d->cursor);
    codec_encode(&w, d->call);
    return append(s, &w);
}

/* An answer as words that borrow from it. */
static enum err reply_words(struct word **out, struct store_redis *s, const redisReply *r)
{
    struct word *words = ARENA_NEW(&s->arena, r->elements, struct word);

    if (words == NULL)
        return fail(s, ERR_NOMEM, "the answer does not fit into memory");
    for (size_t i = 0; i < r->elements; i++) {
        const redisReply *e = r->element[i];

        if (e->type != REDIS_REPLY_STRING && e->type != REDIS_REPLY_STATUS)
            return fail(s, ERR_IO, "the server answered something else than texts");
        words[i] = (struct word){ .text = e->str, .n = (size_t)e->len };
    }
    *out = words;
    return ERR_OK;
}

static enum err reply_read(struct store_redis *s, struct decoding *d, const redisReply *r)
{
    struct word *words = NULL;
    enum err err;

    /* At maxmemory the server runs only what repairs; nothing was done, and later it may be. */
    if (r->type == REDIS_REPLY_ERROR && strncmp(r->str, "OOM ", 4) == 0) {
        d->reply->reject = REJECT_OVERLOADED;
        d->cursor[0] = '\0';
        return ERR_OK;
    }
    if (r->type == REDIS_REPLY_ERROR)
        return fail(s, ERR_IO, "%s: %s", ledger_fn_name(d->call->fn), r->str);
    if (r->type != REDIS_REPLY_ARRAY)
        return fail(s, ERR_IO, "the server answered something else than a list");
    TRY(reply_words(&words, s, r));
    err = codec_decode(d, words, r->elements);
    if (err == ERR_INVALID)
        return fail(s, ERR_IO, "%s: the server's answer makes no sense",
                    ledger_fn_name(d->call->fn));
    return err == ERR_OK ? ERR_OK : fail(s, err, "the answer does not fit into memory");
}

static enum err read_answer(struct store_redis *s, struct decoding *d)
{
    redisReply *r = NULL;
    enum err err;

    TRY(receive(&r, s));
    err = reply_read(s, d, r);
    freeReplyObject(r);
    return err;
}

static enum err run_calls(struct store_redis *s, struct decoding *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(send_call(s, &d[i]));
    for (size_t i = 0; i < n; i++)
        TRY(read_answer(s, &d[i]));
    for (size_t i = 0; i < n; i++) {
        while (d[i].cursor[0] != '\0') {
            TRY(send_call(s, &d[i]));
            TRY(read_answer(s, &d[i]));
        }
        TRY(codec_finish(&d[i]));
    }
    return ERR_OK;
}

static enum err call(void *self, struct ledger_reply *replies, const struct ledger_call *calls,
                     size_t n)
{
    struct store_redis *s = self;
    enum err err;

    arena_reset(&s->arena);
    s->reason[0] = '\0';

    struct decoding *d = ARENA_NEW(&s->arena, n, struct decoding);

    if (d == NULL)
        return fail(s, ERR_NOMEM, "the calls do not fit into memory");
    for (size_t i = 0; i < n; i++) {
        d[i].call = &calls[i];
        d[i].reply = &replies[i];
        d[i].arena = &s->arena;
        codec_begin(&d[i]);
    }
    err = connection_ready(s);
    if (err == ERR_OK)
        err = run_calls(s, d, n);
    for (size_t i = 0; i < n; i++)
        codec_end(&d[i]);
    if (err != ERR_OK)
        disconnect(s);
    return err;
}

/* ---- life ---- */

static void ignore_sigpipe(void)
{
    struct sigaction now;

    /* hiredis writes without MSG_NOSIGNAL, so a server that went away would end the process. */
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        (void)signal(SIGPIPE, SIG_IGN);
}

void store_redis_close(struct store_redis *s)
{
    if (s == NULL)
        return;
    disconnect(s);
    arena_fini(&s->arena);
    free(s);
}

static bool options_ok(const struct store_redis_options *o)
{
    return redis_address_ok(o->address) && o->timeout_ms > 0 && o->timeout_ms <= TIMEOUT_MAX_MS &&
           o->retain_ms >= 0;
}

enum err store_redis_open(struct store_redis **out, const struct store_redis_options *options,
                          char *why, size_t why_max)
{
    struct store_redis *s = NULL;
    enum err err = ERR_INVALID;

    (void)snprintf(why, why_max, "a store needs unix:PATH or tcp:HOST:PORT and a time-out");
    if (options_ok(options)) {
        err = ERR_NOMEM;
        (void)snprintf(why, why_max, "no memory for a store");
        s = calloc(1, sizeof *s);
    }
    if (s == NULL)
        return err;
    s->options = *options;
    memcpy(s->address, options->address, strlen(options->address) + 1);
    s->options.address = s->address;
    s->options.recheck_ms = options->recheck_ms != 0 ? options->recheck_ms : RECHECK_MS;
    arena_init(&s->arena, MEMORY_MAX);
    (void)snprintf(s->prefix, sizeof s->prefix, "sluice:{s%" PRIu32 "}:", options->shard);
    ignore_sigpipe();
    err = connect_checked(s);
    (void)snprintf(why, why_max, "%s", s->reason);
    if (err == ERR_OK)
        *out = s;
    else
        store_redis_close(s);
    return err;
}

struct store store_redis_port(struct store_redis *s)
{
    return (struct store){ .self = s, .call = call };
}

const char *store_redis_reason(const struct store_redis *s)
{
    return s->reason;
}
