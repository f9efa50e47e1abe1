/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * admit -- what a gateway can refuse without asking the ledger.
 *
 * Pure functions on plain structs, exact integers, no clock: any thread. When several reasons apply
 * the first one of enum reject is given. A refusal here stores nothing, so the same request may be
 * made again; account, key, id and balance are judged by the ledger, and the deadline once more, by
 * the store's own clock.
 */
#ifndef SLUICE_GATEWAY_ADMIT_H
#define SLUICE_GATEWAY_ADMIT_H

#include <stdint.h>

#include "solver/core/asset.h"
#include "solver/core/intent.h"
#include "solver/core/reject.h"

#define ADMIT_AHEAD_MS INT64_C(86400000) /* a deadline is at most 24 h ahead */

struct admit_rules {
    const struct asset_table *assets; /* borrowed */
    uint64_t collar_ppm;              /* [0, 1000000] */
};

/*
 * May this intent go to the ledger?
 *
 * The collar protects the signer only: COLLAR when the least that all of it must give is worth less
 * than (1 - collar_ppm / 10^6) of the most that it may pay, both at the marks. Ambitious limits are
 * legal and rest. Without a mark of both assets there is no collar.
 *
 * in       unix_ms  the gateway's clock
 * returns  NONE MALFORMED UNKNOWN_ASSET SAME_ASSET ZERO_AMOUNT EXPIRED DEADLINE_FAR COLLAR
 */
enum reject admit_intent(const struct intent *i, const struct admit_rules *rules, int64_t unix_ms);

/* Movements of an operator. returns  NONE UNKNOWN_ASSET ZERO_AMOUNT */
enum reject admit_money(uint32_t asset, struct amount amount, const struct asset_table *assets);

#endif
