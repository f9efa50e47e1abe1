/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/book/book_venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "venues/book/book_walk.h"
#include "venues/sdk/curve_table.h"

#define STEP_NS ((uint64_t)BOOK_VENUE_STEP_MS * 1000000)
#define BUILD_MEMORY_MAX ((size_t)256 << 20)

struct book_venue {
    struct wire_hello about;
    struct curve_table table;
    const struct market_file *market; /* for the ladders; borrowed from the setup */
    uint64_t rng;
    uint64_t next_ns;
    bool still;
};

static enum err levels_new(struct book *b, const struct market_ladder *l, struct arena *arena)
{
    b->bids = ARENA_NEW(arena, l->levels, struct book_level);
    b->asks = ARENA_NEW(arena, l->levels, struct book_level);
    if (b->bids == NULL || b->asks == NULL)
        return ERR_NOMEM;
    book_walk_build(b, l);
    return ERR_OK;
}

/* The market file's curves with the ladders of generated books made. */
static enum err curves_build(struct curve **out, const struct market_file *m, struct arena *arena)
{
    struct curve *curves = ARENA_NEW(arena, m->curves_n, struct curve);

    if (curves == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < m->curves_n; i++) {
        curves[i] = m->curves[i];
        if (m->ladders[i].generated)
            TRY(levels_new(&curves[i].as.book, &m->ladders[i], arena));
    }
    *out = curves;
    return ERR_OK;
}

static enum err table_init(struct book_venue *v, struct leg_store *store, char *why, size_t why_n)
{
    struct arena arena;
    struct curve *curves;

    arena_init(&arena, BUILD_MEMORY_MAX);
    enum err e = curves_build(&curves, v->market, &arena);
    if (e == ERR_OK)
        e = curve_table_init(&v->table, store, curves, v->market->curves_n, why, why_n);
    else
        (void)snprintf(why, why_n, "too many levels");
    arena_fini(&arena);
    return e;
}

static enum err book_venue_open(void **self, const struct adapter_setup *setup, char *why,
                                size_t why_n)
{
    const struct market_file *m = setup->market;

    if (m->kind != MARKET_BOOK) {
        (void)snprintf(why, why_n, "$.kind: not a book market");
        return ERR_INVALID;
    }
    if (m->atomic) {
        (void)snprintf(why, why_n, "$.atomic: a book executes leg by leg");
        return ERR_INVALID;
    }
    struct book_venue *v = calloc(1, sizeof *v);
    if (v == NULL)
        return ERR_NOMEM;
    *self = v;
    v->about = (struct wire_hello){ .name = m->venue, .domain = m->domain, .ttl_ms = m->ttl_ms };
    v->market = m;
    v->rng = setup->seed;
    v->still = setup->still;
    return table_init(v, setup->store, why, why_n);
}

static void book_venue_close(void *self)
{
    struct book_venue *v = self;

    if (v == NULL)
        return;
    curve_table_fini(&v->table);
    free(v);
}

static void book_venue_hello(struct wire_hello *out, void *self)
{
    const struct book_venue *v = self;

    *out = v->about;
}

static enum err book_venue_curves(struct wire_quotes *out, struct arena *arena, void *self,
                                  uint64_t since_seq)
{
    struct book_venue *v = self;

    return curve_table_curves(out, arena, &v->table, since_seq);
}

static enum err book_venue_submit(struct wire_leg_result *out, struct arena *arena, void *self,
                                  const struct adapter_order *order)
{
    struct book_venue *v = self;

    return curve_table_submit(out, arena, &v->table, order);
}

static void book_venue_kept(void *self, bool kept)
{
    struct book_venue *v = self;

    curve_table_kept(&v->table, kept);
}

/* Ladders stand in the file's order, curves in the order of their ids. */
static const struct market_ladder *ladder_of(const struct market_file *m, uint64_t curve)
{
    size_t i = 0;

    while (m->curves[i].id != curve)
        i++;
    return &m->ladders[i];
}

static uint64_t book_venue_tick(void *self, uint64_t now_ns)
{
    struct book_venue *v = self;

    if (v->still)
        return ADAPTER_NEVER;
    if (now_ns < v->next_ns)
        return v->next_ns;
    v->next_ns = now_ns + STEP_NS;
    for (size_t i = 0; i < v->table.n; i++) {
        struct curve *c = &v->table.curves[i];
        if (!curve_table_may_touch(&v->table))
            break; /* an unpublished change would be a lie */
        if (book_walk_step(&c->as.book, ladder_of(v->market, c->id), &v->rng))
            curve_table_touch(&v->table, i);
    }
    return v->next_ns;
}

const struct venue_adapter book_venue_adapter = {
    .kind = "book",
    .doc = "order books from a market file; they move unless --still",
    .needs_market = true,
    .open = book_venue_open,
    .close = book_venue_close,
    .hello = book_venue_hello,
    .curves = book_venue_curves,
    .submit = book_venue_submit,
    .kept = book_venue_kept,
    .tick = book_venue_tick,
};
