/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/auction.h"

#include "solver/core/amount.h"

static const char *asset_fault(const struct auction_asset *a)
{
    if (a->name == NULL)
        return "an asset has no name";
    if (a->decimals > AMOUNT_DECIMALS_MAX)
        return "an asset has too many decimals";
    if (amount_is_zero(a->lot))
        return "an asset's lot is zero";
    if (!amount_is_zero(a->mark.num) && amount_is_zero(a->mark.den))
        return "an asset's mark divides by zero";
    return NULL;
}

static const char *curve_fault(const struct curve *c, const struct auction *a)
{
    if (c->venue >= a->venues_n)
        return "a curve names no venue";
    for (uint32_t k = 0; k < c->assets_n && k < CURVE_ASSETS_MAX; k++) {
        if (c->asset[k] >= a->assets_n)
            return "a curve names no asset";
    }
    return curve_check(c) == ERR_OK ? NULL : "a curve contradicts itself";
}

static const char *intent_fault(const struct auction_intent *i, const struct auction *a)
{
    if (i->kind != INTENT_SELL && i->kind != INTENT_BUY)
        return "an intent is neither sell nor buy";
    if (i->sell >= a->assets_n || i->buy >= a->assets_n)
        return "an intent names no asset";
    if (i->sell == i->buy)
        return "an intent sells what it buys";
    if (u256_is_zero(&i->sell_max) || u256_is_zero(&i->signed_sell))
        return "an intent sells nothing";
    if (i->kind == INTENT_BUY && (u256_is_zero(&i->buy_min) || u256_is_zero(&i->signed_buy)))
        return "an intent buys nothing";
    return NULL;
}

static const char *row_fault(const struct row *r, const struct auction *a)
{
    if (r->kind < ROW_INVENTORY || r->kind > ROW_VALUE)
        return "a limit is of no known kind";
    if (r->kind != ROW_VALUE && r->asset >= a->assets_n)
        return "a limit names no asset";
    return amount_cmp(r->min, r->max) > 0 ? "a limit's minimum exceeds its maximum" : NULL;
}

static const char *first_fault(const struct auction *a)
{
    const char *fault = NULL;

    for (size_t i = 0; fault == NULL && i < a->assets_n; i++)
        fault = asset_fault(&a->assets[i]);
    for (size_t i = 0; fault == NULL && i < a->curves_n; i++)
        fault = curve_fault(&a->curves[i], a);
    for (size_t i = 0; fault == NULL && i < a->intents_n; i++)
        fault = intent_fault(&a->intents[i], a);
    for (size_t i = 0; fault == NULL && i < a->inventory_n; i++)
        if (a->inventory[i].asset >= a->assets_n)
            fault = "inventory of no asset";
    for (size_t i = 0; fault == NULL && i < a->rows_n; i++)
        fault = row_fault(&a->rows[i], a);
    return fault;
}

enum err auction_check(const char **what, const struct auction *a)
{
    const char *fault = first_fault(a);

    if (fault == NULL)
        return ERR_OK;
    *what = fault;
    return ERR_INVALID;
}
