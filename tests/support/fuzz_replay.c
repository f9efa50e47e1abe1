/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_replay -- main of a fuzz target without libFuzzer: run every file of the folders named on
 * the command line through it once, so that committed inputs are tests under every compiler.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1u << 20)

static int file_replay(const char *folder, const char *name, uint8_t *buffer)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = n > 0 && (size_t)n < sizeof path ? fopen(path, "rb") : NULL;

    if (file == NULL)
        return -1;
    size_t size = fread(buffer, 1, INPUT_MAX, file);

    (void)fclose(file);
    return LLVMFuzzerTestOneInput(buffer, size);
}

static int folder_replay(const char *folder)
{
    DIR *dir = opendir(folder);
    uint8_t *buffer = malloc(INPUT_MAX);
    const struct dirent *entry;
    int count = 0;

    while (dir != NULL && buffer != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.' && file_replay(folder, entry->d_name, buffer) == 0)
            count++;
    free(buffer);
    if (dir != NULL)
        (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        count += folder_replay(argv[i]);
    (void)printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1; /* a corpus that is not there tests nothing */
}
