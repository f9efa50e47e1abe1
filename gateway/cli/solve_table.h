/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_table -- what sluice solve shows to people: a row for each order or fill, what is true of a
 * batch as a whole, and a recorded answer beside a new one.
 */
#ifndef SLUICE_CLI_SOLVE_TABLE_H
#define SLUICE_CLI_SOLVE_TABLE_H

#include <stdbool.h>

#include "gateway/cli/out.h"
#include "gateway/cli/solve_route.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"

#define SOLVE_TABLE_NAME 13 /* buffer of a name as it is shown */

struct solve_table {
    struct out out;
    struct out_column columns[OUT_COLUMNS_MAX];
    const struct out_style *style;     /* borrowed */
    const struct auction_file *file;   /* borrowed */
    const struct solution_line *batch; /* borrowed until the end; NULL: single orders */
    struct arena *arena;               /* of texts; may be reset between lines */
    size_t orders;                     /* on their own; what they took together: */
    uint64_t steps;
    uint64_t pivots;
    uint64_t us;
    unsigned words; /* solve_why.h, of all orders */
};

/* wish says what columns orders on their own have; NULL: a batch. */
void solve_table_begin(struct solve_table *t, const struct out_style *style,
                       const struct auction_file *file, const struct solve_wish *wish,
                       struct arena *arena);
MUST_USE enum err solve_table_line(struct solve_table *t, const struct solution_line *l);
void solve_table_end(struct solve_table *t);

/* A name that is long, such as an order's uid or a token's address, by its beginning. */
const char *solve_table_name(char buf[SOLVE_TABLE_NAME], const char *name);

/* After the end, of a line with l->recorded: score, fills, legs and gap of both. ERR_NOMEM. */
MUST_USE enum err solve_table_sides(struct solve_table *t, const struct solution_line *l);

#endif
