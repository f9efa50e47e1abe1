/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real_ladder -- the two sides of a curve that is made of straight pieces, the best first: books and
 * fixed rates.
 *
 * A level of log rate r trades whole at y < r and not at y > r, y the log prices' difference, what
 * is given less what is got. Bent over a width its part falls from 1 at y = r - width to 0 at
 * y = r + width; profit, trade and slope are those of the bent curve, a little more than is there.
 */
#ifndef SLUICE_ROUTE_REAL_LADDER_H
#define SLUICE_ROUTE_REAL_LADDER_H

#include <stddef.h>

#include "solver/route/real_curve.h"

struct real_level {
    double log_rate;
    struct real_trade own;
    struct real_trade sum; /* of it and all better ones */
};

struct real_ladder {
    struct real_level *level; /* [n], log_rate falls */
    size_t n;
};

/* Append a level to a ladder with room for it; nothing when it has no rate. ERR_NUMERIC */
MUST_USE enum err real_ladder_add(struct real_ladder *l, struct real_trade t);

/* Make these the two sides of r, whose kind is one of ladders. ERR_NOT_FOUND both are empty */
MUST_USE enum err real_ladder_set(struct real_curve *r, const struct real_ladder ladder[2]);

/* The answers of such a curve (curve_kinds.h). */
enum real_state real_ladder_pull(struct real_pull *p, const struct real_curve *c, const double *u,
                                 const double *e, const struct real_smooth *s);
struct real_trade real_ladder_at(const struct real_curve *c, struct way way, double y);
double real_ladder_out(const struct real_curve *c, struct way way, double in);
double real_ladder_rate(const struct real_curve *c, struct way way, double in);

#endif
