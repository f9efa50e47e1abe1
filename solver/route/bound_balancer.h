/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bound_balancer -- what the bounds of Balancer's pools share (market/balancer.h).
 *
 * The formulas see scaled balances, rounded down, and a scaled atom of asset k is worth
 * p_k 1e18 / scaling_k. Giving asset k, only keep = 1 - fee of it counts, so that its cost per scaled
 * atom is p_k / keep. For every price c_k between the two, what a trade earns is at most what it
 * earns at c without a fee, and one c makes them equal: a bound needs any such c.
 */
#ifndef SLUICE_ROUTE_BOUND_BALANCER_H
#define SLUICE_ROUTE_BOUND_BALANCER_H

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/balancer.h"
#include "solver/route/interval.h"
#include "solver/route/rough.h"

/* Scaled balances [b->n]. errors  ERR_OVERFLOW */
MUST_USE enum err bound_balancer_scale(struct u256 *scaled, const struct balancer *b);

/* What a scaled atom of asset k is worth, and its cost when it is given. */
void bound_balancer_low(struct interval *low, const struct balancer *b, uint32_t k,
                        struct amount price);
void bound_balancer_high(struct interval *high, const struct balancer *b,
                         const struct interval *low);

/* The same as a rough number. */
struct rough bound_balancer_rough(const struct balancer *b, uint32_t k, struct amount price);

/*
 * Surely no trade pays when rate[k] is the price of asset k over its marginal weight in the pool:
 * the largest, less the fee, is below the smallest. The rates are right to 2^-bits of them.
 * *most is the largest.
 */
bool bound_balancer_idle(struct rough *most, const struct balancer *b, const struct rough *rate,
                         int bits);

/* What all balances are worth: no trade earns more. errors  ERR_OVERFLOW */
MUST_USE enum err bound_balancer_whole(struct u256 *profit, const struct balancer *b,
                                       const struct u256 *scaled, const struct amount *price);

#endif
