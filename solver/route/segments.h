/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * segments -- an edge cut into chords for the LP.
 *
 * The cuts are marginal rates around a centre: centre +- finest, +- 4 finest, ... up to reach, so
 * they are fine where the answer is expected and coarse elsewhere; one bulk piece holds everything
 * better than centre + reach. Chords of a concave curve lie below it: what the LP routes over them
 * can be executed (docs/math.md eq. 5). None of the cuts is the centre itself, so a book level or an
 * optimum at the centre lies inside a segment and its rate comes back as a dual price.
 */
#ifndef SLUICE_ROUTE_SEGMENTS_H
#define SLUICE_ROUTE_SEGMENTS_H

#include <stddef.h>

#include "solver/route/edge.h"

#define SEGMENTS_MAX 64

struct grid {
    double finest; /* > 0, log price */
    double reach;  /* >= finest */
};

struct segment {
    double in;   /* width, in value given; > 0 */
    double rate; /* value got per value given, along the chord */
};

/* Cut e around the marginal rate exp(centre). Returns the number of segments, best first. */
size_t segments_cut(struct segment out[SEGMENTS_MAX], const struct edge *e, double centre,
                    const struct grid *g);

/*
 * The cuts of a grid as offsets from its centre, falling from +reach to -reach. Returns their
 * number, at most SEGMENTS_MAX.
 */
size_t grid_cuts(double cut[SEGMENTS_MAX], const struct grid *g);

/* The grid for the next round, when prices moved by `move` in the last one. */
struct grid grid_next(struct grid g, double move);

#endif
