/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book_walk -- how the ladders of a generated book look and move, in integers only.
 *
 * Level i on either side stands half_spread_ticks + i * level_step_ticks away from the mid. A step
 * moves the mid by a random number of ticks, at most walk_ppm of it, and gives consumed levels part
 * of their size back. The mid stays within BOOK_WALK_REACH_PPM of where the market file put it.
 * Equal seeds give equal walks. Nothing here allocates.
 */
#ifndef SLUICE_VENUES_BOOK_BOOK_WALK_H
#define SLUICE_VENUES_BOOK_BOOK_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/input/market_file.h"
#include "solver/market/book.h"

#define BOOK_WALK_REACH_PPM 500
#define BOOK_WALK_ONE_IN 8    /* a step moves one book in so many */
#define BOOK_WALK_REFILL_IN 8 /* steps until an empty level is full again */

/* Fill the levels, which the caller provides (ladder->levels on each side), around the mid. */
void book_walk_build(struct book *b, const struct market_ladder *ladder);

/* One step; rng is the state of the walk. Returns whether anything changed. */
bool book_walk_step(struct book *b, const struct market_ladder *ladder, uint64_t *rng);

#endif
