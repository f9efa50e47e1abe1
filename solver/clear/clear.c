/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/clear.h"

#include <stdlib.h>

#include "solver/clear/pass.h"
#include "solver/clear/score.h"

#define PASS_BYTES_MAX ((size_t)2 << 30)
#define PIVOTS_DEFAULT 4000000
#define ROUNDS_DEFAULT 2000
#define REPAIRS_MAX 8 /* tries to make an answer robust by leaving out what breaks it */

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

enum trial { TRIAL_CERTIFIED, TRIAL_FRAGILE, TRIAL_NOTHING };

/* Leave out what broke robustness: the curve of the leg, or all curves of the venue. */
static enum trial repair(bool *skip, const struct auction *a, const struct pass *p)
{
    const struct verdict *v = &p->verdict;

    if (p->certified)
        return TRIAL_CERTIFIED;
    if (v->rule == CERTIFY_ROBUST_LEG)
        skip[p->solution.legs[v->at].curve] = true;
    for (size_t i = 0; v->rule == CERTIFY_ROBUST_VENUE && i < a->curves_n; i++)
        skip[i] = skip[i] || a->curves[i].venue == v->at;
    return v->rule == CERTIFY_ROBUST_LEG || v->rule == CERTIFY_ROBUST_VENUE ? TRIAL_FRAGILE
                                                                            : TRIAL_NOTHING;
}

/* One pass without the curves of skip. When it is fragile, skip then says without what it may not
 * be. */
static enum err trial_run(enum trial *result, struct solve *s, bool *skip)
{
    struct pass p = {
        .a = s->a, .skip_curve = skip, .arena = &s->c->trial, .lp = s->c->lp, .work = &s->work
    };

    arena_reset(&s->c->trial);
    TRY(pass_run(&p));
    *result = repair(skip, s->a, &p);
    return trial_judge(s, &p);
}

/*
 * One home venue each, then matching alone: what is robust without any inventory. One venue that is
 * not atomic still serves what needs a single leg.
 */
static enum err ladder_run(struct solve *s, bool *skip)
{
    struct name home = { DOMAIN_HOME };
    enum trial result;

    for (size_t v = 0; v <= s->a->venues_n; v++) {
        if (v < s->a->venues_n && !name_equal(&s->a->venues[v].domain, &home))
            continue;
        for (size_t i = 0; i < s->a->curves_n; i++)
            skip[i] = s->a->curves[i].venue != v;
        TRY(trial_run(&result, s, skip));
    }
    return ERR_OK;
}

/*
 * Without the venues that draw on inventory: limits on it, too, may break what would do without it.
 */
static enum err home_run(struct solve *s, bool *skip)
{
    struct name home = { DOMAIN_HOME };
    enum trial result;
    bool any = false;

    for (size_t i = 0; i < s->a->curves_n; i++) {
        skip[i] = !name_equal(&s->a->venues[s->a->curves[i].venue].domain, &home);
        any = any || skip[i];
    }
    return any ? trial_run(&result, s, skip) : ERR_OK;
}

/*
 * All curves first. When that is not robust: the ladder, which is cheap, and with the work that is
 * left again and again without what breaks it.
 */
static enum err trials_run(struct solve *s, bool *skip)
{
    bool *rung = skip + s->a->curves_n;
    enum trial result;

    TRY(trial_run(&result, s, skip));
    TRY(home_run(s, rung));
    if (result != TRIAL_CERTIFIED && s->a->options.robust)
        TRY(ladder_run(s, rung));
    for (int i = 0; i < REPAIRS_MAX && result == TRIAL_FRAGILE; i++)
        TRY(trial_run(&result, s, skip));
    return ERR_OK;
}

enum err clear_solve(struct clear *c, const struct auction *a,
                     enum err (*incumbent)(void *ctx, const struct solution *s), void *ctx)
{
    struct solve s = { .c = c, .a = a, .emit = incumbent, .ctx = ctx };
    bool *skip = calloc(2 * a->curves_n + 1, sizeof(*skip));
    enum err e;

    if (skip == NULL)
        return ERR_NOMEM;
    s.work.pivots = a->options.pivots_max > 0 ? a->options.pivots_max : PIVOTS_DEFAULT;
    s.work.rounds = a->options.rounds_max > 0 ? a->options.rounds_max : ROUNDS_DEFAULT;
    s.incumbent.auction = a->id;
    arena_reset(&c->best);
    e = trials_run(&s, skip);
    free(skip);
    return e == ERR_OK ? incumbent_emit(&s, true) : e;
}
