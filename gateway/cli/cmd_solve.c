/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/certificate.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/problem.h"
#include "solver/clear/clear.h"
#include "solver/clear/score.h"
#include "solver/core/system.h"

#define REPEAT_MAX 1000
#define SCRATCH_CAP ((size_t)1 << 30)

struct solve {
    struct cli *cli;
    const char *path;
    const char *order;
    const char *out_path;
    uint64_t repeat;
    bool batch;
    bool no_cycles;
    struct auction_file file;
    struct clear *engine;
    struct arena scratch; /* of one order */
    FILE *lines;
    struct out table;
};

enum solve_key { KEY_PROFILE = 1000, KEY_ORDER, KEY_BATCH, KEY_REPEAT, KEY_NO_CYCLES, KEY_OUT };

static const struct argp_option solve_options[] = {
    { "profile", KEY_PROFILE, "NAME", 0, "optimal: the optimum to the tolerance (default)", 0 },
    { "order", KEY_ORDER, "ID", 0, "only this order", 0 },
    { "batch", KEY_BATCH, NULL, 0, "clear all orders together instead of each on its own", 0 },
    { "repeat", KEY_REPEAT, "N", 0, "solve N times, report the median time", 0 },
    { "no-cycles", KEY_NO_CYCLES, NULL, 0,
      "no flow that needs inventory in between, and what that costs", 0 },
    { "out", KEY_OUT, "FILE", 0, "write JSON lines there instead of printing", 0 },
    { 0 },
};

static void repeat_parse(struct solve *s, const char *arg, struct argp_state *state)
{
    char *end;

    s->repeat = strtoull(arg, &end, 10);
    if (*end != '\0' || end == arg || s->repeat < 1 || s->repeat > REPEAT_MAX)
        argp_error(state, "--repeat %s: a whole number from 1 to %d", arg, REPEAT_MAX);
}

static error_t solve_parse(int key, char *arg, struct argp_state *state)
{
    struct solve *s = state->input;

    switch (key) {
    case KEY_PROFILE:
        if (strcmp(arg, "optimal") != 0)
            argp_error(state, "--profile %s: there is optimal", arg);
        return 0;
    case KEY_ORDER: s->order = arg; return 0;
    case KEY_BATCH: s->batch = true; return 0;
    case KEY_REPEAT: repeat_parse(s, arg, state); return 0;
    case KEY_NO_CYCLES: s->no_cycles = true; return 0;
    case KEY_OUT: s->out_path = arg; return 0;
    case ARGP_KEY_ARG:
        if (s->path != NULL)
            return ARGP_ERR_UNKNOWN;
        s->path = arg;
        return 0;
    case ARGP_KEY_END:
        if (s->path == NULL)
            argp_error(state, "which file?");
        if (s->batch && s->order != NULL)
            argp_error(state, "either --batch or --order");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one solve ---- */

/* What the engine emitted last, as a copy that outlives the callback. */
struct incumbent {
    struct solution *solution;
    struct arena *arena;
};

static void *copied(struct arena *arena, const void *items, size_t n, size_t size)
{
    void *copy = arena_alloc(arena, n, size);

    if (copy != NULL && n > 0)
        memcpy(copy, items, n * size);
    return copy;
}

static enum err incumbent_take(void *ctx, const struct solution *s)
{
    struct incumbent *i = ctx;
    struct solution *to = i->solution;

    *to = *s;
    to->prices = copied(i->arena, s->prices, s->prices_n, sizeof *s->prices);
    to->duals = copied(i->arena, s->duals, s->duals_n, sizeof *s->duals);
    to->fills = copied(i->arena, s->fills, s->fills_n, sizeof *s->fills);
    to->legs = copied(i->arena, s->legs, s->legs_n, sizeof *s->legs);
    to->covers = copied(i->arena, s->covers, s->covers_n, sizeof *s->covers);
    if (to->prices == NULL || to->duals == NULL || to->fills == NULL || to->legs == NULL ||
        to->covers == NULL)
        return ERR_NOMEM;
    return ERR_OK;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Solve a repeatedly; the answers are the same, so the first one is kept. */
static enum err solve_timed(struct solution_line *l, struct solve *s, const struct auction *a)
{
    struct clock_port clock = system_clock();
    struct incumbent keep = { &l->solution, &s->scratch };
    uint64_t us[REPEAT_MAX];

    for (uint64_t i = 0; i < s->repeat; i++) {
        uint64_t start = clock.now_ns(clock.self);

        TRY(clear_solve(s->engine, a, incumbent_take, &keep));
        us[i] = (clock.now_ns(clock.self) - start) / 1000;
    }
    qsort(us, s->repeat, sizeof us[0], by_size);
    l->solve_us = us[s->repeat / 2];
    return ERR_OK;
}

/* What the auction would give with cycles: the free side of its one fill, or the score of all. */
static enum err with_cycles(struct u256 *out, struct solve *s, const struct auction *a)
{
    struct auction free = *a;
    struct solution best = { 0 };
    struct incumbent keep = { &best, &s->scratch };

    free.options.cycles = true;
    TRY(clear_solve(s->engine, &free, incumbent_take, &keep));
    if (s->batch)
        return score_solution(out, &free, &best);
    *out = u256_of(0);
    if (best.fills_n > 0)
        *out = a->intents[0].kind == INTENT_SELL ? best.fills[0].got : best.fills[0].paid;
    return ERR_OK;
}

/* The option's price, from what l has: less is worse of a score or what is got, more of what is
 * paid. An order that only fills with cycles loses all of its output. */
static enum err cost_take(struct solution_line *l, struct solve *s, const struct auction *a)
{
    const struct solution *found = &l->solution;
    struct u256 ours = u256_of(0);
    bool pays = !s->batch && a->intents[0].kind == INTENT_BUY;

    l->no_cycles = true;
    TRY(with_cycles(&l->cycles_cost_of, s, a));
    if (s->batch)
        ours = l->score;
    else if (found->fills_n > 0)
        ours = pays ? found->fills[0].paid : found->fills[0].got;
    const struct u256 *most = pays ? &ours : &l->cycles_cost_of;
    const struct u256 *least = pays ? &l->cycles_cost_of : &ours;
    if (u256_sub(&l->cycles_cost, most, least) != ERR_OK)
        l->cycles_cost = u256_of(0); /* the tolerance is larger than the difference */
    return ERR_OK;
}

/* The auction with one intent only; the fill is renamed to its place in the whole. */
static enum err order_solve(struct solution_line *l, struct solve *s, size_t intent)
{
    struct auction one = s->file.auction;

    one.intents += intent;
    one.intents_n = 1;
    l->intent = intent;
    TRY(solve_timed(l, s, &one));
    if (s->no_cycles)
        TRY(cost_take(l, s, &one));
    for (size_t i = 0; i < l->solution.fills_n; i++)
        l->solution.fills[i].intent = (uint32_t)intent;
    return certificate_make(l, &s->file.auction, &s->scratch);
}

static enum err batch_solve(struct solution_line *l, struct solve *s)
{
    l->intent = SOLUTION_BATCH;
    TRY(solve_timed(l, s, &s->file.auction));
    TRY(certificate_make(l, &s->file.auction, &s->scratch));
    TRY(score_solution(&l->score, &s->file.auction, &l->solution));
    return s->no_cycles ? cost_take(l, s, &s->file.auction) : ERR_OK;
}

/* ---- output ---- */

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

static const char *order_name(char hex[ID_TEXT], const struct auction_intent *i)
{
    return i->ref != NULL ? i->ref : id_text(hex, i->id);
}

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

static void row_put(struct solve *s, const struct solution_line *l, const struct solution_fill *f,
                    size_t intent)
{
    const struct auction *a = &s->file.auction;
    const struct auction_intent *i = &a->intents[intent];
    char hex[ID_TEXT];

    out_text(&s->table, order_name(hex, i));
    cell_amount(&s->table, &a->assets[i->sell], &f->paid);
    cell_amount(&s->table, &a->assets[i->buy], &f->got);
    if (l->bounded)
        cell_amount(&s->table, &a->assets[i->buy], &l->upper_bound);
    else
        out_none(&s->table);
    out_number(&s->table, l->solution.legs_n);
    out_number(&s->table, l->solution.work.rounds);
    out_number(&s->table, l->solution.work.pivots);
    out_number(&s->table, l->solve_us);
    if (l->no_cycles && l->intent != SOLUTION_BATCH)
        cell_amount(&s->table, &a->assets[i->kind == INTENT_SELL ? i->buy : i->sell],
                    &l->cycles_cost);
    else if (l->no_cycles)
        out_none(&s->table); /* it is a matter of the whole */
}

static void rows_put(struct solve *s, const struct solution_line *l)
{
    const struct solution_fill none = { 0 };

    for (size_t k = 0; k < l->solution.fills_n; k++)
        row_put(s, l, &l->solution.fills[k], l->solution.fills[k].intent);
    if (l->solution.fills_n == 0 && l->intent != SOLUTION_BATCH)
        row_put(s, l, &none, l->intent);
}

static int line_put(struct solve *s, const struct solution_line *l)
{
    const char *text;

    if (s->lines == NULL) {
        rows_put(s, l);
        return CLI_OK;
    }
    if (solution_json_write(&text, l, &s->file, &s->scratch) != ERR_OK)
        return fail(s->cli, FAIL_OUTPUT, s->path, "not enough memory for a line");
    if (fprintf(s->lines, "%s\n", text) < 0 || fflush(s->lines) != 0)
        return fail(s->cli, FAIL_OUTPUT, s->out_path != NULL ? s->out_path : "stdout", "%s",
                    strerror(errno));
    return CLI_OK;
}

static int one(struct solve *s, size_t intent)
{
    struct solution_line l = { 0 };
    enum err err;

    arena_reset(&s->scratch);
    err = intent == SOLUTION_BATCH ? batch_solve(&l, s) : order_solve(&l, s, intent);
    if (err != ERR_OK)
        return fail(s->cli, FAIL_FILE, s->path, "cannot be solved: %s", err_text(err));
    return line_put(s, &l);
}

static int all(struct solve *s)
{
    const struct auction *a = &s->file.auction;
    int status = CLI_OK;
    bool found = false;

    if (s->batch)
        return one(s, SOLUTION_BATCH);
    for (size_t i = 0; status == CLI_OK && i < a->intents_n; i++) {
        char hex[ID_TEXT];

        if (s->order != NULL && strcmp(s->order, order_name(hex, &a->intents[i])) != 0)
            continue;
        found = true;
        status = one(s, i);
    }
    if (status == CLI_OK && s->order != NULL && !found)
        return fail(s->cli, FAIL_USAGE, "--order", "%s has no usable order \"%s\"", s->path,
                    s->order);
    return status;
}

static int output_open(struct solve *s)
{
    if (s->out_path != NULL) {
        s->lines = fopen(s->out_path, "w");
        if (s->lines == NULL)
            return fail(s->cli, FAIL_OUTPUT, s->out_path, "%s", strerror(errno));
    } else if (s->cli->style.format == OUT_JSON) {
        s->lines = s->cli->style.stream;
    } else {
        out_begin(&s->table, &s->cli->style, "solution", columns,
                  s->no_cycles ? COLUMNS_N : COLUMNS_N - 1, NULL);
    }
    return CLI_OK;
}

static int output_close(struct solve *s, int status)
{
    if (s->lines == NULL)
        out_end(&s->table);
    if (s->out_path != NULL && fclose(s->lines) != 0 && status == CLI_OK)
        return fail(s->cli, FAIL_OUTPUT, s->out_path, "%s", strerror(errno));
    return status;
}

static int run(struct solve *s)
{
    int status = problem_load(&s->file, s->cli, s->path);

    if (status != CLI_OK)
        return status;
    if (s->no_cycles)
        s->file.auction.options.cycles = false;
    s->engine = clear_new();
    if (s->engine == NULL)
        return fail(s->cli, FAIL_PROGRAM, s->path, "not enough memory");
    arena_init(&s->scratch, SCRATCH_CAP);
    status = output_open(s);
    if (status == CLI_OK)
        status = output_close(s, all(s));
    arena_fini(&s->scratch);
    clear_free(s->engine);
    return status;
}

int cmd_solve(struct cli *c, int argc, char **argv)
{
    static const struct argp solve = {
        solve_options,
        solve_parse,
        "FILE",
        "Route every order of FILE on its own, or clear them together (--batch), and print the "
        "result with its certificate.\v"
        "FILE is a neutral instance (irx-instance/1), a CoW /solve request, an older CoW instance "
        "or a recorded auction. With -o json each line is one JSON object, which sluice verify "
        "checks.",
        NULL,
        NULL,
        NULL
    };
    struct solve s = { .cli = c, .repeat = 1 };

    cli_parse(c, &solve, &s, argc, argv);
    return run(&s);
}
