/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payout -- what a fill pays and gets at an integer price vector, to the atom.
 *
 * Sell: got = floor(paid * q_sell / q_buy). Buy: paid = ceil(got * q_buy / q_sell). Where that lies
 * one lot beyond the signed limit, the limit itself counts: it is what certify accepts.
 */
#ifndef SLUICE_CLEAR_PAYOUT_H
#define SLUICE_CLEAR_PAYOUT_H

#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/*
 * Fill in paid and got of *f for the exact side's amount, which is first cut to whole lots.
 * errors  ERR_NOT_FOUND the prices are beyond the limit, or nothing is left; ERR_OVERFLOW
 */
MUST_USE enum err payout_price(struct solution_fill *f, const struct auction *a,
                               const struct amount *prices, const struct auction_intent *in,
                               const struct u256 *amount);

/*
 * Spread what is there: the lowest price of `asset` (within a factor of 2 of the given one) at
 * which the sells that buy it get no more than `have` in all. Only for an asset that no fill sells
 * and only exact-sells buy. prices[asset] and the fills change; nothing does on an error.
 *
 * errors  ERR_NOT_FOUND a fill would miss its limit
 */
MUST_USE enum err payout_spread(struct solution_fill *fills, size_t n, const struct auction *a,
                                struct amount *prices, uint32_t asset, const struct u256 *have);

#endif
