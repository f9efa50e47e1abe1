/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test_support.h"

static void path_join(char path[SHARED_PATH_MAX], const char *folder, const char *name)
{
    int n = snprintf(path, SHARED_PATH_MAX, "%s/%s", folder, name);

    assert_true(n > 0 && n < SHARED_PATH_MAX);
}

bool shared_path(char path[SHARED_PATH_MAX], const char *name)
{
    const char *folder = getenv("SLUICE_SHARED");

    path_join(path, folder != NULL ? folder : SLUICE_SOURCE_DIR "/../shared", name);
    if (access(path, R_OK) == 0)
        return true;
    print_message("no reference data: %s is absent (SLUICE_SHARED names the folder)\n", path);
    return false;
}

void shared_source(char path[SHARED_PATH_MAX], const char *name)
{
    path_join(path, SLUICE_SOURCE_DIR, name);
    if (access(path, R_OK) != 0)
        fail_msg("%s is missing from the source tree", path);
}

void shared_program(char path[SHARED_PATH_MAX], const char *name)
{
    const char *folder = getenv("SLUICE_BIN");

    path_join(path, folder != NULL ? folder : SLUICE_BINARY_DIR "/bin", name);
    if (access(path, X_OK) != 0)
        fail_msg("%s is not built", path);
}

char *shared_read(size_t *size, const char *path)
{
    struct stat st;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &st) != 0)
        fail_msg("cannot read %s", path);
    size_t n = (size_t)st.st_size;
    char *text = malloc(n + 1);

    assert_non_null(text);
    assert_int_equal(fread(text, 1, n, file), n);
    (void)fclose(file);
    text[n] = '\0';
    *size = n;
    return text;
}
