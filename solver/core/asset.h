/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * asset -- what can be traded: the registry that every process of a deployment shares.
 *
 * An asset id is a small number, stable for ever. The registry is read once from assets.json
 * (solver/input) and never changes while a process runs; its digest is exchanged in Hello.
 * Marks are value per whole unit in micro-units of account (1e-6 of one USD-like unit), integers.
 */
#ifndef SLUICE_CORE_ASSET_H
#define SLUICE_CORE_ASSET_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/id.h"

#define ASSETS_MAX 65536
#define ASSET_SYMBOL_TEXT 64
#define ASSET_DECIMALS_MAX AMOUNT_DECIMALS_MAX
#define ASSET_MARK_SCALE_MAX 18

enum asset_class { ASSET_SPOT = 1 }; /* PERP and OPTION have their place later */

struct asset {
    uint32_t id;
    char symbol[ASSET_SYMBOL_TEXT]; /* unique; printable ASCII without spaces */
    uint8_t decimals;               /* [0, 36] */
    enum asset_class class_of;
    struct amount mark; /* numerator: micro-units of account per 10^mark_scale ... */
    uint8_t mark_scale; /* ... whole units; mark zero = no mark. [0, 18] */
    struct amount lot;  /* smallest step of a settled amount in atoms; >= 1 */
};

struct asset_table {
    struct asset *items; /* [n], sorted by id; owned by the caller's arena */
    size_t n;
    struct digest digest;
};

/* Borrow by id or symbol; NULL when absent. */
const struct asset *asset_get(const struct asset_table *t, uint32_t id);
const struct asset *asset_by_symbol(const struct asset_table *t, const char *symbol);

/* Check ids unique and sorted, symbols unique, ranges; compute the digest. ERR_INVALID names none.
 */
MUST_USE enum err asset_table_seal(struct asset_table *t);

/*
 * Value of a quantity at the asset's mark, in micro-units of account, rounded up.
 * errors  ERR_NOT_FOUND no mark; ERR_OVERFLOW
 */
MUST_USE enum err asset_value_ceil(struct amount *out, const struct asset *a, struct amount atoms);

#endif
