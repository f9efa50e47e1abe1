/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/record.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/wire_batch.h"

#define RECORD_PATH_MAX 4096
#define RECORD_DIGITS 12

struct recorder {
    char dir[RECORD_PATH_MAX - 64];
    uint64_t files_max;
    uint64_t *numbers; /* ring of the auctions on disk, oldest at first */
    uint64_t first;
    uint64_t n;
    struct wire_bytes bytes;
};

static void path_of(char path[RECORD_PATH_MAX], const struct recorder *r, uint64_t number,
                    const char *suffix)
{
    snprintf(path, RECORD_PATH_MAX, "%s/%0*" PRIu64 "%s", r->dir, RECORD_DIGITS, number, suffix);
}

static void forget_oldest(struct recorder *r)
{
    char path[RECORD_PATH_MAX];

    path_of(path, r, r->numbers[r->first], ".auction");
    unlink(path);
    path_of(path, r, r->numbers[r->first], ".solution");
    unlink(path);
    r->first = (r->first + 1) % r->files_max;
    r->n--;
}

static void remember(struct recorder *r, uint64_t number)
{
    if (r->n == r->files_max)
        forget_oldest(r);
    r->numbers[(r->first + r->n) % r->files_max] = number;
    r->n++;
}

static int is_auction(const struct dirent *e)
{
    return strlen(e->d_name) == RECORD_DIGITS + strlen(".auction") &&
           strcmp(e->d_name + RECORD_DIGITS, ".auction") == 0;
}

/* Take over what an earlier process left, oldest first. */
static enum err adopt(struct recorder *r)
{
    struct dirent **entries;
    int n = scandir(r->dir, &entries, is_auction, alphasort);

    if (n < 0)
        return ERR_IO;
    for (int i = 0; i < n; i++) {
        remember(r, strtoull(entries[i]->d_name, NULL, 10));
        free(entries[i]);
    }
    free(entries);
    return ERR_OK;
}

enum err recorder_open(struct recorder **out, const char *dir, uint64_t files_max)
{
    if (strlen(dir) >= RECORD_PATH_MAX - 64 || (mkdir(dir, 0700) != 0 && errno != EEXIST))
        return ERR_IO;
    struct recorder *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ERR_NOMEM;
    r->files_max = files_max;
    r->numbers = calloc(files_max, sizeof *r->numbers);
    snprintf(r->dir, sizeof r->dir, "%s", dir);
    enum err err = r->numbers == NULL ? ERR_NOMEM : adopt(r);
    if (err != ERR_OK) {
        recorder_close(r);
        return err;
    }
    *out = r;
    return ERR_OK;
}

void recorder_close(struct recorder *r)
{
    if (r == NULL)
        return;
    wire_bytes_fini(&r->bytes);
    free(r->numbers);
    free(r);
}

static enum err file_write(const struct recorder *r, uint64_t number, const char *suffix)
{
    char path[RECORD_PATH_MAX];
    char aside[RECORD_PATH_MAX];

    path_of(path, r, number, suffix);
    path_of(aside, r, number, ".part");
    FILE *f = fopen(aside, "we");
    if (f == NULL)
        return ERR_IO;
    size_t written = fwrite(r->bytes.data, 1, r->bytes.n, f);
    if (fclose(f) != 0 || written != r->bytes.n || rename(aside, path) != 0) {
        unlink(aside);
        return ERR_IO;
    }
    return ERR_OK;
}

enum err recorder_write(struct recorder *r, const struct auction *a, const struct solution *s)
{
    TRY(wire_solution_pack(&r->bytes, s));
    TRY(file_write(r, a->number, ".solution"));
    TRY(wire_auction_pack(&r->bytes, a));
    TRY(file_write(r, a->number, ".auction"));
    remember(r, a->number);
    return ERR_OK;
}
