/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_table.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/problem.h"
#include "gateway/cli/solve_why.h"
#include "solver/input/decimal.h"

#define GAP_DIGITS 2
#define MANY 1000 /* units: cents are enough */
#define MANY_PLACES 2
#define NAME_SHOWN (SOLVE_TABLE_NAME - sizeof "..") /* characters of a long name */

/* Of orders on their own; after the note a column for every option that was asked for. */
static const struct out_column columns[] = {
    { "order", "order" }, { "sold", "sold" }, { "bought", "bought" }, { "gap", "gap" },
    { "legs", "legs" },   { "us", "us" },     { "note", "note" },
#define X(name, title) { #name "_cost", title },
    SOLUTION_OPTIONS(X)
#undef X
};

#define COLUMNS_N (sizeof columns / sizeof columns[0])
#define ORDER_COLUMNS_N (COLUMNS_N - SOLUTION_OPTIONS_N)
#define BATCH_COLUMNS_N 3 /* the others are a matter of the whole */

const char *solve_table_name(char buf[SOLVE_TABLE_NAME], const char *name)
{
    if (strlen(name) < SOLVE_TABLE_NAME)
        return name;
    (void)snprintf(buf, SOLVE_TABLE_NAME, "%.*s..", (int)NAME_SHOWN, name);
    return buf;
}

/* Atoms of an asset in whole units and its symbol; atoms when they are too many for that. */
static void cell_amount(struct solve_table *t, uint32_t asset, const struct u256 *atoms)
{
    char text[OUT_NUMBER_TEXT], digits[U256_TEXT], label[SOLVE_TABLE_NAME];
    const char *name = solve_table_name(label, t->file->labels[asset]);
    const unsigned decimals = t->file->auction.assets[asset].decimals;
    struct u256 many = u256_of(MANY), scale = decimal_pow10(decimals);
    struct amount a;

    if (u256_to_amount(&a, atoms) != ERR_OK || u256_mul(&many, &many, &scale) != ERR_OK) {
        out_format(&t->out, "%s atoms %s", u256_text(digits, atoms), name);
        return;
    }
    out_format(&t->out, "%s %s",
               out_units(text, a, decimals, u256_cmp(atoms, &many) < 0 ? OUT_PLACES : MANY_PLACES),
               name);
}

static enum err cell_gap(struct solve_table *t, const struct solution_line *l)
{
    const char *gap;

    TRY(solution_json_gap(&gap, l, t->file, GAP_DIGITS, t->arena));
    if (strcmp(gap, "null") == 0)
        out_none(&t->out);
    else
        out_text(&t->out, gap);
    return ERR_OK;
}

static void cells_fill(struct solve_table *t, const struct solution_fill *f, size_t intent)
{
    const struct auction_intent *i = &t->file->auction.intents[intent];
    char hex[ID_TEXT], name[SOLVE_TABLE_NAME];

    out_text(&t->out, solve_table_name(name, problem_order(hex, t->file, intent)));
    cell_amount(t, i->sell, &f->paid);
    cell_amount(t, i->buy, &f->got);
}

static enum err order_put(struct solve_table *t, const struct solution_line *l)
{
    const struct auction_intent *i = &t->file->auction.intents[l->intent];
    const struct solution_fill none = { 0 };
    unsigned words = solve_why(t->file, l);

    cells_fill(t, l->solution.fills_n > 0 ? l->solution.fills : &none, l->intent);
    TRY(cell_gap(t, l));
    out_number(&t->out, l->solution.legs_n);
    out_number(&t->out, l->solve_us);
    solve_why_cell(&t->out, words);
    for (size_t k = 0; k < SOLUTION_OPTIONS_N; k++)
        if (l->cost[k].asked)
            cell_amount(t, i->kind == INTENT_SELL ? i->buy : i->sell, &l->cost[k].lost);
    t->orders++;
    t->words |= words;
    t->steps += l->solution.work.rounds;
    t->pivots += l->solution.work.pivots;
    t->us += l->solve_us;
    return ERR_OK;
}

void solve_table_begin(struct solve_table *t, const struct out_style *style,
                       const struct auction_file *file, const struct solve_wish *wish,
                       struct arena *arena)
{
    size_t n = wish == NULL ? BATCH_COLUMNS_N : ORDER_COLUMNS_N;

    *t = (struct solve_table){ .style = style, .file = file, .arena = arena };
    memcpy(t->columns, columns, n * sizeof *columns);
    if (wish != NULL) {
        const bool asked[SOLUTION_OPTIONS_N] = { [SOLUTION_no_cycles] = wish->no_cycles,
                                                 [SOLUTION_hops_max] = wish->hops_max > 0,
                                                 [SOLUTION_legs_max] = wish->legs_max > 0 };

        for (size_t k = 0; k < SOLUTION_OPTIONS_N; k++)
            if (asked[k])
                t->columns[n++] = columns[ORDER_COLUMNS_N + k];
    }
    out_begin(&t->out, style, "solution", t->columns, n, NULL);
}

enum err solve_table_line(struct solve_table *t, const struct solution_line *l)
{
    if (l->intent != SOLUTION_BATCH)
        return order_put(t, l);
    for (size_t k = 0; k < l->solution.fills_n; k++)
        cells_fill(t, &l->solution.fills[k], l->solution.fills[k].intent);
    t->batch = l;
    return ERR_OK;
}

/* What is true of a batch as a whole, once. */
static void batch_put(struct solve_table *t)
{
    const struct solution_line *l = t->batch;
    const struct solution *s = &l->solution;
    char value[U256_TEXT], bound[U256_TEXT], cost[U256_TEXT];
    const char *gap;

    if (solution_json_gap(&gap, l, t->file, GAP_DIGITS, t->arena) != ERR_OK)
        gap = "-";
    out_note(t->style, "%zu of %zu orders, %zu legs; %llu rounds, %llu pivots, %llu us", s->fills_n,
             t->file->auction.intents_n, s->legs_n, (unsigned long long)s->work.rounds,
             (unsigned long long)s->work.pivots, (unsigned long long)l->solve_us);
    out_note(t->style, "value %s, at most %s, gap %s", u256_text(value, &s->value),
             u256_text(bound, &s->bound), gap);
    if (l->cost[SOLUTION_no_cycles].asked)
        out_note(t->style, "cycles would gain a score of %s",
                 u256_text(cost, &l->cost[SOLUTION_no_cycles].lost));
}

void solve_table_end(struct solve_table *t)
{
    out_end(&t->out);
    if (t->batch != NULL)
        batch_put(t);
    if (t->orders == 0)
        return;
    out_note(t->style, "%zu order%s: %llu steps, %llu pivots, %llu us", t->orders,
             t->orders == 1 ? "" : "s", (unsigned long long)t->steps, (unsigned long long)t->pivots,
             (unsigned long long)t->us);
    solve_why_legend(t->style, t->words);
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

enum err solve_table_sides(struct solve_table *t, const struct solution_line *l)
{
    const struct solution_line *both[] = { l->recorded, l };
    const char *gaps[2];
    struct out *o = &t->out;

    for (size_t k = 0; k < 2; k++)
        TRY(solution_json_gap(&gaps[k], both[k], t->file, GAP_DIGITS, t->arena));
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
