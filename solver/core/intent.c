/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/intent.h"

#include <stddef.h>

static const char *const state_names[] = {
    [INTENT_RECEIVED] = "RECEIVED", [INTENT_ACCEPTED] = "ACCEPTED",
    [INTENT_PLANNED] = "PLANNED",   [INTENT_EXECUTING] = "EXECUTING",
    [INTENT_FILLED] = "FILLED",     [INTENT_PARTIAL_CLOSED] = "PARTIAL_CLOSED",
    [INTENT_EXPIRED] = "EXPIRED",   [INTENT_CANCELLED] = "CANCELLED",
    [INTENT_REJECTED] = "REJECTED",
};

const char *intent_state_name(enum intent_state s)
{
    if (s < INTENT_RECEIVED || s > INTENT_REJECTED)
        return "UNKNOWN";
    return state_names[s];
}

void intent_open(struct amount *sell_max, struct amount *buy_min, const struct intent *i)
{
    struct amount unpaid = amount_sub_or_zero(i->sell_amount, i->paid);
    struct amount missing = amount_sub_or_zero(i->buy_amount, i->got);
    struct amount part;

    /* A part of an amount never exceeds it, so the only error is a signed amount of zero, which
     * leaves nothing open. */
    *sell_max = AMOUNT_ZERO;
    *buy_min = AMOUNT_ZERO;
    if (i->kind == INTENT_SELL) {
        if (amount_muldiv_ceil(&part, unpaid, i->buy_amount, i->sell_amount) != ERR_OK)
            return;
        *sell_max = unpaid;
        *buy_min = part;
    } else {
        if (amount_muldiv_floor(&part, missing, i->sell_amount, i->buy_amount) != ERR_OK)
            return;
        *sell_max = amount_min(part, unpaid);
        *buy_min = missing;
    }
}

struct amount intent_surplus(const struct intent *i, struct amount paid, struct amount got)
{
    struct amount limit;

    if (i->kind == INTENT_SELL)
        return amount_muldiv_ceil(&limit, paid, i->buy_amount, i->sell_amount) == ERR_OK
                   ? amount_sub_or_zero(got, limit)
                   : AMOUNT_ZERO;
    return amount_muldiv_floor(&limit, got, i->sell_amount, i->buy_amount) == ERR_OK
               ? amount_sub_or_zero(limit, paid)
               : AMOUNT_ZERO;
}
