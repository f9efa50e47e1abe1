/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inside -- what the files of the library share: its market, and numbers from outside to inside.
 */
#ifndef SLUICE_SLUICE_INSIDE_H
#define SLUICE_SLUICE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/curve.h"
#include "solver/route/route_market.h"
#include "solver/route/router.h"
#include "solver/sluice/route.h"

struct sluice_market {
    struct arena arena; /* the curves, and route after sealing; replaced when it is tidied */
    struct curve *curves;
    size_t curves_n;
    size_t curves_room;
    size_t assets_n;
    bool sealed;
    struct route_market route;
    size_t tidy_bytes; /* used by the arena when it was new */
};

/* What the errors of the layers below mean to a caller. */
enum sluice_status inside_status(enum err e);

struct u256 inside_u256(const struct sluice_amount *a);
struct sluice_amount inside_amount(const struct u256 *a);

/*
 * A curve of the caller as one of ours, checked, with everything that it borrows in the arena.
 * errors  ERR_UNSUPPORTED no such kind; ERR_INVALID curve_check refuses it; ERR_NOMEM
 */
MUST_USE enum err inside_curve(struct curve *out, struct arena *arena,
                               const struct sluice_curve *c);

/*
 * The order, and the costs in the arena, NULL for none.
 * errors  ERR_INVALID the order or the number of costs does not fit the market; ERR_NOMEM
 */
struct inside_job {
    struct router_order order;
    const struct u256 *cost; /* [m->curves_n] or NULL */
};
MUST_USE enum err inside_job(struct inside_job *job, struct arena *arena,
                             const struct sluice_market *m, const struct sluice_order *order,
                             const struct sluice_options *options);

/*
 * gap_e18 of a route: of its amounts and bound, net of what the curves in its legs cost.
 * An exact purchase that is not all bought has none. errors  ERR_NOMEM
 */
MUST_USE enum err inside_gap(uint64_t *gap_e18, struct arena *arena, const struct sluice_market *m,
                             const struct inside_job *job, const struct router_result *r);

#endif
