/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request_answer -- what became of a request's items, as an Answer.
 *
 * Shared with request.c only: the structs in between, which live in the exchange's arena.
 */
#ifndef SLUICE_GATEWAY_REQUEST_ANSWER_H
#define SLUICE_GATEWAY_REQUEST_ANSWER_H

#include "gateway/metrics.h"
#include "gateway/session.h"
#include "proto/wire_intent.h"

/* One item: refused here, or answered by calls[call]. */
struct request_ask {
    enum reject refused;
    size_t call;
};

/* One envelope; asks are there when it was not refused as a whole. */
struct request_parcel {
    const struct wire_envelope *envelope;
    struct wire_payload payload;
    enum reject refused;
    struct request_ask *asks; /* [payload.items_n] */
};

struct request {
    enum reject refused; /* the whole message; then there are no parcels to answer */
    uint64_t nonce;
    struct request_parcel *parcels;
    size_t parcels_n;
};

/* x->state is its struct request, or NULL when there was no room for one. */
void request_answer(struct exchange *x, struct metrics *metrics);

#endif
