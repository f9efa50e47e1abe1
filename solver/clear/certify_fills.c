/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/certify_fills.h"

/* a floored or raised to a multiple of lot. */
static enum err to_lots(struct u256 *out, const struct u256 *a, struct amount lot, bool up)
{
    struct u256 step = u256_of_amount(lot), count;

    if (up)
        TRY(u256_div_ceil(&count, a, &step));
    else
        TRY(u256_div_floor(&count, a, &step));
    return u256_mul(out, &count, &step);
}

static void open_judge(struct verdict *v, const struct auction_intent *in,
                       const struct solution_fill *f)
{
    bool sells = in->kind == INTENT_SELL;
    const struct u256 *exact = sells ? &f->paid : &f->got;
    const struct u256 *open = sells ? &in->sell_max : &in->buy_min;

    if (u256_is_zero(&f->paid) || u256_is_zero(&f->got))
        *v = (struct verdict){ .rule = CERTIFY_EMPTY };
    else if (u256_cmp(&f->paid, &in->sell_max) > 0)
        *v = (struct verdict){ .rule = CERTIFY_OPEN, .have = f->paid, .want = in->sell_max };
    else if (u256_cmp(exact, open) > 0)
        *v = (struct verdict){ .rule = CERTIFY_OPEN, .have = *exact, .want = *open };
    else if (!in->partial && u256_cmp(exact, open) != 0)
        *v = (struct verdict){ .rule = CERTIFY_WHOLE, .have = *exact, .want = *open };
}

static void limit_judge(struct verdict *v, const struct auction_intent *in,
                        const struct solution_fill *f)
{
    struct u512 given, owed;

    wide_mul(&given, &f->got, &in->signed_sell);
    wide_mul(&owed, &f->paid, &in->signed_buy);
    if (wide_cmp(&given, &owed) < 0)
        *v = (struct verdict){ .rule = CERTIFY_LIMIT, .have = f->got, .want = in->buy_min };
}

/* What a sell of `paid` gets at q: the floor, or the limit's ceiling one lot above it. */
static enum err sell_rate(struct u256 *want, const struct auction *a, const struct solution *s,
                          const struct auction_intent *in, const struct solution_fill *f)
{
    struct u256 q_sell = u256_of_amount(s->prices[in->sell]);
    struct u256 q_buy = u256_of_amount(s->prices[in->buy]);
    struct amount lot = a->assets[in->buy].lot;
    struct u256 step = u256_of_amount(lot), least;

    TRY(u256_muldiv_floor(want, &f->paid, &q_sell, &q_buy));
    TRY(to_lots(want, want, lot, false));
    TRY(u256_muldiv_ceil(&least, &f->paid, &in->signed_buy, &in->signed_sell));
    TRY(to_lots(&least, &least, lot, true));
    TRY(u256_add(&step, want, &step));
    if (u256_cmp(&least, &step) == 0)
        *want = least;
    return ERR_OK;
}

/* What a buy of `got` pays at q: the ceiling, or the limit's floor one lot below it. */
static enum err buy_rate(struct u256 *want, const struct auction *a, const struct solution *s,
                         const struct auction_intent *in, const struct solution_fill *f)
{
    struct u256 q_sell = u256_of_amount(s->prices[in->sell]);
    struct u256 q_buy = u256_of_amount(s->prices[in->buy]);
    struct amount lot = a->assets[in->sell].lot;
    struct u256 step = u256_of_amount(lot), most;

    TRY(u256_muldiv_ceil(want, &f->got, &q_buy, &q_sell));
    TRY(to_lots(want, want, lot, true));
    TRY(u256_muldiv_floor(&most, &f->got, &in->signed_sell, &in->signed_buy));
    TRY(to_lots(&most, &most, lot, false));
    TRY(u256_add(&step, &most, &step));
    if (u256_cmp(want, &step) == 0)
        *want = most;
    return ERR_OK;
}

static void rate_judge(struct verdict *v, const struct auction *a, const struct solution *s,
                       const struct auction_intent *in, const struct solution_fill *f)
{
    bool sells = in->kind == INTENT_SELL;
    const struct u256 *have = sells ? &f->got : &f->paid;
    struct u256 want = { { 0 } };
    enum err e;

    if (s->prices_n == 0 || amount_is_zero(s->prices[in->sell]) ||
        amount_is_zero(s->prices[in->buy])) {
        *v = (struct verdict){ .rule = CERTIFY_PRICE };
        return;
    }
    e = sells ? sell_rate(&want, a, s, in, f) : buy_rate(&want, a, s, in, f);
    if (e != ERR_OK || u256_cmp(have, &want) != 0)
        *v = (struct verdict){ .rule = CERTIFY_RATE, .have = *have, .want = want };
}

static void lot_judge(struct verdict *v, const struct auction *a, uint32_t asset,
                      const struct u256 *amount)
{
    struct u256 want;

    if (to_lots(&want, amount, a->assets[asset].lot, false) != ERR_OK ||
        u256_cmp(&want, amount) != 0)
        *v = (struct verdict){ .rule = CERTIFY_LOT, .have = *amount, .want = want };
}

void fill_judge(struct verdict *v, const struct auction *a, const struct solution *s, size_t i)
{
    const struct solution_fill *f = &s->fills[i];
    const struct auction_intent *in = &a->intents[f->intent];

    *v = (struct verdict){ .rule = CERTIFY_OK };
    open_judge(v, in, f);
    if (v->rule == CERTIFY_OK)
        limit_judge(v, in, f);
    if (v->rule == CERTIFY_OK)
        rate_judge(v, a, s, in, f);
    if (v->rule == CERTIFY_OK)
        lot_judge(v, a, in->sell, &f->paid);
    if (v->rule == CERTIFY_OK)
        lot_judge(v, a, in->buy, &f->got);
    v->at = i;
}
