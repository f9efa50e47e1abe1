/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum row_type { ROW_NUMBER, ROW_TEXT };

struct row {
    const char *field;
    enum row_type type;
    size_t offset;
    uint64_t def, lo, hi;
    const char *text_def;
    const char *unit;
    const char *text;
    bool list; /* comma separated */
};

static const struct row rows[] = {
#define X(field, def, lo, hi, unit, text)                                                          \
    { #field, ROW_NUMBER, offsetof(struct config, field), def, lo, hi, NULL, unit, text, false },
    CONFIG_NUMBERS(X)
#undef X
#define X(field, list, def, text)                                                                  \
    { #field, ROW_TEXT, offsetof(struct config, field), 0, 0, 0, def, "", text, list },
        CONFIG_TEXTS(X)
#undef X
};

#define ROWS_N (sizeof rows / sizeof rows[0])

static uint64_t *number_at(struct config *c, const struct row *r)
{
    return (uint64_t *)(void *)((char *)c + r->offset);
}

static char *text_at(struct config *c, const struct row *r)
{
    return (char *)c + r->offset;
}

void config_init(struct config *c)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < ROWS_N; i++) {
        if (rows[i].type == ROW_NUMBER)
            *number_at(c, &rows[i]) = rows[i].def;
        else
            snprintf(text_at(c, &rows[i]), CONFIG_TEXT_MAX, "%s", rows[i].text_def);
    }
}

static enum err number_set(struct config *c, const struct row *r, const char *value, char *why,
                           size_t why_n)
{
    char *end;

    errno = 0;
    unsigned long long v = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || errno != 0 || v < r->lo || v > r->hi) {
        snprintf(why, why_n, "%s = \"%.40s\": needs a whole number from %llu to %llu%s%s", r->field,
                 value, (unsigned long long)r->lo, (unsigned long long)r->hi,
                 r->unit[0] != '\0' ? " " : "", r->unit);
        return ERR_INVALID;
    }
    *number_at(c, r) = v;
    return ERR_OK;
}

static const struct row *row_find(const char *field)
{
    for (size_t i = 0; i < ROWS_N; i++) {
        if (strcmp(rows[i].field, field) == 0)
            return &rows[i];
    }
    return NULL;
}

enum err config_set(struct config *c, const char *field, const char *value, char *why, size_t why_n)
{
    const struct row *r = row_find(field);

    if (r == NULL) {
        snprintf(why, why_n, "%.40s: no such setting; docs/config.md lists them", field);
        return ERR_NOT_FOUND;
    }
    if (r->type == ROW_NUMBER)
        return number_set(c, r, value, why, why_n);
    if (strlen(value) >= CONFIG_TEXT_MAX) {
        snprintf(why, why_n, "%s: longer than %d bytes", field, CONFIG_TEXT_MAX - 1);
        return ERR_INVALID;
    }
    snprintf(text_at(c, r), CONFIG_TEXT_MAX, "%s", value);
    return ERR_OK;
}

struct reading {
    struct config *config;
    bool seen[ROWS_N];
    char why[256];
    enum err err;
};

/* A line of a file has room for about 200 bytes, so a list may go on in another line of its field. */
static enum err list_grow(struct reading *r, const struct row *row, const char *value)
{
    char all[2 * CONFIG_TEXT_MAX];

    if (!row->list) {
        snprintf(r->why, sizeof r->why, "%s: set before in this file", row->field);
        return ERR_INVALID;
    }
    snprintf(all, sizeof all, "%s,%.1000s", text_at(r->config, row), value);
    return config_set(r->config, row->field, all, r->why, sizeof r->why);
}

static int reading_row(void *ctx, const char *section, const char *field, const char *value)
{
    struct reading *r = ctx;
    const struct row *row = row_find(field);

    (void)section; /* sections only group lines for the reader */
    if (row != NULL && r->seen[row - rows])
        r->err = list_grow(r, row, value);
    else
        r->err = config_set(r->config, field, value, r->why, sizeof r->why);
    if (row != NULL)
        r->seen[row - rows] = true;
    return r->err == ERR_OK;
}

/* Reading a directory gives no line and no error. */
static bool is_directory(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

enum err config_read(struct config *c, const char *path, char *why, size_t why_n)
{
    struct config copy = *c;
    struct reading r = { .config = &copy, .err = ERR_OK };

    if (is_directory(path)) {
        snprintf(why, why_n, "%s: is a directory, not a file of settings", path);
        return ERR_IO;
    }
    int line = ini_parse(path, reading_row, &r);
    if (line < 0) {
        snprintf(why, why_n, "%s: cannot be read: %s", path, strerror(errno));
        return ERR_IO;
    }
    if (line > 0) {
        snprintf(why, why_n, "%s:%d: %s", path, line,
                 r.err != ERR_OK ? r.why
                                 : "not a line of the form field = value, of less than 200 bytes");
        return ERR_INVALID;
    }
    *c = copy;
    return ERR_OK;
}

enum err config_env(struct config *c, char *why, size_t why_n)
{
    for (size_t i = 0; i < ROWS_N; i++) {
        char name[64] = "SLUICE_";
        size_t n = strlen(name);
        for (const char *p = rows[i].field; *p != '\0' && n + 1 < sizeof name; p++)
            name[n++] = (char)toupper((unsigned char)*p);
        const char *value = getenv(name);
        if (value != NULL)
            TRY(config_set(c, rows[i].field, value, why, why_n));
    }
    return ERR_OK;
}

/* An empty field becomes before + dir + after. */
static void derive(char *field, const char *before, const char *dir, const char *after)
{
    if (field[0] == '\0')
        snprintf(field, CONFIG_TEXT_MAX, "%s%.900s%s", before, dir, after);
}

/* The folder of the running program, in path. */
static const char *program_folder(char path[CONFIG_TEXT_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, CONFIG_TEXT_MAX - 1);

    path[n > 0 ? n : 0] = '\0';
    return dirname(path);
}

/* A file that the project ships: as named, else in the source tree or the installation that holds
 * the running program. Unchanged when it is nowhere. */
static void shipped_find(char field[CONFIG_TEXT_MAX])
{
    /* build/<preset>/bin/sluice, or PREFIX/bin/sluice with the files in PREFIX/share/sluice */
    static const char *const places[] = { "../../..", "../share/sluice", ".." };
    char program[CONFIG_TEXT_MAX], there[CONFIG_TEXT_MAX];
    const char *folder = program_folder(program);

    if (field[0] == '/' || access(field, R_OK) == 0)
        return;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(there, sizeof there, "%.500s/%s/%.400s", folder, places[i], field);
        if (access(there, R_OK) != 0)
            continue;
        memcpy(field, there, sizeof there);
        return;
    }
}

void config_derive(struct config *c)
{
    char program[CONFIG_TEXT_MAX];

    derive(c->redis, "unix:", c->dir, "/redis.sock");
    derive(c->listen, "ipc://", c->dir, "/gateway.ipc");
    derive(c->operator_url, "ipc://", c->dir, "/operator.ipc");
    derive(c->publish_url, "ipc://", c->dir, "/events.ipc");
    derive(c->worker, "", program_folder(program), "/sluice-engine");
    shipped_find(c->assets);
}

enum { KEY_SET = 256 };

static const struct argp_option options[] = {
    { "config", 'c', "FILE", 0, "INI file of settings (docs/config.md)", 0 },
    { "set", KEY_SET, "FIELD=VALUE", 0, "one setting", 0 },
    { "dir", 'd', "DIR", 0, "state directory", 0 },
    { "redis", 'r', "URL", 0, "unix:PATH or tcp:HOST:PORT", 0 },
    { "assets", 'a', "FILE", 0, "asset registry", 0 },
    { "listen", 'l', "URLS", 0, "public nng URLs", 0 },
    { "venues", 'v', "URLS", 0, "venue nng URLs", 0 },
    { "record", 'R', "DIR", 0, "record every auction and solution", 0 },
    { "name", 'n', "NAME", 0, "name in leases and logs", 0 },
    { 0 },
};

static const char *field_of(int key)
{
    for (size_t i = 0; options[i].name != NULL; i++) {
        if (options[i].key == key)
            return options[i].name;
    }
    return NULL;
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
    struct config *c = state->input;
    char why[512] = "";
    enum err err = ERR_OK;

    if (key == 'c') {
        err = config_read(c, arg, why, sizeof why);
        if (err == ERR_OK)
            err = config_env(c, why, sizeof why); /* it wins over the file */
    } else if (key == KEY_SET) {
        char *equals = strchr(arg, '=');
        if (equals == NULL) {
            argp_error(state, "--set %s: needs FIELD=VALUE", arg);
            return EINVAL;
        }
        *equals = '\0';
        err = config_set(c, arg, equals + 1, why, sizeof why);
    } else if (field_of(key) != NULL) {
        err = config_set(c, field_of(key), arg, why, sizeof why);
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    if (err != ERR_OK && key == 'c')
        argp_failure(state, CONFIG_EXIT_FILE, 0, "%s", why);
    else if (err != ERR_OK)
        argp_error(state, "%s", why);
    return 0;
}

const struct argp config_argp = { options, option_parse, NULL, NULL, NULL, NULL, NULL };

void config_print_reference(void)
{
    puts("# Settings\n\nOne table for every process, made from `solver/shell/config.h`. A setting "
         "is taken from the INI file\n(`--config FILE`, lines of `field = value`), then the "
         "environment (`SLUICE_FIELD`), then the command line\n(`--set field=value`); the last "
         "one wins.\n\n| field | default | range | unit | meaning |\n|---|---|---|---|---|");
    for (size_t i = 0; i < ROWS_N; i++) {
        const struct row *r = &rows[i];
        if (r->type == ROW_NUMBER)
            printf("| %s | %llu | %llu … %llu | %s | %s |\n", r->field, (unsigned long long)r->def,
                   (unsigned long long)r->lo, (unsigned long long)r->hi, r->unit, r->text);
        else
            printf("| %s | %s | text | | %s |\n", r->field, r->text_def, r->text);
    }
}
