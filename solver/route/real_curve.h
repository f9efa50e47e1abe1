/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * real_curve -- a curve in doubles: its best trade at any prices, with profit and curvature.
 *
 * The exact integer face of a kind is market/KIND.c, its real twin is route/curve_KIND.c; tests hold
 * the two against each other. Amounts are in value at reference prices, so prices over the
 * reference are near 1 and their logs u near 0 (docs/math.md 1).
 *
 * At prices e = exp(u) the best trade maximises what the trader gets less what he gives. Its value
 * pi(u) is convex; scaled by the prices its gradient is the trade itself and its Hessian a positive
 * semidefinite matrix whose rows add up to zero: a weighted clique over the assets that trade, one
 * edge for a pool of two.
 *
 * Pure functions; a real_curve is never changed by a trade.
 */
#ifndef SLUICE_ROUTE_REAL_CURVE_H
#define SLUICE_ROUTE_REAL_CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"
#include "solver/market/way.h"

#define REAL_ASSETS_MAX 8
#define REAL_PAIRS_MAX 28

struct real_ladder;       /* book, fixed rate: straight pieces (curve_book.c) */
struct real_weighted;     /* curve_weighted.c */
struct real_stable;       /* curve_stable.c */
struct real_concentrated; /* curve_concentrated.c */

struct real_curve {
    uint32_t curve; /* the caller's number of it */
    enum curve_kind kind;
    uint8_t n;                      /* assets, [2, REAL_ASSETS_MAX] */
    uint8_t live;                   /* bit k: asset k may trade; the others are held fixed */
    uint32_t node[REAL_ASSETS_MAX]; /* where its assets stand in u and e: the caller's numbers */
    double top[2]; /* two assets: log of the best marginal rate when asset k is given */
    union {
        struct {
            double give[2]; /* roots of reserves over keep */
            double get[2];  /* roots of reserves */
        } product;
        const struct real_ladder *ladder; /* [2], side 0 and 1 */
        const struct real_weighted *weighted;
        const struct real_stable *stable;
        const struct real_concentrated *concentrated;
    } as;
};

enum real_state {
    REAL_IDLE,  /* no trade pays */
    REAL_TIGHT, /* none pays, but nearly: within `tight` of log price */
    REAL_TRADES,
};

struct real_pull {
    double net[REAL_ASSETS_MAX]; /* value at the prices: > 0 the trader gets it, < 0 gives it */
    double weight
        [REAL_PAIRS_MAX]; /* minus the Hessian's element of assets i < j, at real_pair(i, j) */
    double profit;
};

/* How sharp the corners are. */
struct real_smooth {
    double width; /* > 0: straight pieces bend over this much log price on both sides */
    double tight; /* >= 0: curves that close to a trade have a weight, the smaller the farther */
};

/* Does it consist of straight pieces, whose best trade jumps at some prices? */
static inline bool real_curve_straight(const struct real_curve *c)
{
    return c->kind == CURVE_book || c->kind == CURVE_fixed_rate;
}

static inline unsigned real_pair(unsigned i, unsigned j) /* i < j */
{
    return j * (j - 1) / 2 + i;
}

/*
 * c in doubles; price[k] = reference value of one atom of asset k, > 0. node and curve are left to
 * the caller.
 *
 * owns    what it needs besides lives in the arena
 * errors  ERR_NOT_FOUND it offers nothing in any direction; ERR_NUMERIC a size is not finite;
 *         ERR_NOMEM
 */
MUST_USE enum err real_curve_init(struct real_curve *r, struct arena *arena, const struct curve *c,
                                  const double *price);

/*
 * The best joint trade at log prices u and prices e = exp(u), both by node. Fills net and weight for
 * its n assets; for REAL_TIGHT net and profit are zero, for REAL_IDLE nothing is filled.
 */
enum real_state real_curve_pull(struct real_pull *p, const struct real_curve *c, const double *u,
                                const double *e, const struct real_smooth *s);

/* pi at the prices, without any smoothing. */
double real_curve_profit(const struct real_curve *c, const double *u, const double *e);

/* Log of the best marginal rate of a way, value got for value given; -INFINITY when it has none. */
double real_curve_top(const struct real_curve *c, struct way way);

/*
 * Whether a curve of two assets stays idle at log prices whose difference is y = u[0] - u[1], with a
 * margin of width + tight: what real_curve_pull finds out first, for callers that have many.
 */
static inline bool real_curve_rests(const struct real_curve *c, double y, double margin)
{
    return y - margin >= c->top[0] && -y - margin >= c->top[1];
}

/* Log prices of one asset between which no way of it pays; empty when low > high. */
struct real_band {
    double low, high;
};

struct real_band real_curve_band_many(const struct real_curve *c, unsigned k, const double *u);

/* Of asset k, which is live, at the log prices of the others. */
static inline struct real_band real_curve_band(const struct real_curve *c, unsigned k,
                                               const double *u)
{
    double other;

    if (c->n > 2)
        return real_curve_band_many(c, k, u);
    other = u[c->node[!k]];
    return (struct real_band){ other + c->top[k], other - c->top[!k] };
}

struct real_trade {
    double in;
    double out;
};

/* One way by itself, the other assets untouched: the largest trade whose marginal rate is at least
 * exp(y); what it gives for in, up to its depth; log of the marginal rate after giving in. */
struct real_trade real_curve_at(const struct real_curve *c, struct way way, double y);
double real_curve_out(const struct real_curve *c, struct way way, double in);
double real_curve_rate(const struct real_curve *c, struct way way, double in);

/* Rounded to nearest or next to it. */
double real_double(const struct u256 *v);

#endif
