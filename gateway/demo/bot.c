/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/bot_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "solver/core/check.h"

#define TICK_MS 100
#define DRAIN_MS 30000 /* most time for the last ends */
#define ASK_TIMEOUT_MS 2000
#define ASK_RESEND_MS 400

/* ---- small things ---- */

bool bot_wishes(const struct bot *b, enum bot_wish wish)
{
    return atomic_load(&b->wish) >= (int)wish;
}

void bot_pause(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
}

uint64_t bot_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

int64_t bot_unix_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the score ---- */

void bot_count(struct bot *b, uint64_t *counter, uint64_t n)
{
    pthread_mutex_lock(&b->lock);
    *counter += n;
    b->score.open = b->open_n;
    pthread_mutex_unlock(&b->lock);
}

void bot_refused(struct bot *b, uint32_t code)
{
    pthread_mutex_lock(&b->lock);
    b->score.refused++;
    b->score.refused_code = code;
    pthread_mutex_unlock(&b->lock);
}

void bot_news(struct bot *b, const char *line)
{
    size_t row = sizeof b->score.news[0];

    pthread_mutex_lock(&b->lock);
    memmove(b->score.news[0], b->score.news[1], row * (BOT_NEWS_N - 1));
    snprintf(b->score.news[BOT_NEWS_N - 1], row, "%s", line);
    pthread_mutex_unlock(&b->lock);
}

void bot_score(struct bot_score *out, struct bot *b)
{
    pthread_mutex_lock(&b->lock);
    *out = b->score;
    pthread_mutex_unlock(&b->lock);
}

static void phase_set(struct bot *b, enum bot_phase phase)
{
    pthread_mutex_lock(&b->lock);
    b->score.phase = phase;
    b->score.unclear = phase == BOT_DONE ? b->open_n : 0;
    pthread_mutex_unlock(&b->lock);
}

/* ---- the thread ---- */

static void post_until_drain(struct bot *b)
{
    uint64_t start_ns = bot_now_ns();
    uint64_t due = 0;

    while (!bot_wishes(b, WISH_DRAIN)) {
        uint64_t elapsed_ms = (bot_now_ns() - start_ns) / 1000000;
        uint64_t want = elapsed_ms * b->options.rate / 1000 + 1;
        /* After an outage only a little is made up for. */
        uint64_t n = want - due > b->options.rate ? b->options.rate : want - due;
        due = want;
        if (n > 0)
            bot_post(b, (uint32_t)n);
        bot_follow(b);
        bot_pause(TICK_MS);
    }
}

static void drain(struct bot *b)
{
    uint64_t end_ns = bot_now_ns() + DRAIN_MS * UINT64_C(1000000);

    bot_cancel_all(b);
    while (b->open_n > 0 && bot_now_ns() < end_ns && !bot_wishes(b, WISH_QUIT)) {
        bot_follow(b);
        bot_settle_accounts(b);
        if (b->open_n > 0)
            bot_pause(TICK_MS);
    }
}

static void *bot_main(void *arg)
{
    struct bot *b = arg;

    if (bot_fund(b) == ERR_OK) {
        phase_set(b, BOT_POST);
        post_until_drain(b);
        phase_set(b, BOT_DRAIN);
        drain(b);
    }
    phase_set(b, BOT_DONE);
    return NULL;
}

static enum err clients_open(struct bot *b)
{
    const struct config *c = b->options.config;
    char url[CONFIG_TEXT_MAX];
    struct client_options o = { url, ASK_TIMEOUT_MS, ASK_RESEND_MS };

    snprintf(url, sizeof url, "%.*s", (int)strcspn(c->listen, ","), c->listen);
    TRY(client_open(&b->public_, &o));
    o.url = c->operator_url;
    return client_open(&b->op, &o);
}

enum err bot_start(struct bot **out, const struct bot_options *options)
{
    struct bot *b = calloc(1, sizeof *b);
    uint64_t seed = options->seed;
    enum err err;

    if (b == NULL)
        return ERR_NOMEM;
    b->options = *options;
    CHECK(pthread_mutex_init(&b->lock, NULL) == 0);
    while (seed == 0)
        sign_random(&seed, sizeof seed);
    err = trade_init(&b->trade, options->assets, seed);
    if (err == ERR_OK)
        err = clients_open(b);
    if (err == ERR_OK && pthread_create(&b->thread, NULL, bot_main, b) != 0)
        err = ERR_NOMEM;
    if (err == ERR_OK) {
        *out = b;
        return ERR_OK;
    }
    client_close(b->op);
    client_close(b->public_);
    pthread_mutex_destroy(&b->lock);
    free(b);
    return err;
}

void bot_drain(struct bot *b)
{
    int run = WISH_RUN;

    atomic_compare_exchange_strong(&b->wish, &run, WISH_DRAIN);
}

void bot_free(struct bot *b)
{
    if (b == NULL)
        return;
    atomic_store(&b->wish, WISH_QUIT);
    pthread_join(b->thread, NULL);
    client_close(b->op);
    client_close(b->public_);
    for (size_t i = 0; i < BOT_ACCOUNTS; i++)
        sign_wipe(&b->who[i].secret);
    pthread_mutex_destroy(&b->lock);
    free(b);
}
