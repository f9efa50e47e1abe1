/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * u128 -- the one place that names the compiler's 128-bit integer (-Wpedantic rejects it
 * elsewhere).
 */
#ifndef SLUICE_CORE_U128_H
#define SLUICE_CORE_U128_H

__extension__ typedef unsigned __int128 u128;

#define U128_MAX (~(u128)0)
#define U128_OF(hi, lo) (((u128)(hi) << 64) | (u128)(lo))

#endif
