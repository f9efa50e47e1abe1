/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/pages.h"

#include <stdbool.h>
#include <string.h>

#include "solver/core/check.h"
#include "venues/sdk/curve_state.h"

#define INDEX_BITS 16
#define SET_MEMORY_MAX ((size_t)256 << 20)

void pages_init(struct pages *p)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < PAGES_SETS; i++)
        arena_init(&p->sets[i].memory, SET_MEMORY_MAX);
}

void pages_fini(struct pages *p)
{
    for (size_t i = 0; i < PAGES_SETS; i++)
        arena_fini(&p->sets[i].memory);
    wire_bytes_fini(&p->scratch);
}

/* How many curves from number `from` on fit into one page: at least one. */
static size_t page_size(const struct wire_quotes *q, size_t from)
{
    size_t bytes = 0;
    size_t items = 0;
    size_t n = 0;

    while (from + n < q->curves_n) {
        bytes += curve_state_wire_bound(&q->curves[from + n]);
        items += 1 + curve_state_items(&q->curves[from + n]);
        if (n > 0 && (bytes > PAGES_BYTES_MAX || items > PAGES_ITEMS_MAX))
            break;
        n++;
    }
    return n;
}

static enum err page_pack(struct wire_bytes *out, const struct wire_quotes *q, size_t from,
                          size_t n, uint64_t next_page)
{
    struct wire_venue_answer answer = { .verb = WIRE_QUOTES, .as.quotes = *q };
    struct wire_quotes *page = &answer.as.quotes;

    page->curves = n > 0 ? q->curves + from : NULL;
    page->curves_n = n;
    page->next_page = next_page;
    if (from > 0)
        page->removed_n = 0; /* said on the first page */
    return wire_venue_answer_pack(out, &answer);
}

static size_t pages_count(const struct wire_quotes *q, size_t from)
{
    size_t n = 0;

    for (; from < q->curves_n; from += page_size(q, from))
        n++;
    return n;
}

static enum err set_fill(struct pages_set *set, struct pages *p, const struct wire_quotes *q,
                         size_t from)
{
    size_t n = pages_count(q, from);

    CHECK(n < (size_t)1 << INDEX_BITS);
    arena_reset(&set->memory);
    set->pages = ARENA_NEW(&set->memory, n, struct wire_span);
    if (set->pages == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        size_t size = page_size(q, from);
        uint64_t next = i + 1 == n ? 0 : p->number << INDEX_BITS | (i + 2);
        TRY(page_pack(&p->scratch, q, from, size, next));
        uint8_t *bytes = ARENA_NEW(&set->memory, p->scratch.n, uint8_t);
        if (bytes == NULL)
            return ERR_NOMEM;
        memcpy(bytes, p->scratch.data, p->scratch.n);
        set->pages[i] = (struct wire_span){ bytes, p->scratch.n };
        from += size;
    }
    set->n = n;
    set->number = p->number;
    return ERR_OK;
}

enum err pages_first(struct wire_bytes *out, struct pages *p, const struct wire_quotes *q)
{
    size_t first = page_size(q, 0);

    if (first == q->curves_n)
        return page_pack(out, q, 0, first, 0);
    struct pages_set *set = &p->sets[p->next];
    p->next = (p->next + 1) % PAGES_SETS;
    /* Sequences of a process are above those of all before it, so old page numbers never match. */
    p->number = p->number + 1 > q->seq ? p->number + 1 : q->seq;
    CHECK(p->number < (uint64_t)1 << (64 - INDEX_BITS));
    set->number = 0;
    set->n = 0;
    TRY(set_fill(set, p, q, first));
    return page_pack(out, q, 0, first, p->number << INDEX_BITS | 1);
}

enum err pages_get(struct wire_span *out, const struct pages *p, uint64_t page)
{
    uint64_t number = page >> INDEX_BITS;
    size_t index = (size_t)(page & (((uint64_t)1 << INDEX_BITS) - 1));

    for (size_t i = 0; i < PAGES_SETS; i++) {
        const struct pages_set *set = &p->sets[i];
        if (number != 0 && set->number == number && index >= 1 && index <= set->n) {
            *out = set->pages[index - 1];
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}
