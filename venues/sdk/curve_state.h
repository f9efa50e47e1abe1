/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve_state -- the part of a curve that legs change, as bytes for the store. Pure; memory comes
 * from the arena.
 */
#ifndef SLUICE_VENUES_SDK_CURVE_STATE_H
#define SLUICE_VENUES_SDK_CURVE_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/curve.h"

/* ERR_NOMEM the arena is full. */
MUST_USE enum err curve_state_pack(uint8_t **out, size_t *n, struct arena *arena,
                                   const struct curve *c);

/*
 * Put a packed state into c, whose kind and numbers of levels and assets it must have.
 * errors  ERR_CONFLICT it has not, or the result is no valid curve; c is then not usable
 */
MUST_USE enum err curve_state_unpack(struct curve *c, const uint8_t *bytes, size_t n);

/* Elements of repeated fields in its message. */
size_t curve_state_items(const struct curve *c);

/* No fewer bytes than the curve takes in a message. */
size_t curve_state_wire_bound(const struct curve *c);

#endif
