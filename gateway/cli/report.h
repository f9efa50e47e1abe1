/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report -- what several verbs print in the same way.
 *
 * An intent and its receipt: what was paid and got, at which price, and how much better that is
 * than the signed limit and than the best single venue alone. What an owner has. An audit. The
 * asset registry must be loaded.
 */
#ifndef SLUICE_CLI_REPORT_H
#define SLUICE_CLI_REPORT_H

#include "gateway/cli/cli.h"
#include "proto/wire_intent.h"
#include "proto/wire_operator.h"

#define REPORT_PRICE_TEXT 160

/* The status of one intent, then its fills, if any. */
void report_intent(const struct cli *c, const struct wire_status *s);

/*
 * "1 ETH = 3,008.2 USDC", turned round when one unit of the first is worth less than one of the
 * second. a of asset first was exchanged for b of asset second. Empty when there is no price.
 */
char *report_price(char buf[REPORT_PRICE_TEXT], const struct asset *first, struct amount a,
                   const struct asset *second, struct amount b);

/*
 * How much better a fill is than the same alone at the best single venue: in buy atoms for a sell,
 * in sell atoms for a buy. Zero, with *none set, when no venue serves it alone.
 */
struct delta report_better(const struct wire_receipt_fill *f, enum intent_kind kind, bool *none);

/* One row of what an owner has: owner, available, held, and both together at the mark. */
#define REPORT_HOLDING_COLUMNS(held_title)                                                         \
    { "owner", "owner" }, { "available", "available" }, { "held", held_title },                    \
    {                                                                                              \
        "value", "value at marks"                                                                  \
    }
void report_holding(struct out *o, const struct cli *c, const char *owner, uint32_t asset,
                    struct amount available, struct amount held);

/* A quantity at the asset's mark; nothing without a mark. */
void report_value(struct out *o, const struct asset *asset, struct amount atoms);

/* The answer to an audit. all: also the assets of which nothing is there. */
void report_audit(const struct cli *c, const struct wire_op_answer *answer, bool all);

#endif
