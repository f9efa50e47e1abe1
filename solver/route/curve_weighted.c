/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The trade set of n assets: a given one goes to R' = R + keep x, a got one to R' = R - y, while
 * sum of w log(R' / R) >= 0. At prices e the best trade has a multiplier mu with
 *   R' = mu w / e        where that is below R: got, R - R'
 *   R' = mu w keep / e   where that is above R: given, (R' - R) / keep
 * and R' = R otherwise. So log(R' / R) is log mu less a level, or nothing, and sum w log(R' / R) = 0
 * is piecewise linear in log mu (kinks.h). Scaled by the prices its Hessian is the clique
 *   mu w_i w_j / (sum of w over the assets that trade)
 * A venue that lets at most a part of a balance pass at once bounds every log(R' / R), so that
 * each way by itself is one trade of it; an asset at its bound keeps its amount. Profit is mu times the sum of w (exp(-d) - 1 + d), d = log(R' / R).
 */
#include <math.h>

#include "solver/route/curve_kinds.h"
#include "solver/route/kinks.h"
#include "solver/route/real_pool.h"

#define NEAR 0x1p-6
#define PASSES (0.3 * (1 - 1e-9)) /* of a balance; a little less, for rounding */

struct real_weighted {
    struct real_pool pool; /* level: log(R / w), less its reference */
    double reference;
    double weight[REAL_ASSETS_MAX]; /* they add up to one */
    double reserve[REAL_ASSETS_MAX];
    double least, most; /* bounds of log(R' / R) */
};

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    const struct weighted *from = c->as.weighted;
    struct real_weighted *w = ARENA_NEW(arena, 1, struct real_weighted);
    double sum = 0;

    if (w == NULL)
        return ERR_NOMEM;
    real_pool_init(&w->pool, &from->pool);
    for (unsigned k = 0; k < r->n; k++)
        sum += (double)from->weight[k];
    for (unsigned k = 0; k < r->n; k++) {
        w->weight[k] = (double)from->weight[k] / sum;
        w->reserve[k] = real_double(&from->pool.balance[k]) * price[k];
        w->pool.level[k] = log(w->reserve[k] / w->weight[k] / (w->reserve[0] / w->weight[0]));
    }
    w->reference = log(w->reserve[0] / w->weight[0]);
    w->least = from->unlimited ? -INFINITY : log1p(-PASSES);
    w->most = from->unlimited ? INFINITY : log1p(PASSES);
    r->as.weighted = w;
    return real_pool_finish(r, &w->pool);
}

static double pair_weight(const struct real_curve *c, const struct real_pool_pair *pair)
{
    const struct real_weighted *w = c->as.weighted;
    double wi = w->weight[pair->i], wj = w->weight[pair->j];

    return exp(pair->middle + w->reference) * (wi * wj / (wi + wj));
}

/* exp(-d) - 1 + d for small d */
static double convex_near(double d)
{
    double rest = 1 - d / 5 * (1 - d / 6 * (1 - d / 7 * (1 - d / 8)));

    return d * d / 2 * (1 - d / 3 * (1 - d / 4 * rest));
}

/* Of its live assets: which[k] is the asset of kink k. */
static struct kinks kinks_of(const struct real_curve *c, const double *u, unsigned *which)
{
    const struct real_weighted *w = c->as.weighted;
    struct kinks k;

    k.n = 0;
    k.least = w->least;
    k.most = w->most;
    for (unsigned i = 0; i < c->n; i++) {
        if (!real_curve_live(c, i))
            continue;
        k.weight[k.n] = w->weight[i];
        k.low[k.n] = u[c->node[i]] + w->pool.level[i];
        k.high[k.n] = k.low[k.n] + w->pool.cost;
        which[k.n++] = i;
    }
    return k;
}

/* The clique over the assets with active[i] > 0, their weights. */
static void clique(struct real_pull *p, unsigned n, const double *active, double mu)
{
    double sum = 0;

    for (unsigned i = 0; i < n; i++)
        sum += active[i];
    for (unsigned j = 1; j < n; j++) {
        for (unsigned i = 0; i < j; i++)
            p->weight[real_pair(i, j)] =
                active[i] > 0 && active[j] > 0 ? mu * (active[i] * active[j] / sum) : 0;
    }
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *s)
{
    const struct real_weighted *w = c->as.weighted;
    enum real_state state = real_pool_state(p, c, &w->pool, u, s->tight, pair_weight);
    double active[REAL_ASSETS_MAX] = { 0 };
    unsigned which[REAL_ASSETS_MAX];

    if (state != REAL_TRADES)
        return state;
    struct kinks kinks = kinks_of(c, u, which);
    struct kinks_zero zero = kinks_solve(&kinks);
    double mu = exp(zero.base + zero.rest + w->reference);
    for (unsigned i = 0; i < c->n; i++)
        p->net[i] = 0;
    p->profit = 0;
    for (unsigned k = 0; k < kinks.n; k++) {
        double d = kinks_shift(&kinks, k, &zero);
        unsigned i = which[k];

        active[i] = w->weight[i] * (d == 0 ? kinks_near(&kinks, k, &zero, s->tight) : 1);
        if (d == 0)
            continue;
        if (d <= w->least || d >= w->most)
            active[i] = 0;
        if (active[i] > 0 && d > 0)
            p->net[i] = mu * w->weight[i] * expm1(-d);
        else
            p->net[i] = -w->reserve[i] * e[c->node[i]] * expm1(d) / (d > 0 ? w->pool.keep : 1);
        p->profit +=
            fabs(d) < NEAR ? mu * w->weight[i] * convex_near(d) : p->net[i] + mu * w->weight[i] * d;
    }
    if (isnan(p->profit)) /* infinite amounts on both sides */
        p->profit = INFINITY;
    clique(p, c->n, active, mu);
    return REAL_TRADES;
}

static double top(const struct real_curve *c, struct way way)
{
    return real_pool_top(&c->as.weighted->pool, way);
}

static struct real_band band(const struct real_curve *c, unsigned k, const double *u)
{
    return real_pool_band(c, &c->as.weighted->pool, k, u);
}

/* The most that log(R' / R) of the given asset may be. */
static double bound_of(const struct real_weighted *w, struct way way)
{
    return fmin(w->most, -w->least * (w->weight[way.get] / w->weight[way.give]));
}

static struct real_trade at(const struct real_curve *c, struct way way, double y)
{
    const struct real_weighted *w = c->as.weighted;
    double give = w->weight[way.give], get = w->weight[way.get];
    double d = fmin((top(c, way) - y) * (get / (give + get)), bound_of(w, way));

    return (struct real_trade){ w->reserve[way.give] / w->pool.keep * expm1(d),
                                -w->reserve[way.get] * expm1(-d * (give / get)) };
}

/* log(R' / R) of the given asset. */
static double grown(const struct real_weighted *w, struct way way, double in)
{
    return fmin(log1p(in * w->pool.keep / w->reserve[way.give]), bound_of(w, way));
}

static double out(const struct real_curve *c, struct way way, double in)
{
    const struct real_weighted *w = c->as.weighted;
    double power = w->weight[way.give] / w->weight[way.get];

    return -w->reserve[way.get] * expm1(-power * grown(w, way, in));
}

static double rate(const struct real_curve *c, struct way way, double in)
{
    const struct real_weighted *w = c->as.weighted;
    double power = w->weight[way.give] / w->weight[way.get];

    return top(c, way) - (1 + power) * grown(w, way, in);
}

const struct real_kind curve_weighted_kind = {
    .init = init, .pull = pull, .top = top, .band = band, .at = at, .out = out, .rate = rate
};
