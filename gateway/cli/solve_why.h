/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_why -- what people should know of a routed order, in a few words: why it is not all done,
 * whether its limit is met, and what it borrows on the way.
 */
#ifndef SLUICE_CLI_SOLVE_WHY_H
#define SLUICE_CLI_SOLVE_WHY_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"

/* l is about one order; the text is empty when there is nothing to know. ERR_NOMEM. */
MUST_USE enum err solve_why(const char **out, const struct auction_file *f,
                            const struct solution_line *l, struct arena *arena);

#endif
