/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/real_ladder.h"

#include <math.h>

enum err real_ladder_add(struct real_ladder *l, struct real_trade t)
{
    const struct real_level *last = l->n > 0 ? &l->level[l->n - 1] : NULL;
    struct real_level *next = &l->level[l->n];

    if (!(t.in > 0) || !(t.out > 0))
        return ERR_OK; /* consumed, or too small to have a rate */
    *next = (struct real_level){ log(t.out / t.in), t, t };
    if (last != NULL) {
        next->log_rate = fmin(next->log_rate, last->log_rate);
        next->sum.in += last->sum.in;
        next->sum.out += last->sum.out;
    }
    l->n++;
    return isfinite(next->log_rate) && isfinite(next->sum.in) && isfinite(next->sum.out)
               ? ERR_OK
               : ERR_NUMERIC;
}

enum err real_ladder_set(struct real_curve *r, const struct real_ladder ladder[2])
{
    r->as.ladder = ladder;
    for (unsigned side = 0; side < 2; side++)
        r->top[side] = ladder[side].n > 0 ? ladder[side].level[0].log_rate : -INFINITY;
    return ladder[0].n > 0 || ladder[1].n > 0 ? ERR_OK : ERR_NOT_FOUND;
}

/* Number of levels with a rate of at least exp(y). */
static size_t levels_above(const struct real_ladder *l, double y)
{
    size_t lo = 0, hi = l->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (l->level[mid].log_rate >= y)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static struct real_trade sum_above(const struct real_ladder *l, double y)
{
    size_t n = levels_above(l, y);

    return n > 0 ? l->level[n - 1].sum : (struct real_trade){ 0, 0 };
}

/*
 * A bent level has marginal log rates from r + w for its first part to r - w for its last: of in s it
 * brings in e^(r + w) (1 - e^(-2 w s)) / 2 w. So the trade at every y is the best there is of one
 * concave curve, and profit, trade and slope belong together. All of it brings sinh(w) / w as much.
 */
static struct real_trade bend_at(const struct real_ladder *l, double y, double width)
{
    size_t i = levels_above(l, y + width);
    struct real_trade t = i > 0 ? l->level[i - 1].sum : (struct real_trade){ 0, 0 };

    t.out *= width > 0 ? sinh(width) / width : 1;
    for (; i < l->n && l->level[i].log_rate > y - width; i++) {
        const struct real_level *level = &l->level[i];
        double above = level->log_rate - y + width, part = above / (2 * width);

        t.in += part * level->own.in;
        t.out += level->own.out * exp(width) * -expm1(-above) / (2 * width);
    }
    return t;
}

/* NaN is infinite prices on both sides of the trade. */
static double worth(const struct real_trade *t, double e_in, double e_out)
{
    double profit = t->out * e_out - t->in * e_in;

    return isnan(profit) ? INFINITY : fmax(profit, 0);
}

/* Minus the slope of what a side gives, taken over the levels within reach: where none is in part
 * filled it tells how far the next ones are. */
static double slope_near(const struct real_ladder *l, double y, double reach)
{
    double in = 0;

    for (size_t i = levels_above(l, y + reach); i < l->n && l->level[i].log_rate > y - reach; i++)
        in += l->level[i].own.in;
    return in / (2 * reach);
}

enum real_state real_ladder_pull(struct real_pull *p, const struct real_curve *c, const double *u,
                                 const double *e, const struct real_smooth *s)
{
    double y = u[c->node[0]] - u[c->node[1]], e0 = e[c->node[0]], e1 = e[c->node[1]];
    double reach = s->width + s->tight;
    struct real_trade sell = { 0, 0 }, buy = { 0, 0 };
    bool sells = y - s->width < c->top[0], buys = -y - s->width < c->top[1];
    bool nearly[2] = { y - reach < c->top[0], -y - reach < c->top[1] };

    if (!nearly[0] && !nearly[1])
        return REAL_IDLE;
    if (sells)
        sell = bend_at(&c->as.ladder[0], y, s->width);
    if (buys)
        buy = bend_at(&c->as.ladder[1], -y, s->width);
    p->weight[0] = 0;
    if (nearly[0] && reach > 0)
        p->weight[0] += slope_near(&c->as.ladder[0], y, reach) * e0;
    if (nearly[1] && reach > 0)
        p->weight[0] += slope_near(&c->as.ladder[1], -y, reach) * e1;
    p->net[0] = (buy.out - sell.in) * e0;
    p->net[1] = (sell.out - buy.in) * e1;
    p->profit = worth(&sell, e0, e1) + worth(&buy, e1, e0);
    return sells || buys ? REAL_TRADES : REAL_TIGHT;
}

struct real_trade real_ladder_at(const struct real_curve *c, struct way way, double y)
{
    return sum_above(&c->as.ladder[way.give], y);
}

/* The level in which an input ends; the last one when it exceeds all. */
static const struct real_level *level_of(const struct real_ladder *l, double in)
{
    size_t lo = 0, hi = l->n - 1;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (l->level[mid].sum.in < in)
            lo = mid + 1;
        else
            hi = mid;
    }
    return &l->level[lo];
}

double real_ladder_out(const struct real_curve *c, struct way way, double in)
{
    const struct real_level *l = level_of(&c->as.ladder[way.give], in);

    return l->sum.out - l->own.out * fmin(fmax((l->sum.in - in) / l->own.in, 0), 1);
}

double real_ladder_rate(const struct real_curve *c, struct way way, double in)
{
    return level_of(&c->as.ladder[way.give], in)->log_rate;
}
