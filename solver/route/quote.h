/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quote -- what a curve says its assets are worth to each other, and prices that follow from many.
 *
 * Only scale and speed depend on it, no result is judged by it.
 */
#ifndef SLUICE_ROUTE_QUOTE_H
#define SLUICE_ROUTE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"

struct quote {
    double
        mid[CURVE_ASSETS_MAX]; /* value of an atom of asset k, in the curve's own unit; 0: none */
    double depth;              /* value on offer, in the same unit */
};

struct quote quote_of(const struct curve *c);

/* A walk that carries prices from asset to asset, always over the deepest curve at hand. */
struct quote_walk {
    size_t assets_n;
    const struct curve *curves;
    size_t curves_n;
    struct quote *quotes; /* [curves_n] */
    uint32_t *first;      /* [assets_n + 1] curves of an asset: touch[first[i]] .. */
    uint32_t *touch;
    struct quote_step *heap;
    size_t heap_n;
};

/* errors  ERR_NOMEM */
MUST_USE enum err quote_walk_init(struct quote_walk *w, struct arena *arena,
                                  const struct curve *curves, size_t curves_n, size_t assets_n);

/* The asset that most curves have, the first of them; 0 without assets. */
uint32_t quote_walk_busiest(const struct quote_walk *w);

/* Start at an asset whose price (> 0) is known; then run fills in the others that can be reached. */
void quote_walk_from(struct quote_walk *w, const double *price, uint32_t asset);
void quote_walk_run(struct quote_walk *w, double *price);

#endif
