/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_kinds.h"

/* price * factor, below 2^192. */
static enum err price_times(struct u256 *out, struct amount price, uint64_t factor)
{
    struct u256 p = u256_of_amount(price), f = u256_of(factor);

    return u256_mul(out, &p, &f);
}

/*
 * A ladder seen from the trader. Everything is counted scale * keep_den times over, so that a level
 * earns and costs integers.
 */
struct ladder {
    const struct book *book;
    struct u256 in;  /* price of what is given, times keep_den */
    struct u256 out; /* price of what is got, times keep_num */
    int side;
};

/* What a level earns and costs. */
static enum err level_worth(struct u512 *earned, struct u512 *cost, const struct ladder *l,
                            const struct book_level *level)
{
    struct u256 quote, base;

    TRY(u256_mul(&quote, &level->size, &level->price));
    TRY(u256_mul(&base, &level->size, &l->book->scale));
    wide_mul(earned, l->side == 0 ? &quote : &base, &l->out);
    wide_mul(cost, l->side == 0 ? &base : &quote, &l->in);
    return ERR_OK;
}

/*
 * Levels stand best first, so the first that loses ends the sum. Lots and the rounding of a trade
 * only take from the trader.
 */
static enum err side_profit(struct u256 *profit, const struct book *b, int side,
                            const struct amount *price)
{
    const struct book_level *level = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;
    struct ladder l = { .book = b, .side = side };
    struct u512 sum = { { 0 } }, earned, cost, den;
    struct u256 unit = u256_of(b->keep_den);

    *profit = u256_of(0);
    TRY(price_times(&l.in, price[side], b->keep_den));
    TRY(price_times(&l.out, price[!side], b->keep_num));
    for (size_t i = 0; i < n; i++) {
        TRY(level_worth(&earned, &cost, &l, &level[i]));
        if (wide_cmp(&earned, &cost) < 0)
            break;
        TRY(wide_sub(&earned, &earned, &cost));
        TRY(wide_add(&sum, &sum, &earned));
    }
    TRY(u256_mul(&unit, &unit, &b->scale));
    den = wide_of(&unit);
    return wide_div_ceil(profit, &sum, &den);
}

/* Ladders do not cross, so at most one side pays. */
enum err bound_book(struct u256 *profit, const struct book *b, const struct amount *price)
{
    TRY(side_profit(profit, b, 0, price));
    return u256_is_zero(profit) ? side_profit(profit, b, 1, price) : ERR_OK;
}
