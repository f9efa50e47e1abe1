/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row -- limits as the linear program sees them, and their names.
 *
 * risk/ makes rows; route/ puts them into the LP and reports their shadow prices; the ledger
 * enforces the same limits in atoms. Kinds and their subjects:
 *   inventory   (domain, asset)  owned inventory stays within [min, max]
 *   in_flight   (venue, asset)   atoms sent to a venue and not settled <= max
 *   held        (account, asset) atoms held per account <= max   (admission only, no LP row)
 *   value       (venue)          micro-units of account in flight <= max
 */
#ifndef SLUICE_CORE_ROW_H
#define SLUICE_CORE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/id.h"

enum row_kind { ROW_INVENTORY = 1, ROW_IN_FLIGHT = 2, ROW_HELD = 3, ROW_VALUE = 4 };

struct row {
    enum row_kind kind;
    struct name subject; /* domain, venue or account; "*" is spelled as the name "any" */
    uint32_t asset;      /* unused for ROW_VALUE */
    struct amount min;   /* ROW_INVENTORY only */
    struct amount max;
    struct amount used; /* now: inventory owned, atoms or value in flight */
};

#endif
