/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real_pool -- what weighted and stable pools share: a level for each asset.
 *
 * The level of an asset is the log of what it is worth to the pool at the margin, at reference
 * prices. The trader gains by giving i and getting o as soon as
 *   u_i + level_i - log keep  <  u_o + level_o
 * so the pool trades when the least of the left sides is below the greatest of the right ones.
 */
#ifndef SLUICE_ROUTE_REAL_POOL_H
#define SLUICE_ROUTE_REAL_POOL_H

#include <stdbool.h>

#include "solver/market/balancer.h"
#include "solver/route/real_curve.h"

struct real_pool {
    double keep; /* of an input, the fee off */
    double cost; /* -log keep */
    double level[REAL_ASSETS_MAX];
};

/* Two assets that hardly trade, at the mean of their prices; weight of the pair there. */
struct real_pool_pair {
    unsigned i, j;
    double middle; /* of the two levels, prices in */
};

static inline bool real_curve_live(const struct real_curve *c, unsigned k)
{
    return (c->live >> k & 1) != 0;
}

/* Fee and keep of b. */
void real_pool_init(struct real_pool *p, const struct balancer *b);

/* After the levels: the tops of a pool of two. ERR_NUMERIC when a level is not finite */
MUST_USE enum err real_pool_finish(struct real_curve *r, const struct real_pool *p);

double real_pool_top(const struct real_pool *p, struct way way);

struct real_band real_pool_band(const struct real_curve *c, const struct real_pool *p, unsigned k,
                                const double *u);

/*
 * Whether it trades. Fills out nothing but for REAL_TIGHT, where each pair of assets within s->tight
 * has weight_of it, less the farther it is.
 */
enum real_state real_pool_state(struct real_pull *out, const struct real_curve *c,
                                const struct real_pool *p, const double *u, double tight,
                                double (*weight_of)(const struct real_curve *c,
                                                    const struct real_pool_pair *pair));

/* No trade: zero for n assets and all their pairs. */
void real_pull_clear(struct real_pull *p, unsigned n);

#endif
