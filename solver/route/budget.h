/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * budget -- work that may still be spent, and work that was. Counts, never a clock.
 */
#ifndef SLUICE_ROUTE_BUDGET_H
#define SLUICE_ROUTE_BUDGET_H

#include <stdint.h>

#include "solver/market/solution.h"

struct budget {
    uint64_t pivots; /* left */
    uint64_t rounds; /* left */
    struct solution_work spent;
};

#endif
