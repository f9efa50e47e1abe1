/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/curve_state.h"

#include <string.h>

#include "solver/core/check.h"

#define WORD 8
#define WIDE 32
#define HEAD ((size_t)3 * WORD) /* kind, lengths of the two lists of values */
#define CURVE_WIRE_BOUND 512    /* everything but levels, ticks and the assets of a pool */
#define LEVEL_WIRE_BOUND 8      /* a level without the bytes of its two numbers */
#define TICK_WIRE_BOUND 80
#define ASSET_WIRE_BOUND 96 /* balance, scaling, weight */
#define TICK_BIAS ((int64_t)1 << 31)

/* How many values each list of a curve has: what trades change, and the prices of a book. */
static void lists_of(size_t n[2], const struct curve *c)
{
    n[0] = n[1] = 1;
    switch (c->kind) {
    case CURVE_constant_product:
    case CURVE_fixed_rate: return;
    case CURVE_book:
        n[0] = 2 * c->as.book.bids_n;
        n[1] = 2 * c->as.book.asks_n;
        return;
    case CURVE_weighted:
    case CURVE_stable:
        n[0] = c->assets_n;
        n[1] = 0;
        return;
    case CURVE_concentrated: n[0] = 2; return;
    }
    UNREACHABLE("curve kind");
}

/* Borrow value number i of a list. The tick of a concentrated curve is none of 256 bits: NULL. */
static struct u256 *value_at(struct curve *c, int list, size_t i)
{
    struct book_level *levels = list == 0 ? c->as.book.bids : c->as.book.asks;

    switch (c->kind) {
    case CURVE_constant_product: return &c->as.constant_product.reserve[list];
    case CURVE_fixed_rate: return &c->as.fixed_rate.capacity[list];
    case CURVE_book: return i % 2 == 0 ? &levels[i / 2].price : &levels[i / 2].size;
    case CURVE_weighted: return &c->as.weighted->pool.balance[i];
    case CURVE_stable: return &c->as.stable->pool.balance[i];
    case CURVE_concentrated:
        if (list == 1)
            return NULL;
        return i == 0 ? &c->as.concentrated.sqrt_price : &c->as.concentrated.liquidity;
    }
    UNREACHABLE("curve kind");
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
    struct curve copy = *c; /* value_at serves both directions; nothing borrowed is changed */
    size_t list_n[2];

    lists_of(list_n, c);
    size_t size = HEAD + WIDE * (list_n[0] + list_n[1]);
    uint8_t *bytes = ARENA_NEW(arena, size, uint8_t);
    if (bytes == NULL)
        return ERR_NOMEM;
    word_put(bytes, (uint64_t)c->kind);
    word_put(bytes + WORD, list_n[0]);
    word_put(bytes + 2 * WORD, list_n[1]);
    uint8_t *at = bytes + HEAD;
    for (int list = 0; list < 2; list++) {
        for (size_t i = 0; i < list_n[list]; i++, at += WIDE) {
            struct u256 tick = u256_of((uint64_t)(c->as.concentrated.tick + TICK_BIAS));
            const struct u256 *v = value_at(&copy, list, i);

            wide_put(at, v != NULL ? v : &tick);
        }
    }
    *out = bytes;
    *n = size;
    return ERR_OK;
}

/* A tick that is none becomes one that curve_check refuses. */
static int32_t tick_of(const struct u256 *v)
{
    return u256_bits(v) <= 32 ? (int32_t)((int64_t)v->limb[0] - TICK_BIAS) : INT32_MAX;
}

static void values_set(struct curve *c, const uint8_t *at, const size_t list_n[2])
{
    for (int list = 0; list < 2; list++) {
        for (size_t i = 0; i < list_n[list]; i++, at += WIDE) {
            struct u256 v = wide_get(at), *to = value_at(c, list, i);

            if (to != NULL)
                *to = v;
            else
                c->as.concentrated.tick = tick_of(&v);
        }
    }
}

enum err curve_state_unpack(struct curve *c, const uint8_t *bytes, size_t n)
{
    size_t list_n[2];

    lists_of(list_n, c);
    if (n != HEAD + WIDE * (list_n[0] + list_n[1]) || word_get(bytes) != (uint64_t)c->kind ||
        word_get(bytes + WORD) != list_n[0] || word_get(bytes + 2 * WORD) != list_n[1])
        return ERR_CONFLICT;
    values_set(c, bytes + HEAD, list_n);
    if (c->kind == CURVE_stable &&
        stable_invariant(&c->as.stable->invariant, c->as.stable) != ERR_OK)
        return ERR_CONFLICT;
    return curve_check(c) == ERR_OK ? ERR_OK : ERR_CONFLICT;
}

size_t curve_state_items(const struct curve *c)
{
    size_t items = c->assets_n;

    switch (c->kind) {
    case CURVE_constant_product:
    case CURVE_fixed_rate: return items;
    case CURVE_book: return items + c->as.book.bids_n + c->as.book.asks_n;
    case CURVE_weighted: return items + (size_t)3 * c->assets_n;
    case CURVE_stable: return items + (size_t)2 * c->assets_n;
    case CURVE_concentrated: return items + c->as.concentrated.ticks_n;
    }
    UNREACHABLE("curve kind");
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
    if (c->kind == CURVE_concentrated)
        return CURVE_WIRE_BOUND + TICK_WIRE_BOUND * c->as.concentrated.ticks_n;
    if (c->kind != CURVE_book)
        return CURVE_WIRE_BOUND + (size_t)ASSET_WIRE_BOUND * c->assets_n;
    return CURVE_WIRE_BOUND + levels_bound(c->as.book.bids, c->as.book.bids_n) +
           levels_bound(c->as.book.asks, c->as.book.asks_n);
}
