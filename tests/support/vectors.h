/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vectors -- the published vectors of pool arithmetic: numbers are decimal text, because they
 * exceed what JSON readers keep. Each function fails the test on text that is no number.
 */
#ifndef SLUICE_TESTS_SUPPORT_VECTORS_H
#define SLUICE_TESTS_SUPPORT_VECTORS_H

#include <jansson.h>
#include <stdbool.h>

#include "solver/core/wide.h"

/* One group of the vectors; the caller drops *root. Skips the test when the data is absent. */
json_t *vectors_group(json_t **root, const char *name);

/* A JSON file beside the source tree, to be dropped by the caller; skips as above. */
json_t *vectors_file(const char *name);

/* object[key] as text, NULL when it is null or missing. */
const char *vectors_text(const json_t *object, const char *key);

struct u256 vectors_u256(const char *text);
struct u256 vectors_number(const json_t *object, const char *key);
bool vectors_negative(const char *text);                      /* does it start with a minus? */
struct u256 vectors_magnitude(const char *text);              /* without its minus */
struct u256 vectors_fixed18(const char *text);                /* "0.0001" with 18 decimals */
void vectors_equal(const struct u256 *got, const char *text); /* asserts it */

#endif
