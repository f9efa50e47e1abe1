/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/payout.h"

#include <stdbool.h>

static enum err to_lots(struct u256 *out, const struct u256 *a, struct amount lot, bool up)
{
    struct u256 step = u256_of_amount(lot), count;

    if (up)
        TRY(u256_div_ceil(&count, a, &step));
    else
        TRY(u256_div_floor(&count, a, &step));
    return u256_mul(out, &count, &step);
}

static enum err sell_price(struct solution_fill *f, const struct auction *a,
                           const struct amount *prices, const struct auction_intent *in)
{
    struct u256 q_sell = u256_of_amount(prices[in->sell]), q_buy = u256_of_amount(prices[in->buy]);
    struct amount lot = a->assets[in->buy].lot;
    struct u256 step = u256_of_amount(lot), least;

    TRY(u256_muldiv_floor(&f->got, &f->paid, &q_sell, &q_buy));
    TRY(to_lots(&f->got, &f->got, lot, false));
    TRY(u256_muldiv_ceil(&least, &f->paid, &in->signed_buy, &in->signed_sell));
    TRY(to_lots(&least, &least, lot, true));
    TRY(u256_add(&step, &f->got, &step));
    if (u256_cmp(&least, &step) == 0)
        f->got = least;
    return u256_cmp(&f->got, &least) >= 0 && !u256_is_zero(&f->got) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err buy_price(struct solution_fill *f, const struct auction *a,
                          const struct amount *prices, const struct auction_intent *in)
{
    struct u256 q_sell = u256_of_amount(prices[in->sell]), q_buy = u256_of_amount(prices[in->buy]);
    struct amount lot = a->assets[in->sell].lot;
    struct u256 step = u256_of_amount(lot), most;

    TRY(u256_muldiv_ceil(&f->paid, &f->got, &q_buy, &q_sell));
    TRY(to_lots(&f->paid, &f->paid, lot, true));
    TRY(u256_muldiv_floor(&most, &f->got, &in->signed_sell, &in->signed_buy));
    TRY(to_lots(&most, &most, lot, false));
    TRY(u256_add(&step, &most, &step));
    if (u256_cmp(&f->paid, &step) == 0)
        f->paid = most;
    if (u256_cmp(&f->paid, &most) > 0 || u256_cmp(&f->paid, &in->sell_max) > 0)
        return ERR_NOT_FOUND;
    return u256_is_zero(&f->paid) ? ERR_NOT_FOUND : ERR_OK;
}

enum err payout_price(struct solution_fill *f, const struct auction *a, const struct amount *prices,
                      const struct auction_intent *in, const struct u256 *amount)
{
    bool sells = in->kind == INTENT_SELL;
    struct u256 exact;

    if (amount_is_zero(prices[in->sell]) || amount_is_zero(prices[in->buy]))
        return ERR_NOT_FOUND;
    TRY(to_lots(&exact, amount, a->assets[sells ? in->sell : in->buy].lot, false));
    if (u256_is_zero(&exact) || (!in->partial && u256_cmp(&exact, amount) != 0))
        return ERR_NOT_FOUND;
    *(sells ? &f->paid : &f->got) = exact;
    return sells ? sell_price(f, a, prices, in) : buy_price(f, a, prices, in);
}

/* Re-price all fills that buy `asset` at price q; how much do they get in all? */
static enum err asset_price(struct u256 *sum, struct solution_fill *fills, size_t n,
                            const struct auction *a, struct amount *prices, uint32_t asset, u128 q)
{
    enum err missed = ERR_OK;

    prices[asset].atoms = q;
    *sum = u256_of(0);
    for (size_t i = 0; i < n; i++) {
        const struct auction_intent *in = &a->intents[fills[i].intent];
        struct u256 paid = fills[i].paid;
        enum err e;

        if (in->buy != asset)
            continue;
        e = payout_price(&fills[i], a, prices, in, &paid);
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            return e;
        missed = e == ERR_OK ? missed : e;
        TRY(u256_add(sum, sum, &fills[i].got));
    }
    return missed;
}

enum err payout_spread(struct solution_fill *fills, size_t n, const struct auction *a,
                       struct amount *prices, uint32_t asset, const struct u256 *have)
{
    u128 before = prices[asset].atoms, lo = before / 2, hi = before * 2;
    struct u256 sum;
    enum err e;

    while (hi - lo > 1) { /* at hi they get no more than there is, at lo more; both are assumed */
        u128 mid = lo + (hi - lo) / 2;

        e = asset_price(&sum, fills, n, a, prices, asset, mid);
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            goto undo;
        if (u256_cmp(&sum, have) <= 0)
            hi = mid;
        else
            lo = mid;
    }
    e = asset_price(&sum, fills, n, a, prices, asset, hi);
    if (e == ERR_OK && u256_cmp(&sum, have) <= 0)
        return ERR_OK;
undo:
    if (asset_price(&sum, fills, n, a, prices, asset, before) == ERR_OVERFLOW)
        return ERR_OVERFLOW;
    return ERR_NOT_FOUND;
}
