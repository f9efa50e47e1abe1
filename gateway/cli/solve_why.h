/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solve_why -- what people should know of a routed order: a word beside it, and what the words mean
 * below all of them.
 */
#ifndef SLUICE_CLI_SOLVE_WHY_H
#define SLUICE_CLI_SOLVE_WHY_H

#include "gateway/cli/out.h"
#include "solver/input/auction_file.h"
#include "solver/input/solution_json.h"

#define SOLVE_WORDS(X)                                                                             \
    X(part, "part", "the pools take or give no more: this is the most that is possible")           \
    X(no_path, "no path", "no pools lead from what is sold to what is bought")                     \
    X(work, "work", "the limit of work ended the search: the gap says how far it came")            \
    X(limit, "limit", "the order's limit is not met; it does not change the route")                \
    X(borrows, "borrows", "a leg needs tokens before another brings them: see buffer in -o json")

enum solve_word {
#define X(name, word, meaning) SOLVE_##name,
    SOLVE_WORDS(X)
#undef X
        SOLVE_WORDS_N
};

/* The words for a line about one order: bit k for word k. */
unsigned solve_why(const struct auction_file *f, const struct solution_line *l);

/* The cell of these words, and a line for each of them. */
void solve_why_cell(struct out *o, unsigned words);
void solve_why_legend(const struct out_style *style, unsigned words);

#endif
