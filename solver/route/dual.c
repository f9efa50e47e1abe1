/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/dual.h"

#include <math.h>
#include <string.h>

#include "solver/route/laplacian.h"

#define HALVINGS_MAX 30
#define SWEEPS_MAX 3
#define STEP_MAX 1.0      /* longest step in log price */
#define ARMIJO 1e-4       /* least part of the promised gain */
#define GAIN_ENOUGH 1e-14 /* relative: doubles show no more */
#define LAST_STEP_MAX 1e-3
#define DAMPING_FIRST 1e-3
#define DAMPING_LEAST 1e-12
#define DAMPING_MOST 1e4
#define TIGHT_FIRST 1e-2 /* edges so close to trading count in the Hessian ... */
#define TIGHT_STEP 0.1   /* ... and this part of the last step's length later on */
#define WIDTH_FIRST 1e-3 /* smoothing of books */
#define WIDTH_LEAST 1e-9

struct newton {
    const struct dual *d;
    struct laplacian laplacian;
    double *u, *trial, *e, *step;
    size_t *first; /* [n + 1] edges at a node: first[i] .. first[i + 1] */
    uint32_t *at;  /* [2 * edges_n] edge numbers */
    size_t pin;
    double ratio;
    double gain; /* promised by the last step, relative */
    double damping;
    double tight;
    double width;
    uint32_t evaluations;
};

static void exponentials(struct newton *w, const double *u)
{
    for (size_t i = 0; i < w->d->n; i++)
        w->e[i] = exp(u[i]);
}

/* ratio at log prices u; infinite where it means nothing. */
static double ratio_at(struct newton *w, const double *u)
{
    const struct dual *d = w->d;
    double bound = 0, value = 0;

    w->evaluations++;
    exponentials(w, u);
    for (size_t i = 0; i < d->n; i++) {
        bound += d->supply[i] * w->e[i];
        value += d->basket[i] * w->e[i];
    }
    for (size_t i = 0; i < d->edges_n; i++) {
        const struct edge *e = &d->edges[i];
        bound += edge_pull(e, u[e->a], u[e->b], w->e[e->a], w->e[e->b], WIDTH_LEAST).profit;
    }
    return value > 0 && isfinite(bound) ? bound / value : INFINITY;
}

static double value_at(const struct newton *w)
{
    double value = 0;

    for (size_t i = 0; i < w->d->n; i++)
        value += w->d->basket[i] * w->e[i];
    return value;
}

/* An edge that does not trade but is close to it, as far as it is close. */
static double tight_weight(const struct newton *w, const struct edge *e)
{
    double slack = w->u[e->a] - w->u[e->b] - e->top;

    if (slack >= w->tight || e->kind != CURVE_constant_product)
        return 0;
    double middle = sqrt(e->in_depth * w->e[e->a] * e->out_depth * w->e[e->b]);
    return middle / 2 * (1 - slack / w->tight);
}

/* Minus the gradient into step, and the Laplacian. */
static void system_make(struct newton *w)
{
    const struct dual *d = w->d;

    laplacian_clear(&w->laplacian);
    exponentials(w, w->u);
    for (size_t i = 0; i < d->n; i++)
        w->step[i] = (w->ratio * d->basket[i] - d->supply[i]) * w->e[i];
    for (size_t i = 0; i < d->edges_n; i++) {
        const struct edge *e = &d->edges[i];
        struct edge_pull p = edge_pull(e, w->u[e->a], w->u[e->b], w->e[e->a], w->e[e->b], w->width);
        w->step[e->a] += p.in;
        w->step[e->b] -= p.out;
        double weight = p.in > 0 ? p.weight : tight_weight(w, e);
        if (weight > 0)
            laplacian_add(&w->laplacian, e, i, weight);
    }
}

/* The step, and the longest change in it. false: the system has no solution. */
static bool step_find(struct newton *w, double *longest)
{
    const struct dual *d = w->d;
    double gain = 0;

    system_make(w);
    memcpy(w->trial, w->step, d->n * sizeof *w->trial);
    if (!laplacian_solve(&w->laplacian, w->step, w->pin, w->damping))
        return false;
    *longest = 0;
    for (size_t i = 0; i < d->n; i++) {
        gain += w->step[i] * w->trial[i];
        *longest = fmax(*longest, fabs(w->step[i]));
    }
    w->gain = gain / (value_at(w) * w->ratio);
    return isfinite(w->gain) && isfinite(*longest);
}

/* The longest halving that keeps a part of the promised gain. 0: none does. */
static double line_search(struct newton *w, double longest)
{
    double length = longest > STEP_MAX ? STEP_MAX / longest : 1;

    for (int k = 0; k < HALVINGS_MAX; k++, length /= 2) {
        for (size_t i = 0; i < w->d->n; i++)
            w->trial[i] = w->u[i] + length * w->step[i];
        double ratio = ratio_at(w, w->trial);
        if (ratio < w->ratio * (1 - ARMIJO * length * w->gain)) {
            memcpy(w->u, w->trial, w->d->n * sizeof *w->u);
            w->ratio = ratio;
            return length;
        }
    }
    return 0;
}

/* Move node i to where none of its edges trades, if there is such a price. */
static bool node_idle(struct newton *w, size_t i)
{
    double low = -INFINITY, high = INFINITY;

    for (size_t k = w->first[i]; k < w->first[i + 1]; k++) {
        const struct edge *e = &w->d->edges[w->at[k]];
        if (e->a == i)
            low = fmax(low, w->u[e->b] + e->top);
        else
            high = fmin(high, w->u[e->a] - e->top);
    }
    if (!(low <= high) || (w->u[i] >= low && w->u[i] <= high))
        return false;
    w->u[i] = w->u[i] < low ? low : high;
    return true;
}

static void idle_sweep(struct newton *w)
{
    bool moved = true;

    memcpy(w->trial, w->u, w->d->n * sizeof *w->u);
    for (int k = 0; k < SWEEPS_MAX && moved; k++) {
        moved = false;
        for (size_t i = 0; i < w->d->n; i++) {
            if (w->d->supply[i] == 0 && w->d->basket[i] == 0)
                moved = node_idle(w, i) || moved;
        }
    }
    double ratio = ratio_at(w, w->u);
    if (ratio <= w->ratio)
        w->ratio = ratio;
    else /* rounding only */
        memcpy(w->u, w->trial, w->d->n * sizeof *w->u);
}

/* The ratio shows no gain any more, but the flows do: they err as the root of what it errs. */
static void last_step(struct newton *w, double longest)
{
    if (longest > LAST_STEP_MAX)
        return;
    for (size_t i = 0; i < w->d->n; i++)
        w->trial[i] = w->u[i] + w->step[i];
    double ratio = ratio_at(w, w->trial);
    if (ratio > w->ratio * (1 + GAIN_ENOUGH))
        return;
    memcpy(w->u, w->trial, w->d->n * sizeof *w->u);
    w->ratio = ratio;
}

/* Newton steps at one width until they gain nothing. Returns how many. */
static uint32_t descend(struct newton *w, uint32_t steps_max)
{
    uint32_t steps = 0;
    double longest;

    while (steps < steps_max && step_find(w, &longest)) {
        steps++;
        if (w->gain <= GAIN_ENOUGH) {
            last_step(w, longest);
            break;
        }
        double length = line_search(w, longest);
        if (length == 0) {
            if (w->damping >= DAMPING_MOST)
                break;
            w->damping = fmax(w->damping * 100, 1e-6);
            continue;
        }
        w->damping = length == 1 ? fmax(w->damping / 10, DAMPING_LEAST) : w->damping * 2;
        w->tight = fmin(0.1, fmax(1e-12, TIGHT_STEP * longest * length));
        idle_sweep(w);
    }
    return steps;
}

static enum err adjacency_make(struct newton *w, struct arena *arena)
{
    const struct dual *d = w->d;
    size_t *next = ARENA_NEW(arena, d->n + 1, size_t);

    w->first = ARENA_NEW(arena, d->n + 2, size_t);
    w->at = ARENA_NEW(arena, 2 * d->edges_n + 1, uint32_t);
    if (next == NULL || w->first == NULL || w->at == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < d->edges_n; i++) {
        w->first[d->edges[i].a + 1]++;
        w->first[d->edges[i].b + 1]++;
    }
    for (size_t i = 0; i < d->n; i++)
        w->first[i + 1] += w->first[i];
    memcpy(next, w->first, d->n * sizeof *next);
    for (size_t i = 0; i < d->edges_n; i++) {
        w->at[next[d->edges[i].a]++] = (uint32_t)i;
        w->at[next[d->edges[i].b]++] = (uint32_t)i;
    }
    return ERR_OK;
}

static enum err newton_init(struct newton *w, struct arena *arena, const struct dual *d,
                            const double *u)
{
    double most = -1;

    *w = (struct newton){ .d = d };
    w->u = ARENA_NEW(arena, d->n, double);
    w->trial = ARENA_NEW(arena, d->n, double);
    w->e = ARENA_NEW(arena, d->n, double);
    w->step = ARENA_NEW(arena, d->n, double);
    if (w->u == NULL || w->trial == NULL || w->e == NULL || w->step == NULL)
        return ERR_NOMEM;
    memcpy(w->u, u, d->n * sizeof *u);
    TRY(adjacency_make(w, arena));
    TRY(laplacian_init(&w->laplacian, arena, d->n, d->edges, d->edges_n));
    w->ratio = ratio_at(w, u);
    for (size_t i = 0; i < d->n; i++) {
        if (d->basket[i] * w->e[i] > most) {
            most = d->basket[i] * w->e[i];
            w->pin = i;
        }
    }
    return isfinite(w->ratio) ? ERR_OK : ERR_INVALID;
}

static bool is_smooth(const struct dual *d)
{
    for (size_t i = 0; i < d->edges_n; i++) {
        if (d->edges[i].kind != CURVE_constant_product)
            return false;
    }
    return true;
}

enum err dual_minimise(struct dual_result *out, double *u, struct arena *arena,
                       const struct dual *d, uint32_t steps_max)
{
    struct newton w;

    *out = (struct dual_result){ .smooth = is_smooth(d) };
    TRY(newton_init(&w, arena, d, u));
    double width = out->smooth ? WIDTH_LEAST : WIDTH_FIRST;
    for (; width > WIDTH_LEAST / 2 && out->steps < steps_max; width /= 10) {
        w.width = width;
        w.damping = DAMPING_FIRST;
        w.tight = TIGHT_FIRST;
        out->steps += descend(&w, steps_max - out->steps);
    }
    memcpy(u, w.u, d->n * sizeof *u);
    out->ratio = w.ratio;
    out->gain = w.gain;
    out->evaluations = w.evaluations;
    return ERR_OK;
}
