/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_gateway -- intents acknowledged (fsynced) per second at 1, 16 and 64 per message.
 *
 * Beside it, in the same run: a bare nng echo of the same bytes with the same contexts and number
 * of processes, and the same Function called by a bare client with as many calls in flight. Each
 * round measures all three one after the other; the best of the rounds counts, because what else
 * runs on the machine only ever makes them slower. JSON lines; ratio is to 1/(1/nng + 1/redis).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "tests/bench/nng_load.h"
#include "tests/bench/redis_load.h"
#include "tests/integration/gateway_fixture.h"

#define ROUNDS 3
#define IN_FLIGHT_MAX 1024 /* calls of one round of the gateway */
#define ECHO_URL_MAX (TMPDIR_PATH_MAX + 32)

struct size_case {
    size_t per_message;
    size_t messages;
};

struct result {
    double nng, redis, gateway; /* items per second, best */
    struct stats latency;       /* of the best round of the gateway */
};

struct work {
    struct size_case size;
    struct wire_item *items;     /* [messages * per_message], fresh each time */
    struct wire_bytes *requests; /* [messages] */
    struct wire_bytes *answers;  /* [messages] */
    struct ledger_call *accepts; /* as many as items */
    struct wire_bytes *payloads; /* one per accept */
    size_t n;
};

static void work_new(struct work *w, struct size_case size)
{
    w->size = size;
    w->n = size.per_message * size.messages;
    w->items = calloc(w->n, sizeof *w->items);
    w->requests = calloc(size.messages, sizeof *w->requests);
    w->answers = calloc(size.messages, sizeof *w->answers);
    w->accepts = calloc(w->n, sizeof *w->accepts);
    w->payloads = calloc(w->n, sizeof *w->payloads);
    CHECK(w->items != NULL && w->requests != NULL && w->answers != NULL && w->accepts != NULL &&
          w->payloads != NULL);
}

static void work_free(struct work *w)
{
    for (size_t i = 0; i < w->size.messages; i++) {
        wire_bytes_fini(&w->requests[i]);
        wire_bytes_fini(&w->answers[i]);
    }
    for (size_t i = 0; i < w->n; i++)
        wire_bytes_fini(&w->payloads[i]);
    free(w->items);
    free(w->requests);
    free(w->answers);
    free(w->accepts);
    free(w->payloads);
}

/* Small amounts, so that one account can have them all open. */
static void items_make(struct work *w, struct gateway *g)
{
    for (size_t i = 0; i < w->n; i++) {
        w->items[i] = gateway_intent(g);
        w->items[i].as.intent.sell_amount = AMOUNT_OF(1000000000000000u + i);
        w->items[i].as.intent.buy_amount = AMOUNT_OF(3000000u + i);
    }
}

static void requests_make(struct work *w, struct gateway *g)
{
    items_make(w, g);
    for (size_t i = 0; i < w->size.messages; i++)
        CHECK(client_request(&w->requests[i], i, &g->alice, &w->items[i * w->size.per_message],
                             w->size.per_message) == ERR_OK);
}

static void accepts_make(struct work *w, struct gateway *g)
{
    items_make(w, g);
    for (size_t i = 0; i < w->n; i++) {
        struct ledger_accept *a = &w->accepts[i].as.accept;
        w->accepts[i].fn = LEDGER_accept;
        a->intent = w->items[i].as.intent;
        a->intent.account = g->alice.account;
        a->key = g->alice.key;
        CHECK(wire_intent_pack(&w->payloads[i], &a->intent) == ERR_OK);
        a->payload = w->payloads[i].data;
        a->payload_n = w->payloads[i].n;
        a->payload_hash = digest_of("bench", a->payload, a->payload_n);
    }
}

static void item_check(const struct wire_item_answer *a)
{
    if (a->code == 0 && a->status.state == INTENT_ACCEPTED)
        return;
    (void)fprintf(stderr, "bench_gateway: an intent was answered SLU-%u %s\n", a->code, a->text);
    exit(EXIT_FAILURE);
}

/* Every single item was accepted. */
static void answers_check(const struct work *w)
{
    struct arena arena;
    struct wire_answer a;

    arena_init(&arena, 8 * WIRE_ANSWER_MAX);
    for (size_t i = 0; i < w->size.messages; i++) {
        arena_reset(&arena);
        CHECK(wire_answer_unpack(&a, &arena, w->answers[i].data, w->answers[i].n) == ERR_OK);
        CHECK(a.code == 0 && a.answers_n == 1 && a.answers[0].items_n == w->size.per_message);
        for (size_t k = 0; k < w->size.per_message; k++)
            item_check(&a.answers[0].items[k]);
    }
    arena_fini(&arena);
}

static double rate(size_t n, uint64_t elapsed_ns)
{
    return (double)n * 1e9 / (double)elapsed_ns;
}

static void best(double *value, double now)
{
    *value = now > *value ? now : *value;
}

static void round_run(struct result *r, struct work *w, const char *echo_url)
{
    /* A disk that others keep busy is slow, not gone. */
    static const char *const settings[] = { "redis_timeout_ms=60000", NULL };
    static struct gateway g;
    struct nng_load load = { .requests = w->requests, .n = w->size.messages };
    struct redis_load redis = { .accepts = w->accepts, .n = w->n };

    gateway_start(&g, settings);
    requests_make(w, &g);
    load.url = echo_url;
    nng_load_run(&load);
    best(&r->nng, rate(w->n, load.elapsed_ns));
    load.url = g.url;
    load.answers = w->answers;
    nng_load_run(&load);
    answers_check(w);
    if (rate(w->n, load.elapsed_ns) > r->gateway)
        r->latency = load.latency;
    best(&r->gateway, rate(w->n, load.elapsed_ns));
    accepts_make(w, &g);
    redis.socket = g.redis.socket;
    redis.depth = NNG_LOAD_CONTEXTS * w->size.per_message;
    if (redis.depth > IN_FLIGHT_MAX)
        redis.depth = IN_FLIGHT_MAX;
    redis_load_run(&redis);
    best(&r->redis, rate(w->n, redis.elapsed_ns));
    gateway_stop(&g);
}

static void line(const char *what, size_t per_message, double value, const char *unit)
{
    (void)printf("{\"bench\":\"gateway\",\"name\":\"%s at %zu per message\",\"value\":%.3f,"
                 "\"unit\":\"%s\"}\n",
                 what, per_message, value, unit);
}

static void case_run(struct size_case size, const char *echo_url)
{
    struct result r = { 0 };
    struct work w;

    for (int i = 0; i < ROUNDS; i++) {
        work_new(&w, size);
        round_run(&r, &w, echo_url);
        work_free(&w);
    }
    line("acknowledged", size.per_message, r.gateway, "intents/s");
    line("bare nng echo", size.per_message, r.nng, "intents/s");
    line("bare accept Function", size.per_message, r.redis, "intents/s");
    line("ratio to both in a row", size.per_message, r.gateway * (1 / r.nng + 1 / r.redis), "");
    line("submit to ack p50", size.per_message, (double)stats_quantile(&r.latency, 0.5) / 1000,
         "ms");
    line("submit to ack p99", size.per_message, (double)stats_quantile(&r.latency, 0.99) / 1000,
         "ms");
    (void)fflush(stdout);
}

int main(void)
{
    static const struct size_case cases[] = { { 1, 8192 }, { 16, 1024 }, { 64, 512 } };
    char echo_url[ECHO_URL_MAX];
    struct tmpdir dir;
    pid_t echo;

    tmpdir_new(&dir);
    (void)snprintf(echo_url, sizeof echo_url, "ipc://%s/echo.ipc", dir.path);
    echo = nng_load_echo(echo_url);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        case_run(cases[i], echo_url);
    (void)kill(echo, SIGKILL);
    (void)waitpid(echo, NULL, 0);
    tmpdir_free(&dir);
    return 0;
}
