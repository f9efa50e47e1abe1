/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With A = e_in R_in / keep and B = e_out R_out it trades where A < B: it takes m - A and gives
 * B - m, m = sqrt(A B), at a profit of (sqrt B - sqrt A)^2 and a weight of m / 2 (docs/math.md 1).
 * The roots of the reserves are kept, so that no product overflows before its root is taken.
 */
#include <math.h>

#include "solver/route/curve_kinds.h"

#define NEAR 0x1p-8 /* the series is exact to rounding below, the difference of roots above */

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

/* exp(s) - 1 for 0 <= s < NEAR */
static double expm1_near(double s)
{
    return s * (1 + s / 2 * (1 + s / 3 * (1 + s / 4 * (1 + s / 5))));
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *s)
{
    double y = u[c->node[0]] - u[c->node[1]];
    double slack[2] = { y - c->top[0], -y - c->top[1] };
    unsigned give = slack[0] < slack[1] ? 0 : 1, get = !give;
    double from, to, gain;

    if (!(slack[give] < s->tight) && !(slack[give] < 0))
        return REAL_IDLE;
    from = c->as.product.give[give] * sqrt(e[c->node[give]]);
    to = c->as.product.get[get] * sqrt(e[c->node[get]]);
    if (slack[give] >= 0) {
        p->net[0] = p->net[1] = p->profit = 0;
        p->weight[0] = from * to / 2 * (1 - slack[give] / s->tight);
        return REAL_TIGHT;
    }
    gain = slack[give] > -2 * NEAR ? from * expm1_near(-slack[give] / 2) : to - from;
    p->net[give] = -from * gain;
    p->net[get] = to * gain;
    p->weight[0] = from * to / 2;
    p->profit = gain * gain;
    return REAL_TRADES;
}

static double profit(const struct real_curve *c, const double *u, const double *e)
{
    struct real_smooth none = { 0, 0 };
    struct real_pull p;

    return pull(&p, c, u, e, &none) == REAL_TRADES ? p.profit : 0;
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
    .init = init, .pull = pull, .profit = profit, .at = at, .out = out, .rate = rate
};
