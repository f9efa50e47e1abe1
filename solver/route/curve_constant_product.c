/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "solver/route/curve_kinds.h"
#include "solver/route/product.h"

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    const struct constant_product *pool = &c->as.constant_product;
    double keep = (double)pool->keep_num / (double)pool->keep_den;

    (void)arena;
    for (unsigned k = 0; k < 2; k++) {
        double get = real_double(&pool->reserve[k]) * price[k];

        if (get == 0)
            return ERR_NOT_FOUND;
        r->as.product.get[k] = sqrt(get);
        r->as.product.give[k] = sqrt(get / keep);
    }
    for (unsigned k = 0; k < 2; k++) {
        r->top[k] = 2 * log(r->as.product.get[!k] / r->as.product.give[k]);
        if (!isfinite(r->top[k]))
            return ERR_NUMERIC;
    }
    return ERR_OK;
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *s)
{
    double y = u[c->node[0]] - u[c->node[1]];
    double slack[2] = { y - c->top[0], -y - c->top[1] };
    unsigned give = slack[0] < slack[1] ? 0 : 1, get = !give;
    struct product_trade t;
    double from, to;

    if (!(slack[give] < s->tight) && !(slack[give] < 0))
        return REAL_IDLE;
    from = c->as.product.give[give] * sqrt(e[c->node[give]]);
    to = c->as.product.get[get] * sqrt(e[c->node[get]]);
    if (slack[give] >= 0) {
        p->net[0] = p->net[1] = p->profit = 0;
        p->weight[0] = product_near(from, to, slack[give], s->tight);
        return REAL_TIGHT;
    }
    t = product_trade(from, to, -slack[give] / 2);
    p->net[give] = -t.in;
    p->net[get] = t.out;
    p->weight[0] = t.weight;
    p->profit = t.profit;
    return REAL_TRADES;
}

/* What an input is measured by. */
static double give_of(const struct real_curve *c, struct way way)
{
    return c->as.product.give[way.give] * c->as.product.give[way.give];
}

static double get_of(const struct real_curve *c, struct way way)
{
    return c->as.product.get[way.get] * c->as.product.get[way.get];
}

static struct real_trade at(const struct real_curve *c, struct way way, double y)
{
    double s = (c->top[way.give] - y) / 2;

    return (struct real_trade){ give_of(c, way) * expm1(s), -get_of(c, way) * expm1(-s) };
}

static double out(const struct real_curve *c, struct way way, double in)
{
    return get_of(c, way) / (give_of(c, way) / in + 1);
}

static double rate(const struct real_curve *c, struct way way, double in)
{
    return c->top[way.give] - 2 * log1p(in / give_of(c, way));
}

const struct real_kind curve_constant_product_kind = {
    .init = init, .pull = pull, .at = at, .out = out, .rate = rate
};
