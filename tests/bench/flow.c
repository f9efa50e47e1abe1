/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/system.h"

#define CALL_MS 10000
#define WATCH_MS 500
#define LEAD_NS 50000000        /* from the start to the first intent */
#define PATIENCE_NS 60000000000 /* without news after the last was sent */
#define NO_BYTES 8              /* of an id, its last: the number of the intent */

static uint64_t now_ns(void)
{
    struct clock_port clock = system_clock();

    return clock.now_ns(clock.self);
}

struct id flow_id(size_t no)
{
    struct id id = { { 'f', 'l', 'o', 'w' } };

    for (size_t i = 0; i < NO_BYTES; i++)
        id.bytes[sizeof id.bytes - 1 - i] = (uint8_t)(no >> (8 * i));
    return id;
}

/* SIZE_MAX: not one of the flow. */
static size_t number_of(const struct flow *f, struct id id)
{
    size_t no = 0;

    for (size_t i = sizeof id.bytes - NO_BYTES; i < sizeof id.bytes; i++)
        no = no << 8 | id.bytes[i];
    return no < f->n && id_cmp(id, flow_id(no)) == 0 ? no : SIZE_MAX;
}

/* ---- sending ---- */

static void requests_make(struct flow *f)
{
    struct wire_bytes *requests = calloc(f->n, sizeof *requests);
    struct wire_bytes *answers = calloc(f->n, sizeof *answers);

    CHECK(requests != NULL && answers != NULL);
    for (size_t i = 0; i < f->n; i++) {
        struct wire_item item = { .kind = WIRE_ITEM_INTENT, .as.intent = f->intents[i] };
        CHECK(client_request(&requests[i], i, f->who, &item, 1) == ERR_OK);
    }
    f->load.url = f->url;
    f->load.requests = requests;
    f->load.answers = answers;
    f->load.n = f->n;
    f->load.interval_ns = f->interval_ns;
    f->load.start_ns = now_ns() + LEAD_NS;
    f->load.stop = &f->stop;
}

static void *sender_main(void *arg)
{
    struct flow *f = arg;

    nng_load_run(&f->load);
    atomic_store(&f->sent_all, true);
    return NULL;
}

static void answer_check(const struct wire_answer *a)
{
    CHECK(a->code == 0 && a->answers_n == 1 && a->answers[0].items_n == 1);
    const struct wire_item_answer *item = &a->answers[0].items[0];

    if (item->code == 0)
        return;
    (void)fprintf(stderr, "bench: an intent was answered SLU-%u %s\n", item->code, item->text);
    exit(EXIT_FAILURE);
}

static void answers_check(const struct flow *f)
{
    struct arena arena;
    struct wire_answer a;

    arena_init(&arena, 8 * WIRE_ANSWER_MAX);
    for (size_t i = 0; i < f->load.sent; i++) {
        arena_reset(&arena);
        const struct wire_bytes *b = &f->load.answers[i];
        CHECK(wire_answer_unpack(&a, &arena, b->data, b->n) == ERR_OK);
        answer_check(&a);
    }
    arena_fini(&arena);
}

/* ---- watching ---- */

static void event_take(struct flow *f, const struct wire_event *e, uint64_t now)
{
    size_t no = number_of(f, e->intent);

    if (no == SIZE_MAX || !intent_state_terminal(e->state))
        return;
    stats_record(&f->ended, (now - (f->load.start_ns + no * f->interval_ns)) / 1000);
    f->filled += e->state == INTENT_FILLED;
    f->closed += e->state != INTENT_FILLED;
    atomic_fetch_add(&f->ends, 1);
}

static bool all_ended(struct flow *f)
{
    return atomic_load(&f->sent_all) && atomic_load(&f->ends) >= f->load.sent;
}

static void *watcher_main(void *arg)
{
    struct flow *f = arg;
    const struct client_options options = { .url = f->url, .timeout_ms = CALL_MS };
    struct wire_item item = { .kind = WIRE_ITEM_WATCH, .as.watch = { .wait_ms = WATCH_MS } };
    uint64_t news = now_ns();
    struct client *client;

    CHECK(client_open(&client, &options) == ERR_OK);
    while (!all_ended(f)) {
        struct wire_item_answer a;
        CHECK(client_ask_one(&a, client, f->who, &item) == ERR_OK && a.code == 0);
        uint64_t now = now_ns();
        for (size_t i = 0; i < a.events_n; i++)
            event_take(f, &a.events[i], now);
        item.as.watch.after = a.newest;
        if (a.events_n > 0 || !atomic_load(&f->sent_all))
            news = now;
        CHECK(now - news < PATIENCE_NS);
    }
    client_close(client);
    return NULL;
}

/* ---- life ---- */

void flow_start(struct flow *f)
{
    requests_make(f);
    CHECK(pthread_create(&f->watcher, NULL, watcher_main, f) == 0);
    CHECK(pthread_create(&f->sender, NULL, sender_main, f) == 0);
}

void flow_stop(struct flow *f)
{
    atomic_store(&f->stop, true);
}

static void bytes_free(struct wire_bytes *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        wire_bytes_fini(&bytes[i]);
    free(bytes);
}

void flow_join(struct flow *f)
{
    CHECK(pthread_join(f->sender, NULL) == 0);
    CHECK(pthread_join(f->watcher, NULL) == 0);
    answers_check(f);
    bytes_free((struct wire_bytes *)(uintptr_t)f->load.requests, f->n);
    bytes_free(f->load.answers, f->n);
}
