/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire.h"

#include <stdlib.h>

/* Depths are those of the deepest message: Batch > Item > Intent; Answer > EnvelopeAnswer >
 * ItemAnswer > IntentStatus > Receipt > ReceiptFill; VenueAnswer > QuotesAnswer > Curve > Book >
 * Level; WorkerMessage > Auction > Curve > Book > Level. */
const struct wire_limits wire_limits_public = { WIRE_PUBLIC_MAX, 4, WIRE_ITEMS_MAX, 1024 };
const struct wire_limits wire_limits_answer = { WIRE_ANSWER_MAX, 6, 16384, 16384 };
const struct wire_limits wire_limits_venue = { WIRE_VENUE_MAX, 5, 65536, 65536 };
const struct wire_limits wire_limits_worker = { WIRE_WORKER_MAX, 5, 1u << 20, 1u << 22 };
const struct wire_limits wire_limits_operator = { WIRE_OPERATOR_MAX, 3, 65536, 262144 };

enum err wire_bytes_reserve(struct wire_bytes *b, size_t n)
{
    size_t cap = b->cap > 0 ? b->cap : 256;
    uint8_t *data;

    if (n <= b->cap)
        return ERR_OK;
    while (cap < n)
        cap = cap > SIZE_MAX / 2 ? n : cap * 2;
    data = realloc(b->data, cap);
    if (data == NULL)
        return ERR_NOMEM;
    b->data = data;
    b->cap = cap;
    return ERR_OK;
}

void wire_bytes_fini(struct wire_bytes *b)
{
    free(b->data);
    *b = (struct wire_bytes){ 0 };
}
