/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/admit.h"

#include "solver/core/check.h"
#include "solver/core/wide.h"

#define PPM 1000000

/* 10^exponent for exponents beyond one amount; at most 10^76 fits 256 bits. */
static struct u256 power_of_ten(unsigned exponent)
{
    unsigned low = exponent < AMOUNT_POW10_MAX ? exponent : AMOUNT_POW10_MAX;
    struct u256 a = u256_of_amount(amount_pow10(low));
    struct u256 b = u256_of_amount(amount_pow10(exponent - low));
    enum err err = u256_mul(&a, &a, &b);

    CHECK(err == ERR_OK);
    return a;
}

/* out = atoms * mark * scale * share: one side of the comparison below; it fits 512 bits because
 * atoms and mark have 128 each, scale (10^54 at most) 180 and share 20. */
static void side_value(struct u512 *out, struct amount atoms, struct amount mark, unsigned exponent,
                       uint64_t share)
{
    struct u256 a = u256_of_amount(atoms);
    struct u256 m = u256_of_amount(mark);
    struct u256 s = power_of_ten(exponent);
    struct u256 p = u256_of(share);
    enum err err = u256_mul(&a, &a, &m);

    CHECK(err == ERR_OK);
    err = u256_mul(&s, &s, &p);
    CHECK(err == ERR_OK);
    wide_mul(out, &a, &s);
}

/*
 * An asset's atoms are worth atoms * mark / 10^(decimals + mark_scale), so
 *   buy value < sell value * (10^6 - ppm) / 10^6
 * is, without any division,
 *   buy * buy_mark * 10^(sell places) * 10^6 < sell * sell_mark * 10^(buy places) * (10^6 - ppm).
 */
static bool collar_broken(const struct intent *i, const struct asset *sell, const struct asset *buy,
                          uint64_t collar_ppm)
{
    struct u512 gets;
    struct u512 gives;

    if (amount_is_zero(sell->mark) || amount_is_zero(buy->mark))
        return false;
    side_value(&gets, i->buy_amount, buy->mark, (unsigned)sell->decimals + sell->mark_scale, PPM);
    side_value(&gives, i->sell_amount, sell->mark, (unsigned)buy->decimals + buy->mark_scale,
               PPM - collar_ppm);
    return wide_cmp(&gets, &gives) < 0;
}

enum reject admit_intent(const struct intent *i, const struct admit_rules *rules, int64_t unix_ms)
{
    const struct asset *sell = asset_get(rules->assets, i->sell_asset);
    const struct asset *buy = asset_get(rules->assets, i->buy_asset);

    CHECK(rules->collar_ppm <= PPM);
    if (id_is_zero(i->id) || (i->kind != INTENT_SELL && i->kind != INTENT_BUY))
        return REJECT_MALFORMED;
    if (sell == NULL || buy == NULL)
        return REJECT_UNKNOWN_ASSET;
    if (sell == buy)
        return REJECT_SAME_ASSET;
    if (amount_is_zero(i->sell_amount) || amount_is_zero(i->buy_amount))
        return REJECT_ZERO_AMOUNT;
    if (i->deadline_ms <= unix_ms)
        return REJECT_EXPIRED;
    if (i->deadline_ms - ADMIT_AHEAD_MS > unix_ms)
        return REJECT_DEADLINE_FAR;
    return collar_broken(i, sell, buy, rules->collar_ppm) ? REJECT_COLLAR : REJECT_NONE;
}

enum reject admit_money(uint32_t asset, struct amount amount, const struct asset_table *assets)
{
    if (asset_get(assets, asset) == NULL)
        return REJECT_UNKNOWN_ASSET;
    return amount_is_zero(amount) ? REJECT_ZERO_AMOUNT : REJECT_NONE;
}
