/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_why.h"

#include <stdio.h>
#include <string.h>

#define CELL_TEXT 64

static const struct {
    const char *word;
    const char *meaning;
} words_of[] = {
#define X(name, word, meaning) { word, meaning },
    SOLVE_WORDS(X)
#undef X
};

static unsigned end_word(const char *end)
{
    if (strcmp(end, SOLUTION_PART) == 0)
        return 1U << SOLVE_part;
    if (strcmp(end, SOLUTION_NO_ROUTE) == 0)
        return 1U << SOLVE_no_path;
    return strcmp(end, SOLUTION_WORK_LIMIT) == 0 ? 1U << SOLVE_work : 0;
}

unsigned solve_why(const struct auction_file *f, const struct solution_line *l)
{
    unsigned words = end_word(l->route.end);

    if (l->solution.fills_n > 0 && !l->route.limit_met)
        words |= 1U << SOLVE_limit;
    for (size_t i = 0; i < f->auction.assets_n; i++)
        if (!u256_is_zero(&l->buffer[i]))
            words |= 1U << SOLVE_borrows;
    return words;
}

void solve_why_cell(struct out *o, unsigned words)
{
    char text[CELL_TEXT] = "";
    size_t n = 0;

    for (size_t k = 0; k < SOLVE_WORDS_N; k++)
        if (words >> k & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? ", " : "",
                                  words_of[k].word);
    out_text(o, text);
}

void solve_why_legend(const struct out_style *style, unsigned words)
{
    for (size_t k = 0; k < SOLVE_WORDS_N; k++)
        if (words >> k & 1)
            out_note(style, "%s: %s", words_of[k].word, words_of[k].meaning);
}
