/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene -- the small market of the pictures: eight assets, some twenty pools, one large order.
 *
 * The pools are made up: depth and price as written in the table, no pool off by more than its fee.
 */
#ifndef SLUICE_DOCS_PICTURES_SCENE_H
#define SLUICE_DOCS_PICTURES_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/route/route_market.h"
#include "solver/route/router.h"

#define SCENE_POOLS_MAX 32

enum scene_asset {
    SCENE_ETH,
    SCENE_USDC,
    SCENE_USDT,
    SCENE_DAI,
    SCENE_WBTC,
    SCENE_WSTETH,
    SCENE_LINK,
    SCENE_CRV,
    SCENE_ASSETS
};

struct scene {
    struct arena arena;
    struct curve curves[SCENE_POOLS_MAX];
    size_t curves_n;
    struct route_market market;
    struct router_order order; /* a large sale of ETH for USDC */
};

void scene_open(struct scene *s);
void scene_close(struct scene *s);

const char *scene_name(enum scene_asset a);

/* Dollars of one atom before the trade. */
double scene_value(enum scene_asset a);

double scene_double(const struct u256 *v);

/* Route from the start with at most so many Newton steps and no linear program. */
void scene_route(struct router_result *result, struct router *r, const struct route_market *m,
                 const struct router_order *order, uint32_t steps_max);

#endif
