/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * problem -- the file that solve and verify work on: any JSON format of solver/input, or an
 * auction that the leader recorded.
 */
#ifndef SLUICE_CLI_PROBLEM_H
#define SLUICE_CLI_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/cli/cli.h"
#include "solver/input/auction_file.h"

/* Load path into the command's arena; what was skipped goes to stderr, one line for each reason.
 * Settings given for the engine replace those of the file; changed tells whether any differs. CLI_OK,
 * or the error is printed. */
int problem_load(struct auction_file *f, bool *changed, struct cli *c, const char *path);

/* A whole file in the command's arena, NUL-terminated. CLI_OK, or the error is printed. */
int problem_bytes(const char **bytes, size_t *n, struct cli *c, const char *path);

/* Do the bytes look like JSON, as opposed to a recording? White space alone does. */
bool problem_is_json(const char *bytes, size_t n);

/* What an order of f is called: its name in the file, else its id in hex. */
const char *problem_order(char hex[ID_TEXT], const struct auction_file *f, size_t intent);

#endif
