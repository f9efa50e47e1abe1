/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/pulse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/client/client.h"
#include "solver/core/check.h"

#define PERIOD_MS 300
#define ASK_TIMEOUT_MS 1000

struct pulse {
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool quit;
    struct client *op;
    struct pulse_view view;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void pulse_count(struct pulse_view *v, const struct wire_op_answer *a)
{
    for (size_t i = a->batches_n; i-- > 0;) {
        const struct wire_op_batch *b = &a->batches[i];
        if (b->auction <= v->last.auction)
            continue;
        v->batches++;
        v->fills += b->fills;
        v->legs += b->legs;
        v->surplus_micro += b->surplus_micro;
        v->better_micro += b->better_micro;
        v->last = *b;
    }
}

static void take_venues(struct pulse_view *v, const struct wire_op_answer *a)
{
    v->venues_n = 0;
    for (size_t i = 0; i < a->venues_n && i < PULSE_VENUES_MAX; i++) {
        const struct wire_op_venue *from = &a->venues[i];
        struct pulse_venue *to = &v->venues[v->venues_n++];
        *to = (struct pulse_venue){ .name = from->name,
                                    .kind = from->kind,
                                    .up = from->up,
                                    .curves = from->curves,
                                    .seq = from->seq,
                                    .age_ms = from->age_ms,
                                    .open_legs = from->open_legs };
        snprintf(to->note, sizeof to->note, "%s", from->note);
    }
}

static void take_house(struct pulse_view *v, const struct wire_op_answer *a)
{
    v->house_n = 0;
    for (size_t i = 0; i < a->balances_n && v->house_n < PULSE_HOLDINGS_MAX; i++) {
        const struct wire_op_balance *b = &a->balances[i];
        struct amount all;
        if (strcmp(b->owner, "inv:home") != 0 || amount_add(&all, b->available, b->held) != ERR_OK)
            continue;
        v->house[v->house_n++] = (struct pulse_holding){ b->asset, all };
    }
}

static void take(struct pulse *p, enum wire_op_kind kind)
{
    const struct wire_op_request request = { .kind = kind };
    struct wire_op_answer a;

    if (client_operate(&a, p->op, &request) != ERR_OK || a.code != 0)
        return;
    pthread_mutex_lock(&p->lock);
    p->view.seen_ns = now_ns();
    if (kind == WIRE_OP_BATCHES)
        pulse_count(&p->view, &a);
    else if (kind == WIRE_OP_VENUES)
        take_venues(&p->view, &a);
    else
        take_house(&p->view, &a);
    pthread_mutex_unlock(&p->lock);
}

static void *pulse_main(void *arg)
{
    struct pulse *p = arg;
    struct timespec period = { 0, PERIOD_MS * 1000000L };

    while (!atomic_load(&p->quit)) {
        take(p, WIRE_OP_BATCHES);
        take(p, WIRE_OP_VENUES);
        take(p, WIRE_OP_INVENTORY);
        nanosleep(&period, NULL);
    }
    return NULL;
}

enum err pulse_start(struct pulse **out, const struct config *config)
{
    const struct client_options options = { config->operator_url, ASK_TIMEOUT_MS, 0 };
    struct pulse *p = calloc(1, sizeof *p);
    enum err err;

    if (p == NULL)
        return ERR_NOMEM;
    CHECK(pthread_mutex_init(&p->lock, NULL) == 0);
    err = client_open(&p->op, &options);
    if (err == ERR_OK && pthread_create(&p->thread, NULL, pulse_main, p) != 0)
        err = ERR_NOMEM;
    if (err == ERR_OK) {
        *out = p;
        return ERR_OK;
    }
    client_close(p->op);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return err;
}

void pulse_view(struct pulse_view *out, struct pulse *p)
{
    pthread_mutex_lock(&p->lock);
    *out = p->view;
    pthread_mutex_unlock(&p->lock);
}

void pulse_free(struct pulse *p)
{
    if (p == NULL)
        return;
    atomic_store(&p->quit, true);
    pthread_join(p->thread, NULL);
    client_close(p->op);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
