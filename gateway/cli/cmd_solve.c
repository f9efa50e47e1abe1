/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/cli/certificate.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/problem.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/replay.h"
#include "gateway/cli/solve_route.h"
#include "gateway/cli/solve_table.h"
#include "solver/clear/clear.h"
#include "solver/clear/score.h"
#include "solver/core/system.h"

#define COUNT_MAX 100000 /* of hops or legs */
#define SCRATCH_CAP ((size_t)1 << 30)

struct solve {
    struct cli *cli;
    const char *given; /* a file, or a directory of them */
    const char *path;  /* the file at hand */
    const char *order;
    const char *out_path;
    struct solve_wish wish;
    bool batch;
    bool together; /* batch, or a recorded auction */
    bool many;     /* files, so each is named */
    struct auction_file file;
    bool changed; /* other options than those of the file */
    struct replay replay;
    struct clear *engine;      /* of batches */
    struct solve_route route;  /* of orders on their own */
    struct arena scratch;      /* of one order */
    struct solution_line line; /* the last one */
    FILE *lines;
    struct solve_table table;
    struct progress progress;
};

enum solve_key {
    KEY_PROFILE = 1000,
    KEY_ORDER,
    KEY_BATCH,
    KEY_REPEAT,
    KEY_NO_CYCLES,
    KEY_NO_VENUE_LIMITS,
    KEY_HOPS_MAX,
    KEY_LEGS_MAX,
    KEY_OUT
};

static const struct argp_option solve_options[] = {
    { "profile", KEY_PROFILE, "NAME", 0, "optimal: the optimum to the tolerance (default)", 0 },
    { "order", KEY_ORDER, "ID", 0, "only this order", 0 },
    { "batch", KEY_BATCH, NULL, 0, "clear all orders together instead of each on its own", 0 },
    { "repeat", KEY_REPEAT, "N", 0, "solve N times, report the median time", 0 },
    { "no-cycles", KEY_NO_CYCLES, NULL, 0,
      "no flow that needs inventory in between, and what that costs", 0 },
    { "no-venue-limits", KEY_NO_VENUE_LIMITS, NULL, 0,
      "let weighted pools trade more than 30 % of a balance, for comparisons", 0 },
    { "hops-max", KEY_HOPS_MAX, "N", 0, "no path of more than N legs, and what that costs", 0 },
    { "legs-max", KEY_LEGS_MAX, "N", 0, "no route of more than N legs, and what that costs", 0 },
    { "out", KEY_OUT, "FILE", 0, "write JSON lines there instead of printing", 0 },
    { 0 },
};

/* A whole number from 1 to most; the option is named in the message. */
static uint64_t count_parse(const char *option, const char *arg, uint64_t most,
                            struct argp_state *state)
{
    char *end;
    uint64_t n = strtoull(arg, &end, 10);

    if (*end != '\0' || arg[0] < '0' || arg[0] > '9' || n < 1 || n > most)
        argp_error(state, "--%s %s: a whole number from 1 to %llu", option, arg,
                   (unsigned long long)most);
    return n;
}

/* What only routes of single orders know. */
static void together_check(const struct solve *s, struct argp_state *state)
{
    if (s->batch && s->order != NULL)
        argp_error(state, "either --batch or --order");
    if (s->batch && (s->wish.hops_max > 0 || s->wish.legs_max > 0 || s->wish.no_venue_limits))
        argp_error(state,
                   "--hops-max, --legs-max and --no-venue-limits are for orders on their own, "
                   "not for --batch");
}

static error_t solve_parse(int key, char *arg, struct argp_state *state)
{
    struct solve *s = state->input;
    struct solve_wish *w = &s->wish;

    switch (key) {
    case KEY_PROFILE:
        if (strcmp(arg, "optimal") != 0)
            argp_error(state, "--profile %s: there is optimal", arg);
        return 0;
    case KEY_ORDER: s->order = arg; return 0;
    case KEY_BATCH: s->batch = true; return 0;
    case KEY_REPEAT: w->repeat = count_parse("repeat", arg, SOLVE_REPEAT_MAX, state); return 0;
    case KEY_NO_CYCLES: w->no_cycles = true; return 0;
    case KEY_NO_VENUE_LIMITS: w->no_venue_limits = true; return 0;
    case KEY_HOPS_MAX:
        w->hops_max = (uint32_t)count_parse("hops-max", arg, COUNT_MAX, state);
        return 0;
    case KEY_LEGS_MAX:
        w->legs_max = (uint32_t)count_parse("legs-max", arg, COUNT_MAX, state);
        return 0;
    case KEY_OUT: s->out_path = arg; return 0;
    case ARGP_KEY_ARG:
        if (s->given != NULL)
            return ARGP_ERR_UNKNOWN;
        s->given = arg;
        return 0;
    case ARGP_KEY_END:
        if (s->given == NULL)
            argp_error(state, "which file?");
        together_check(s, state);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one solve ---- */

/* What the engine emitted last, as a copy that outlives the callback. */
struct incumbent {
    struct solution *solution;
    struct arena *arena;
    struct progress *together; /* of a batch: every answer is told; else NULL */
    uint32_t last;             /* the engine stops at the incumbent of this number; 0: at its end */
    bool stopped;
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

    if (i->together != NULL)
        progress_show(i->together, "answer %u: %zu fills, %zu legs", s->incumbent_no, s->fills_n,
                      s->legs_n);
    *to = *s;
    to->prices = copied(i->arena, s->prices, s->prices_n, sizeof *s->prices);
    to->duals = copied(i->arena, s->duals, s->duals_n, sizeof *s->duals);
    to->fills = copied(i->arena, s->fills, s->fills_n, sizeof *s->fills);
    to->legs = copied(i->arena, s->legs, s->legs_n, sizeof *s->legs);
    to->covers = copied(i->arena, s->covers, s->covers_n, sizeof *s->covers);
    if (to->prices == NULL || to->duals == NULL || to->fills == NULL || to->legs == NULL ||
        to->covers == NULL)
        return ERR_NOMEM;
    i->stopped = s->incumbent_no == i->last;
    return i->stopped ? ERR_AGAIN : ERR_OK;
}

/* Solve a repeatedly; the answers are the same, so any is kept. */
static enum err solve_timed(struct solution_line *l, struct solve *s, const struct auction *a,
                            uint32_t last)
{
    struct clock_port clock = system_clock();
    uint64_t ns[SOLVE_REPEAT_MAX];

    for (uint64_t i = 0; i < s->wish.repeat; i++) {
        struct incumbent keep = { &l->solution, &s->scratch, s->together ? &s->progress : NULL,
                                  last, false };
        uint64_t start = clock.now_ns(clock.self);
        enum err err = clear_solve(s->engine, a, incumbent_take, &keep);

        if (err != ERR_OK && !keep.stopped)
            return err;
        ns[i] = clock.now_ns(clock.self) - start;
    }
    l->solve_us = solve_route_median_us(ns, s->wish.repeat);
    return ERR_OK;
}

/* The option's price: the score of all orders with cycles, less that of l. */
static enum err cost_take(struct solution_line *l, struct solve *s)
{
    struct solution_cost *cost = &l->cost[SOLUTION_no_cycles];
    struct auction free = s->file.auction;
    struct solution best = { 0 };
    struct incumbent keep = { &best, &s->scratch, NULL, 0, false };

    free.options.cycles = true;
    TRY(clear_solve(s->engine, &free, incumbent_take, &keep));
    TRY(score_solution(&cost->of, &free, &best));
    cost->asked = true;
    if (u256_sub(&cost->lost, &cost->of, &l->score) != ERR_OK)
        cost->lost = u256_of(0); /* the tolerance is larger than the difference */
    return ERR_OK;
}

/* Can the recording be expected to come out again? */
static bool replays(const struct solve *s)
{
    return s->replay.path != NULL && !s->changed && s->replay.solution.incumbent_no > 0;
}

static enum err batch_solve(struct solution_line *l, struct solve *s)
{
    bool again = replays(s);

    l->intent = SOLUTION_BATCH;
    TRY(solve_timed(l, s, &s->file.auction, again ? s->replay.solution.incumbent_no : 0));
    if (again) {
        struct solution_replay *verdict = ARENA_NEW(&s->scratch, 1, struct solution_replay);

        if (verdict == NULL)
            return ERR_NOMEM;
        TRY(replay_compare(verdict, &s->replay, &l->solution, &s->scratch));
        l->replay = verdict;
    } else if (s->replay.path != NULL) {
        TRY(replay_line(&l->recorded, &s->replay, &s->file.auction, &s->scratch));
    }
    TRY(certificate_make(l, &s->file.auction, &s->scratch));
    TRY(score_solution(&l->score, &s->file.auction, &l->solution));
    return s->wish.no_cycles ? cost_take(l, s) : ERR_OK;
}

/* ---- output ---- */

/* Below the table of a recorded auction: is it the same again, or what other options changed. */
static int replay_put(struct solve *s)
{
    const struct solution_replay *v = s->line.replay;
    const struct out_style *style = &s->cli->style;

    if (v != NULL && v->identical)
        out_note(style, "identical to %s", s->replay.path);
    else if (v != NULL)
        out_note(style, "differs from %s: %s is %s there, %s here", s->replay.path, v->field,
                 v->recorded, v->solved);
    else if (s->line.recorded == NULL)
        out_note(style, "%s holds no valid answer to compare with", s->replay.path);
    else if (solve_table_sides(&s->table, &s->line) != ERR_OK)
        return fail(s->cli, FAIL_OUTPUT, s->path, "not enough memory for a line");
    return CLI_OK;
}

static int line_put(struct solve *s, const struct solution_line *l)
{
    const char *text;

    if (s->lines == NULL) {
        if (solve_table_line(&s->table, l) != ERR_OK)
            return fail(s->cli, FAIL_OUTPUT, s->path, "not enough memory for a line");
        return CLI_OK;
    }
    if (solution_json_write(&text, l, &s->file, &s->scratch) != ERR_OK)
        return fail(s->cli, FAIL_OUTPUT, s->path, "not enough memory for a line");
    if (fprintf(s->lines, "%s\n", text) < 0 || fflush(s->lines) != 0)
        return fail(s->cli, FAIL_OUTPUT, s->out_path != NULL ? s->out_path : "stdout", "%s",
                    strerror(errno));
    return CLI_OK;
}

/* One bad order does not keep the others. */
static int one_fails(struct solve *s, size_t intent, enum err err)
{
    char hex[ID_TEXT], name[SOLVE_TABLE_NAME];

    if (intent == SOLUTION_BATCH)
        return fail(s->cli, FAIL_FILE, s->path, "cannot be solved: %s", err_text(err));
    return fail(s->cli, FAIL_FILE, s->path, "order %s cannot be routed: %s",
                solve_table_name(name, problem_order(hex, &s->file, intent)),
                err == ERR_OVERFLOW ? "it is too large for a proof" : err_text(err));
}

static int one(struct solve *s, size_t intent)
{
    struct solution_line *l = &s->line;
    enum err err;

    arena_reset(&s->scratch);
    if (intent != SOLUTION_BATCH)
        progress_show(&s->progress, "%s: order %zu of %zu", s->path, intent + 1,
                      s->file.auction.intents_n);
    *l = (struct solution_line){ .file = s->many ? s->path : NULL };
    err = intent == SOLUTION_BATCH ? batch_solve(l, s)
                                   : solve_route_order(l, &s->route, intent, &s->scratch);
    progress_clear(&s->progress);
    return err == ERR_OK ? line_put(s, l) : one_fails(s, intent, err);
}

static int all(struct solve *s)
{
    const struct auction *a = &s->file.auction;
    int status = CLI_OK;
    bool found = false;

    if (s->together)
        return one(s, SOLUTION_BATCH);
    for (size_t i = 0; i < a->intents_n; i++) {
        char hex[ID_TEXT];
        int order_status;

        if (s->order != NULL && strcmp(s->order, problem_order(hex, &s->file, i)) != 0)
            continue;
        found = true;
        order_status = one(s, i);
        status = status == CLI_OK ? order_status : status;
    }
    if (status == CLI_OK && s->order != NULL && !found)
        return fail(s->cli, FAIL_USAGE, "--order", "%s has no usable order \"%s\"", s->path,
                    s->order);
    return status;
}

/* Where lines go is opened once; a table is one for each file. */
static int output_open(struct solve *s)
{
    if (s->lines == NULL && s->out_path != NULL) {
        s->lines = fopen(s->out_path, "w");
        if (s->lines == NULL)
            return fail(s->cli, FAIL_OUTPUT, s->out_path, "%s", strerror(errno));
    } else if (s->cli->style.format == OUT_JSON) {
        s->lines = s->cli->style.stream;
    }
    if (s->lines == NULL) {
        if (s->many)
            fprintf(s->cli->style.stream, "%s\n", s->path);
        solve_table_begin(&s->table, &s->cli->style, &s->file, s->together ? NULL : &s->wish,
                          &s->scratch);
    }
    return CLI_OK;
}

static int table_close(struct solve *s, int status)
{
    solve_table_end(&s->table);
    if (status == CLI_OK && s->replay.path != NULL)
        status = replay_put(s);
    if (s->many)
        fputc('\n', s->cli->style.stream);
    return status;
}

static int output_close(struct solve *s, int status)
{
    if (s->out_path != NULL && s->lines != NULL && fclose(s->lines) != 0 && status == CLI_OK)
        return fail(s->cli, FAIL_OUTPUT, s->out_path, "%s", strerror(errno));
    return status;
}

/* The file, and what was recorded beside it; a recorded auction is cleared as a whole, unless one
 * order is asked for. */
static int load(struct solve *s)
{
    int status = problem_load(&s->file, &s->changed, s->cli, s->path);

    s->replay = (struct replay){ 0 };
    s->line = (struct solution_line){ 0 };
    if (status != CLI_OK)
        return status;
    s->together = s->batch || (s->file.format == AUCTION_RECORDED && s->order == NULL);
    if (s->wish.no_cycles) {
        s->file.auction.options.cycles = false;
        s->changed = true;
    }
    if (s->file.format == AUCTION_RECORDED && s->together)
        status = replay_load(&s->replay, s->cli, s->path);
    return status;
}

/* The market that orders on their own are routed over. */
static int market_open(struct solve *s)
{
    if (s->together)
        return CLI_OK;
    enum err err = solve_route_init(&s->route, &s->cli->arena, &s->file, &s->wish);

    return err == ERR_OK
               ? CLI_OK
               : fail(s->cli, FAIL_FILE, s->path, "cannot be routed over: %s", err_text(err));
}

static int file_solve(struct solve *s, const char *path)
{
    s->path = path;
    int status = load(s);

    if (status == CLI_OK)
        status = market_open(s);
    if (status == CLI_OK)
        status = output_open(s);
    if (status == CLI_OK) {
        status = all(s);
        if (s->lines == NULL)
            status = table_close(s, status);
    }
    solve_route_fini(&s->route);
    return status == CLI_OK && s->line.replay != NULL && !s->line.replay->identical ? CLI_NO
                                                                                    : status;
}

static int is_json(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 5 && strcmp(e->d_name + n - 5, ".json") == 0;
}

/* Every *.json in order of names. What is wrong with one file does not keep the others. */
static int directory_solve(struct solve *s)
{
    struct dirent **entries;
    int n = scandir(s->given, &entries, is_json, alphasort), status = CLI_OK;
    struct arena command = s->cli->arena;

    if (n < 0)
        return fail(s->cli, FAIL_FILE, s->given, "%s", strerror(errno));
    if (n == 0)
        status = fail(s->cli, FAIL_FILE, s->given, "no *.json in this directory");
    s->many = true;
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        int one_status;

        arena_init(&s->cli->arena, SCRATCH_CAP); /* of one file */
        (void)snprintf(path, sizeof path, "%s/%s", s->given, entries[i]->d_name);
        one_status = file_solve(s, path);
        status = status == CLI_OK ? one_status : status;
        arena_fini(&s->cli->arena);
        free(entries[i]);
    }
    free(entries);
    s->cli->arena = command;
    return status;
}

static int run(struct solve *s)
{
    struct stat st;
    bool many = stat(s->given, &st) == 0 && S_ISDIR(st.st_mode);

    if (many && s->order != NULL)
        return fail(s->cli, FAIL_USAGE, "--order", "%s is a directory", s->given);
    progress_begin(&s->progress);
    s->engine = clear_new();
    if (s->engine == NULL)
        return fail(s->cli, FAIL_PROGRAM, s->given, "not enough memory");
    arena_init(&s->scratch, SCRATCH_CAP);
    int status = output_close(s, many ? directory_solve(s) : file_solve(s, s->given));

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
        "or a recorded auction; or a directory, of which every *.json is solved in order of names. "
        "With -o json each line is one JSON object, which sluice verify "
        "checks. A recorded auction is cleared together and compared with the .solution beside it: "
        "the bytes are the same again, or the status is 1; with --set KEY=VALUE both are shown "
        "beside each other instead.",
        NULL,
        NULL,
        NULL
    };
    struct solve s = { .cli = c, .wish = { .repeat = 1 } };

    cli_parse(c, &solve, &s, argc, argv);
    return run(&s);
}
