/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tmpdir -- a private folder for one test, under $TMPDIR or /tmp. Its path is short enough for a
 * unix socket inside it.
 */
#ifndef SLUICE_TESTS_SUPPORT_TMPDIR_H
#define SLUICE_TESTS_SUPPORT_TMPDIR_H

#define TMPDIR_PATH_MAX 80

struct tmpdir {
    char path[TMPDIR_PATH_MAX];
};

void tmpdir_new(struct tmpdir *d);

/* Remove the folder and all that is in it. */
void tmpdir_free(struct tmpdir *d);

#endif
