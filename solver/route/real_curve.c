/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/real_curve.h"

#include <math.h>

#include "solver/core/check.h"
#include "solver/route/curve_kinds.h"

static const struct real_kind *const kinds[] = {
#define X(name, number, held, assets, doc) [CURVE_##name] = &curve_##name##_kind,
    CURVE_KINDS(X)
#undef X
};

double real_double(const struct u256 *v)
{
    double d = 0;

    for (int i = 3; i >= 0; i--)
        d = d * 0x1p64 + (double)v->limb[i];
    return d;
}

enum err real_curve_init(struct real_curve *r, struct arena *arena, const struct curve *c,
                         const double *price)
{
    CHECK(c->assets_n >= 2 && c->assets_n <= REAL_ASSETS_MAX);
    r->kind = c->kind;
    r->n = (uint8_t)c->assets_n;
    r->live = (uint8_t)((1U << r->n) - 1);
    r->top[0] = r->top[1] = -INFINITY;
    return kinds[c->kind]->init(r, arena, c, price);
}

enum real_state real_curve_pull(struct real_pull *p, const struct real_curve *c, const double *u,
                                const double *e, const struct real_smooth *s)
{
    return kinds[c->kind]->pull(p, c, u, e, s);
}

double real_curve_profit(const struct real_curve *c, const double *u, const double *e)
{
    struct real_smooth sharp = { 0, 0 };
    struct real_pull p;

    return real_curve_pull(&p, c, u, e, &sharp) == REAL_TRADES ? p.profit : 0;
}

double real_curve_top(const struct real_curve *c, struct way way)
{
    CHECK(way_in(way, c->n));
    return kinds[c->kind]->top != NULL ? kinds[c->kind]->top(c, way) : c->top[way.give];
}

struct real_band real_curve_band_many(const struct real_curve *c, unsigned k, const double *u)
{
    return kinds[c->kind]->band(c, k, u);
}

struct real_trade real_curve_at(const struct real_curve *c, struct way way, double y)
{
    if (!(y <= real_curve_top(c, way)))
        return (struct real_trade){ 0, 0 };
    return kinds[c->kind]->at(c, way, y);
}

double real_curve_out(const struct real_curve *c, struct way way, double in)
{
    return in > 0 && real_curve_top(c, way) > -INFINITY ? kinds[c->kind]->out(c, way, in) : 0;
}

double real_curve_rate(const struct real_curve *c, struct way way, double in)
{
    double top = real_curve_top(c, way);

    return in > 0 && top > -INFINITY ? kinds[c->kind]->rate(c, way, in) : top;
}
