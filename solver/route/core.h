/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core -- which curves can matter to any order: all but the dead ends.
 *
 * An asset that a single curve touches can neither be passed through nor be part of a cycle, so no
 * order trades it but one that sells or buys it. Taking such assets away, again and again, leaves
 * the core; what was taken off hangs on it as trees. An order needs the core and the branches from
 * its two assets down to it.
 */
#ifndef SLUICE_ROUTE_CORE_H
#define SLUICE_ROUTE_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/real_curve.h"

#define CORE_NONE UINT32_MAX

struct core {
    size_t assets_n;
    const struct real_curve *curves; /* [curves_n], node = asset; borrowed */
    size_t curves_n;
    uint8_t *live;  /* [curves_n] assets of the core, as real_curve.live; 0: not in the core */
    uint32_t *link; /* [assets_n] curve by which an asset hangs; CORE_NONE: in the core, or alone */
    uint32_t *peeled; /* [peeled_n] assets in the order in which they were taken off */
    size_t peeled_n;
};

/* errors  ERR_NOMEM */
MUST_USE enum err core_find(struct core *c, struct arena *arena, const struct real_curve *curves,
                            size_t curves_n, size_t assets_n);

/*
 * Give back the branch from an asset down to the core: calls set(curve, k, context) for every asset
 * k of a curve that comes to life, more than once perhaps.
 */
struct core_branch {
    void (*set)(void *context, uint32_t curve, unsigned k);
    void *context;
    uint32_t *stack; /* [assets_n + REAL_ASSETS_MAX] scratch */
    uint8_t *seen;   /* [assets_n] zero before; marks are left for the caller to clear */
    uint32_t *marks; /* [assets_n] the assets marked */
    size_t marks_n;
};

void core_branch(struct core_branch *b, const struct core *c, uint32_t asset);

#endif
