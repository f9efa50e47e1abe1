/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/dual.h"

#include <math.h>
#include <string.h>

#define REACH_MOST 1.0  /* longest step in log price */
#define REACH_LONGER 16 /* than the last step */
#define REACH_SHORTER 4 /* at each try */
#define TRIES_MAX 9
#define FAR 4       /* nodes that would move so many times the reach that was found ... */
#define FAR_TRIES 2 /* ... after more tries than these are tried alone */
#define SWEEPS_MAX 3
#define ARMIJO 1e-4       /* least part of the promised gain */
#define GAIN_ENOUGH 1e-13 /* relative; what the flows lack is made good by the last step */
#define IDLE_GAIN 1e-14   /* a step that brought no more ... */
#define IDLE_MAX 2        /* ... so often in a row is the end */
#define BALANCE_MAX 4
#define BALANCE_REACH 1e-3
#define REST_SMALL 1e-12 /* relative, of what flows into a node and should not */
#define REST_LEAST 1e-13 /* relative: nodes held by crumbs alone do not run far for less */
#define DAMPING_FIRST 1e-3
#define DAMPING_LEAST 1e-12
#define DAMPING_MOST 1e4
#define TIGHT_FIRST 1e-2 /* curves so close to trading count in the Hessian ... */
#define TIGHT_NEXT 10    /* at the start of a smaller width, times it */
#define TIGHT_STEP 0.01  /* ... and this part of the last step's length later on */
#define TIGHT_MOST 0.1
#define TIGHT_LEAST 1e-12
#define TIGHT_FALL 10    /* at most, from step to step */
#define WIDTH_FIRST 1e-3 /* smoothing of straight pieces */
#define WIDTH_ROUGH 0.1
#define WIDTH_LEAST DUAL_WIDTH
#define WIDTH_FACTOR 0.1
#define FOLLOW 0.01     /* part of a width */
#define FOLLOW_MOST 4   /* widths that prices may move */
#define WIDTH_GAIN 1e-4 /* of the width: gains below are of no use before the last one */

/* Prices, and everything that the curves say at them. The matrix is in the frame's laplacian. */
struct point {
    double *u;
    double *e;    /* exp(u) */
    double *rest; /* minus the gradient: what should be at a node less what flows in */
    double ratio;
    double value; /* e.p */
};

struct newton {
    const struct dual *d;
    struct frame *f;
    struct point at;
    struct point trial;
    double *step;
    size_t pin;
    double gain; /* promised by the last step, relative */
    double damping;
    double reach;  /* how far a node may move next */
    double enough; /* gain that ends the descent */
    struct real_smooth smooth;
    uint32_t evaluations;
};

static bool is_off(const struct newton *w, size_t curve)
{
    return w->d->off != NULL && w->d->off[curve];
}

static void pull_add(struct newton *w, struct point *p, size_t i, const struct real_pull *pull,
                     bool trades)
{
    const struct real_curve *c = &w->f->curves[i];
    size_t pair = w->f->pair_first[i];

    for (unsigned y = 0; y < c->n; y++) {
        if (!frame_live(c, y))
            continue;
        if (trades)
            p->rest[c->node[y]] -= pull->net[y];
        for (unsigned x = 0; x < y; x++) {
            if (frame_live(c, x))
                laplacian_add(&w->f->laplacian, c->node[x], c->node[y], pair++,
                              pull->weight[real_pair(x, y)]);
        }
    }
}

/* Everything at p->u. false: these prices mean nothing. */
static bool evaluate(struct newton *w, struct point *p)
{
    const struct dual *d = w->d;
    double bound = 0;

    w->evaluations++;
    p->value = 0;
    laplacian_clear(&w->f->laplacian);
    for (size_t i = 0; i < w->f->n; i++) {
        p->e[i] = exp(p->u[i]);
        p->rest[i] = -d->supply[i] * p->e[i];
        bound -= p->rest[i];
        p->value += d->basket[i] * p->e[i];
    }
    for (size_t i = 0; i < w->f->curves_n; i++) {
        struct real_pull pull;
        enum real_state state =
            is_off(w, i) ? REAL_IDLE
                         : real_curve_pull(&pull, &w->f->curves[i], p->u, p->e, &w->smooth);

        if (state == REAL_IDLE)
            continue;
        pull_add(w, p, i, &pull, state == REAL_TRADES);
        bound += state == REAL_TRADES ? pull.profit : 0;
    }
    p->ratio = bound / p->value;
    for (size_t i = 0; i < w->f->n; i++)
        p->rest[i] += p->ratio * d->basket[i] * p->e[i];
    return p->value > 0 && isfinite(bound);
}

/*
 * A node without a weight that is brought something, or lacks it: curves that trade all they can are
 * the only ones there, and no step comes of them. It moves until another one begins to trade.
 */
static void loose_move(struct newton *w, double least)
{
    const struct laplacian *l = &w->f->laplacian;

    for (size_t i = 0; i < w->f->n; i++) {
        if (i != w->pin && !(l->value[l->diagonal[i]] > 0) && fabs(w->at.rest[i]) > least)
            w->step[i] = copysign(REACH_MOST, w->at.rest[i]);
    }
}

/* The step from w->at, and the longest change in it. false: the system has no solution. */
static bool step_find(struct newton *w, double *longest)
{
    const double least = REST_LEAST * w->at.value * fabs(w->at.ratio);
    double gain = 0;

    for (size_t i = 0; i < w->f->n; i++)
        w->step[i] = fabs(w->at.rest[i]) > least ? w->at.rest[i] : 0;
    if (!laplacian_solve(&w->f->laplacian, w->step, w->pin, w->damping))
        return false;
    loose_move(w, least);
    *longest = 0;
    for (size_t i = 0; i < w->f->n; i++) {
        gain += w->step[i] * w->at.rest[i];
        *longest = fmax(*longest, fabs(w->step[i]));
    }
    w->gain = gain / (w->at.value * fabs(w->at.ratio));
    return isfinite(w->gain) && isfinite(*longest);
}

/* The prices between which no curve at node i trades, if there are any. */
static bool idle_band(const struct newton *w, const double *u, size_t i, double *low, double *high)
{
    *low = -INFINITY;
    *high = INFINITY;
    for (size_t t = w->f->first[i]; t < w->f->first[i + 1] && *low <= *high; t++) {
        const struct real_curve *c = &w->f->curves[w->f->touch[t]];
        unsigned k = 0;

        if (is_off(w, w->f->touch[t]))
            continue;
        while (c->node[k] != i || !frame_live(c, k))
            k++;
        struct real_band band = real_curve_band(c, k, u);
        double bent = real_curve_straight(c) ? w->smooth.width : 0; /* it trades so far beyond */

        *low = band.low + bent > *low ? band.low + bent : *low;
        *high = band.high - bent < *high ? band.high - bent : *high;
    }
    return *low <= *high;
}

/*
 * Where node i belongs as long as none of its curves trades: inside the band if nothing is supplied
 * or owed there; where the first curve begins to take what is supplied, or to give what is owed.
 */
static double idle_place(const struct newton *w, size_t i, double u, double low, double high)
{
    if (w->d->supply[i] > 0)
        return fmin(u, low);
    if (w->d->supply[i] < 0)
        return fmax(u, high);
    return fmin(fmax(u, low), high);
}

static void idle_sweep(const struct newton *w, double *u)
{
    bool moved = true;

    for (int sweep = 0; sweep < SWEEPS_MAX && moved; sweep++) {
        moved = false;
        for (size_t i = 0; i < w->f->n; i++) {
            double low, high, place;

            if (w->d->basket[i] != 0 || !idle_band(w, u, i, &low, &high))
                continue;
            place = idle_place(w, i, u[i], low, high);
            if (place < u[i] || place > u[i]) {
                u[i] = isfinite(place) ? place : u[i];
                moved = moved || isfinite(place);
            }
        }
    }
}

static double clip(double step, double reach)
{
    return fmin(fmax(step, -reach), reach);
}

/* What the step promises, relative, when no node moves farther than reach. */
static double promise(const struct newton *w, double reach)
{
    double gain = 0;

    for (size_t i = 0; i < w->f->n; i++)
        gain += clip(w->step[i], reach) * w->at.rest[i];
    return gain / (w->at.value * fabs(w->at.ratio));
}

static bool trial_take(struct newton *w, double reach)
{
    for (size_t i = 0; i < w->f->n; i++)
        w->trial.u[i] = w->at.u[i] + clip(w->step[i], reach);
    idle_sweep(w, w->trial.u);
    return evaluate(w, &w->trial);
}

static void trial_accept(struct newton *w)
{
    struct point old = w->at;

    w->at = w->trial;
    w->trial = old;
}

/* After a step that needed no shortening fewer curves about to trade need to count. */
static void tight_fit(struct newton *w, double reach)
{
    double tight = fmax(TIGHT_STEP * reach, w->smooth.tight / TIGHT_FALL);

    w->smooth.tight = fmin(TIGHT_MOST, fmax(TIGHT_LEAST, tight));
}

/*
 * Take the step, with a shorter and shorter reach until the ratio keeps a part of what was promised.
 * A node held by little runs far in a Newton step, to where its other curves would trade; the reach
 * stops it and lets the others go on. Returns how many tries it took; 0: no reach will do.
 */
static int search(struct newton *w, double longest)
{
    double reach = fmin(longest, w->reach);

    for (int tries = 1; tries <= TRIES_MAX; tries++, reach /= REACH_SHORTER) {
        double gain = promise(w, reach);

        if (!(gain > 0) || !trial_take(w, reach) ||
            !(w->trial.ratio < w->at.ratio - ARMIJO * gain * fabs(w->at.ratio)))
            continue;
        trial_accept(w);
        w->reach = fmin(REACH_MOST, reach * REACH_LONGER);
        if (tries == 1)
            tight_fit(w, reach);
        return tries;
    }
    return 0;
}

/*
 * The nodes that a step would move farther than the others allow: held by little, they can go alone.
 * Leaves the reach of the next step as it is. False: they cannot; the matrix is then of the trial.
 */
static bool search_far(struct newton *w, double reach)
{
    double next = w->reach, longest = 0;

    for (size_t i = 0; i < w->f->n; i++) {
        w->step[i] = fabs(w->step[i]) > reach * FAR ? w->step[i] : 0;
        longest = fmax(longest, fabs(w->step[i]));
    }
    w->reach = REACH_MOST;
    bool found = longest > 0 && search(w, longest) > 0;
    w->reach = next;
    return found;
}

/* The most that is left over or lacking anywhere, relative to the ratio. */
static double rest_most(const struct newton *w, const struct point *p)
{
    double most = 0;

    for (size_t i = 0; i < w->f->n; i++)
        most = fmax(most, i != w->pin ? fabs(p->rest[i]) : 0);
    return most / (p->value * fabs(p->ratio));
}

/*
 * The ratio shows no gain any more, but the flows do: they err as the root of what it errs, the more
 * the deeper the curves. So whole steps are taken as long as they balance the flows.
 */
static void balance(struct newton *w)
{
    double most, longest;

    if (!evaluate(w, &w->at))
        return;
    most = rest_most(w, &w->at);
    for (int k = 0; k < BALANCE_MAX && most > REST_SMALL; k++) {
        w->damping = DAMPING_LEAST;
        if (!step_find(w, &longest) || longest > BALANCE_REACH || !trial_take(w, longest) ||
            w->trial.ratio > w->at.ratio + IDLE_GAIN * fabs(w->at.ratio) ||
            rest_most(w, &w->trial) > most / 2)
            return;
        trial_accept(w);
        most = rest_most(w, &w->at);
    }
}

/* Nothing is left to find: no finite price may do. */
static bool stops(const struct newton *w)
{
    return (w->d->stop > 0 || w->d->stop < 0) && w->at.ratio < w->d->stop;
}

/* Newton steps at one width until they gain nothing. Returns how many. */
static uint32_t descend(struct newton *w, uint32_t steps_max)
{
    uint32_t steps = 0, idle = 0;
    double longest;

    while (steps < steps_max && idle < IDLE_MAX && !stops(w) && step_find(w, &longest)) {
        double before = w->at.ratio;
        int tries;

        steps++;
        if (w->gain <= w->enough)
            break;
        tries = search(w, longest);
        if (tries == 0) {
            if (w->damping >= DAMPING_MOST || !evaluate(w, &w->at))
                break;
            w->damping = fmax(w->damping * 100, 1e-6);
            continue;
        }
        if (tries > FAR_TRIES && !search_far(w, w->reach / REACH_LONGER) && !evaluate(w, &w->at))
            break;
        idle = before - w->at.ratio > IDLE_GAIN * fabs(before) ? 0 : idle + 1;
        w->damping = tries == 1 ? fmax(w->damping / 10, DAMPING_LEAST) : w->damping * 2;
    }
    return steps;
}

/*
 * From the best prices at one width to those at the next: while the same levels are filled in part
 * the prices move in a straight line, which a step to a slightly larger width shows.
 */
static void follow(struct newton *w, double width, double next)
{
    const double far = (next - width) / (FOLLOW * width);
    double longest;

    w->smooth = (struct real_smooth){ width * (1 + FOLLOW), 0 };
    w->damping = DAMPING_LEAST;
    if (!evaluate(w, &w->at) || !step_find(w, &longest) ||
        longest * fabs(far) > FOLLOW_MOST * width)
        return;
    for (size_t i = 0; i < w->f->n; i++)
        w->at.u[i] += far * w->step[i];
}

static bool point_new(struct point *p, struct arena *arena, size_t n)
{
    *p = (struct point){ .u = ARENA_NEW(arena, n, double),
                         .e = ARENA_NEW(arena, n, double),
                         .rest = ARENA_NEW(arena, n, double) };
    return p->u != NULL && p->e != NULL && p->rest != NULL;
}

static enum err newton_init(struct newton *w, struct arena *arena, const struct dual *d,
                            const double *u)
{
    size_t n = d->frame->n;
    double most = -1;

    *w = (struct newton){ .d = d, .f = d->frame, .step = ARENA_NEW(arena, n, double) };
    if (w->step == NULL || !point_new(&w->at, arena, n) || !point_new(&w->trial, arena, n))
        return ERR_NOMEM;
    memcpy(w->at.u, u, n * sizeof *u);
    for (size_t i = 0; i < n; i++) {
        double worth = d->basket[i] * exp(u[i]);

        if (worth > most)
            w->pin = i;
        most = fmax(most, worth);
    }
    return ERR_OK;
}

static bool is_smooth(const struct frame *f)
{
    bool smooth = true;

    for (size_t i = 0; i < f->curves_n; i++)
        smooth = smooth && !real_curve_straight(&f->curves[i]);
    return smooth;
}

enum err dual_minimise(struct dual_result *out, double *u, struct arena *arena,
                       const struct dual *d, uint32_t steps_max)
{
    struct newton w;

    *out = (struct dual_result){ .smooth = is_smooth(d->frame) };
    TRY(newton_init(&w, arena, d, u));
    double width = out->smooth ? WIDTH_LEAST : d->rough ? WIDTH_ROUGH : WIDTH_FIRST;
    for (double last = 0; width > WIDTH_LEAST / 2 && out->steps < steps_max;
         last = width, width *= WIDTH_FACTOR) {
        if (last > 0)
            follow(&w, last, width);
        w.smooth = (struct real_smooth){ width, last > 0 ? TIGHT_NEXT * width : TIGHT_FIRST };
        w.damping = DAMPING_FIRST;
        w.reach = REACH_MOST;
        w.enough = width > WIDTH_LEAST * 2 ? WIDTH_GAIN * width : GAIN_ENOUGH;
        if (!evaluate(&w, &w.at))
            return ERR_INVALID;
        out->steps += descend(&w, steps_max - out->steps);
    }
    balance(&w);
    memcpy(u, w.at.u, d->frame->n * sizeof *u);
    out->ratio = w.at.ratio;
    out->gain = w.gain;
    out->evaluations = w.evaluations;
    return ERR_OK;
}
