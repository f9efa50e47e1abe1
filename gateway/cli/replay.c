/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/replay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/cli/certificate.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/problem.h"
#include "proto/wire_batch.h"
#include "solver/clear/certify.h"
#include "solver/clear/score.h"

#define FIELD_TEXT 64

int replay_load(struct replay *r, struct cli *c, const char *auction)
{
    static const char from[] = ".auction", to[] = ".solution";
    size_t n = strlen(auction), stem = n - (sizeof from - 1);

    *r = (struct replay){ 0 };
    if (n < sizeof from || strcmp(auction + stem, from) != 0)
        return CLI_OK;
    char *path = arena_alloc(&c->arena, stem + sizeof to, 1);

    if (path == NULL)
        return fail(c, FAIL_FILE, auction, "not enough memory to read it");
    (void)snprintf(path, stem + sizeof to, "%.*s%s", (int)stem, auction, to);
    if (access(path, F_OK) != 0)
        return CLI_OK;
    int status = problem_bytes(&r->bytes, &r->n, c, path);

    if (status != CLI_OK)
        return status;
    enum err err = wire_solution_unpack(&r->solution, &c->arena, r->bytes, r->n);

    if (err != ERR_OK)
        return fail(c, FAIL_FILE, path, "not a recorded solution (%s)", err_text(err));
    r->path = path;
    return CLI_OK;
}

/* ---- the first difference ---- */

/* Two solutions in comparison; once out->field is set nothing more is looked at. */
struct look {
    struct solution_replay *out;
    struct arena *arena;
    bool full; /* no memory */
};

static const char *text_keep(struct look *l, const char *text)
{
    const char *kept = arena_copy_text(l->arena, text, strlen(text));

    l->full = l->full || kept == NULL;
    return kept;
}

static void look_wide(struct look *l, const char *field, const struct u256 *recorded,
                      const struct u256 *solved)
{
    char digits[U256_TEXT];

    if (l->out->field != NULL || u256_cmp(recorded, solved) == 0)
        return;
    l->out->field = text_keep(l, field);
    l->out->recorded = text_keep(l, u256_text(digits, recorded));
    l->out->solved = text_keep(l, u256_text(digits, solved));
}

static void look_number(struct look *l, const char *field, uint64_t recorded, uint64_t solved)
{
    struct u256 x = u256_of(recorded), y = u256_of(solved);

    look_wide(l, field, &x, &y);
}

static void look_amounts(struct look *l, const char *list, const struct amount *recorded,
                         const struct amount *solved, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct u256 x = u256_of_amount(recorded[i]), y = u256_of_amount(solved[i]);
        char field[FIELD_TEXT];

        (void)snprintf(field, sizeof field, "%s[%zu]", list, i);
        look_wide(l, field, &x, &y);
    }
}

static const char *item_field(char field[FIELD_TEXT], const char *list, size_t i, const char *name)
{
    (void)snprintf(field, FIELD_TEXT, "%s[%zu].%s", list, i, name);
    return field;
}

static void look_fills(struct look *l, const struct solution *x, const struct solution *y)
{
    char f[FIELD_TEXT];

    look_number(l, "fills", x->fills_n, y->fills_n);
    for (size_t i = 0; i < x->fills_n && l->out->field == NULL; i++) {
        const struct solution_fill *a = &x->fills[i], *b = &y->fills[i];

        look_number(l, item_field(f, "fills", i, "intent"), a->intent, b->intent);
        look_wide(l, item_field(f, "fills", i, "paid"), &a->paid, &b->paid);
        look_wide(l, item_field(f, "fills", i, "got"), &a->got, &b->got);
    }
}

static void look_legs(struct look *l, const struct solution *x, const struct solution *y)
{
    char f[FIELD_TEXT];

    look_number(l, "legs", x->legs_n, y->legs_n);
    for (size_t i = 0; i < x->legs_n && l->out->field == NULL; i++) {
        const struct solution_leg *a = &x->legs[i], *b = &y->legs[i];

        look_number(l, item_field(f, "legs", i, "curve"), a->curve, b->curve);
        look_number(l, item_field(f, "legs", i, "give"), a->way.give, b->way.give);
        look_number(l, item_field(f, "legs", i, "get"), a->way.get, b->way.get);
        look_number(l, item_field(f, "legs", i, "stage"), a->stage, b->stage);
        look_number(l, item_field(f, "legs", i, "group"), a->group, b->group);
        look_wide(l, item_field(f, "legs", i, "in"), &a->in, &b->in);
        look_wide(l, item_field(f, "legs", i, "min_out"), &a->min_out, &b->min_out);
    }
}

static void look_covers(struct look *l, const struct solution *x, const struct solution *y)
{
    char f[FIELD_TEXT];

    look_number(l, "covers", x->covers_n, y->covers_n);
    for (size_t i = 0; i < x->covers_n && l->out->field == NULL; i++) {
        struct u256 a = u256_of_amount(x->covers[i].amount);
        struct u256 b = u256_of_amount(y->covers[i].amount);

        look_number(l, item_field(f, "covers", i, "asset"), x->covers[i].asset, y->covers[i].asset);
        look_wide(l, item_field(f, "covers", i, "amount"), &a, &b);
    }
}

static void look_vector(struct look *l, const char *list, const struct amount *x, size_t x_n,
                        const struct amount *y, size_t y_n)
{
    look_number(l, list, x_n, y_n);
    if (l->out->field == NULL)
        look_amounts(l, list, x, y, x_n);
}

/* What matters most comes first: who gets what, then how, then the proof and the work. */
static void look_all(struct look *l, const struct solution *x, const struct solution *y)
{
    look_number(l, "incumbent_no", x->incumbent_no, y->incumbent_no);
    look_fills(l, x, y);
    look_vector(l, "prices", x->prices, x->prices_n, y->prices, y->prices_n);
    look_legs(l, x, y);
    look_covers(l, x, y);
    look_vector(l, "duals", x->duals, x->duals_n, y->duals, y->duals_n);
    look_wide(l, "value", &x->value, &y->value);
    look_wide(l, "bound", &x->bound, &y->bound);
    look_number(l, "final", x->final, y->final);
    look_number(l, "work.lps", x->work.lps, y->work.lps);
    look_number(l, "work.pivots", x->work.pivots, y->work.pivots);
    look_number(l, "work.rounds", x->work.rounds, y->work.rounds);
    look_number(l, "work.columns", x->work.columns, y->work.columns);
    if (l->out->field == NULL && id_cmp(x->auction, y->auction) != 0) {
        char recorded[ID_TEXT], solved[ID_TEXT];

        l->out->field = "auction";
        l->out->recorded = text_keep(l, id_text(recorded, x->auction));
        l->out->solved = text_keep(l, id_text(solved, y->auction));
    }
}

enum err replay_compare(struct solution_replay *out, const struct replay *r,
                        const struct solution *s, struct arena *arena)
{
    struct look l = { .out = out, .arena = arena };
    struct wire_bytes bytes = { 0 };
    enum err err = wire_solution_pack(&bytes, s);

    *out = (struct solution_replay){ 0 };
    out->identical = err == ERR_OK && bytes.n == r->n && memcmp(bytes.data, r->bytes, bytes.n) == 0;
    wire_bytes_fini(&bytes);
    if (err != ERR_OK || out->identical)
        return err;
    look_all(&l, &r->solution, s);
    if (out->field == NULL) { /* the same values in other bytes: not written by this release */
        out->field = "encoding";
        out->recorded = out->solved = "";
    }
    return l.full ? ERR_NOMEM : ERR_OK;
}

enum err replay_line(const struct solution_line **out, const struct replay *r,
                     const struct auction *a, struct arena *arena)
{
    struct solution_line *l = ARENA_NEW(arena, 1, struct solution_line);
    struct auction any = *a;
    struct verdict v;

    if (l == NULL)
        return ERR_NOMEM;
    any.options.cycles = true; /* options are what may have changed */
    any.options.robust = false;
    *out = NULL;
    if (!certify(&v, arena, &any, &r->solution))
        return ERR_OK;
    *l = (struct solution_line){ .intent = SOLUTION_BATCH, .solution = r->solution };
    TRY(certificate_make(l, a, arena));
    TRY(score_solution(&l->score, a, &l->solution));
    *out = l;
    return ERR_OK;
}
