/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/refusal.h"

#include <stdio.h>

#include "solver/core/reject.h"

static void have_need(char buf[REFUSAL_TEXT], struct cli *c, const struct client_signer *who,
                      const struct intent *i)
{
    const struct wire_item item = { .kind = WIRE_ITEM_BALANCES };
    char have_text[OUT_NUMBER_TEXT], need_text[OUT_NUMBER_TEXT], symbol[ASSET_SYMBOL_TEXT];
    struct amount have = AMOUNT_ZERO;
    struct wire_item_answer a;

    if (client_ask_one(&a, c->gateway, who, &item) != ERR_OK || a.code != 0)
        return;
    for (size_t k = 0; k < a.balances_n; k++) {
        if (a.balances[k].asset == i->sell_asset)
            have = a.balances[k].available;
    }
    snprintf(buf, REFUSAL_TEXT, ": %s %s available, %s needed",
             cli_units(have_text, c, i->sell_asset, have), cli_symbol(symbol, c, i->sell_asset),
             cli_units(need_text, c, i->sell_asset, i->sell_amount));
}

static void at_marks(char buf[REFUSAL_TEXT], const struct cli *c, const struct intent *i)
{
    const struct asset *sell = asset_get(&c->assets, i->sell_asset);
    const struct asset *buy = asset_get(&c->assets, i->buy_asset);
    char gives_text[OUT_NUMBER_TEXT], gets_text[OUT_NUMBER_TEXT];
    struct amount gives, gets;

    if (sell == NULL || buy == NULL || asset_value_ceil(&gives, sell, i->sell_amount) != ERR_OK ||
        asset_value_ceil(&gets, buy, i->buy_amount) != ERR_OK || gives.atoms > INT64_MAX ||
        gets.atoms > INT64_MAX)
        return;
    snprintf(buf, REFUSAL_TEXT, ": at the marks it gives %s for %s",
             out_micro(gives_text, (int64_t)gives.atoms),
             out_micro(gets_text, (int64_t)gets.atoms));
}

void refusal_numbers(char buf[REFUSAL_TEXT], struct cli *c, const struct client_signer *who,
                     const struct intent *i, uint32_t code)
{
    buf[0] = '\0';
    if (code == (uint32_t)reject_code(REJECT_BALANCE))
        have_need(buf, c, who, i);
    if (code == (uint32_t)reject_code(REJECT_COLLAR))
        at_marks(buf, c, i);
}
