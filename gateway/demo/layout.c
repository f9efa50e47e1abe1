/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/layout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/cli/fail.h"
#include "gateway/demo/preflight.h"

#define SOCKET_NAME_MAX 48 /* longest name of a socket in the directory */
#define OPEN_DIRS_MAX 16

static const char mark_name[] = "demo.mark";

/* ---- the state directory ---- */

/* Nothing in it but, perhaps, keys that sluice keygen made. */
static bool is_empty_dir(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;

    if (d == NULL)
        return false;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
             strcmp(e->d_name, "keys") != 0;
    closedir(d);
    return n == 0;
}

static int take_lock(struct layout *l, const struct cli *c)
{
    const char *dir = c->config.dir;
    char mark[LAYOUT_PATH_TEXT];

    snprintf(mark, sizeof mark, "%s/%s", dir, mark_name);
    if (access(mark, F_OK) != 0 && !is_empty_dir(dir))
        return fail(c, FAIL_BUSY, dir, "the directory holds files that no demo made");
    l->lock_fd = open(mark, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->lock_fd < 0)
        return fail(c, FAIL_FILE, mark, "%s", strerror(errno));
    if (flock(l->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return fail(c, FAIL_BUSY, dir, "another demo runs in this directory");
    return CLI_OK;
}

/* nftw: everything but the directory itself, its mark, and the folder keys of people. */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static const char keys[] = "keys/";
    const char *name = path + ftw->base;
    size_t n = strlen(keys);

    (void)st;
    (void)type;
    if (ftw->level == 0 || strcmp(name, mark_name) == 0)
        return 0;
    if (ftw->level == 1 && strncmp(name, keys, n - 1) == 0 && name[n - 1] == '\0')
        return 0;
    if (ftw->level == 2 && strncmp(name - n, keys, n) == 0)
        return 0;
    return remove(path);
}

static int take_dir(struct layout *l, const struct cli *c, bool keep)
{
    const char *dir = c->config.dir;
    struct sockaddr_un address;
    char inside[CONFIG_TEXT_MAX];

    if (strlen(dir) + SOCKET_NAME_MAX > sizeof address.sun_path)
        return fail(c, FAIL_BUSY, dir, "the path is too long for sockets inside it");
    snprintf(inside, sizeof inside, "%.900s/x", dir);
    cli_make_folder(inside);
    int status = take_lock(l, c);
    if (status != CLI_OK)
        return status;
    if (!keep && nftw(dir, remove_one, OPEN_DIRS_MAX, FTW_DEPTH | FTW_PHYS) != 0)
        return fail(c, FAIL_FILE, dir, "an earlier demo cannot be removed: %s", strerror(errno));
    snprintf(inside, sizeof inside, "%.900s/keys/x", dir);
    cli_make_folder(inside);
    snprintf(inside, sizeof inside, "%.900s/redis/x", dir);
    cli_make_folder(inside);
    snprintf(l->log, sizeof l->log, "%.900s/demo.log", dir);
    return CLI_OK;
}

/* ---- programs and markets ---- */

static int find_programs(struct layout *l, const struct cli *c)
{
    static const char *const names[] = { "sluice-gateway", "sluice-solver", "sluice-engine",
                                         "sluice-venue" };
    char program[CONFIG_TEXT_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

    program[n > 0 ? n : 0] = '\0';
    snprintf(l->bin, sizeof l->bin, "%s", dirname(program));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[LAYOUT_PATH_TEXT];
        snprintf(path, sizeof path, "%s/%s", l->bin, names[i]);
        if (access(path, X_OK) != 0)
            return fail(c, FAIL_PROGRAM, path, "%s is not there", names[i]);
    }
    return CLI_OK;
}

/* Take a market file into the list; other JSON files of the folder are passed over. */
static void take_market(struct layout *l, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const char *name = json_string_value(json_object_get(root, "venue"));
    const char *kind = json_string_value(json_object_get(root, "kind"));

    if (name != NULL && kind != NULL && l->venues_n < LAYOUT_VENUES_MAX) {
        struct layout_venue *v = &l->venues[l->venues_n++];
        snprintf(v->name, sizeof v->name, "%s", name);
        snprintf(v->kind, sizeof v->kind, "%s", kind);
        snprintf(v->file, sizeof v->file, "%s", path);
    }
    json_decref(root);
}

static int is_json(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');

    return dot != NULL && strcmp(dot, ".json") == 0;
}

/* The market files stand beside the asset registry. */
static int find_markets(struct layout *l, const struct cli *c)
{
    char folder[CONFIG_TEXT_MAX];
    char path[LAYOUT_PATH_TEXT];
    struct dirent **entries;

    snprintf(folder, sizeof folder, "%s", c->config.assets);
    const char *dir = dirname(folder);
    int n = scandir(dir, &entries, is_json, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
        take_market(l, path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    if (l->venues_n < LAYOUT_VENUES_MIN)
        return fail(c, FAIL_FILE, dir, "the demo needs %d market files, and finds %zu",
                    LAYOUT_VENUES_MIN, l->venues_n);
    return CLI_OK;
}

/* A private server of the demo, unless --redis names another one. */
static bool redis_is_private(const struct cli *c)
{
    char address[LAYOUT_PATH_TEXT];

    snprintf(address, sizeof address, "unix:%s/redis.sock", c->config.dir);
    return strcmp(address, c->config.redis) == 0;
}

int layout_open(struct layout *l, struct cli *c, bool keep)
{
    int status = cli_assets(c);

    memset(l, 0, sizeof *l);
    l->lock_fd = -1;
    if (status == CLI_OK)
        status = find_programs(l, c);
    if (status == CLI_OK)
        status = find_markets(l, c);
    if (status == CLI_OK && !redis_is_private(c))
        status = preflight_redis(c);
    if (status == CLI_OK)
        status = take_dir(l, c, keep);
    if (status == CLI_OK)
        status = preflight_record(c);
    return status;
}

void layout_close(struct layout *l)
{
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    l->lock_fd = -1;
}

/* ---- command lines ---- */

/* A list goes over as many lines as it has entries: a line has room for about 200 bytes. */
static void write_text(FILE *f, const char *field, const char *value, bool list)
{
    size_t n;

    do {
        n = list ? strcspn(value, ",") : strlen(value);
        fprintf(f, "%s = %.*s\n", field, (int)n, value);
        value += n;
    } while (*value++ != '\0');
}

/* Every setting of this command, defaults included, for the processes: DIR/demo.ini. */
static int write_settings(char path[LAYOUT_PATH_TEXT], const struct cli *c)
{
    const struct config *s = &c->config;

    snprintf(path, LAYOUT_PATH_TEXT, "%s/demo.ini", s->dir);
    FILE *f = fopen(path, "we");
    if (f == NULL)
        return fail(c, FAIL_FILE, path, "%s", strerror(errno));
#define X(field, def, lo, hi, unit, text) fprintf(f, #field " = %" PRIu64 "\n", s->field);
    CONFIG_NUMBERS(X)
#undef X
#define X(field, list, def, text) write_text(f, #field, s->field, list);
    CONFIG_TEXTS(X)
#undef X
    if (fclose(f) != 0)
        return fail(c, FAIL_FILE, path, "%s", strerror(errno));
    return CLI_OK;
}

static enum err add_redis(struct fleet *f, const struct cli *c)
{
    char dir[LAYOUT_PATH_TEXT];

    if (!redis_is_private(c))
        return ERR_OK;
    /* redis-server changes into its folder before it opens its socket. */
    snprintf(dir, sizeof dir, "%s/redis", c->config.dir);
    const char *const argv[] = { "redis-server",
                                 "--port",
                                 "0",
                                 "--dir",
                                 dir,
                                 "--unixsocket",
                                 "../redis.sock",
                                 "--unixsocketperm",
                                 "600",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always",
                                 "--maxmemory-policy",
                                 "noeviction",
                                 "--save",
                                 "",
                                 "--loglevel",
                                 "warning",
                                 NULL };
    return fleet_add(f, "redis", argv);
}

static enum err add_venue(struct fleet *f, const struct cli *c, const struct layout *l,
                          const struct layout_venue *v, uint64_t seed)
{
    char program[LAYOUT_PATH_TEXT], listen[LAYOUT_PATH_TEXT], state[LAYOUT_PATH_TEXT],
        seed_text[32], name[LAYOUT_PATH_TEXT];

    snprintf(program, sizeof program, "%s/sluice-venue", l->bin);
    snprintf(listen, sizeof listen, "ipc://%s/venue-%s.ipc", c->config.dir, v->name);
    snprintf(state, sizeof state, "%s/venue-%s.db", c->config.dir, v->name);
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    snprintf(name, sizeof name, "venue %s", v->name);
    const char *const argv[] = { program,          v->kind,    "--market", v->file,   "--assets",
                                 c->config.assets, "--listen", listen,     "--state", state,
                                 "--seed",         seed_text,  NULL };
    return fleet_add(f, name, argv);
}

static enum err add_service(struct fleet *f, const struct layout *l, const char *program,
                            const char *name, const char *settings)
{
    char path[LAYOUT_PATH_TEXT];

    snprintf(path, sizeof path, "%s/%s", l->bin, program);
    const char *const argv[] = { path, "--config", settings, "--name", name, NULL };
    return fleet_add(f, name, argv);
}

static enum err add_all(struct fleet *f, const struct cli *c, const struct layout *l, uint64_t seed,
                        const char *settings)
{
    TRY(add_redis(f, c));
    for (size_t i = 0; i < l->venues_n; i++)
        TRY(add_venue(f, c, l, &l->venues[i], seed == 0 ? 0 : seed + i));
    TRY(add_service(f, l, "sluice-gateway", "gateway", settings));
    TRY(add_service(f, l, "sluice-solver", "leader", settings));
    return add_service(f, l, "sluice-solver", "standby", settings);
}

int layout_fleet(struct fleet *f, struct cli *c, const struct layout *l, uint64_t seed)
{
    char settings[LAYOUT_PATH_TEXT];
    size_t n = 0;

    c->config.venues[0] = '\0';
    for (size_t i = 0; i < l->venues_n; i++) {
        char *at = c->config.venues + n;
        size_t room = sizeof c->config.venues - n;
        n += (size_t)snprintf(at, room, "%sipc://%s/venue-%s.ipc", i > 0 ? "," : "", c->config.dir,
                              l->venues[i].name);
        if (n >= sizeof c->config.venues)
            return fail(c, FAIL_BUSY, c->config.dir, "the path is too long for that many venues");
    }
    int status = write_settings(settings, c);
    if (status != CLI_OK)
        return status;
    if (add_all(f, c, l, seed, settings) != ERR_OK)
        return fail(c, FAIL_START, c->config.dir, "no memory");
    return CLI_OK;
}
