/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_why.h"

#include <stdio.h>
#include <string.h>

#define WHY_TEXT 80

/* Reach all assets of a curve when one is reached. False when that changes nothing. */
static bool curve_reaches(bool *reached, const struct curve *c)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < c->assets_n; k++)
        n += reached[c->asset[k]];
    for (uint32_t k = 0; n > 0 && k < c->assets_n; k++)
        reached[c->asset[k]] = true;
    return n > 0 && n < c->assets_n;
}

/* Can anything at all lead from the sold asset to the bought one? */
static enum err connected(bool *yes, const struct auction *a, const struct auction_intent *i,
                          struct arena *arena)
{
    bool *reached = ARENA_NEW(arena, a->assets_n, bool);
    bool more = true;

    if (reached == NULL)
        return ERR_NOMEM;
    reached[i->sell] = true;
    while (more) {
        more = false;
        for (size_t k = 0; k < a->curves_n; k++) {
            more = curve_reaches(reached, &a->curves[k]) || more;
        }
    }
    *yes = reached[i->buy];
    return ERR_OK;
}

/* Would the limit still want more than any route can pay for all of it? */
static bool too_high(const struct auction_intent *i, const struct solution_line *l)
{
    struct u512 most, wanted;

    wide_mul(&most, &l->upper_bound, &i->signed_sell);
    wide_mul(&wanted, &i->sell_max, &i->signed_buy);
    return l->bounded && wide_cmp(&most, &wanted) < 0;
}

static bool spent(const struct auction_options *o, const struct solution_work *w)
{
    return (o->pivots_max > 0 && w->pivots >= o->pivots_max) ||
           (o->rounds_max > 0 && w->rounds >= o->rounds_max);
}

enum err solve_why(const char **out, const struct auction_file *f, const struct solution_line *l,
                   struct arena *arena)
{
    const struct auction_intent *i = &f->auction.intents[l->intent];
    size_t skipped = input_skipped_total(&f->skipped);
    char with[WHY_TEXT] = "";
    char text[2 * WHY_TEXT];
    bool path;

    TRY(connected(&path, &f->auction, i, arena));
    const char *why = !path                                           ? "no path"
                      : too_high(i, l)                                ? "limit above the bound"
                      : spent(&f->auction.options, &l->solution.work) ? "budget spent"
                                                                      : "no plan within the limit";

    if (skipped > 0)
        (void)snprintf(with, sizeof with, " (%zu entries of the file skipped)", skipped);
    (void)snprintf(text, sizeof text, "%s%s", why, with);
    *out = arena_copy_text(arena, text, strlen(text));
    return *out != NULL ? ERR_OK : ERR_NOMEM;
}
