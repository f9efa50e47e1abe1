/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shared -- where tests find files: reference data beside the source tree, the source tree itself
 * and the programs that were built.
 */
#ifndef SLUICE_TESTS_SUPPORT_SHARED_H
#define SLUICE_TESTS_SUPPORT_SHARED_H

#include <stdbool.h>
#include <stddef.h>

#define SHARED_PATH_MAX 4096

/*
 * path = $SLUICE_SHARED/name, where SLUICE_SHARED is ../shared beside the source tree by default.
 *
 * returns  whether it exists; when not, prints that the data is absent, and the caller skip()s.
 */
bool shared_path(char path[SHARED_PATH_MAX], const char *name);

/* path = name in the source tree, e.g. "venues/markets/assets.json"; the test fails without it. */
void shared_source(char path[SHARED_PATH_MAX], const char *name);

/* path = the built program name, in $SLUICE_BIN or this build's bin; the test fails without it. */
void shared_program(char path[SHARED_PATH_MAX], const char *name);

/* The whole file as a NUL-terminated string of *size bytes; the caller frees it. */
char *shared_read(size_t *size, const char *path);

#endif
