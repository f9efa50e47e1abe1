/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail -- every error of the sluice command: what, where, what to do, SLU-nnnn.
 *
 * On stderr, as text or, with -o json, as one JSON line {"type": "error", "code", "what", "where",
 * "do"}. The sentence on what to do comes from the table in explain.h. Each call returns the exit
 * status that belongs to the code, so a verb ends with `return fail(...)`.
 */
#ifndef SLUICE_CLI_FAIL_H
#define SLUICE_CLI_FAIL_H

#include <stdint.h>

#include "gateway/cli/cli.h"
#include "gateway/cli/explain.h"

enum fail {
#define X(name, code, status, text, why, todo) FAIL_##name = (code),
    EXPLAIN_FAILS(X)
#undef X
};

/* where: a file and place, an option, a socket; what: one sentence without its full stop. */
int fail(const struct cli *c, enum fail code, const char *where, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

/* The service said no with this code. text is its own sentence, NULL or empty: that of the code. */
int fail_reject(const struct cli *c, uint32_t code, const char *text, const char *where);

/*
 * argp and getopt print their own errors and exit: between these two such an exit is printed like
 * any other error, with argv as its place. argv must live until done.
 */
void fail_while_reading(struct cli *c, int argc, char **argv);
void fail_reading_done(void);

#endif
