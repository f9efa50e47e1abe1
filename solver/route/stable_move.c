/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/stable_move.h"

#include <math.h>

#define STEPS_MAX 80
#define LEAP 8.0        /* longest step in log z without a bracket */
#define CLOSE 1e-6      /* a step in log z that ends the search: it errs as its square */
#define SHIFT_MAX 300.0 /* of log price: far beyond every depth, and finite squared */

/* log_price by asset, of those whose bit is set in live. */
static void move_init(struct stable_move *m, const struct real_stable *s, const double *log_price,
                      unsigned live)
{
    double least = INFINITY;

    m->s = s;
    m->m = 0;
    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++) {
        if ((live >> k & 1) == 0)
            continue;
        least = fmin(least, log_price[k]);
        m->which[m->m++] = k;
    }
    for (unsigned i = 0; i < m->m; i++) {
        m->up[i] = expm1(fmin(log_price[m->which[i]] - least, SHIFT_MAX));
        m->down[i] = m->up[i] * s->pool.keep - s->fee;
    }
}

static double within(double shift)
{
    return fmin(fmax(shift, -SHIFT_MAX), SHIFT_MAX);
}

/* b' / b of one at t */
static double ratio_at(const struct stable_move *m, unsigned i, double t)
{
    if (t < m->low[i])
        return t / m->low[i];
    return t > m->high[i] ? t / m->high[i] : 1;
}

/* How far t exceeds 1 / (n^n prod(b')), as a ratio; it rises, between kinks as a power of t. */
static long double excess_at(const struct stable_move *m, double t)
{
    long double ratio = t / m->s->t;

    for (unsigned i = 0; i < m->m; i++)
        ratio *= ratio_at(m, i, t);
    return ratio;
}

/* The kinks on both sides of where it is one: base is the lower, or the higher where that is 0. */
struct search {
    double last, next;
    double base;
    long double excess; /* at base */
};

static void search_try(struct search *f, const struct stable_move *m, double kink)
{
    long double excess;

    if (!(kink > f->last) || !(kink < f->next))
        return;
    excess = excess_at(m, kink);
    if (excess > 1)
        f->next = kink;
    else
        f->last = kink;
    if (excess <= 1 || !(f->last > 0)) {
        f->base = kink;
        f->excess = excess;
    }
}

static double log_of(long double v)
{
    double d = (double)v;

    return d > 0 && isfinite(d) ? log(d) : (double)logl(v);
}

/* The move of a z: t, and what each asset changes. */
static void move_to(struct stable_move *m, double z)
{
    const struct real_stable *s = m->s;
    struct search f = { 0, INFINITY, s->t, 1 };
    unsigned active = 1;

    for (unsigned i = 0; i < m->m; i++) {
        double part = s->part[m->which[i]];

        m->high[i] = part * (z + m->up[i] * (z + s->a));
        m->low[i] = fmin(part * fmax(z + m->down[i] * (z + s->a), 0), m->high[i]);
    }
    for (unsigned i = 0; i < m->m; i++) {
        search_try(&f, m, m->low[i]);
        search_try(&f, m, m->high[i]);
    }
    for (unsigned i = 0; i < m->m; i++)
        active += m->low[i] > f.last || m->high[i] <= f.last;
    m->t = f.base * exp(-log_of(f.excess) / active);
    for (unsigned i = 0; i < m->m; i++)
        m->change[i] = s->part[m->which[i]] * (ratio_at(m, i, m->t) - 1);
}

/* How far a move is off the surface, in logs, and how that changes with log z: it falls. */
struct residue {
    double value, slope;
    double rise;                   /* of log t with log z */
    double grows[REAL_ASSETS_MAX]; /* of z_k, for those that move */
};

static void residue_of(struct residue *r, const struct stable_move *m, double z)
{
    const struct real_stable *s = m->s;
    double sum = 0, slope = 0, after = s->held + (m->t - s->t);
    unsigned active = 1;

    r->rise = 0;
    for (unsigned i = 0; i < m->m; i++) {
        double factor = m->change[i] > 0 ? m->up[i] : m->down[i];

        if (!stable_move_has(m, i))
            continue;
        r->grows[i] = z * (1 + factor) / (z + factor * (z + s->a));
        r->rise += r->grows[i];
        sum += m->change[i];
        active++;
    }
    r->rise /= active;
    for (unsigned i = 0; i < m->m; i++) {
        if (stable_move_has(m, i))
            slope += (s->part[m->which[i]] + m->change[i]) * (r->rise - r->grows[i]);
    }
    sum = s->held + s->a * sum;
    r->value = log(sum / after);
    r->slope = s->a * slope / sum - m->t * r->rise / after;
}

/* Where the zero is, and the steps that led here: Newton's must halve in two, else it swings between
 * two kinks. */
struct bracket {
    double low, high;
    double last, before;
};

static double step_of(struct bracket *b, const struct residue *r, double log_z)
{
    double step = -r->value / r->slope, before = b->before;

    if (r->value > 0)
        b->low = log_z;
    else
        b->high = log_z;
    if (fabs(step) < CLOSE)
        return step;
    step = fmin(fmax(step, -LEAP), LEAP);
    if (!(r->slope < 0) || !(log_z + step > b->low) || !(log_z + step < b->high) ||
        fabs(step) > before / 2) {
        step = r->value > 0 ? LEAP : -LEAP;
        if (isfinite(b->low) && isfinite(b->high))
            step = (b->low + b->high) / 2 - log_z;
    }
    b->before = b->last;
    b->last = fabs(step);
    return step;
}

/* The move after a last step too small to change what moves. */
static void move_shift(struct stable_move *m, const struct residue *r, double step)
{
    for (unsigned i = 0; i < m->m; i++) {
        double part = m->s->part[m->which[i]];

        if (stable_move_has(m, i))
            m->change[i] += (part + m->change[i]) * (r->rise - r->grows[i]) * step;
    }
}

static void move_search(struct stable_move *m)
{
    const struct real_stable *s = m->s;
    struct bracket bracket = { -INFINITY, INFINITY, INFINITY, INFINITY };
    double log_z = INFINITY;

    for (unsigned i = 0; i < m->m; i++) /* the cheapest asset as it is */
        log_z = m->up[i] > 0 ? log_z : s->log_t - s->log_part[m->which[i]];
    for (int i = 0; i < STEPS_MAX; i++) {
        double z = exp(log_z), step;
        struct residue r;

        move_to(m, z);
        residue_of(&r, m, z);
        step = step_of(&bracket, &r, log_z);
        if (r.value == 0 || (i > 0 && fabs(step) < CLOSE)) {
            move_shift(m, &r, step);
            break;
        }
        log_z = within(log_z + step);
    }
}

struct stable_rest stable_move_rest(const struct real_stable *s, double b, double sum, double shift)
{
    double c = s->t * b * exp(-shift), d = s->a * (sum - b) + s->t;
    double root = sqrt(d * d + 4 * s->a * c);
    double got = 2 * (s->a * sum * b - s->t * b * expm1(-shift)) / (s->a * (sum + b) + s->t + root);
    double left = d > 0 ? 2 * c / (d + root) : (root - d) / (2 * s->a);

    if (!(got > 0))
        return (struct stable_rest){ 0, 1 };
    return (struct stable_rest){ fmin(got, b), got < b / 2 ? 1 - got / b : left / b };
}

/* Put the greatest output on the surface; the others stand. Returns its position. */
static unsigned move_finish(struct stable_move *m)
{
    const struct real_stable *s = m->s;
    double sum = 0, shift = 0;
    unsigned last = 0;

    for (unsigned i = 1; i < m->m; i++)
        last = m->change[i] < m->change[last] ? i : last;
    for (unsigned i = 0; i < m->m; i++) {
        if (i == last || !stable_move_has(m, i))
            continue;
        sum += m->change[i];
        shift += log1p(m->change[i] / s->part[m->which[i]]);
    }
    struct stable_rest rest = stable_move_rest(s, s->part[m->which[last]], sum, shift);
    m->change[last] = -rest.got;
    m->t = s->t * exp(-shift) / rest.left;
    return last;
}

unsigned stable_move_find(struct stable_move *m, const struct real_stable *s,
                          const double *log_price, unsigned live)
{
    move_init(m, s, log_price, live);
    move_search(m);
    return move_finish(m);
}
