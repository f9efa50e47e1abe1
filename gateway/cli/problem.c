/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/problem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/cli/fail.h"
#include "proto/wire_batch.h"

static void skipped_report(const char *path, const struct input_skipped *s)
{
    const struct {
        size_t n;
        const char *text;
    } rows[] = {
#define X(name, text) { s->name, text },
        INPUT_SKIPS(X)
#undef X
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].n > 0)
            fprintf(stderr, "%s: skipped %zu %s\n", path, rows[i].n, rows[i].text);
    }
    if (s->first_bad.text[0] != '\0')
        fprintf(stderr, "%s\n", s->first_bad.text);
}

/* How many bytes to make room for: those of a regular file, else as many as there may be. */
static size_t room_for(FILE *file)
{
    struct stat st;
    bool known = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
                 (uint64_t)st.st_size <= INPUT_BYTES_MAX;

    return known ? (size_t)st.st_size : INPUT_BYTES_MAX;
}

static int read_all(const char **bytes, size_t *n, struct cli *c, const char *path, FILE *file)
{
    size_t room = room_for(file) + 1;
    char *buffer = arena_alloc(&c->arena, room + 1, 1);

    if (buffer == NULL)
        return fail(c, FAIL_FILE, path, "not enough memory to read it");
    *n = fread(buffer, 1, room, file);
    if (ferror(file))
        return fail(c, FAIL_FILE, path, "%s", strerror(errno));
    if (*n == room)
        return fail(c, FAIL_FILE, path, "larger than %zu MiB, or growing", INPUT_BYTES_MAX >> 20);
    *bytes = buffer;
    return CLI_OK;
}

int problem_bytes(const char **bytes, size_t *n, struct cli *c, const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return fail(c, FAIL_FILE, path, "%s", strerror(errno));
    int status = read_all(bytes, n, c, path, file);

    (void)fclose(file);
    return status;
}

bool problem_is_json(const char *bytes, size_t n)
{
    size_t i = 0;

    while (i < n && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
        i++;
    return i == n || bytes[i] == '{' || bytes[i] == '[';
}

static int recorded_load(struct auction_file *f, struct cli *c, const char *path, const char *bytes,
                         size_t n)
{
    struct auction a;
    enum err err = wire_auction_unpack(&a, &c->arena, bytes, n);

    if (err == ERR_OK)
        err = auction_file_of(f, &a, &c->arena);
    if (err != ERR_OK)
        return fail(c, FAIL_FILE, path, "neither JSON nor a recorded auction (%s)", err_text(err));
    return CLI_OK;
}

/* A setting that differs from its default was asked for. Returns whether that changes anything. */
static bool settings_apply(struct auction_options *o, const struct config *config)
{
    const struct auction_options before = *o;
    struct config defaults;

    config_init(&defaults);
    if (config->tolerance_ppt != defaults.tolerance_ppt)
        o->tolerance_ppt = config->tolerance_ppt;
    if (config->pivots_max != defaults.pivots_max)
        o->pivots_max = config->pivots_max;
    if (config->rounds_max != defaults.rounds_max)
        o->rounds_max = (uint32_t)config->rounds_max;
    return o->tolerance_ppt != before.tolerance_ppt || o->pivots_max != before.pivots_max ||
           o->rounds_max != before.rounds_max;
}

int problem_load(struct auction_file *f, bool *changed, struct cli *c, const char *path)
{
    struct input_error error;
    const char *bytes;
    size_t n;
    int status = problem_bytes(&bytes, &n, c, path);

    if (status != CLI_OK)
        return status;
    if (!problem_is_json(bytes, n))
        status = recorded_load(f, c, path, bytes, n);
    else if (auction_file_parse(f, &error, path, bytes, n, &c->arena) != ERR_OK)
        status = fail(c, FAIL_FILE, path, "%s", error.text);
    if (status != CLI_OK)
        return status;
    skipped_report(path, &f->skipped);
    *changed = settings_apply(&f->auction.options, &c->config);
    return CLI_OK;
}

const char *problem_order(char hex[ID_TEXT], const struct auction_file *f, size_t intent)
{
    const struct auction_intent *i = &f->auction.intents[intent];

    return i->ref != NULL ? i->ref : id_text(hex, i->id);
}
