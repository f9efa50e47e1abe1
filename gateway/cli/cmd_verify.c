/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gateway/cli/certificate.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/problem.h"
#include "gateway/cli/solve_route.h"
#include "gateway/cli/solve_table.h"
#include "proto/wire_batch.h"
#include "solver/clear/certify.h"
#include "solver/clear/score.h"
#include "solver/route/bound.h"

#define SCRATCH_CAP ((size_t)1 << 30)
#define PLACE_TEXT 256

struct verify {
    struct cli *cli;
    const char *input;
    const char *output;
    struct auction_file file;
    struct arena scratch; /* of one line */
    struct out out;
    const char *order; /* the only one that OUTPUT must have; NULL: all */
    bool *seen;        /* [intents_n] OUTPUT has its line */
    size_t lines;
    size_t invalid;
};

/* What is wrong with a line, in the words of certify or of the certificate. */
struct finding {
    const char *rule; /* NULL: nothing */
    const char *text;
    size_t at;
    struct u256 have;
    struct u256 want;
};

enum verify_key { KEY_ORDER = 1000 };

static const struct argp_option verify_options[] = {
    { "order", KEY_ORDER, "ID", 0, "OUTPUT need only have this order, as solve --order prints it",
      0 },
    { 0 },
};

static error_t verify_parse(int key, char *arg, struct argp_state *state)
{
    struct verify *v = state->input;

    switch (key) {
    case KEY_ORDER: v->order = arg; return 0;
    case ARGP_KEY_ARG:
        if (v->output != NULL)
            return ARGP_ERR_UNKNOWN;
        *(v->input == NULL ? &v->input : &v->output) = arg;
        return 0;
    case ARGP_KEY_END:
        if (v->output == NULL)
            argp_error(state, "two files are needed: what was solved, and the solution");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- judging ---- */

static bool differs(struct finding *f, const char *rule, const char *text, size_t at,
                    const struct u256 *have, const struct u256 *want)
{
    if (u256_cmp(have, want) == 0)
        return false;
    *f = (struct finding){ rule, text, at, *have, *want };
    return true;
}

/* Value and bound of a solution against the same computed from its duals. */
static void proof_judge(struct finding *f, const struct solution *claim,
                        const struct solution *made)
{
    (void)(differs(f, "BOUND", "the duals give another bound", 0, &claim->bound, &made->bound) ||
           differs(f, "VALUE", "the legs are worth another value", 0, &claim->value, &made->value));
}

static void batch_judge(struct finding *f, const struct solution_line *claim,
                        const struct solution_line *made)
{
    proof_judge(f, &claim->solution, &made->solution);
    if (f->rule == NULL)
        (void)differs(f, "SCORE", "the fills have another score", 0, &claim->score, &made->score);
}

static void order_judge(struct finding *f, const struct solution_line *claim,
                        const struct solution_line *made)
{
    const struct u256 yes = u256_of(1), no = u256_of(0);

    if (differs(f, "BOUND", "a bound needs duals", 0, claim->bounded ? &yes : &no,
                made->bounded ? &yes : &no) ||
        !claim->bounded)
        return;
    if (differs(f, "BOUND", "the duals give another bound", 0, &claim->upper_bound,
                &made->upper_bound) ||
        claim->route.end == NULL)
        return;
    (void)(differs(f, "BOUND", "the duals give another lower bound", 0, &claim->route.lower_bound,
                   &made->route.lower_bound) ||
           differs(f, "SURPLUS", "the legs bring another surplus", 0, &claim->route.surplus,
                   &made->route.surplus));
}

/* The claims of a line against the same computed from its route and prices alone. */
static void claims_judge(struct finding *f, const struct solution_line *claim,
                         const struct solution_line *made, size_t assets_n)
{
    for (size_t i = 0; i < assets_n; i++)
        if (differs(f, "BUFFER", "the order of execution needs another buffer", i,
                    &claim->buffer[i], &made->buffer[i]))
            return;
    if (claim->intent == SOLUTION_BATCH)
        batch_judge(f, claim, made);
    else
        order_judge(f, claim, made);
    if (f->rule == NULL && strcmp(claim->gap, made->gap) != 0)
        *f = (struct finding){ .rule = "GAP", .text = "bound and payout give another gap" };
}

static void route_judge(struct finding *f, struct verify *v, const struct auction *a,
                        const struct solution *s)
{
    struct verdict verdict;

    if (certify(&verdict, &v->scratch, a, s))
        return;
    *f = (struct finding){ certify_rule_name(verdict.rule), certify_rule_text(verdict.rule),
                           verdict.at, verdict.have, verdict.want };
}

/* The claims of l made again from the rest of it. */
static enum err claims_make(struct solution_line *made, struct verify *v, const struct auction *a,
                            const struct solution_line *l)
{
    *made = *l;
    TRY(certificate_make(made, a, &v->scratch));
    if (l->intent == SOLUTION_BATCH)
        TRY(score_solution(&made->score, a, &l->solution));
    return solution_json_gap(&made->gap, made, &v->file, SOLUTION_GAP_DIGITS, &v->scratch);
}

/*
 * The order of a routed line as the route sees it: as much of it as there is, whatever its limit. An
 * exact purchase may pay what it must.
 */
static void order_free(struct auction_intent *i, const struct solution *s)
{
    i->partial = true;
    if (i->kind == INTENT_SELL) {
        i->buy_min = i->signed_buy = u256_of(0);
        i->signed_sell = i->sell_max;
    } else if (s->fills_n > 0) {
        i->sell_max = i->signed_sell = s->fills[0].paid;
        i->signed_buy = s->fills[0].got;
    }
}

/* The intents with that one free; NULL: out of memory. */
static struct auction_intent *intents_free(struct verify *v, const struct solution_line *l)
{
    const struct auction *a = &v->file.auction;
    struct auction_intent *intents = ARENA_NEW(&v->scratch, a->intents_n, struct auction_intent);

    if (intents == NULL)
        return NULL;
    memcpy(intents, a->intents, a->intents_n * sizeof *intents);
    order_free(&intents[l->intent], &l->solution);
    return intents;
}

/* Is all of the order done where the line says so, and not where it says that this cannot be? */
static bool end_holds(struct finding *f, const struct auction_intent *i,
                      const struct solution_line *l)
{
    const struct solution_fill none = { 0 };
    const struct solution_fill *fill = l->solution.fills_n > 0 ? l->solution.fills : &none;
    bool sells = i->kind == INTENT_SELL;
    const struct u256 *have = sells ? &fill->paid : &fill->got;
    const struct u256 *want = sells ? &i->sell_max : &i->buy_min;
    const char *end = l->route.end;

    if (strcmp(end, SOLUTION_DONE) == 0)
        return !differs(f, "WHOLE", "the order is not done", 0, have, want);
    if (strcmp(end, SOLUTION_WORK_LIMIT) == 0)
        return true;
    if (strcmp(end, SOLUTION_PART) != 0 && strcmp(end, SOLUTION_NO_ROUTE) != 0)
        *f = (struct finding){ .rule = "END", .text = "no such end" };
    else if (u256_cmp(have, want) >= 0)
        *f = (struct finding){ "END", "the order is done, against the line", 0, *have, *want };
    return f->rule == NULL;
}

static void end_judge(struct finding *f, const struct auction_intent *i,
                      const struct solution_line *l)
{
    struct u512 given, owed;
    bool met = false;

    if (!end_holds(f, i, l))
        return;
    if (l->solution.fills_n > 0) {
        wide_mul(&given, &l->solution.fills[0].got, &i->signed_sell);
        wide_mul(&owed, &l->solution.fills[0].paid, &i->signed_buy);
        met = wide_cmp(&given, &owed) >= 0;
    }
    if (met != l->route.limit_met)
        *f = (struct finding){ .rule = "LIMIT",
                               .text = "the limit is met, or not, against the line" };
}

static void line_judge(struct finding *f, struct verify *v, const struct solution_line *l)
{
    struct auction a = v->file.auction;
    struct solution_line made;
    enum err err;

    *f = (struct finding){ 0 };
    a.options.cycles = true; /* the buffer is judged by itself */
    a.options.robust = false;
    if (l->route.end != NULL) {
        end_judge(f, &a.intents[l->intent], l);
        a.options.legs_max = UINT32_MAX;
        a.intents = intents_free(v, l);
        if (a.intents == NULL ||
            (l->route.no_venue_limits && solve_route_unlimit(&a, &v->scratch) != ERR_OK)) {
            *f = (struct finding){ .rule = "MEMORY", .text = err_text(ERR_NOMEM) };
            return;
        }
    }
    if (f->rule == NULL)
        route_judge(f, v, &a, &l->solution);
    if (f->rule != NULL)
        return;
    err = claims_make(&made, v, &a, l);
    if (err != ERR_OK)
        *f = (struct finding){ .rule = "BOUND", .text = err_text(err) };
    else
        claims_judge(f, l, &made, a.assets_n);
}

/*
 * A recorded solution is judged as the leader judged it, by certify; then its certificate. Without
 * duals, or with a bound beyond 256 bits, it must claim nothing.
 */
static void recorded_judge(struct finding *f, struct verify *v, const struct solution *s)
{
    struct solution made = *s;
    const struct auction *a = &v->file.auction;

    route_judge(f, v, a, s);
    if (f->rule != NULL)
        return;
    if (s->duals_n == 0 || bound_value(&made.bound, a, s) != ERR_OK ||
        bound_payout(&made.value, a, s) != ERR_OK)
        made.bound = made.value = u256_of(0);
    proof_judge(f, s, &made);
}

/* ---- output ---- */

static const struct out_column columns[] = {
    { "order", "order" }, { "valid", "valid" }, { "rule", "rule" }, { "at", "at" },
    { "have", "have" },   { "want", "want" },   { "text", "" },
};

#define COLUMNS_N (sizeof columns / sizeof columns[0])

static void finding_put(struct verify *v, const char *order, const struct finding *f)
{
    char digits[U256_TEXT], name[SOLVE_TABLE_NAME];
    bool table = v->cli->style.format == OUT_TABLE;

    v->lines++;
    v->invalid += f->rule != NULL;
    out_text(&v->out, table ? solve_table_name(name, order) : order);
    out_bool(&v->out, f->rule == NULL);
    if (f->rule == NULL) {
        for (size_t i = 2; i < COLUMNS_N; i++)
            out_none(&v->out);
        return;
    }
    out_text(&v->out, f->rule);
    out_number(&v->out, f->at);
    out_text(&v->out, u256_text(digits, &f->have));
    out_text(&v->out, u256_text(digits, &f->want));
    out_text(&v->out, f->text);
}

/* A line stands for its order, a batch for all of them; nothing may be said twice. */
static void line_count(struct finding *f, struct verify *v, const struct solution_line *l)
{
    bool batch = l->intent == SOLUTION_BATCH;
    size_t first = batch ? 0 : l->intent;
    size_t end = batch ? v->file.auction.intents_n : l->intent + 1;

    for (size_t i = first; i < end; i++) {
        if (v->seen[i] && f->rule == NULL)
            *f = (struct finding){ .rule = "TWICE",
                                   .text = "an earlier line answers this order",
                                   .at = i };
        v->seen[i] = true;
    }
}

/* What the input asks and no line answers. */
static int missing_put(struct verify *v)
{
    char hex[ID_TEXT];
    bool known = v->order == NULL;

    for (size_t i = 0; i < v->file.auction.intents_n; i++) {
        const char *name = problem_order(hex, &v->file, i);

        if (v->order != NULL && strcmp(v->order, name) != 0)
            continue;
        known = true;
        if (!v->seen[i])
            finding_put(v, name,
                        &(struct finding){
                            .rule = "MISSING", .text = "no line answers this order", .at = i });
    }
    if (!known)
        return fail(v->cli, FAIL_USAGE, "--order", "%s has no usable order \"%s\"", v->input,
                    v->order);
    return CLI_OK;
}

static int line_verify(struct verify *v, size_t number, const char *text, size_t len)
{
    char place[PLACE_TEXT], hex[ID_TEXT];
    struct input_error error;
    struct solution_line l;
    struct finding f;

    arena_reset(&v->scratch);
    (void)snprintf(place, sizeof place, "%s:%zu", v->output, number);
    if (solution_json_read(&l, &error, place, text, len, &v->file, &v->scratch) != ERR_OK)
        return fail(v->cli, FAIL_FILE, v->output, "%s", error.text);
    line_judge(&f, v, &l);
    line_count(&f, v, &l);
    finding_put(v, l.intent == SOLUTION_BATCH ? "batch" : problem_order(hex, &v->file, l.intent),
                &f);
    return CLI_OK;
}

static int lines_verify(struct verify *v, const char *bytes, size_t n)
{
    const char *end = bytes + n;
    int status = CLI_OK;

    for (size_t number = 1; status == CLI_OK && bytes < end; number++) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));

        stop = stop != NULL ? stop : end;
        if (stop > bytes)
            status = line_verify(v, number, bytes, (size_t)(stop - bytes));
        bytes = stop + 1;
    }
    return status == CLI_OK ? missing_put(v) : status;
}

static int recorded_verify(struct verify *v, const char *bytes, size_t n)
{
    struct solution s;
    struct finding f = { 0 };
    enum err err = wire_solution_unpack(&s, &v->scratch, bytes, n);

    if (err != ERR_OK)
        return fail(v->cli, FAIL_FILE, v->output, "neither JSON lines nor a recorded solution (%s)",
                    err_text(err));
    recorded_judge(&f, v, &s);
    finding_put(v, "batch", &f);
    return CLI_OK;
}

static int run(struct verify *v)
{
    const char *bytes;
    size_t n;
    bool changed; /* nothing of the engine's is judged */
    int status = problem_load(&v->file, &changed, v->cli, v->input);

    if (status == CLI_OK)
        status = problem_bytes(&bytes, &n, v->cli, v->output);
    if (status != CLI_OK)
        return status;
    v->seen = ARENA_NEW(&v->cli->arena, v->file.auction.intents_n, bool);
    if (v->seen == NULL)
        return fail(v->cli, FAIL_PROGRAM, v->input, "not enough memory");
    arena_init(&v->scratch, SCRATCH_CAP);
    out_begin(&v->out, &v->cli->style, "verdict", columns, COLUMNS_N, NULL);
    status = problem_is_json(bytes, n) ? lines_verify(v, bytes, n) : recorded_verify(v, bytes, n);
    out_end(&v->out);
    arena_fini(&v->scratch);
    if (status != CLI_OK)
        return status;
    if (v->invalid > 0)
        return fail(v->cli, FAIL_NOT_VALID, v->output, "%zu of %zu are not valid for %s",
                    v->invalid, v->lines, v->input);
    out_note(&v->cli->style, "%zu of %zu valid", v->lines, v->lines);
    return CLI_OK;
}

int cmd_verify(struct cli *c, int argc, char **argv)
{
    static const struct argp verify = {
        verify_options,
        verify_parse,
        "INPUT OUTPUT",
        "Prove what sluice solve printed for INPUT: replay every leg with the venue's own "
        "arithmetic, check amounts, limits, rates and conservation, and compute value, "
        "bound, gap, score and buffer again from the printed prices and route.\v"
        "OUTPUT holds the lines of sluice solve -o json, or one recorded solution. Every order of "
        "INPUT must be answered exactly once. The status is 1 when anything is not valid; each "
        "such line names the rule and its numbers.",
        NULL,
        NULL,
        NULL
    };
    struct verify v = { .cli = c };

    cli_parse(c, &verify, &v, argc, argv);
    return run(&v);
}
