/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "solver/route/curve_kinds.h"
#include "solver/route/real_pool.h"
#include "solver/route/stable_move.h"

/* log((a + to) / (a + from)), precise when they are close */
static double slope_ratio(double a, double to, double from)
{
    return fabs(to - from) < (a + from) / 2 ? log1p((to - from) / (a + from))
                                            : log((a + to) / (a + from));
}

/* log(g_i / g_j) */
static double steeper(const struct real_stable *s, unsigned i, unsigned j)
{
    return slope_ratio(s->a, s->t / s->part[i], s->t / s->part[j]);
}

static void parts_init(struct real_stable *s, const struct stable *from, const double *price)
{
    double d = real_double(&from->invariant), n = from->pool.n, sum = 0;

    s->log_t = -n * log(n);
    for (unsigned k = 0; k < from->pool.n; k++) {
        double scaling = real_double(&from->pool.scaling[k]) / 1e18;

        s->part[k] = real_double(&from->pool.balance[k]) * scaling / d;
        s->log_part[k] = log(s->part[k]);
        s->value[k] = price[k] / scaling * d;
        s->log_value[k] = log(s->value[k] / s->value[0]);
        s->log_t -= s->log_part[k];
        sum += s->part[k];
    }
    s->a = (double)from->amplification / STABLE_PRECISION * n;
    s->t = exp(s->log_t);
    s->held = s->a * sum;
}

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    const struct stable *from = c->as.stable;
    struct real_stable *s = ARENA_NEW(arena, 1, struct real_stable);

    if (s == NULL)
        return ERR_NOMEM;
    if (u256_is_zero(&from->invariant))
        return ERR_NOT_FOUND;
    real_pool_init(&s->pool, &from->pool);
    s->fee = (double)from->pool.fee / 1e18;
    parts_init(s, from, price);
    for (unsigned k = 0; k < r->n; k++)
        s->pool.level[k] = s->log_value[k] - steeper(s, k, 0);
    r->as.stable = s;
    return real_pool_finish(r, &s->pool);
}

/*
 * The Hessian over assets whose value at the margin is c = l b g each: with m of them and the sum S,
 *   (E K E - E K 1 1' K E / 1' K 1) / (l t),   E = diag(c), K = 1 - 1 1' / (m + 1)
 */
struct block {
    unsigned m;
    double sum;                    /* S */
    double scale;                  /* S^2 / (l t) */
    double part[REAL_ASSETS_MAX];  /* c / S */
    double pulls[REAL_ASSETS_MAX]; /* E K 1 / S^2 */
    double total;                  /* 1' K 1 of these */
};

static void block_finish(struct block *b)
{
    b->total = 0;
    for (unsigned i = 0; i < b->m; i++) {
        b->pulls[i] = b->part[i] * (b->part[i] - 1.0 / (b->m + 1));
        b->total += b->pulls[i];
    }
}

static double block_weight(const struct block *b, unsigned i, unsigned j)
{
    double weight =
        b->scale * (b->part[i] * b->part[j] / (b->m + 1) + b->pulls[i] * b->pulls[j] / b->total);

    return isnan(weight) ? 0 : weight;
}

static double pair_weight(const struct real_curve *c, const struct real_pool_pair *pair)
{
    const struct real_stable *s = c->as.stable;
    double l = exp(pair->middle) * s->value[0] / (s->a + s->t / s->part[0]);
    double first = l * (s->a * s->part[pair->i] + s->t),
           second = l * (s->a * s->part[pair->j] + s->t);
    struct block b = { .m = 2, .sum = first + second };

    b.scale = b.sum / l * b.sum / s->t;
    b.part[0] = first / b.sum;
    b.part[1] = second / b.sum;
    block_finish(&b);
    return block_weight(&b, 0, 1);
}

/* How near a resting asset, worth what is got of it, is to a trade at the margin l: 1 at it. */
static double nearness(const struct stable_move *m, unsigned k, double worth, double l,
                       double tight)
{
    const struct real_stable *s = m->s;
    double got = log(l * (s->a + m->t / s->part[k]) / worth), slack = fmin(got, s->pool.cost - got);

    return slack < tight && tight > 0 ? fmin(1 - slack / tight, 1) : 0;
}

/* Of the move whose values at the prices are worth[] a part: weights of the pairs that trade, or
 * nearly. */
static void weights_of(struct real_pull *p, const struct stable_move *m, const double *worth,
                       unsigned last, double tight)
{
    const struct real_stable *s = m->s;
    double t = m->t, b = s->part[m->which[last]] + m->change[last];
    struct block block = { .m = 0 };
    unsigned at[REAL_ASSETS_MAX];

    double l = worth[last] * b / (s->a * b + t);

    for (unsigned i = 0; i < m->m; i++) {
        double active = stable_move_has(m, i) ? 1 : nearness(m, m->which[i], worth[i], l, tight);

        if (!(active > 0))
            continue;
        at[block.m] = m->which[i];
        block.part[block.m] = active * worth[i] * (s->part[m->which[i]] + m->change[i]);
        block.sum += block.part[block.m++];
    }
    for (unsigned i = 0; i < block.m; i++)
        block.part[i] /= block.sum;
    block.scale = block.sum / (worth[last] * b) * block.sum * (s->a * b + t) / t;
    block_finish(&block);
    for (unsigned j = 1; j < block.m; j++) {
        for (unsigned i = 0; i < j; i++)
            p->weight[real_pair(at[i], at[j])] = block_weight(&block, i, j);
    }
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *smooth)
{
    const struct real_stable *s = c->as.stable;
    enum real_state state = real_pool_state(p, c, &s->pool, u, smooth->tight, pair_weight);
    double log_price[REAL_ASSETS_MAX] = { 0 }, worth[REAL_ASSETS_MAX];
    struct stable_move m;
    unsigned last;

    if (state != REAL_TRADES)
        return state;
    for (unsigned k = 0; k < c->n; k++) {
        if (c->live >> k & 1) /* the others have no node */
            log_price[k] = s->log_value[k] + u[c->node[k]];
    }
    last = stable_move_find(&m, s, log_price, c->live);
    real_pull_clear(p, c->n);
    for (unsigned i = 0; i < m.m; i++) {
        unsigned k = m.which[i];

        worth[i] = s->value[k] * e[c->node[k]] / (m.change[i] > 0 ? s->pool.keep : 1);
        if (stable_move_has(&m, i))
            p->net[k] = -m.change[i] * worth[i];
        p->profit += p->net[k];
    }
    p->profit = isnan(p->profit) ? INFINITY : fmax(p->profit, 0); /* infinite on both sides */
    weights_of(p, &m, worth, last, smooth->tight);
    return REAL_TRADES;
}

static double top(const struct real_curve *c, struct way way)
{
    return real_pool_top(&c->as.stable->pool, way);
}

static struct real_band band(const struct real_curve *c, unsigned k, const double *u)
{
    return real_pool_band(c, &c->as.stable->pool, k, u);
}

static struct real_trade at(const struct real_curve *c, struct way way, double y)
{
    const struct real_stable *s = c->as.stable;
    double log_price[REAL_ASSETS_MAX] = { 0 };
    struct real_trade t = { 0, 0 };
    struct stable_move m;

    log_price[way.give] = s->log_value[way.give] + y;
    log_price[way.get] = s->log_value[way.get];
    (void)stable_move_find(&m, s, log_price, 1U << way.give | 1U << way.get);
    for (unsigned i = 0; i < m.m; i++) {
        if (m.which[i] == way.give)
            t.in = fmax(m.change[i], 0) * s->value[way.give] / s->pool.keep;
        else
            t.out = fmax(-m.change[i], 0) * s->value[way.get];
    }
    return t;
}

/* What an input shifts, and what it gets. */
static struct stable_rest given(const struct real_stable *s, struct way way, double in,
                                double *shift)
{
    double sum =
        fmin(in * s->pool.keep / s->value[way.give], s->part[way.give] * exp(STABLE_SHIFT_MAX));

    *shift = log1p(sum / s->part[way.give]);
    return stable_move_rest(s, s->part[way.get], sum, *shift);
}

static double out(const struct real_curve *c, struct way way, double in)
{
    const struct real_stable *s = c->as.stable;
    double shift;

    return given(s, way, in, &shift).got * s->value[way.get];
}

/* Of log g when t / b shifts. */
static double steeper_by(const struct real_stable *s, unsigned k, double shift)
{
    double t = s->t / s->part[k];

    if (fabs(shift) < 0.5)
        return log1p(t * expm1(shift) / (s->a + t));
    return log((s->a + t * exp(shift)) / (s->a + t));
}

static double rate(const struct real_curve *c, struct way way, double in)
{
    const struct real_stable *s = c->as.stable;
    double give;
    struct stable_rest rest = given(s, way, in, &give);
    double get = rest.got < s->part[way.get] / 2 ? log1p(-rest.got / s->part[way.get])
                                                 : fmax(log(rest.left), -STABLE_SHIFT_MAX);

    return top(c, way) + steeper_by(s, way.give, -2 * give - get) -
           steeper_by(s, way.get, -give - 2 * get);
}

const struct real_kind curve_stable_kind = {
    .init = init, .pull = pull, .top = top, .band = band, .at = at, .out = out, .rate = rate
};
