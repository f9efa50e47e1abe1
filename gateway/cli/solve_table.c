/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_table.h"

#include "gateway/cli/problem.h"

static const struct out_column columns[] = {
    { "order", "order" },
    { "sold", "sold" },
    { "bought", "bought" },
    { "bound", "at most" },
    { "legs", "legs" },
    { "rounds", "rounds" },
    { "pivots", "pivots" },
    { "us", "us" },
    { "no_cycles_cost", "cycles would gain" }, /* the last one: with --no-cycles only */
};

#define COLUMNS_N (sizeof columns / sizeof columns[0])

/* Atoms of an asset in whole units and its name; atoms when they are too many for that. */
static void cell_amount(struct out *o, const struct auction_asset *asset, const struct u256 *atoms)
{
    char text[OUT_NUMBER_TEXT], digits[U256_TEXT];
    struct amount a;

    if (u256_to_amount(&a, atoms) == ERR_OK)
        out_format(o, "%s %.12s", out_units(text, a, asset->decimals, OUT_PLACES), asset->name);
    else
        out_format(o, "%s atoms %.12s", u256_text(digits, atoms), asset->name);
}

static void row_put(struct solve_table *t, const struct solution_line *l,
                    const struct solution_fill *f, size_t intent)
{
    const struct auction *a = &t->file->auction;
    const struct auction_intent *i = &a->intents[intent];
    char hex[ID_TEXT];

    out_text(&t->out, problem_order(hex, t->file, intent));
    cell_amount(&t->out, &a->assets[i->sell], &f->paid);
    cell_amount(&t->out, &a->assets[i->buy], &f->got);
    if (l->bounded)
        cell_amount(&t->out, &a->assets[i->buy], &l->upper_bound);
    else
        out_none(&t->out);
    out_number(&t->out, l->solution.legs_n);
    out_number(&t->out, l->solution.work.rounds);
    out_number(&t->out, l->solution.work.pivots);
    out_number(&t->out, l->solve_us);
    if (l->no_cycles && l->intent != SOLUTION_BATCH)
        cell_amount(&t->out, &a->assets[i->kind == INTENT_SELL ? i->buy : i->sell],
                    &l->cycles_cost);
    else if (l->no_cycles)
        out_none(&t->out); /* it is a matter of the whole */
}

void solve_table_begin(struct solve_table *t, const struct out_style *style,
                       const struct auction_file *file, bool no_cycles)
{
    t->style = style;
    t->file = file;
    out_begin(&t->out, style, "solution", columns, no_cycles ? COLUMNS_N : COLUMNS_N - 1, NULL);
}

void solve_table_end(struct solve_table *t)
{
    out_end(&t->out);
}

void solve_table_rows(struct solve_table *t, const struct solution_line *l)
{
    const struct solution_fill none = { 0 };

    for (size_t k = 0; k < l->solution.fills_n; k++)
        row_put(t, l, &l->solution.fills[k], l->solution.fills[k].intent);
    if (l->solution.fills_n == 0 && l->intent != SOLUTION_BATCH)
        row_put(t, l, &none, l->intent);
}

/* The sum of surpluses in money; without marks in the file's own unit. */
static void cell_score(struct out *o, const struct auction *a, const struct u256 *score)
{
    char text[OUT_NUMBER_TEXT], digits[U256_TEXT];
    bool marked = false;

    for (size_t i = 0; i < a->assets_n; i++)
        marked = marked || !amount_is_zero(a->assets[i].mark.num);
    if (marked && score->limb[3] == 0 && score->limb[2] == 0 && score->limb[1] <= INT64_MAX)
        out_text(o, out_micro(text, (int64_t)score->limb[1])); /* the score is in 2^-64 of it */
    else
        out_text(o, u256_text(digits, score));
}

static const struct out_column sides[] = {
    { "what", "" },
    { "recorded", "recorded" },
    { "solved", "solved" },
};

enum err solve_table_sides(struct solve_table *t, const struct solution_line *l,
                           struct arena *arena)
{
    const struct solution_line *both[] = { l->recorded, l };
    const char *gaps[2];
    struct out *o = &t->out;

    for (size_t k = 0; k < 2; k++)
        TRY(solution_json_gap(&gaps[k], both[k], t->file, arena));
    fputc('\n', t->style->stream);
    out_begin(o, t->style, "difference", sides, sizeof sides / sizeof sides[0], NULL);
    out_text(o, "score");
    for (size_t k = 0; k < 2; k++)
        cell_score(o, &t->file->auction, &both[k]->score);
    out_text(o, "fills");
    for (size_t k = 0; k < 2; k++)
        out_number(o, both[k]->solution.fills_n);
    out_text(o, "legs");
    for (size_t k = 0; k < 2; k++)
        out_number(o, both[k]->solution.legs_n);
    out_text(o, "gap");
    for (size_t k = 0; k < 2; k++)
        out_text(o, gaps[k]);
    out_end(o);
    return ERR_OK;
}
