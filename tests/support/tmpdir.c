/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/tmpdir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test_support.h"

void tmpdir_new(struct tmpdir *d)
{
    const char *folder = getenv("TMPDIR");
    int n = snprintf(d->path, sizeof d->path, "%s/sluice-XXXXXX", folder ? folder : "/tmp");

    assert_true(n > 0 && (size_t)n < sizeof d->path);
    assert_non_null(mkdtemp(d->path));
}

static int entry_remove(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

void tmpdir_free(struct tmpdir *d)
{
    assert_non_null(strstr(d->path, "/sluice-"));
    assert_int_equal(nftw(d->path, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
    d->path[0] = '\0';
}
