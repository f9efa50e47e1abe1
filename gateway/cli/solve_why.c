/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/out.h"

#define WHY_TEXT 160
#define NAMED 1 /* assets of a buffer that are named */

struct why {
    char text[WHY_TEXT];
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void say(struct why *w, const char *format, ...)
{
    va_list ap;
    int n = w->n > 0 ? snprintf(w->text + w->n, sizeof w->text - w->n, "; ") : 0;

    w->n += (size_t)n;
    if (w->n >= sizeof w->text)
        return;
    va_start(ap, format);
    w->n += (size_t)vsnprintf(w->text + w->n, sizeof w->text - w->n, format, ap);
    va_end(ap);
    if (w->n >= sizeof w->text)
        w->n = sizeof w->text - 1;
}

static void end_say(struct why *w, const struct auction_file *f, const struct solution_line *l)
{
    const char *end = l->route.end;
    size_t skipped = input_skipped_total(&f->skipped);
    bool sells = f->auction.intents[l->intent].kind == INTENT_SELL;

    if (strcmp(end, SOLUTION_PART) == 0)
        say(w, "pools %s no more", sells ? "take" : "give");
    else if (strcmp(end, SOLUTION_WORK_LIMIT) == 0)
        say(w, "work limit");
    else if (strcmp(end, SOLUTION_NO_ROUTE) == 0)
        say(w, "no path");
    if (strcmp(end, SOLUTION_DONE) != 0 && skipped > 0)
        say(w, "%zu entries of the file skipped", skipped);
}

static void buffer_say(struct why *w, const struct auction_file *f, const struct solution_line *l)
{
    size_t named = 0;

    for (size_t i = 0; i < f->auction.assets_n; i++) {
        char text[OUT_NUMBER_TEXT];
        struct amount a;

        if (u256_is_zero(&l->buffer[i]))
            continue;
        if (named++ < NAMED && u256_to_amount(&a, &l->buffer[i]) == ERR_OK)
            say(w, "borrows %s %.10s",
                out_units(text, a, f->auction.assets[i].decimals, OUT_PLACES), f->labels[i]);
    }
    if (named > NAMED)
        say(w, "%zu more", named - NAMED);
}

enum err solve_why(const char **out, const struct auction_file *f, const struct solution_line *l,
                   struct arena *arena)
{
    struct why w = { 0 };

    end_say(&w, f, l);
    if (l->solution.fills_n > 0 && !l->route.limit_met)
        say(&w, "limit not met");
    buffer_say(&w, f, l);
    *out = arena_copy_text(arena, w.text, strlen(w.text));
    return *out != NULL ? ERR_OK : ERR_NOMEM;
}
