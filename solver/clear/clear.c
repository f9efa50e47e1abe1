/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/clear.h"

#include <stdlib.h>

#include "solver/clear/pass.h"
#include "solver/clear/score.h"
#include "solver/core/check.h"

#define PASS_BYTES_MAX ((size_t)2 << 30)
#define PIVOTS_DEFAULT 4000000
#define ROUNDS_DEFAULT 2000

struct clear {
    struct lp *lp;
    struct arena best; /* the incumbent */
    struct arena trial;
};

/* One call of clear_solve. */
struct solve {
    struct clear *c;
    const struct auction *a;
    struct budget work;
    struct solution incumbent;
    struct u256 score;
    enum err (*emit)(void *ctx, const struct solution *s);
    void *ctx;
};

struct clear *clear_new(void)
{
    struct clear *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->lp = lp_new();
    if (c->lp == NULL) {
        free(c);
        return NULL;
    }
    arena_init(&c->best, PASS_BYTES_MAX);
    arena_init(&c->trial, PASS_BYTES_MAX);
    return c;
}

void clear_free(struct clear *c)
{
    if (c == NULL)
        return;
    lp_free(c->lp);
    arena_fini(&c->best);
    arena_fini(&c->trial);
    free(c);
}

/* Send the incumbent with the work spent so far. */
static enum err incumbent_emit(struct solve *s, bool final)
{
    s->incumbent.incumbent_no++;
    s->incumbent.final = final;
    s->incumbent.work = s->work.spent;
    return s->emit(s->ctx, &s->incumbent);
}

/* Keep the trial when it is certified and scores more; its memory becomes that of the best. */
static enum err trial_judge(struct solve *s, struct pass *p)
{
    struct u256 score;
    struct arena spare;
    uint32_t no = s->incumbent.incumbent_no;

    if (!p->certified || p->solution.fills_n == 0 ||
        score_solution(&score, s->a, &p->solution) != ERR_OK)
        return ERR_OK;
    if (s->incumbent.fills_n > 0 && u256_cmp(&score, &s->score) <= 0)
        return ERR_OK;
    spare = s->c->best;
    s->c->best = s->c->trial;
    s->c->trial = spare;
    s->incumbent = p->solution;
    s->incumbent.incumbent_no = no;
    s->score = score;
    return incumbent_emit(s, false);
}

static enum err trial_run(bool *certified, struct solve *s, const bool *skip_curve)
{
    struct pass p = {
        .a = s->a, .skip_curve = skip_curve, .arena = &s->c->trial, .lp = s->c->lp, .work = &s->work
    };

    arena_reset(&s->c->trial);
    TRY(pass_run(&p));
    *certified = p.certified;
    return trial_judge(s, &p);
}

/*
 * The ladder below the unrestricted answer: one home venue each, then matching alone. One venue
 * that is not atomic still serves what needs a single leg.
 */
static enum err ladder_run(struct solve *s)
{
    struct name home = { DOMAIN_HOME };
    bool *skip = calloc(s->a->curves_n + 1, sizeof(*skip));
    enum err e = ERR_OK;
    bool certified;

    if (skip == NULL)
        return ERR_NOMEM;
    for (size_t v = 0; e == ERR_OK && v <= s->a->venues_n; v++) {
        const struct auction_venue *venue = &s->a->venues[v];

        if (v < s->a->venues_n && !name_equal(&venue->domain, &home))
            continue;
        for (size_t i = 0; i < s->a->curves_n; i++)
            skip[i] = s->a->curves[i].venue != v;
        e = trial_run(&certified, s, skip);
    }
    free(skip);
    return e;
}

enum err clear_solve(struct clear *c, const struct auction *a,
                     enum err (*incumbent)(void *ctx, const struct solution *s), void *ctx)
{
    struct solve s = { .c = c, .a = a, .emit = incumbent, .ctx = ctx };
    bool certified = false;

    s.work.pivots = a->options.pivots_max > 0 ? a->options.pivots_max : PIVOTS_DEFAULT;
    s.work.rounds = a->options.rounds_max > 0 ? a->options.rounds_max : ROUNDS_DEFAULT;
    s.incumbent.auction = a->id;
    arena_reset(&c->best);
    TRY(trial_run(&certified, &s, NULL));
    if (!certified && a->options.robust)
        TRY(ladder_run(&s));
    return incumbent_emit(&s, true);
}
