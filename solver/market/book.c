/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/book.h"

#include <stdbool.h>

#include "solver/core/check.h"
#include "solver/market/curve.h"

/* How far a walk down one ladder got. Values are in quote atoms times scale, exact. */
struct walk {
    struct u256 base;
    struct u256 value;
};

static const struct book_level *ladder(size_t *n, const struct book *b, int side)
{
    *n = side == 0 ? b->bids_n : b->asks_n;
    return side == 0 ? b->bids : b->asks;
}

static enum err floor_to_lots(struct u256 *out, const struct u256 *a, const struct u256 *lot)
{
    struct u256 lots;

    TRY(u256_div_floor(&lots, a, lot));
    return u256_mul(out, &lots, lot);
}

static enum err ceil_to_lots(struct u256 *out, const struct u256 *a, const struct u256 *lot)
{
    struct u256 lots;

    TRY(u256_div_ceil(&lots, a, lot));
    return u256_mul(out, &lots, lot);
}

static enum err walk_add(struct walk *w, const struct u256 *size, const struct u256 *price)
{
    struct u256 value;

    TRY(u256_mul(&value, size, price));
    TRY(u256_add(&w->value, &w->value, &value));
    return u256_add(&w->base, &w->base, size);
}

/* Value and base of a whole ladder; ERR_INVALID when it is out of order or not in lots. */
static enum err ladder_check(const struct book *b, int side)
{
    size_t n;
    const struct book_level *level = ladder(&n, b, side);
    struct u256 den = u256_of(b->keep_den), whole;
    struct walk w = { 0 };

    for (size_t i = 0; i < n; i++) {
        if (u256_is_zero(&level[i].price))
            return ERR_INVALID;
        int order = i == 0 ? 0 : u256_cmp(&level[i].price, &level[i - 1].price);

        if (i > 0 && (side == 0 ? order >= 0 : order <= 0))
            return ERR_INVALID;
        if (floor_to_lots(&whole, &level[i].size, &b->lot) != ERR_OK ||
            u256_cmp(&whole, &level[i].size) != 0)
            return ERR_INVALID;
        if (walk_add(&w, &level[i].size, &level[i].price) != ERR_OK)
            return ERR_INVALID;
    }
    if (u256_mul(&whole, &w.value, &den) != ERR_OK)
        return ERR_INVALID;
    if (u256_mul(&whole, &w.base, &den) != ERR_OK || u256_mul(&whole, &whole, &b->scale) != ERR_OK)
        return ERR_INVALID;
    return ERR_OK;
}

enum err book_check(const struct book *b)
{
    struct u256 den = u256_of(b->keep_den), unit;

    if (u256_is_zero(&b->scale) || u256_is_zero(&b->lot))
        return ERR_INVALID;
    if (b->keep_num == 0 || b->keep_num > b->keep_den)
        return ERR_INVALID;
    if (u256_mul(&unit, &b->scale, &den) != ERR_OK)
        return ERR_INVALID;
    if ((b->bids_n > 0 && b->bids == NULL) || (b->asks_n > 0 && b->asks == NULL))
        return ERR_INVALID;
    TRY(ladder_check(b, 0));
    TRY(ladder_check(b, 1));
    if (b->bids_n > 0 && b->asks_n > 0 && u256_cmp(&b->asks[0].price, &b->bids[0].price) <= 0)
        return ERR_INVALID;
    return ERR_OK;
}

/* Side 0: as many lots of base as are offered and the bids take. */
static enum err walk_base(struct walk *w, const struct book *b, const struct u256 *offer)
{
    struct u256 left;

    TRY(floor_to_lots(&left, offer, &b->lot));
    for (size_t i = 0; i < b->bids_n && !u256_is_zero(&left); i++) {
        const struct book_level *l = &b->bids[i];
        const struct u256 *take = u256_cmp(&left, &l->size) < 0 ? &left : &l->size;

        TRY(walk_add(w, take, &l->price));
        TRY(u256_sub(&left, &left, take));
    }
    return ERR_OK;
}

/* Side 1: as many lots of base as the offered quote pays for and the asks hold. */
static enum err walk_quote(struct walk *w, const struct book *b, const struct u256 *offer)
{
    struct u256 budget, left, take;

    /* More than 2^256 - 1 scaled quote buys every ladder that passed book_check. */
    if (u256_mul(&budget, offer, &b->scale) != ERR_OK)
        budget = (struct u256){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    for (size_t i = 0; i < b->asks_n; i++) {
        const struct book_level *l = &b->asks[i];

        TRY(u256_sub(&left, &budget, &w->value));
        TRY(u256_div_floor(&take, &left, &l->price));
        TRY(floor_to_lots(&take, &take, &b->lot));
        bool whole = u256_cmp(&take, &l->size) >= 0;

        TRY(walk_add(w, whole ? &l->size : &take, &l->price));
        if (!whole)
            break;
    }
    return ERR_OK;
}

/* What a walk costs and pays, rounded once each. */
static enum err walk_trade(struct trade *t, const struct walk *w, const struct book *b, int side)
{
    struct u256 keep_num = u256_of(b->keep_num), keep_den = u256_of(b->keep_den);
    struct u256 unit = keep_den;
    struct trade got;

    if (side == 0) {
        TRY(u256_mul(&unit, &unit, &b->scale));
        got.in = w->base;
        TRY(u256_muldiv_floor(&got.out, &w->value, &keep_num, &unit));
    } else {
        TRY(u256_div_ceil(&got.in, &w->value, &b->scale));
        TRY(u256_muldiv_floor(&got.out, &w->base, &keep_num, &unit));
    }
    *t = u256_is_zero(&got.out) ? (struct trade){ 0 } : got;
    return ERR_OK;
}

static enum err walk_offer(struct walk *w, const struct book *b, int side, const struct u256 *offer)
{
    return side == 0 ? walk_base(w, b, offer) : walk_quote(w, b, offer);
}

enum err book_out(struct trade *t, const struct book *b, int side, const struct u256 *offer)
{
    struct walk w = { 0 };

    TRY(walk_offer(&w, b, side, offer));
    return walk_trade(t, &w, b, side);
}

/* The least base on the bids whose value reaches need; ERR_NOT_FOUND when all of them do not. */
static enum err base_for_value(struct u256 *base, const struct book *b, const struct u256 *need)
{
    struct walk w = { 0 };
    struct u256 left, take;

    for (size_t i = 0; i < b->bids_n; i++) {
        const struct book_level *l = &b->bids[i];

        TRY(u256_sub(&left, need, &w.value));
        TRY(u256_div_ceil(&take, &left, &l->price));
        if (u256_cmp(&take, &l->size) <= 0) {
            TRY(ceil_to_lots(&take, &take, &b->lot));
            return u256_add(base, &w.base, &take);
        }
        TRY(walk_add(&w, &l->size, &l->price));
    }
    return ERR_NOT_FOUND;
}

/* The quote that buys exactly need base, whole lots, from the asks. */
static enum err quote_for_base(struct u256 *quote, const struct book *b, const struct u256 *need)
{
    struct walk w = { 0 };
    struct u256 left = *need;

    for (size_t i = 0; i < b->asks_n && !u256_is_zero(&left); i++) {
        const struct book_level *l = &b->asks[i];
        const struct u256 *take = u256_cmp(&left, &l->size) < 0 ? &left : &l->size;

        TRY(walk_add(&w, take, &l->price));
        TRY(u256_sub(&left, &left, take));
    }
    return u256_is_zero(&left) ? u256_div_ceil(quote, &w.value, &b->scale) : ERR_NOT_FOUND;
}

/* A want too large for 256 bits is more than a ladder that passed book_check can give. */
static enum err gross_of(struct u256 *gross, const struct book *b, int side,
                         const struct u256 *want)
{
    struct u256 keep_num = u256_of(b->keep_num), keep_den = u256_of(b->keep_den);
    struct u256 scaled = *want;

    if (side == 0 && u256_mul(&scaled, &scaled, &b->scale) != ERR_OK)
        return ERR_NOT_FOUND;
    if (u256_muldiv_ceil(gross, &scaled, &keep_den, &keep_num) != ERR_OK)
        return ERR_NOT_FOUND;
    return ERR_OK;
}

enum err book_in(struct trade *t, const struct book *b, int side, const struct u256 *want)
{
    struct u256 gross, in;

    if (u256_is_zero(want)) {
        *t = (struct trade){ 0 };
        return ERR_OK;
    }
    TRY(gross_of(&gross, b, side, want));
    if (side == 0) {
        TRY(base_for_value(&in, b, &gross));
    } else {
        if (ceil_to_lots(&gross, &gross, &b->lot) != ERR_OK)
            return ERR_NOT_FOUND;
        TRY(quote_for_base(&in, b, &gross));
    }
    return book_out(t, b, side, &in);
}

enum err book_apply(struct book *b, int side, const struct trade *t)
{
    struct walk w = { 0 };
    struct trade again;
    struct book_level *level = side == 0 ? b->bids : b->asks;

    TRY(walk_offer(&w, b, side, &t->in));
    TRY(walk_trade(&again, &w, b, side));
    if (u256_cmp(&again.in, &t->in) != 0 || u256_cmp(&again.out, &t->out) != 0)
        return ERR_INVALID;
    if (u256_is_zero(&t->out))
        return ERR_OK;
    for (size_t i = 0; !u256_is_zero(&w.base); i++) {
        CHECK(i < (side == 0 ? b->bids_n : b->asks_n));
        struct u256 take = u256_cmp(&w.base, &level[i].size) < 0 ? w.base : level[i].size;

        TRY(u256_sub(&level[i].size, &level[i].size, &take));
        TRY(u256_sub(&w.base, &w.base, &take));
    }
    return ERR_OK;
}
