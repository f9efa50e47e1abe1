/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/link_venues.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include "solver/engine/venue_table.h"

#define EXCHANGES_MAX 128 /* requests on their way at one venue */
#define REDIAL_MIN_MS 20
#define REDIAL_MAX_MS 500
#define URL_MAX 512

struct exchange {
    struct link_venues *link;
    uint32_t venue;
    uint64_t tag;
    bool sending; /* else receiving */
    nng_ctx ctx;
    nng_aio *aio;
    struct exchange *next; /* of the free ones */
};

struct peer {
    nng_socket socket;
    struct exchange *free;
    size_t exchanges_n;
};

struct link_venues {
    struct inbox *inbox;
    pthread_mutex_t lock; /* of the free lists */
    struct peer peers[VENUES_MAX];
    uint32_t n;
    struct wire_bytes bytes;
    struct exchange *all[VENUES_MAX * EXCHANGES_MAX];
    size_t all_n;
};

static void exchange_done(struct exchange *x, enum link_status status, nng_msg *msg)
{
    const struct letter letter = {
        .kind = LETTER_VENUE, .venue = x->venue, .tag = x->tag, .status = status, .msg = msg
    };
    struct link_venues *l = x->link;

    inbox_put(l->inbox, &letter);
    pthread_mutex_lock(&l->lock);
    x->next = l->peers[x->venue].free;
    l->peers[x->venue].free = x;
    pthread_mutex_unlock(&l->lock);
}

static void exchange_cb(void *arg)
{
    struct exchange *x = arg;
    int rv = nng_aio_result(x->aio);

    if (rv == NNG_ECLOSED || rv == NNG_ECANCELED) {
        if (x->sending)
            nng_msg_free(nng_aio_get_msg(x->aio));
        return; /* the link is closing */
    }
    if (rv != 0) {
        if (x->sending)
            nng_msg_free(nng_aio_get_msg(x->aio)); /* a failed send leaves it ours */
        exchange_done(x, rv == NNG_ETIMEDOUT ? LINK_TIMEOUT : LINK_LOST, NULL);
    } else if (x->sending) {
        x->sending = false;
        nng_ctx_recv(x->ctx, x->aio);
    } else {
        exchange_done(x, LINK_ANSWER, nng_aio_get_msg(x->aio));
    }
}

static struct exchange *exchange_new(struct link_venues *l, uint32_t venue)
{
    struct exchange *x = calloc(1, sizeof *x);

    if (x == NULL)
        return NULL;
    x->link = l;
    x->venue = venue;
    if (nng_aio_alloc(&x->aio, exchange_cb, x) != 0) {
        free(x);
        return NULL;
    }
    if (nng_ctx_open(&x->ctx, l->peers[venue].socket) != 0) {
        nng_aio_free(x->aio);
        free(x);
        return NULL;
    }
    l->peers[venue].exchanges_n++;
    l->all[l->all_n++] = x;
    return x;
}

static struct exchange *exchange_take(struct link_venues *l, uint32_t venue)
{
    struct peer *p = &l->peers[venue];

    pthread_mutex_lock(&l->lock);
    struct exchange *x = p->free;
    if (x != NULL)
        p->free = x->next;
    pthread_mutex_unlock(&l->lock);
    if (x == NULL && p->exchanges_n < EXCHANGES_MAX)
        x = exchange_new(l, venue);
    return x;
}

static enum err link_request(void *self, uint32_t venue, uint64_t tag,
                             const struct wire_venue_request *r, uint32_t timeout_ms)
{
    struct link_venues *l = self;
    nng_msg *msg;

    TRY(wire_venue_request_pack(&l->bytes, r));
    if (nng_msg_alloc(&msg, 0) != 0)
        return ERR_NOMEM;
    struct exchange *x = exchange_take(l, venue);
    if (x == NULL || nng_msg_append(msg, l->bytes.data, l->bytes.n) != 0) {
        nng_msg_free(msg);
        return ERR_NOMEM; /* a taken exchange stays with the link and is closed with it */
    }
    x->tag = tag;
    x->sending = true;
    nng_aio_set_msg(x->aio, msg);
    nng_aio_set_timeout(x->aio, (nng_duration)timeout_ms);
    nng_ctx_send(x->ctx, x->aio);
    return ERR_OK;
}

static enum err peer_open(struct peer *p, const char *url, char *why, size_t why_n)
{
    int rv = nng_req0_open(&p->socket);

    if (rv == 0)
        rv = nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ, WIRE_VENUE_MAX);
    if (rv == 0)
        rv = nng_socket_set_ms(p->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (rv == 0)
        rv = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMINT, REDIAL_MIN_MS);
    if (rv == 0)
        rv = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMAXT, REDIAL_MAX_MS);
    if (rv == 0)
        rv = nng_dial(p->socket, url, NULL, NNG_FLAG_NONBLOCK);
    if (rv == 0)
        return ERR_OK;
    snprintf(why, why_n, "venue %.200s: %s", url, nng_strerror(rv));
    return ERR_IO;
}

enum err link_venues_open(struct link_venues **out, uint32_t *venues_n, const char *urls,
                          struct inbox *inbox, char *why, size_t why_n)
{
    struct link_venues *l = calloc(1, sizeof *l);
    enum err err = ERR_OK;

    if (l == NULL)
        return ERR_NOMEM;
    l->inbox = inbox;
    pthread_mutex_init(&l->lock, NULL);
    for (const char *at = urls; *at != '\0' && err == ERR_OK;) {
        size_t n = strcspn(at, ",");
        char url[URL_MAX];
        snprintf(url, sizeof url, "%.*s", (int)n, at);
        at += n + (at[n] == ',');
        if (l->n == VENUES_MAX) {
            snprintf(why, why_n, "more than %d venues", VENUES_MAX);
            err = ERR_INVALID;
        } else if (n > 0) {
            err = peer_open(&l->peers[l->n], url, why, why_n);
            l->n += err == ERR_OK;
        }
    }
    if (err != ERR_OK) {
        link_venues_close(l);
        return err;
    }
    *venues_n = l->n;
    *out = l;
    return ERR_OK;
}

void link_venues_close(struct link_venues *l)
{
    if (l == NULL)
        return;
    for (uint32_t i = 0; i < l->n; i++)
        nng_close(l->peers[i].socket);
    for (size_t i = 0; i < l->all_n; i++) {
        nng_aio_free(l->all[i]->aio); /* waits for its callback */
        free(l->all[i]);
    }
    wire_bytes_fini(&l->bytes);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

struct venue_link link_venues_port(struct link_venues *l)
{
    return (struct venue_link){ .request = link_request, .self = l };
}
