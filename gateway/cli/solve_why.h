/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_why -- why an order of a file was not filled, in a few words.
 */
#ifndef SLUICE_CLI_SOLVE_WHY_H
#define SLUICE_CLI_SOLVE_WHY_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"

/* l is about one order, without a fill; the text is static or in arena. ERR_NOMEM. */
MUST_USE enum err solve_why(const char **out, const struct auction_file *f,
                            const struct solution_line *l, struct arena *arena);

#endif
