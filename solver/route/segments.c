/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/segments.h"

#include <math.h>

#define RATIO 4.0
#define FINEST_MIN 1e-9    /* log prices in doubles carry little more */
#define REACH_RATIO 1024.0 /* reach / finest of a moving grid: RATIO^5 */

/* The chord between the marginal rates exp(hi) and exp(lo), hi > lo; in = 0 when nothing is there. */
static struct segment chord(const struct edge *e, double hi, double lo)
{
    struct edge_trade from = edge_at(e, hi), to = edge_at(e, lo);
    struct segment s = { .in = to.in - from.in };

    if (!(s.in > 0))
        return s;
    if (e->kind == CURVE_constant_product) /* exact: dz/dx = sqrt of the product of end rates */
        s.rate = exp((fmin(hi, e->top) + lo) / 2);
    else
        s.rate = (to.out - from.out) / s.in;
    return s;
}

size_t segments_cut(struct segment out[SEGMENTS_MAX], const struct edge *e, double centre,
                    const struct grid *g)
{
    double hi = INFINITY, offset = g->reach;
    size_t n = 0;

    while (n < SEGMENTS_MAX && offset >= -g->reach * (1 + 1e-9)) {
        double lo = centre + offset;
        struct segment s = chord(e, hi, lo);

        s.good = offset > 0;
        if (s.in > 0)
            out[n++] = s;
        hi = lo;
        if (offset < 0)
            offset *= RATIO;
        else if (offset < g->finest * RATIO)
            offset = -offset;
        else
            offset /= RATIO;
    }
    return n;
}

struct grid grid_next(struct grid g, double move)
{
    double finest = fmin(fmax(move / RATIO, g.finest / 64), g.finest * RATIO);

    g.finest = fmax(finest, FINEST_MIN);
    g.reach = g.finest * REACH_RATIO;
    return g;
}
