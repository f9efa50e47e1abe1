/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book_venue -- a venue of order books: price-time levels, lots, a taker fee. The market moves by
 * itself every BOOK_VENUE_STEP_MS (book_walk.h) unless the process is told to keep still.
 */
#ifndef SLUICE_VENUES_BOOK_BOOK_VENUE_H
#define SLUICE_VENUES_BOOK_BOOK_VENUE_H

#include "venues/sdk/adapter.h"

#define BOOK_VENUE_STEP_MS 200

extern const struct venue_adapter book_venue_adapter;

#endif
