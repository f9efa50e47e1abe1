/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words -- what people type: amounts with symbols, times, names, ids, limits.
 *
 * Pure functions; a word that cannot be read leaves the output untouched and writes one sentence
 * to why.
 */
#ifndef SLUICE_CLI_WORDS_H
#define SLUICE_CLI_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/core/id.h"
#include "solver/core/row.h"

#define WORDS_WHY 256
#define WORDS_DEADLINE_MAX_MS 86400000

struct words_why {
    char text[WORDS_WHY];
};

/* An amount as typed: "1.5" and "ETH" apart, or together as "1.5 ETH" or "1.5ETH". */
struct words_amount {
    const char *number; /* NULL: not given */
    const char *symbol; /* NULL: not given, or part of number */
};

/*
 * errors  ERR_INVALID not a decimal, too many places, or a symbol is missing; ERR_NOT_FOUND no such
 *         symbol; ERR_OVERFLOW above 2^128 - 1 atoms
 */
MUST_USE enum err words_asset(const struct asset **out, const char *symbol,
                              const struct asset_table *assets, struct words_why *why);
MUST_USE enum err words_amount_any(struct amount *atoms, const struct asset **asset,
                                   const struct words_amount *typed,
                                   const struct asset_table *assets, struct words_why *why);
/* The same where the asset is known; a symbol, when typed, must be its. */
MUST_USE enum err words_amount_of(struct amount *atoms, const struct asset *asset,
                                  const struct words_amount *typed, struct words_why *why);

/* "500ms", "30s", "5m", "2h"; 1 ms to 24 h. ERR_INVALID. */
MUST_USE enum err words_duration(uint64_t *ms, const char *text, struct words_why *why);

MUST_USE enum err words_name(struct name *out, const char *text, struct words_why *why);
MUST_USE enum err words_intent_id(struct id *out, const char *text, struct words_why *why);

/*
 * A limit and its value: "inventory:home:ETH" "0..100", "in_flight:amm-1:ETH" "50",
 * "held:any:USDC" "1000000", "value:amm-1" "250000" (units of account). "none" is 0 to the largest
 * amount, which removes a limit.
 */
MUST_USE enum err words_limit(struct row *out, const char *name, const char *value,
                              const struct asset_table *assets, struct words_why *why);
const char *words_limit_kind(enum row_kind kind); /* "inventory", ... static */

#endif
