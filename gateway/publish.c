/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/publish.h"

#include <nng/nng.h>
#include <nng/protocol/pubsub0/pub.h>

#define PEER_MAX 1024 /* a subscriber has nothing to say */

enum err publish_open(struct publish *p, const char *url, const char **why)
{
    nng_socket socket;
    int rv = nng_pub0_open(&socket);

    if (rv == 0) {
        rv = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, PEER_MAX);
        if (rv == 0)
            rv = nng_listen(socket, url, NULL, 0);
        if (rv == 0) {
            p->socket = socket.id;
            return ERR_OK;
        }
        (void)nng_close(socket);
    }
    *why = nng_strerror(rv);
    return ERR_IO;
}

void publish_close(struct publish *p)
{
    (void)nng_close((nng_socket){ p->socket });
}

void publish_hint(struct publish *p, uint64_t seq)
{
    uint8_t bytes[PUBLISH_HINT_BYTES];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(seq >> (56 - 8 * i));
    /* A hint that cannot be sent is a hint less. */
    (void)nng_send((nng_socket){ p->socket }, bytes, sizeof bytes, NNG_FLAG_NONBLOCK);
}
