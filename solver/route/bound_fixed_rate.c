/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_kinds.h"
#include "solver/route/interval.h"
#include "solver/route/rough.h"

#define ROUGH_BITS 58 /* of two products and the fee */

/* What one atom of asset 0 is worth in each asset, times num den: side 0 trades the first for the
 * second. */
struct worths {
    struct rough first, second;
};

static bool idle(const struct fixed_rate *f, const struct amount *price)
{
    struct rough kn = rough_of_u64(f->keep_num), kd = rough_of_u64(f->keep_den);
    struct worths w = { rough_mul(rough_of_amount(price[0]), rough_of(&f->den)),
                        rough_mul(rough_of_amount(price[1]), rough_of(&f->num)) };

    return rough_surely_less(rough_mul(w.second, kn), rough_mul(w.first, kd), ROUGH_BITS) &&
           rough_surely_less(rough_mul(w.first, kn), rough_mul(w.second, kd), ROUGH_BITS);
}

/* capacity (p_out - p_in b / (a keep)) with a / b the rate of this side, or 0 when that loses. */
static enum err side_profit(struct u256 *profit, const struct fixed_rate *f, int side,
                            const struct amount *price)
{
    struct u256 in = u256_of_amount(price[side]), out = u256_of_amount(price[!side]);
    struct u256 kn = u256_of(f->keep_num), kd = u256_of(f->keep_den);
    struct interval cost, margin;

    interval_init(&cost);
    interval_init(&margin);
    interval_set(&cost, &in);
    interval_times(&cost, &kd);
    interval_times(&cost, side == 0 ? &f->den : &f->num);
    interval_over(&cost, &kn);
    interval_over(&cost, side == 0 ? &f->num : &f->den);
    interval_set(&margin, &out);
    mpfi_sub(margin.v, margin.v, cost.v);
    interval_times(&margin, &f->capacity[!side]);
    return interval_ceil(profit, &margin);
}

/*
 * Using one side first, to fill the capacity of the other again, loses the fee and gains nothing.
 */
enum err bound_fixed_rate(struct u256 *profit, const struct fixed_rate *f,
                          const struct amount *price)
{
    struct u256 back;

    *profit = u256_of(0);
    if (idle(f, price))
        return ERR_OK;
    TRY(side_profit(profit, f, 0, price));
    TRY(side_profit(&back, f, 1, price));
    return u256_add(profit, profit, &back);
}
