/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_fuzz -- one fuzz round of one message: bytes are refused, or they mean a struct whose bytes
 * mean the same struct.
 */
#ifndef SLUICE_TESTS_SUPPORT_WIRE_FUZZ_H
#define SLUICE_TESTS_SUPPORT_WIRE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire_map.h"

/* What libFuzzer calls; tests/fuzz defines it once per target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Always 0; aborts when the property does not hold. */
int wire_fuzz(const struct wire_map *map, const uint8_t *data, size_t size);

#endif
