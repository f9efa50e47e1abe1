/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_search.h"

#include <math.h>
#include <stdbool.h>

#define STEPS_MAX 200
#define PATIENCE 3 /* steps in which a bracket should become half as wide */
#define CLOSE 4e-16
#define LEAST 0x1p-300
#define MOST 0x1p+300

/* ---- weighted ---- */

/* sum(w (log - level)) of those that trade at a level; falls with it. */
static double imbalance(const struct bound_level *l, double level)
{
    double sum = 0;

    for (uint32_t k = 0; k < l->n; k++) {
        if (l->log[k] > level)
            sum += l->weight[k] * (l->log[k] - level);
        else if (l->log[k] + l->width < level)
            sum += l->weight[k] * (l->log[k] + l->width - level);
    }
    return sum;
}

struct bracket {
    double low, low_value;
    double high, high_value;
};

static void bracket_narrow(struct bracket *b, double at, double value)
{
    if (value >= 0 && at > b->low) {
        b->low = at;
        b->low_value = value;
    }
    if (value <= 0 && at < b->high) {
        b->high = at;
        b->high_value = value;
    }
}

/* The imbalance is straight between the places where an asset starts or ends to trade. */
void bound_search_level(struct bound_level *l)
{
    struct bracket b = { -INFINITY, 0, INFINITY, 0 };

    for (uint32_t k = 0; k < l->n; k++) {
        double start = l->log[k], end = l->log[k] + l->width;

        bracket_narrow(&b, start, imbalance(l, start));
        bracket_narrow(&b, end, imbalance(l, end));
    }
    l->level = b.low;
    if (b.low_value > b.high_value)
        l->level += (b.high - b.low) * (b.low_value / (b.low_value - b.high_value));
    for (uint32_t k = 0; k < l->n; k++) {
        l->place[k] = BOUND_BETWEEN;
        if (l->log[k] >= l->level)
            l->place[k] = BOUND_GOT;
        else if (l->log[k] + l->width <= l->level)
            l->place[k] = BOUND_GIVEN;
    }
}

/* ---- stable ---- */

/*
 * In units of D and with R = D^n / (n^n prod(b)), the best trade at mu leads to
 *   x'_k = R / (c_k / mu - A)   and   R prod(n x'_k) = 1,   and mu is best when
 *   A sum(x') = R + A - 1
 * The unknown is gap > 0: h / mu = A + gap with h the smallest high price.
 */
struct state {
    const struct bound_surface *s;
    double smallest;                 /* h */
    double got[BALANCER_ASSETS_MAX]; /* low / mu - A, and with high */
    double given[BALANCER_ASSETS_MAX];
    double r;
};

static double place_at(const struct state *t, uint32_t k, double r)
{
    double x = t->s->x[k];

    if (t->got[k] > 0 && r < x * t->got[k])
        return r / t->got[k];
    return r > x * t->given[k] ? r / t->given[k] : x;
}

/* R prod(n x'), rises with R. */
static double product_at(struct state *t, double r)
{
    double product = r;

    for (uint32_t k = 0; k < t->s->n; k++)
        product *= t->s->n * place_at(t, k, r);
    return product - 1;
}

static void state_at(struct state *t, double gap);

/* A sum(x') - R - A + 1, falls with gap; negated. */
static double surface_at(struct state *t, double gap)
{
    double a = t->s->amplification, sum = -1;

    state_at(t, gap);
    for (uint32_t k = 0; k < t->s->n; k++)
        sum += place_at(t, k, t->r);
    return t->r - 1 - a * sum;
}

/* Halve the exponent while the ends are far apart; then false position, but halve when that is slow,
 * as where the function is flat and then steep. */
static double place_next(const struct bracket *b, bool slow)
{
    double weight = b->low_value / (b->low_value - b->high_value);

    if (b->high > 2 * b->low)
        return sqrt(b->low) * sqrt(b->high);
    return slow ? b->low / 2 + b->high / 2 : b->low + (b->high - b->low) * weight;
}

/* An end that stays a second time counts half from then on (the Illinois rule). */
static void bracket_take(struct bracket *b, double at, double value, int *side)
{
    if (value < 0) {
        b->low = at;
        b->low_value = value;
        b->high_value = *side < 0 ? b->high_value / 2 : b->high_value;
        *side = -1;
    } else {
        b->high = at;
        b->high_value = value;
        b->low_value = *side > 0 ? b->low_value / 2 : b->low_value;
        *side = 1;
    }
}

/* Where a rising function of a positive number is zero. */
static double root_of(struct state *t, double (*rising)(struct state *t, double x))
{
    struct bracket b = { LEAST, -1, MOST, 1 };
    double width = MOST;
    bool slow = false;
    int side = 0;

    for (int i = 0; i < STEPS_MAX && b.high - b.low > CLOSE * b.high; i++) {
        double at = place_next(&b, slow), value;

        side = b.high > 2 * b.low ? 0 : side;
        value = rising(t, at);
        bracket_take(&b, at, value, &side);
        if (value == 0)
            break;
        slow = i % PATIENCE == 0 && b.high - b.low > width / 2;
        width = i % PATIENCE == 0 ? b.high - b.low : width;
    }
    return b.high;
}

static void state_at(struct state *t, double gap)
{
    double a = t->s->amplification, h = t->smallest;

    for (uint32_t k = 0; k < t->s->n; k++) {
        t->got[k] = a * (t->s->low[k] / h - 1) + gap * (t->s->low[k] / h);
        t->given[k] = a * (t->s->high[k] / h - 1) + gap * (t->s->high[k] / h);
    }
    t->r = root_of(t, product_at);
}

void bound_search_surface(struct bound_surface *s)
{
    struct state t = { .s = s, .smallest = s->high[0] };

    for (uint32_t k = 1; k < s->n; k++)
        t.smallest = fmin(t.smallest, s->high[k]);
    double gap = root_of(&t, surface_at);

    state_at(&t, gap);
    s->mu = t.smallest / (s->amplification + gap);
    for (uint32_t k = 0; k < s->n; k++) {
        double x = place_at(&t, k, t.r);

        s->place[k] = x < s->x[k] ? BOUND_GOT : x > s->x[k] ? BOUND_GIVEN : BOUND_BETWEEN;
        s->rest[k] = s->mu * (t.r / s->x[k]);
    }
}
