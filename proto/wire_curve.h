/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_curve -- the table of the Curve message, which auctions and quotes share. A curve kind of
 * market/curve.h is one more CASE row here.
 */
#ifndef SLUICE_PROTO_WIRE_CURVE_H
#define SLUICE_PROTO_WIRE_CURVE_H

#include "proto/wire_map.h"

extern const struct wire_map wire_map_curve;

#endif
