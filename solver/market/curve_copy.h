/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve_copy -- copies of curves that do not share what they borrow.
 *
 * There are two: a copy to trade on, which owns whatever curve_apply changes (levels, balances) and
 * goes on borrowing ticks, and a copy that owns everything and outlives the original. Memory is the
 * caller's; the copies need no end of their own. A curve that passed curve_check.
 */
#ifndef SLUICE_MARKET_CURVE_COPY_H
#define SLUICE_MARKET_CURVE_COPY_H

#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"

/* A copy to trade on. ERR_NOMEM */
MUST_USE enum err curve_copy(struct curve *to, struct arena *arena, const struct curve *from);

/* A copy that owns everything. ERR_NOMEM */
MUST_USE enum err curve_copy_whole(struct curve *to, struct arena *arena, const struct curve *from);

/* Give a copy the state of from, a curve of the same kind and size: the one it was made from, or
 * another copy of that. It keeps its own memory; nothing is allocated. */
void curve_copy_restore(struct curve *copy, const struct curve *from);

/* The same into memory[curve_copy_bytes(from)], aligned as malloc does. */
size_t curve_copy_bytes(const struct curve *from);
void curve_copy_into(struct curve *to, void *memory, const struct curve *from);

#endif
