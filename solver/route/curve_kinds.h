/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve_kinds -- what a kind answers behind real_curve.h, and where its answers stand.
 *
 * One struct real_kind per curve_KIND.c; real_curve.c has them in a table by kind. The slots mean
 * what the functions of real_curve.h say. init fills live, top and as; n and kind are set, top is
 * -INFINITY and all assets are live before.
 */
#ifndef SLUICE_ROUTE_CURVE_KINDS_H
#define SLUICE_ROUTE_CURVE_KINDS_H

#include "solver/route/real_curve.h"

struct real_kind {
    enum err (*init)(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price);
    enum real_state (*pull)(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *s);
    double (*top)(const struct real_curve *c, struct way way); /* NULL: two assets, c->top */
    struct real_band (*band)(const struct real_curve *c, unsigned k, const double *u); /* or NULL */
    struct real_trade (*at)(const struct real_curve *c, struct way way, double y);
    double (*out)(const struct real_curve *c, struct way way, double in);
    double (*rate)(const struct real_curve *c, struct way way, double in);
};

#define X(name, number, held, assets, doc) extern const struct real_kind curve_##name##_kind;
CURVE_KINDS(X)
#undef X

#endif
