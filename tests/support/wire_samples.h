/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_samples -- one message of every kind with every field set, as structs.
 *
 * Tests take them round trip, docs/protocol.md shows their bytes (a test compares), and
 * `wire_samples DIR` writes them as seeds for the fuzz targets.
 */
#ifndef SLUICE_TESTS_SUPPORT_WIRE_SAMPLES_H
#define SLUICE_TESTS_SUPPORT_WIRE_SAMPLES_H

#include <stddef.h>

#include "proto/wire_map.h"

struct wire_sample {
    const char *name;
    const struct wire_map *map;
    const void *value; /* the struct of map */
};

/* All samples and their number; static. */
const struct wire_sample *wire_samples(size_t *n);

/* The one of that name; it must exist. */
const struct wire_sample *wire_sample_get(const char *name);

#endif
