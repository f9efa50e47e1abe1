/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_amount -- numbers of more than 64 bits as bytes, big-endian.
 *
 * An amount has exactly 16 bytes. A wide amount (struct u256) has as many as it needs, at most 32,
 * the first one not zero; zero has none. So each value has one form.
 */
#ifndef SLUICE_PROTO_WIRE_AMOUNT_H
#define SLUICE_PROTO_WIRE_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"

#define WIRE_WIDE_BYTES 32

/* ERR_INVALID unless n is 16. */
MUST_USE enum err wire_amount_read(struct amount *out, const uint8_t *bytes, size_t n);

/* Number of bytes written, [0, 32]. */
size_t wire_wide_write(uint8_t out[WIRE_WIDE_BYTES], const struct u256 *v);

/* ERR_INVALID when n exceeds 32 or the first byte is zero. */
MUST_USE enum err wire_wide_read(struct u256 *out, const uint8_t *bytes, size_t n);

#endif
