/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/curve_copy.h"

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

#include "solver/core/check.h"

/* Bytes of one piece in memory, so that the next one is aligned. */
static size_t padded(size_t bytes)
{
    const size_t step = alignof(max_align_t);

    return (bytes + step - 1) / step * step;
}

/* What a copy needs: for what trades change, or for all that is borrowed. */
static size_t bytes_of(const struct curve *c, bool whole)
{
    switch (c->kind) {
    case CURVE_constant_product:
    case CURVE_fixed_rate: break;
    case CURVE_book:
        return padded(c->as.book.bids_n * sizeof *c->as.book.bids) +
               padded(c->as.book.asks_n * sizeof *c->as.book.asks);
    case CURVE_weighted: return sizeof *c->as.weighted;
    case CURVE_stable: return sizeof *c->as.stable;
    case CURVE_concentrated:
        return whole ? c->as.concentrated.ticks_n * sizeof *c->as.concentrated.ticks : 0;
    }
    return 0;
}

/* Copy a piece to *memory and go past it. */
static void *put(char **memory, const void *from, size_t bytes)
{
    void *at = *memory;

    if (bytes > 0)
        memcpy(at, from, bytes);
    *memory += padded(bytes);
    return at;
}

static void copy_into(struct curve *to, void *memory, const struct curve *from, bool whole)
{
    const struct book *b = &from->as.book;
    const struct concentrated *k = &from->as.concentrated;
    char *at = memory;

    *to = *from;
    switch (from->kind) {
    case CURVE_constant_product:
    case CURVE_fixed_rate: return;
    case CURVE_book:
        to->as.book.bids = put(&at, b->bids, b->bids_n * sizeof *b->bids);
        to->as.book.asks = put(&at, b->asks, b->asks_n * sizeof *b->asks);
        return;
    case CURVE_weighted:
        to->as.weighted = put(&at, from->as.weighted, sizeof *from->as.weighted);
        return;
    case CURVE_stable: to->as.stable = put(&at, from->as.stable, sizeof *from->as.stable); return;
    case CURVE_concentrated:
        if (whole)
            to->as.concentrated.ticks = put(&at, k->ticks, k->ticks_n * sizeof *k->ticks);
        return;
    }
}

static enum err copy(struct curve *to, struct arena *arena, const struct curve *from, bool whole)
{
    void *memory = arena_alloc(arena, bytes_of(from, whole), 1);

    if (memory == NULL)
        return ERR_NOMEM;
    copy_into(to, memory, from, whole);
    return ERR_OK;
}

enum err curve_copy(struct curve *to, struct arena *arena, const struct curve *from)
{
    return copy(to, arena, from, false);
}

enum err curve_copy_whole(struct curve *to, struct arena *arena, const struct curve *from)
{
    return copy(to, arena, from, true);
}

static void levels_restore(struct book_level *own, const struct book_level *from, size_t n)
{
    if (n > 0)
        memcpy(own, from, n * sizeof *own);
}

void curve_copy_restore(struct curve *copy, const struct curve *from)
{
    struct curve own = *copy;
    struct book *b = &copy->as.book;

    CHECK(own.kind == from->kind);
    *copy = *from;
    switch (from->kind) {
    case CURVE_constant_product:
    case CURVE_fixed_rate: return;
    case CURVE_book:
        CHECK(own.as.book.bids_n == b->bids_n && own.as.book.asks_n == b->asks_n);
        b->bids = own.as.book.bids;
        b->asks = own.as.book.asks;
        levels_restore(b->bids, from->as.book.bids, b->bids_n);
        levels_restore(b->asks, from->as.book.asks, b->asks_n);
        return;
    case CURVE_weighted:
        copy->as.weighted = own.as.weighted;
        *copy->as.weighted = *from->as.weighted;
        return;
    case CURVE_stable:
        copy->as.stable = own.as.stable;
        *copy->as.stable = *from->as.stable;
        return;
    case CURVE_concentrated: copy->as.concentrated.ticks = own.as.concentrated.ticks; return;
    }
}

size_t curve_copy_bytes(const struct curve *from)
{
    return bytes_of(from, true);
}

void curve_copy_into(struct curve *to, void *memory, const struct curve *from)
{
    copy_into(to, memory, from, true);
}
