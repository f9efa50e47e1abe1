/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/clear.h"

#include <stdlib.h>
#include <string.h>

#include "solver/clear/early.h"
#include "solver/clear/pass.h"
#include "solver/clear/score.h"

#define PASS_BYTES_MAX ((size_t)2 << 30)
#define PIVOTS_DEFAULT 4000000
#define ROUNDS_DEFAULT 2000
#define REPAIRS_MAX 8 /* tries to make an answer robust by leaving out what breaks it */
#define EARLY_MAX 4   /* likewise, of an early answer */
#define SINGLES_MAX 8 /* intents whose plan alone is tried */

struct clear {
    struct lp *lp;
    struct arena best; /* the incumbent */
    struct arena trial;
    struct arena list; /* of early */
};

/* One call of clear_solve, and what its trials leave out. */
struct solve {
    struct clear *c;
    const struct auction *a;
    bool *skip_curve; /* [curves_n] */
    bool *broken;     /* [curves_n] what broke robustness */
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
    arena_init(&c->list, PASS_BYTES_MAX);
    return c;
}

void clear_free(struct clear *c)
{
    if (c == NULL)
        return;
    lp_free(c->lp);
    arena_fini(&c->best);
    arena_fini(&c->trial);
    arena_fini(&c->list);
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

/* Mark what broke robustness: the curve of the leg, or all curves of the venue. */
static enum trial repair(bool *broken, const struct auction *a, const struct pass *p)
{
    const struct verdict *v = &p->verdict;

    if (p->certified)
        return TRIAL_CERTIFIED;
    if (v->rule == CERTIFY_ROBUST_LEG)
        broken[p->solution.legs[v->at].curve] = true;
    for (size_t i = 0; v->rule == CERTIFY_ROBUST_VENUE && i < a->curves_n; i++)
        broken[i] = broken[i] || a->curves[i].venue == v->at;
    return v->rule == CERTIFY_ROBUST_LEG || v->rule == CERTIFY_ROBUST_VENUE ? TRIAL_FRAGILE
                                                                            : TRIAL_NOTHING;
}

/* A quarter of the work that is left. */
static struct budget work_part(const struct budget *all)
{
    return (struct budget){ .pivots = all->pivots / 4, .rounds = all->rounds / 4 };
}

static void work_add(struct budget *all, const struct budget *part, const struct budget *given)
{
    all->pivots -= given->pivots - part->pivots;
    all->rounds -= given->rounds - part->rounds;
    all->spent.lps += part->spent.lps;
    all->spent.pivots += part->spent.pivots;
    all->spent.rounds += part->spent.rounds;
    all->spent.columns += part->spent.columns;
}

/* One pass without what is to be skipped. When it is fragile, s->broken then says why. */
static enum err trial_run(enum trial *result, struct solve *s)
{
    struct pass p = { .a = s->a,
                      .skip_curve = s->skip_curve,
                      .arena = &s->c->trial,
                      .lp = s->c->lp,
                      .work = &s->work };

    arena_reset(&s->c->trial);
    TRY(pass_run(&p));
    *result = repair(s->broken, s->a, &p);
    return trial_judge(s, &p);
}

/* Skip all, or no curves; a trial then keeps or leaves out some. */
static void skip_curves(struct solve *s, bool all)
{
    memset(s->skip_curve, all, s->a->curves_n * sizeof(*s->skip_curve));
}

static void skip_broken(struct solve *s)
{
    for (size_t i = 0; i < s->a->curves_n; i++)
        s->skip_curve[i] = s->skip_curve[i] || s->broken[i];
}

static void path_keep(struct solve *s, const struct alone *path)
{
    for (uint32_t k = 0; k < path->hops; k++)
        s->skip_curve[path->curves[k]] = false;
}

/* The plan of the best intent alone that is certified. */
static enum err single_run(struct solve *s, const struct early *list, size_t n)
{
    for (size_t i = 0; i < n && i < SINGLES_MAX && s->incumbent.fills_n == 0; i++) {
        struct pass p = { .a = s->a, .arena = &s->c->trial, .work = &s->work };

        arena_reset(&s->c->trial);
        TRY(early_plan(&p, &list[i]));
        TRY(trial_judge(s, &p));
    }
    return ERR_OK;
}

/*
 * First answers for little work: one intent alone on its path, then all intents on the curves that
 * some of them would use alone.
 */
static enum err early_run(struct solve *s)
{
    struct early *list;
    struct budget all = s->work, part = work_part(&all);
    enum trial result;
    size_t n;

    arena_reset(&s->c->list);
    TRY(early_find(&list, &n, &s->c->list, s->a));
    TRY(single_run(s, list, n));
    skip_curves(s, true);
    for (size_t i = 0; i < n; i++)
        path_keep(s, &list[i].alone);
    s->work = part;
    TRY(trial_run(&result, s));
    for (int i = 0; i < EARLY_MAX && result == TRIAL_FRAGILE; i++) {
        skip_broken(s);
        TRY(trial_run(&result, s));
    }
    work_add(&all, &s->work, &part);
    s->work = all;
    return ERR_OK;
}

static bool is_home(const struct auction *a, size_t curve)
{
    struct name home = { DOMAIN_HOME };

    return name_equal(&a->venues[a->curves[curve].venue].domain, &home);
}

/* Does the trial ahead leave out any curve? Else it is the one with all of them once more. */
static bool skips_any(const struct solve *s)
{
    bool any = false;

    for (size_t i = 0; i < s->a->curves_n; i++)
        any = any || s->skip_curve[i];
    return any;
}

/*
 * One home venue each, then matching alone: what is robust without any inventory. One venue that is
 * not atomic still serves what needs a single leg.
 */
static enum err ladder_run(struct solve *s)
{
    enum trial result;

    for (size_t v = 0; v <= s->a->venues_n; v++) {
        bool kept = v == s->a->venues_n;

        for (size_t i = 0; i < s->a->curves_n; i++) {
            s->skip_curve[i] = s->a->curves[i].venue != v || !is_home(s->a, i);
            kept = kept || !s->skip_curve[i];
        }
        if (kept && skips_any(s))
            TRY(trial_run(&result, s));
    }
    return ERR_OK;
}

/*
 * Without the venues that draw on inventory: limits on it, too, may break what would do without it.
 */
static enum err home_run(struct solve *s)
{
    enum trial result;

    for (size_t i = 0; i < s->a->curves_n; i++)
        s->skip_curve[i] = !is_home(s->a, i);
    return skips_any(s) ? trial_run(&result, s) : ERR_OK;
}

/*
 * An early answer, which one intent needs only if there is no other; then all curves. When that is not robust: the ladder, which is cheap, and with the
 * work that is left again and again without what breaks it.
 */
static enum err trials_run(struct solve *s)
{
    enum trial result;

    if (s->a->intents_n > 1)
        TRY(early_run(s));
    memset(s->broken, false, s->a->curves_n * sizeof(*s->broken));
    skip_curves(s, false);
    TRY(trial_run(&result, s));
    TRY(home_run(s));
    if (result != TRIAL_CERTIFIED && s->a->options.robust)
        TRY(ladder_run(s));
    for (int i = 0; i < REPAIRS_MAX && result == TRIAL_FRAGILE; i++) {
        skip_curves(s, false);
        skip_broken(s);
        TRY(trial_run(&result, s));
    }
    return s->incumbent.fills_n > 0 || s->a->intents_n != 1 ? ERR_OK : early_run(s);
}

enum err clear_solve(struct clear *c, const struct auction *a,
                     enum err (*incumbent)(void *ctx, const struct solution *s), void *ctx)
{
    bool *skip = calloc(2 * a->curves_n + 1, sizeof(*skip));
    struct solve s = { .c = c, .a = a, .emit = incumbent, .ctx = ctx, .skip_curve = skip };
    enum err e;

    if (skip == NULL)
        return ERR_NOMEM;
    s.broken = skip + a->curves_n;
    s.work.pivots = a->options.pivots_max > 0 ? a->options.pivots_max : PIVOTS_DEFAULT;
    s.work.rounds = a->options.rounds_max > 0 ? a->options.rounds_max : ROUNDS_DEFAULT;
    s.incumbent.auction = a->id;
    arena_reset(&c->best);
    e = trials_run(&s);
    free(skip);
    return e == ERR_OK ? incumbent_emit(&s, true) : e;
}
