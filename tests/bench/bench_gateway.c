/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_gateway -- intents acknowledged (fsynced) per second at 1, 16 and 64 per message.
 *
 * Beside it, in the same run: a bare nng echo of the same bytes with the same contexts and number
 * of processes, and the same Function called by a bare client with as many calls in flight. The
 * three take turns in short slices whose times are added up, so that what else runs on the machine
 * slows all of them alike. JSON lines; ratio is to 1/(1/nng + 1/redis).
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

#define SLICES 8
#define IN_FLIGHT_MAX 1024 /* calls of one round of the gateway */
#define ECHO_URL_MAX (TMPDIR_PATH_MAX + 32)

struct size_case {
    size_t per_message;
    size_t messages; /* of one slice */
};

/* Times and latencies of all slices. */
struct result {
    struct nng_load echo;
    struct nng_load gateway;
    struct redis_load redis;
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

static void slice_run(struct result *r, struct work *w, struct gateway *g)
{
    requests_make(w, g);
    r->echo.requests = r->gateway.requests = w->requests;
    r->gateway.answers = w->answers;
    r->echo.n = r->gateway.n = w->size.messages;
    nng_load_run(&r->echo);
    nng_load_run(&r->gateway);
    answers_check(w);
    accepts_make(w, g);
    r->redis.accepts = w->accepts;
    r->redis.n = w->n;
    redis_load_run(&r->redis);
}

static void line(const char *what, size_t per_message, double value, const char *unit)
{
    (void)printf("{\"bench\":\"gateway\",\"name\":\"%s at %zu per message\",\"value\":%.3f,"
                 "\"unit\":\"%s\"}\n",
                 what, per_message, value, unit);
}

static void result_print(const struct result *r, struct size_case size)
{
    double items = (double)(SLICES * size.messages * size.per_message) * 1e9;
    double gateway = items / (double)r->gateway.elapsed_ns;
    double echo = items / (double)r->echo.elapsed_ns;
    double redis = items / (double)r->redis.elapsed_ns;
    const struct stats *latency = &r->gateway.latency;

    line("acknowledged", size.per_message, gateway, "intents/s");
    line("bare nng echo", size.per_message, echo, "intents/s");
    line("bare accept Function", size.per_message, redis, "intents/s");
    line("ratio to both in a row", size.per_message, gateway * (1 / echo + 1 / redis), "");
    line("submit to ack p50", size.per_message, (double)stats_quantile(latency, 0.5) / 1000, "ms");
    line("submit to ack p99", size.per_message, (double)stats_quantile(latency, 0.99) / 1000, "ms");
    (void)fflush(stdout);
}

static void case_run(struct size_case size, const char *echo_url)
{
    /* A disk that others keep busy is slow, not gone. */
    static const char *const settings[] = { "redis_timeout_ms=60000", NULL };
    static struct gateway g;
    struct result *r = calloc(1, sizeof *r);

    CHECK(r != NULL);
    gateway_start(&g, settings);
    r->echo.url = echo_url;
    r->gateway.url = g.url;
    r->redis.socket = g.redis.socket;
    r->redis.depth = NNG_LOAD_CONTEXTS * size.per_message;
    if (r->redis.depth > IN_FLIGHT_MAX)
        r->redis.depth = IN_FLIGHT_MAX;
    for (int i = 0; i < SLICES; i++) {
        struct work w;
        work_new(&w, size);
        slice_run(r, &w, &g);
        work_free(&w);
    }
    result_print(r, size);
    gateway_stop(&g);
    free(r);
}

int main(void)
{
    static const struct size_case cases[] = { { 1, 2048 }, { 16, 512 }, { 64, 160 } };
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
