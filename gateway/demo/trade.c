/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/trade.h"

#include "solver/core/check.h"

#define PPM 1000000

uint64_t trade_random(struct trade_rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t trade_between(struct trade_rng *r, uint64_t lo, uint64_t hi)
{
    return lo + trade_random(r) % (hi - lo + 1);
}

enum err trade_init(struct trade *t, const struct asset_table *assets, uint64_t seed)
{
    t->n = 0;
    t->rng.state = seed;
    for (size_t i = 0; i < assets->n && t->n < TRADE_ASSETS_MAX; i++) {
        if (!amount_is_zero(assets->items[i].mark))
            t->assets[t->n++] = &assets->items[i];
    }
    return t->n < 2 ? ERR_INVALID : ERR_OK;
}

enum err trade_atoms(struct amount *out, const struct asset *a, uint64_t micro)
{
    struct amount scaled, atoms;

    CHECK(!amount_is_zero(a->mark));
    TRY(amount_muldiv_floor(&scaled, AMOUNT_OF(micro), amount_pow10(a->mark_scale), AMOUNT_OF(1)));
    TRY(amount_muldiv_floor(&atoms, scaled, amount_pow10(a->decimals), a->mark));
    out->atoms = atoms.atoms - atoms.atoms % a->lot.atoms;
    return ERR_OK;
}

/* In the limit the side that is not exact moves: what a seller gets, what a buyer pays. */
enum err trade_make(struct intent *out, const struct asset *sell, const struct asset *buy,
                    uint64_t micro, enum intent_kind kind, int32_t edge_ppm)
{
    int64_t ppm = kind == INTENT_SELL ? PPM - edge_ppm : PPM + edge_ppm;
    struct amount exact, other;

    CHECK(ppm > 0);
    TRY(trade_atoms(&exact, kind == INTENT_SELL ? sell : buy, micro));
    TRY(trade_atoms(&other, kind == INTENT_SELL ? buy : sell, micro));
    TRY(amount_muldiv_floor(&other, other, AMOUNT_OF(ppm), AMOUNT_OF(PPM)));
    if (amount_is_zero(exact) || amount_is_zero(other))
        return ERR_INVALID;
    out->kind = kind;
    out->sell_asset = sell->id;
    out->buy_asset = buy->id;
    out->sell_amount = kind == INTENT_SELL ? exact : other;
    out->buy_amount = kind == INTENT_SELL ? other : exact;
    return ERR_OK;
}

void trade_pick(const struct asset **a, const struct asset **b, struct trade *t)
{
    /* The smaller of two draws: the registry lists the most traded assets first. */
    uint64_t one = trade_between(&t->rng, 0, t->n - 1);
    uint64_t two = trade_between(&t->rng, 0, t->n - 1);
    uint64_t first = one < two ? one : two;
    uint64_t second = trade_between(&t->rng, 0, t->n - 2);

    second += second >= first;
    *a = t->assets[first];
    *b = t->assets[second];
}
