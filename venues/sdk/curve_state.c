/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/curve_state.h"

#include <string.h>

#include "solver/core/check.h"

#define WORD 8
#define WIDE 32
#define HEAD ((size_t)3 * WORD) /* kind, numbers of values on either side */
#define CURVE_WIRE_BOUND 256    /* everything but the levels */
#define LEVEL_WIRE_BOUND 8      /* a level without the bytes of its two numbers */

/* How many 256-bit values a curve's two sides keep. */
static void sides(size_t n[2], const struct curve *c)
{
    switch (c->kind) {
    case CURVE_constant_product:
        n[0] = 1;
        n[1] = 1;
        return;
    case CURVE_book:
        n[0] = 2 * c->as.book.bids_n;
        n[1] = 2 * c->as.book.asks_n;
        return;
    }
    UNREACHABLE("curve kind");
}

/* Borrow value number i of a side. */
static struct u256 *value_at(struct curve *c, int side, size_t i)
{
    if (c->kind == CURVE_constant_product)
        return &c->as.constant_product.reserve[side];
    struct book_level *level = &(side == 0 ? c->as.book.bids : c->as.book.asks)[i / 2];
    return i % 2 == 0 ? &level->price : &level->size;
}

static void word_put(uint8_t *out, uint64_t v)
{
    for (int i = 0; i < WORD; i++)
        out[i] = (uint8_t)(v >> (8 * (WORD - 1 - i)));
}

static uint64_t word_get(const uint8_t *in)
{
    uint64_t v = 0;

    for (int i = 0; i < WORD; i++)
        v = v << 8 | in[i];
    return v;
}

static void wide_put(uint8_t *out, const struct u256 *v)
{
    for (int i = 0; i < WIDE / WORD; i++)
        word_put(out + WORD * i, v->limb[WIDE / WORD - 1 - i]);
}

static struct u256 wide_get(const uint8_t *in)
{
    struct u256 v;

    for (int i = 0; i < WIDE / WORD; i++)
        v.limb[WIDE / WORD - 1 - i] = word_get(in + WORD * i);
    return v;
}

enum err curve_state_pack(uint8_t **out, size_t *n, struct arena *arena, const struct curve *c)
{
    struct curve copy = *c; /* value_at serves both directions; levels are shared, not changed */
    size_t side_n[2];

    sides(side_n, c);
    size_t size = HEAD + WIDE * (side_n[0] + side_n[1]);
    uint8_t *bytes = ARENA_NEW(arena, size, uint8_t);
    if (bytes == NULL)
        return ERR_NOMEM;
    word_put(bytes, (uint64_t)c->kind);
    word_put(bytes + WORD, side_n[0]);
    word_put(bytes + 2 * WORD, side_n[1]);
    uint8_t *at = bytes + HEAD;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < side_n[side]; i++, at += WIDE)
            wide_put(at, value_at(&copy, side, i));
    }
    *out = bytes;
    *n = size;
    return ERR_OK;
}

enum err curve_state_unpack(struct curve *c, const uint8_t *bytes, size_t n)
{
    size_t side_n[2];

    sides(side_n, c);
    if (n != HEAD + WIDE * (side_n[0] + side_n[1]) || word_get(bytes) != (uint64_t)c->kind ||
        word_get(bytes + WORD) != side_n[0] || word_get(bytes + 2 * WORD) != side_n[1])
        return ERR_CONFLICT;
    const uint8_t *at = bytes + HEAD;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < side_n[side]; i++, at += WIDE)
            *value_at(c, side, i) = wide_get(at);
    }
    return curve_check(c) == ERR_OK ? ERR_OK : ERR_CONFLICT;
}

static enum err levels_copy(struct book_level **out, struct arena *arena,
                            const struct book_level *levels, size_t n)
{
    struct book_level *copy = ARENA_NEW(arena, n, struct book_level);

    if (copy == NULL)
        return ERR_NOMEM;
    if (n > 0)
        memcpy(copy, levels, n * sizeof *copy);
    *out = copy;
    return ERR_OK;
}

enum err curve_state_copy(struct curve *out, struct arena *arena, const struct curve *c)
{
    struct curve copy = *c;

    if (c->kind == CURVE_book) {
        const struct book *b = &c->as.book;
        TRY(levels_copy(&copy.as.book.bids, arena, b->bids, b->bids_n));
        TRY(levels_copy(&copy.as.book.asks, arena, b->asks, b->asks_n));
    }
    *out = copy;
    return ERR_OK;
}

void curve_state_assign(struct curve *c, const struct curve *copy)
{
    struct curve from = *copy; /* as in pack */
    size_t side_n[2];
    size_t copy_n[2];

    sides(side_n, c);
    sides(copy_n, copy);
    CHECK(c->kind == copy->kind && side_n[0] == copy_n[0] && side_n[1] == copy_n[1]);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < side_n[side]; i++)
            *value_at(c, side, i) = *value_at(&from, side, i);
    }
    c->seq = copy->seq;
}

size_t curve_state_levels(const struct curve *c)
{
    return c->kind == CURVE_book ? c->as.book.bids_n + c->as.book.asks_n : 0;
}

static size_t levels_bound(const struct book_level *levels, size_t n)
{
    size_t bound = 0;

    for (size_t i = 0; i < n; i++)
        bound += LEVEL_WIRE_BOUND + (u256_bits(&levels[i].price) + 7) / 8 +
                 (u256_bits(&levels[i].size) + 7) / 8;
    return bound;
}

size_t curve_state_wire_bound(const struct curve *c)
{
    if (c->kind != CURVE_book)
        return CURVE_WIRE_BOUND;
    return CURVE_WIRE_BOUND + levels_bound(c->as.book.bids, c->as.book.bids_n) +
           levels_bound(c->as.book.asks, c->as.book.asks_n);
}
