/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages -- answers to Quotes that do not fit into one message.
 *
 * All pages of an answer are made at once, so that they belong to one sequence, and those after
 * the first wait here until they are asked for. The newest PAGES_SETS answers are kept; a client
 * that comes too late starts again from page 0. One thread.
 */
#ifndef SLUICE_VENUES_SDK_PAGES_H
#define SLUICE_VENUES_SDK_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire_venue.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"

#define PAGES_SETS 4
#define PAGES_BYTES_MAX ((size_t)1000 * 1000) /* of one page; the rest of WIRE_VENUE_MAX is frame */
#define PAGES_ITEMS_MAX ((size_t)65000)       /* curves and levels of one page */

struct pages_set {
    uint64_t number; /* 0: empty; rises, over restarts too */
    struct arena memory;
    struct wire_span *pages; /* [n] packed, page 1 first */
    size_t n;
};

struct pages {
    struct pages_set sets[PAGES_SETS];
    size_t next; /* to be replaced */
    uint64_t number;
    struct wire_bytes scratch;
};

void pages_init(struct pages *p);
void pages_fini(struct pages *p);

/*
 * Pack the first page of an answer and keep the others.
 * errors  ERR_OVERFLOW one curve alone exceeds a message; ERR_INVALID it cannot be packed;
 *         ERR_NOMEM
 */
MUST_USE enum err pages_first(struct wire_bytes *out, struct pages *p, const struct wire_quotes *q);

/* The packed page that an earlier answer named in next_page. ERR_NOT_FOUND not kept any more. */
MUST_USE enum err pages_get(struct wire_span *out, const struct pages *p, uint64_t page);

#endif
