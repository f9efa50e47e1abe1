/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intent -- what a user signed, and what became of it.
 *
 * Exact-sell: sell_amount is exact, buy_amount the least for all of it. Exact-buy: buy_amount is
 * exact, sell_amount the most for all of it, held in full. The limit is their ratio, and every
 * fill satisfies got * sell_amount >= paid * buy_amount (amount_limit_holds).
 */
#ifndef SLUICE_CORE_INTENT_H
#define SLUICE_CORE_INTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/id.h"

enum intent_kind { INTENT_SELL = 1, INTENT_BUY = 2 };

/* The acknowledgement ladder; only ACCEPTED and above are promises. Order matters. */
enum intent_state {
    INTENT_RECEIVED = 1,   /* in memory only */
    INTENT_ACCEPTED,       /* in the ledger, fsynced, open to batches */
    INTENT_PLANNED,        /* in a plan, legs not all settled; also called IN_BATCH */
    INTENT_EXECUTING,      /* a leg of its plan is UNKNOWN at a named venue */
    INTENT_FILLED,         /* terminal from here on: completely filled */
    INTENT_PARTIAL_CLOSED, /* deadline or cancel after at least one fill */
    INTENT_EXPIRED,        /* deadline with nothing filled */
    INTENT_CANCELLED,      /* cancelled with nothing filled */
    INTENT_REJECTED        /* refused by the ledger: a tombstone */
};

static inline bool intent_state_terminal(enum intent_state s)
{
    return s >= INTENT_FILLED;
}

const char *intent_state_name(enum intent_state s); /* "ACCEPTED", ... static */

struct intent {
    struct id id;
    struct name account;
    enum intent_kind kind;
    bool partial; /* false: fill-or-kill */
    uint32_t sell_asset;
    uint32_t buy_asset;
    struct amount sell_amount; /* as signed */
    struct amount buy_amount;  /* as signed */
    int64_t deadline_ms;       /* unix milliseconds */
    /* Progress, from the ledger. */
    uint64_t seq;       /* order of acceptance */
    struct amount paid; /* sell atoms so far */
    struct amount got;  /* buy atoms so far */
};

/*
 * What is still open: the most it may pay and the least it then gets. Sell: sell_amount - paid and
 * the limit of it, rounded up. Buy: the limit of the missing buy atoms rounded down, and they.
 */
void intent_open(struct amount *sell_max, struct amount *buy_min, const struct intent *i);

/*
 * What a fill gets (sell: buy atoms) or saves (buy: sell atoms) beyond the signed limit; zero when
 * it is at the limit, or below.
 */
struct amount intent_surplus(const struct intent *i, struct amount paid, struct amount got);

#endif
