/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder -- order-book ladders from decimals: [["2999.9", "1.2"], ...], best level first.
 *
 * A price of quote units per base unit becomes quote atoms per book->scale base atoms, exactly:
 * with db and dq decimals and at most k places in any price, prices count 10^-max(dq, k) units and
 * scale is 10^(db + max(dq, k) - dq).
 */
#ifndef SLUICE_INPUT_LADDER_H
#define SLUICE_INPUT_LADDER_H

#include <stdbool.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/decimal.h"
#include "solver/input/doc.h"
#include "solver/market/book.h"

struct ladder_units {
    unsigned base_decimals;
    unsigned quote_decimals;
    int price_places; /* most places of any price; see ladder_places */
};

/* Raise *places to the most places of any price in a ladder. */
MUST_USE enum err ladder_places(int *places, const struct doc_at *ladder, size_t levels_max);

/* The book's scale, from the units. ERR_OVERFLOW when there is none below 2^256. */
MUST_USE enum err ladder_scale(struct u256 *scale, const struct ladder_units *u);

/* One positive decimal at a place as a price, or as a size in base atoms (cut to whole atoms when
 * floor is set, else an error unless exact). */
MUST_USE enum err ladder_price(struct u256 *out, const struct doc_at *at,
                               const struct ladder_units *u);
MUST_USE enum err ladder_size(struct u256 *out, const struct doc_at *at,
                              const struct ladder_units *u, bool floor);

/* A ladder into the arena. Levels whose size is cut to zero are left out. */
MUST_USE enum err ladder_read(struct book_level **levels, size_t *n, const struct doc_at *ladder,
                              const struct ladder_units *u, bool floor, struct arena *arena);

#endif
