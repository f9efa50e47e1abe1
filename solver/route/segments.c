/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/segments.h"

#include <math.h>

#define RATIO 4.0
#define FINEST_MIN 2e-8 /* below it the LP's own tolerances decide */
#define MOVE_RATIO 32.0 /* duals are free within a few of the finest cells: shrink all the same */
#define REACH_RATIO 1024.0 /* reach / finest of a moving grid: RATIO^5 */

/* The chord between the marginal rates exp(hi) and exp(lo), hi > lo; in = 0 when nothing is there. */
static struct segment chord(const struct edge *e, double hi, double lo)
{
    struct real_trade from = edge_at(e, hi), to = edge_at(e, lo);
    struct segment s = { .in = to.in - from.in };

    if (!(s.in > 0))
        return s;
    if (e->real->kind ==
        CURVE_constant_product) /* exact: dz/dx = sqrt of the product of end rates */
        s.rate = exp((fmin(hi, e->top) + lo) / 2);
    else
        s.rate = (to.out - from.out) / s.in;
    return s;
}

size_t grid_cuts(double cut[SEGMENTS_MAX], const struct grid *g)
{
    double offset = g->reach;
    size_t n = 0;

    while (n < SEGMENTS_MAX && offset >= -g->reach * (1 + 1e-9)) {
        cut[n++] = offset;
        if (offset < 0)
            offset *= RATIO;
        else if (offset < g->finest * RATIO)
            offset = -offset;
        else
            offset /= RATIO;
    }
    return n;
}

size_t segments_cut(struct segment out[SEGMENTS_MAX], const struct edge *e, double centre,
                    const struct grid *g)
{
    double cut[SEGMENTS_MAX], hi = INFINITY;
    size_t cuts = grid_cuts(cut, g), n = 0;

    if (e->top <= centre - g->reach)
        return 0;
    for (size_t i = 0; i < cuts; i++) {
        struct segment s = chord(e, hi, centre + cut[i]);

        if (s.in > 0)
            out[n++] = s;
        hi = centre + cut[i];
    }
    return n;
}

struct grid grid_next(struct grid g, double move)
{
    double finest = fmin(fmax(move / MOVE_RATIO, g.finest / 16), g.finest * RATIO);

    g.finest = fmax(finest, FINEST_MIN);
    g.reach = g.finest * REACH_RATIO;
    return g;
}
