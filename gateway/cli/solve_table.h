/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_table -- what sluice solve shows to people: a row for each order or fill, what is true of a
 * batch as a whole, and a recorded answer beside a new one.
 */
#ifndef SLUICE_CLI_SOLVE_TABLE_H
#define SLUICE_CLI_SOLVE_TABLE_H

#include <stdbool.h>

#include "gateway/cli/out.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"

enum solve_table_kind { SOLVE_TABLE_ORDERS, SOLVE_TABLE_NO_CYCLES, SOLVE_TABLE_BATCH };

struct solve_table {
    struct out out;
    const struct out_style *style;     /* borrowed */
    const struct auction_file *file;   /* borrowed */
    const struct solution_line *batch; /* borrowed until the end; NULL: single orders */
    struct arena *arena;               /* of texts; may be reset between lines */
};

void solve_table_begin(struct solve_table *t, const struct out_style *style,
                       const struct auction_file *file, enum solve_table_kind kind,
                       struct arena *arena);
MUST_USE enum err solve_table_line(struct solve_table *t, const struct solution_line *l);
void solve_table_end(struct solve_table *t);

/* After the end, of a line with l->recorded: score, fills, legs and gap of both. ERR_NOMEM. */
MUST_USE enum err solve_table_sides(struct solve_table *t, const struct solution_line *l);

#endif
