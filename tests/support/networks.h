/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * networks -- seeded markets for the router: curves of every kind over assets that have a value.
 *
 * Every asset has a true price. A fair network agrees on it: each curve's own price deviates by
 * less than its fee, so that no cycle of trades gains. The others are off by as much as asked for.
 *
 *   random      2 to 200 curves of mixed kinds, any shape, 1 to 2^112 atoms, fees to 99 %
 *   mispriced   3,000 constant products over 500 assets, all off by up to 20 %
 *   hubs        constant products, fair, a few assets in most of them (networks_hubs.c)
 *   expander    the same number, pairs at random: no asset stands out
 *   books       46 books of 100 levels a side
 *   balancer    1,200 weighted and stable pools
 *   ticks       19 concentrated pools of 2 to 1,400 ticks
 */
#ifndef SLUICE_TESTS_SUPPORT_NETWORKS_H
#define SLUICE_TESTS_SUPPORT_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/market/curve.h"
#include "solver/route/router.h"
#include "tests/support/prng.h"

struct networks {
    struct arena arena; /* owns all of it */
    const char *shape;  /* static */
    bool fair;
    size_t assets_n;
    uint8_t *decimals; /* [assets_n] */
    double *price;     /* [assets_n] true value of an atom */
    double *depth;     /* [assets_n] value of what the curves hold of it */
    struct curve *curves;
    size_t curves_n;
    size_t curves_room;
    struct router_order *orders;
    size_t orders_n;
};

/* Release what one of the functions below made. */
void networks_fini(struct networks *n);

struct networks_size {
    size_t curves_n; /* at least 100, and not fewer than assets */
    size_t assets_n; /* at least 10 */
};

void networks_random(struct networks *n, uint64_t seed);
void networks_mispriced(struct networks *n, uint64_t seed);
void networks_hubs(struct networks *n, uint64_t seed, struct networks_size size);
void networks_expander(struct networks *n, uint64_t seed, struct networks_size size);
void networks_books(struct networks *n, uint64_t seed);
void networks_balancer(struct networks *n, uint64_t seed);
void networks_ticks(struct networks *n, uint64_t seed);

/* A small change, as by one block: a pool trades 0.1 % of what it holds; books stay. */
void networks_move(struct curve *c, struct prng *r);

/* ---- for the generators ---- */

/* Where a curve stands: how much value on each side, and how far off the true price. */
struct networks_place {
    double depth;
    double off;   /* log price; ignored when fair */
    bool fair;    /* off by less than the fee */
    size_t steps; /* levels a side, ticks */
    bool lots;    /* a book trades whole lots of up to 1,000 atoms */
};

void networks_init(struct networks *n, const char *shape, size_t assets_n, size_t curves_n);

/* Decimals within the range and a price for every asset. */
void networks_price(struct networks *n, struct prng *r, unsigned decimals_min,
                    unsigned decimals_max);

/* Another curve of the kind over assets; one that cannot be made there is left out. */
bool networks_add(struct networks *n, struct prng *r, enum curve_kind kind, const uint32_t *assets,
                  unsigned assets_n, const struct networks_place *place);

/* Orders of shares 1e-6 to 0.3 of what the curves hold, between assets that some curve has. */
void networks_order(struct networks *n, struct prng *r, size_t orders_n);

/* None larger than such a share of the scarcer of its two assets. */
void networks_order_fit(struct networks *n);

/* Make one of them tiny, or more than there is. */
void networks_order_extreme(struct networks *n, struct prng *r);

double networks_double(const struct u256 *v);
struct u256 networks_wide(double v);                          /* rounded; v in [0, 2^255) */
struct u256 networks_atoms(double v);                         /* the same within [1, 2^112] */
double networks_unit(struct prng *r);                         /* uniform in [0, 1) */
double networks_log(struct prng *r, double low, double high); /* log-uniform, both > 0 */

#endif
