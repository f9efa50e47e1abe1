/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * solving -- sluice solve and sluice verify as programs on files of one folder.
 *
 * The folder is made and removed by the test. What solve says goes to solve.log in it, what verify
 * says, as JSON lines, to verify.log.
 */
#ifndef SLUICE_TESTS_SUPPORT_SOLVING_H
#define SLUICE_TESTS_SUPPORT_SOLVING_H

#include <stdbool.h>

#include "tests/support/test_support.h"

extern struct tmpdir solving_folder;

/* A path in the folder. */
void solving_place(char path[SHARED_PATH_MAX], const char *name);
void solving_write(const char *path, const char *text);

/* Run a command to its end; its output is appended to out. Returns the exit status. */
int solving_run(const char *out, const char *const argv[]);

/* order NULL: all of them. The exit status. */
int solving_solve(const char *input, const char *output, const char *order);
int solving_verify(const char *input, const char *output, const char *order);

/* Does the log of the last verify hold this text? It is printed when not. */
bool solving_says(const char *text);

#endif
