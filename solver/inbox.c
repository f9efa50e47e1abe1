/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/inbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <nng/nng.h>

struct node {
    struct letter letter;
    struct node *next;
};

struct inbox {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct node *first;
    struct node *last;
};

struct inbox *inbox_new(void)
{
    struct inbox *in = calloc(1, sizeof *in);
    pthread_condattr_t attr;

    if (in == NULL)
        return NULL;
    pthread_mutex_init(&in->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&in->filled, &attr);
    pthread_condattr_destroy(&attr);
    return in;
}

void inbox_free(struct inbox *in)
{
    struct letter l;

    if (in == NULL)
        return;
    while (inbox_take(&l, in, 0) == ERR_OK) {
        if (l.msg != NULL)
            nng_msg_free(l.msg);
    }
    pthread_cond_destroy(&in->filled);
    pthread_mutex_destroy(&in->lock);
    free(in);
}

void inbox_put(struct inbox *in, const struct letter *l)
{
    struct node *n = malloc(sizeof *n);

    if (n == NULL) {
        if (l->msg != NULL)
            nng_msg_free(l->msg);
        return;
    }
    *n = (struct node){ .letter = *l };
    pthread_mutex_lock(&in->lock);
    if (in->last != NULL)
        in->last->next = n;
    else
        in->first = n;
    in->last = n;
    pthread_cond_signal(&in->filled);
    pthread_mutex_unlock(&in->lock);
}

enum err inbox_take(struct letter *out, struct inbox *in, uint64_t until_ns)
{
    const struct timespec until = { .tv_sec = (time_t)(until_ns / 1000000000u),
                                    .tv_nsec = (long)(until_ns % 1000000000u) };

    pthread_mutex_lock(&in->lock);
    while (in->first == NULL) {
        if (pthread_cond_timedwait(&in->filled, &in->lock, &until) != 0)
            break;
    }
    struct node *n = in->first;
    if (n != NULL) {
        in->first = n->next;
        if (in->first == NULL)
            in->last = NULL;
    }
    pthread_mutex_unlock(&in->lock);
    if (n == NULL)
        return ERR_AGAIN;
    *out = n->letter;
    free(n);
    return ERR_OK;
}
