/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bound_search -- where the bounds of pools with many assets are smallest, in doubles.
 *
 * Whatever comes out, the bound that is then computed in intervals holds; a good answer makes it
 * tight. Only + - * / and square roots are used, without fused operations, so that every machine
 * finds the same answer and computes the same bound.
 */
#ifndef SLUICE_ROUTE_BOUND_SEARCH_H
#define SLUICE_ROUTE_BOUND_SEARCH_H

#include <stdint.h>

#include "solver/market/balancer.h"

enum bound_place {
    BOUND_GOT,     /* at its price */
    BOUND_GIVEN,   /* at its price over keep */
    BOUND_BETWEEN, /* the best trade leaves it alone */
};

/* The level that the logs of a weighted pool meet at: sum(w (log - level)) = 0 over those above it,
 * got, and those that stay below it even with `width` added, given. */
struct bound_level {
    uint32_t n;
    double log[BALANCER_ASSETS_MAX];
    double weight[BALANCER_ASSETS_MAX];
    double width;
    double level; /* out */
    enum bound_place place[BALANCER_ASSETS_MAX];
};

void bound_search_level(struct bound_level *l);

/*
 * A stable pool with balances b_k = x_k D and prices c_k in [low_k, high_k], low_k > 0: the best mu
 * and c. Assets between have c_k = amplification mu + rest_k.
 */
struct bound_surface {
    uint32_t n;
    double amplification; /* times n */
    double x[BALANCER_ASSETS_MAX];
    double low[BALANCER_ASSETS_MAX];
    double high[BALANCER_ASSETS_MAX];
    double mu; /* out */
    double rest[BALANCER_ASSETS_MAX];
    enum bound_place place[BALANCER_ASSETS_MAX];
};

void bound_search_surface(struct bound_surface *s);

#endif
