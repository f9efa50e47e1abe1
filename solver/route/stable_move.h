/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stable_move -- the best joint trade of a stable pool.
 *
 * In parts of D, with a the amplification times n and b the balances, a trade stays on
 *   a sum(b) - t = const,   t = 1 / (n^n prod(b)),   whose gradient is g = a + t / b.
 * At prices e the best trade has one multiplier l with e = l g for an asset that is got,
 * e / keep = l g for one that is given, and b as it was in between. So b = t / z with
 *   z = e / l - a,
 * and for one l the t is where a rising function, a power between kinks, is one. That leaves one
 * unknown: the z of the cheapest asset, from which all others follow by the ratios of prices,
 *   z_k = z + (e_k / e - 1) (z + a),
 * found by Newton steps in log z inside a bracket. At last the greatest output is put on the surface
 * by a quadratic, which keeps what goes in and what comes out exact however small they are.
 */
#ifndef SLUICE_ROUTE_STABLE_MOVE_H
#define SLUICE_ROUTE_STABLE_MOVE_H

#include <stdbool.h>

#include "solver/route/real_pool.h"

#define STABLE_SHIFT_MAX 300.0 /* of log b: far beyond every depth, and finite squared */

struct real_stable {
    struct real_pool pool; /* level: log of value over g, less that of asset 0 */
    double fee;
    double a;
    double part[REAL_ASSETS_MAX]; /* b */
    double log_part[REAL_ASSETS_MAX];
    double log_value[REAL_ASSETS_MAX]; /* of one part, less that of asset 0 */
    double value[REAL_ASSETS_MAX];     /* of one part */
    double t, log_t;
    double held; /* a sum(b) */
};

/* A joint trade of m assets, by position among them. */
struct stable_move {
    const struct real_stable *s;
    unsigned m;
    unsigned which[REAL_ASSETS_MAX]; /* the asset */
    double up[REAL_ASSETS_MAX];      /* given: z_k = z + up (z + a) */
    double down[REAL_ASSETS_MAX];    /* got */
    double low[REAL_ASSETS_MAX];     /* b z of each: got where t is below, */
    double high[REAL_ASSETS_MAX];    /* given where it is above */
    double change[REAL_ASSETS_MAX];  /* of b */
    double t;
};

static inline bool stable_move_has(const struct stable_move *m, unsigned i)
{
    return m->change[i] < 0 || m->change[i] > 0;
}

/*
 * The best move at prices.
 *
 * in       log_price  by asset: log of the price of one part
 *          live       bit k: asset k may move
 * returns  the position of the asset of which most is got
 */
unsigned stable_move_find(struct stable_move *m, const struct real_stable *s,
                          const double *log_price, unsigned live);

/* What can be got of an asset of part b while the others change by sum, and by shift in logs. */
struct stable_rest {
    double got;
    double left; /* of b, relative */
};

struct stable_rest stable_move_rest(const struct real_stable *s, double b, double sum,
                                    double shift);

#endif
