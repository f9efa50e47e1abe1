/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame -- what stays the same while prices move: curves over nodes, who touches whom, and the
 * pattern of the linear systems.
 */
#ifndef SLUICE_ROUTE_FRAME_H
#define SLUICE_ROUTE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/laplacian.h"
#include "solver/route/real_curve.h"

struct frame {
    size_t n;                        /* nodes */
    const struct real_curve *curves; /* [curves_n], nodes of live assets below n; borrowed */
    size_t curves_n;
    size_t *first;        /* [n + 1] touches of node i: touch[first[i]] .. touch[first[i + 1]] */
    uint32_t *touch;      /* curve numbers */
    uint32_t *pair_first; /* [curves_n] number of a curve's first pair in the laplacian */
    struct laplacian laplacian;
};

/* errors  ERR_NOMEM; ERR_UNSUPPORTED the factor of the linear systems would be too large */
MUST_USE enum err frame_build(struct frame *f, struct arena *arena, size_t n,
                              const struct real_curve *curves, size_t curves_n);

static inline bool frame_live(const struct real_curve *c, unsigned k)
{
    return (c->live >> k & 1) != 0;
}

#endif
