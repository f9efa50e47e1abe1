/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/score.h"

#include <stdbool.h>

static enum err surplus_atoms(struct surplus *out, const struct auction_intent *in,
                              const struct solution_fill *f)
{
    struct u256 limit;

    if (in->kind == INTENT_SELL) {
        out->asset = in->buy;
        TRY(u256_muldiv_ceil(&limit, &f->paid, &in->signed_buy, &in->signed_sell));
        return u256_sub(&out->atoms, &f->got, &limit) == ERR_OK ? ERR_OK : ERR_INVALID;
    }
    out->asset = in->sell;
    TRY(u256_muldiv_floor(&limit, &f->got, &in->signed_sell, &in->signed_buy));
    return u256_sub(&out->atoms, &limit, &f->paid) == ERR_OK ? ERR_OK : ERR_INVALID;
}

/* atoms * num / den in units of 2^-64, rounded down. */
static enum err value_of(struct u256 *out, const struct u256 *atoms, struct price mark)
{
    struct u256 num = { { 0, (uint64_t)mark.num.atoms, (uint64_t)(mark.num.atoms >> 64), 0 } };
    struct u256 den = u256_of_amount(mark.den);

    return u256_muldiv_floor(out, atoms, &num, &den);
}

enum err score_fill(struct surplus *out, const struct auction *a, const struct solution_fill *f)
{
    struct surplus s = { 0 };

    TRY(surplus_atoms(&s, &a->intents[f->intent], f));
    if (!amount_is_zero(a->assets[s.asset].mark.num))
        TRY(value_of(&s.value, &s.atoms, a->assets[s.asset].mark));
    *out = s;
    return ERR_OK;
}

static bool any_mark(const struct auction *a)
{
    for (size_t i = 0; i < a->assets_n; i++) {
        if (!amount_is_zero(a->assets[i].mark.num))
            return true;
    }
    return false;
}

enum err score_solution(struct u256 *out, const struct auction *a, const struct solution *s)
{
    bool marked = any_mark(a);
    struct u256 sum = u256_of(0);

    for (size_t i = 0; i < s->fills_n; i++) {
        struct surplus p;

        TRY(score_fill(&p, a, &s->fills[i]));
        if (!marked && s->prices_n > 0) {
            struct u256 price = u256_of_amount(s->prices[p.asset]);

            TRY(u256_mul(&p.value, &p.atoms, &price));
        }
        TRY(u256_add(&sum, &sum, &p.value));
    }
    *out = sum;
    return ERR_OK;
}
