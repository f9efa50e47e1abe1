/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client -- speak to a gateway from C: sign, send, re-send by the same ids, read the answer.
 *
 * nng's own re-sending is off (it executes twice what a server answers late); this library sends
 * the same bytes again instead, which the ids inside make harmless, until an answer comes or the
 * time is over. A client belongs to one thread and asks one thing at a time; what an answer points
 * to lives until its next call.
 */
#ifndef SLUICE_GATEWAY_CLIENT_CLIENT_H
#define SLUICE_GATEWAY_CLIENT_CLIENT_H

#include <stdint.h>

#include "proto/wire_intent.h"
#include "proto/wire_operator.h"
#include "solver/core/err.h"
#include "solver/core/sign.h"

struct client;

/* Who signs. */
struct client_signer {
    struct name account;
    struct sign_key key;
    struct sign_secret secret;
};

struct client_options {
    const char *url;     /* of the gateway's public or operator socket */
    uint64_t timeout_ms; /* of one call, re-sends included; a watch waits so much longer */
    uint64_t resend_ms;  /* without an answer the same bytes go again; 0: a third of timeout_ms */
};

/*
 * Does not wait for the gateway: it may start later, or again.
 * errors  ERR_INVALID not an nng URL; ERR_NOMEM; ERR_IO
 */
MUST_USE enum err client_open(struct client **out, const struct client_options *options);
void client_close(struct client *c);

/*
 * Ask for the items of one payload, signed. *out answers item by item; a refusal is data in it,
 * transient ones included: whether to ask again, with the same ids, is the caller's.
 *
 * errors  ERR_TIMEOUT no answer: the outcome is unknown, the same ids tell it; ERR_INVALID the
 *         items cannot be said on the wire (none, more than 256, a wrong name), or the peer's
 *         answer is not one; ERR_OVERFLOW the message is too large; ERR_IO the socket failed;
 *         ERR_NOMEM
 */
MUST_USE enum err client_ask(struct wire_envelope_answer *out, struct client *c,
                             const struct client_signer *who, struct wire_item *items, size_t n);

/* The same for one item. */
MUST_USE enum err client_ask_one(struct wire_item_answer *out, struct client *c,
                                 const struct client_signer *who, const struct wire_item *item);

/* One verb of an operator; errors as above. */
MUST_USE enum err client_operate(struct wire_op_answer *out, struct client *c,
                                 const struct wire_op_request *request);

/* The bytes that client_ask would send: for those who keep many requests in flight. */
MUST_USE enum err client_request(struct wire_bytes *out, uint64_t nonce,
                                 const struct client_signer *who, struct wire_item *items,
                                 size_t n);

#endif
