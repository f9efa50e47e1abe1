/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/tighten.h"

#include <math.h>
#include <string.h>

#include "solver/route/edge.h"
#include "solver/route/reference.h"

#define STEPS_MAX 60     /* Newton steps at one width */
#define WIDTH_FIRST 1e-3 /* of the smoothing, in log price */
#define WIDTH_LAST 1e-9
#define HALVINGS_MAX 30
#define DAMPING 1e-9  /* of the largest diagonal element: unlinked assets stay where they are */
#define STEP_MAX 0.5  /* longest step in log price */
#define DUAL_BITS 119 /* the largest dual lies near 2^119 */

/* The problem in value at reference prices; u are log prices over them. */
struct tighten {
    const struct auction *a;
    size_t n;           /* assets */
    double *price;      /* [n] reference, value per atom */
    struct edge *edges; /* every side of every curve */
    size_t edges_n;
    double *paid; /* [n] s */
    double *made; /* [n] e */
    double *u;    /* [n] */
    double *trial;
    double *step;      /* [n] gradient, then the step */
    double *laplacian; /* [n * n], its lower half, then its factor */
};

static enum err edges_take(struct tighten *t, struct arena *arena)
{
    t->edges = ARENA_NEW(arena, 2 * t->a->curves_n + 1, struct edge);
    if (t->edges == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < t->a->curves_n; i++) {
        const struct curve *c = &t->a->curves[i];
        const double price[2] = { t->price[c->asset[0]], t->price[c->asset[1]] };
        for (int side = 0; side < 2; side++) {
            struct edge *e = &t->edges[t->edges_n];
            enum err err = edge_init(e, arena, c, price, side);
            if (err == ERR_NOT_FOUND)
                continue;
            if (err != ERR_OK)
                return err;
            e->a = c->asset[side];
            e->b = c->asset[!side];
            t->edges_n++;
        }
    }
    return ERR_OK;
}

/* Payments, and payments plus what the legs gave less what they took. */
static void amounts_take(struct tighten *t, const struct solution *s)
{
    for (size_t i = 0; i < s->fills_n; i++) {
        uint32_t sold = t->a->intents[s->fills[i].intent].sell;
        t->paid[sold] += edge_double(&s->fills[i].paid) * t->price[sold];
    }
    memcpy(t->made, t->paid, t->n * sizeof *t->made);
    for (size_t i = 0; i < s->legs_n; i++) {
        const struct solution_leg *l = &s->legs[i];
        const uint32_t *asset = t->a->curves[l->curve].asset;
        t->made[asset[l->side]] -= edge_double(&l->in) * t->price[asset[l->side]];
        t->made[asset[!l->side]] += edge_double(&l->min_out) * t->price[asset[!l->side]];
    }
}

static enum err start_take(struct tighten *t, const struct solution *s)
{
    for (size_t i = 0; i < t->n; i++) {
        struct u256 dual = u256_of_amount(s->duals[i]);
        double d = edge_double(&dual);
        if (!(d > 0) || !(t->price[i] > 0))
            return ERR_UNSUPPORTED;
        t->u[i] = log(d / t->price[i]);
    }
    /* Scale so that what was made is worth what it is worth at reference prices. */
    double scale = 0;
    for (size_t i = 0; i < t->n; i++)
        scale += t->u[i] / (double)t->n;
    for (size_t i = 0; i < t->n; i++)
        t->u[i] -= scale;
    return ERR_OK;
}

/* bound / value at log prices u; infinite where it means nothing. */
static double ratio_at(const struct tighten *t, const double *u)
{
    double bound = 0;
    double value = 0;

    for (size_t i = 0; i < t->n; i++) {
        bound += t->paid[i] * exp(u[i]);
        value += t->made[i] * exp(u[i]);
    }
    for (size_t i = 0; i < t->edges_n; i++)
        bound += edge_profit(&t->edges[i], u[t->edges[i].a], u[t->edges[i].b]);
    return value > 0 && isfinite(bound) ? bound / value : INFINITY;
}

/*
 * An edge's part of gradient and Laplacian, smoothed over width: its trade is the mean of the
 * trades at both ends of the width, its weight their difference.
 */
static void edge_add(struct tighten *t, const struct edge *e, double width)
{
    double y = t->u[e->a] - t->u[e->b];

    if (y - width >= e->top)
        return;
    struct edge_trade more = edge_at(e, y - width);
    struct edge_trade less = edge_at(e, y + width);
    double in = (more.in + less.in) / 2 * exp(t->u[e->a]);
    double out = (more.out + less.out) / 2 * exp(t->u[e->b]);
    double weight = (more.out - less.out) / (2 * width) * exp(t->u[e->b]);

    t->step[e->a] -= in;
    t->step[e->b] += out;
    t->laplacian[e->a * t->n + e->a] += weight;
    t->laplacian[e->b * t->n + e->b] += weight;
    size_t row = e->a > e->b ? e->a : e->b;
    size_t col = e->a > e->b ? e->b : e->a;
    t->laplacian[row * t->n + col] -= weight;
}

/* Gradient of bound - ratio * value in log prices, and the Laplacian. */
static void system_make(struct tighten *t, double ratio, double width)
{
    memset(t->laplacian, 0, t->n * t->n * sizeof *t->laplacian);
    for (size_t i = 0; i < t->n; i++)
        t->step[i] = (t->paid[i] - ratio * t->made[i]) * exp(t->u[i]);
    for (size_t i = 0; i < t->edges_n; i++)
        edge_add(t, &t->edges[i], width);
    double most = 0;
    for (size_t i = 0; i < t->n; i++)
        most = fmax(most, t->laplacian[i * t->n + i]);
    for (size_t i = 0; i < t->n; i++)
        t->laplacian[i * t->n + i] += DAMPING * most;
}

/* Dense Cholesky of the lower half, in place. false: not positive definite. */
static bool factor(double *m, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double pivot = m[k * n + k];
        for (size_t j = 0; j < k; j++)
            pivot -= m[k * n + j] * m[k * n + j];
        if (!(pivot > 0))
            return false;
        m[k * n + k] = sqrt(pivot);
        for (size_t i = k + 1; i < n; i++) {
            double sum = m[i * n + k];
            for (size_t j = 0; j < k; j++)
                sum -= m[i * n + j] * m[k * n + j];
            m[i * n + k] = sum / m[k * n + k];
        }
    }
    return true;
}

/* x <- -(factored matrix)^-1 x */
static void solve(const double *m, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            x[i] -= m[i * n + j] * x[j];
        x[i] /= m[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            x[i] -= m[j * n + i] * x[j];
        x[i] /= m[i * n + i];
    }
    for (size_t i = 0; i < n; i++)
        x[i] = -x[i];
}

static void step_shift(struct tighten *t)
{
    double mean = 0;
    double longest = 0;

    for (size_t i = 0; i < t->n; i++)
        mean += t->step[i] / (double)t->n;
    for (size_t i = 0; i < t->n; i++) {
        t->step[i] -= mean; /* a common factor changes nothing */
        longest = fmax(longest, fabs(t->step[i]));
    }
    for (size_t i = 0; i < t->n && longest > STEP_MAX; i++)
        t->step[i] *= STEP_MAX / longest;
}

/* The longest halving of the step that lowers the ratio. Returns the ratio reached. */
static double line_search(struct tighten *t, double ratio)
{
    double length = 1;

    for (int k = 0; k < HALVINGS_MAX; k++, length /= 2) {
        for (size_t i = 0; i < t->n; i++)
            t->trial[i] = t->u[i] + length * t->step[i];
        double reached = ratio_at(t, t->trial);
        if (reached < ratio) {
            memcpy(t->u, t->trial, t->n * sizeof *t->u);
            return reached;
        }
    }
    return ratio;
}

static double descend(struct tighten *t, double ratio, double width)
{
    for (int k = 0; k < STEPS_MAX; k++) {
        system_make(t, ratio, width);
        if (!factor(t->laplacian, t->n))
            return ratio;
        solve(t->laplacian, t->n, t->step);
        step_shift(t);
        double reached = line_search(t, ratio);
        if (!(ratio - reached > 1e-14 * ratio))
            return reached;
        ratio = reached;
    }
    return ratio;
}

static enum err duals_write(struct solution *s, const struct tighten *t)
{
    double most = 0;

    for (size_t i = 0; i < t->n; i++)
        most = fmax(most, t->price[i] * exp(t->u[i]));
    if (!(most > 0) || !isfinite(most))
        return ERR_NUMERIC;
    for (size_t i = 0; i < t->n; i++) {
        double d = ldexp(t->price[i] * exp(t->u[i]) / most, DUAL_BITS);
        s->duals[i] = (struct amount){ d >= 1 ? (u128)d : 1 };
    }
    return ERR_OK;
}

static enum err tighten_init(struct tighten *t, struct arena *arena, const struct auction *a)
{
    *t = (struct tighten){ .a = a, .n = a->assets_n };
    t->price = ARENA_NEW(arena, t->n, double);
    t->paid = ARENA_NEW(arena, t->n, double);
    t->made = ARENA_NEW(arena, t->n, double);
    t->u = ARENA_NEW(arena, t->n, double);
    t->trial = ARENA_NEW(arena, t->n, double);
    t->step = ARENA_NEW(arena, t->n, double);
    t->laplacian = ARENA_NEW(arena, t->n * t->n, double);
    if (t->price == NULL || t->paid == NULL || t->made == NULL || t->u == NULL ||
        t->trial == NULL || t->step == NULL || t->laplacian == NULL)
        return ERR_NOMEM;
    TRY(reference_prices(t->price, arena, a));
    return edges_take(t, arena);
}

enum err tighten_duals(struct solution *s, struct arena *arena, const struct auction *a)
{
    struct tighten t;

    if (a->assets_n == 0 || a->assets_n > TIGHTEN_ASSETS_MAX || s->duals_n != a->assets_n)
        return ERR_UNSUPPORTED;
    TRY(tighten_init(&t, arena, a));
    amounts_take(&t, s);
    TRY(start_take(&t, s));
    double ratio = ratio_at(&t, t.u);
    for (double width = WIDTH_FIRST; width >= WIDTH_LAST; width /= 10)
        ratio = descend(&t, ratio, width);
    return duals_write(s, &t);
}
