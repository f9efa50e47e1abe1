/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/deployment.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "solver/core/system.h"
#include "tests/scenario/books.h"
#include "tests/scenario/trader.h"

#define TEXTS_MAX ((size_t)16 << 20)
#define CALL_MS 1000 /* of one try to reach the gateway */

/* Everything quick, so that what a test waits for happens soon. */
static const char *const quick[] = {
    "batch_ms=40",           "lease_ms=800",        "leg_timeout_ms=400",
    "quote_wait_ms=100",     "expire_ms=40",        "retain_s=3600",
    "redis_timeout_ms=1000", "worker_hang_ms=2000", "solve_budget_ms=300",
};

uint64_t deployment_now_ms(void)
{
    struct clock_port clock = system_clock();

    return clock.now_ns(clock.self) / 1000000;
}

int64_t deployment_unix_ms(void)
{
    struct clock_port clock = system_clock();

    return clock.unix_ms(clock.self);
}

/* ---- names and paths ---- */

__attribute__((format(printf, 2, 0))) static const char *text_v(struct deployment *d,
                                                                const char *format, va_list ap)
{
    char text[SHARED_PATH_MAX];
    int n = vsnprintf(text, sizeof text, format, ap);

    assert_true(n >= 0 && (size_t)n < sizeof text);
    const char *copy = arena_copy_text(&d->texts, text, (size_t)n);
    assert_non_null(copy);
    return copy;
}

__attribute__((format(printf, 2, 3))) static const char *text(struct deployment *d,
                                                              const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    const char *out = text_v(d, format, ap);
    va_end(ap);
    return out;
}

const char *deployment_path(struct deployment *d, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    const char *name = text_v(d, format, ap);
    va_end(ap);
    return text(d, "%s/%s", d->redis.dir.path, name);
}

static const char *market_path(struct deployment *d, const char *path, const char *name)
{
    char full[SHARED_PATH_MAX];

    if (path != NULL)
        return path;
    shared_source(full, text(d, "tests/scenario/markets/%s.json", name));
    return text(d, "%s", full);
}

static const char *program_path(struct deployment *d, const char *name)
{
    char full[SHARED_PATH_MAX];

    shared_program(full, name);
    return text(d, "%s", full);
}

/* A helper program stands beside the running test. */
const char *deployment_helper(struct deployment *d, const char *name)
{
    char self[SHARED_PATH_MAX] = "";

    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    *strrchr(self, '/') = '\0';
    return text(d, "%s/%s", self, name);
}

/* ---- command lines ---- */

static struct deployment_part *part_new(struct deployment *d, const char *name)
{
    for (size_t i = 0; i < DEPLOYMENT_PARTS_MAX; i++) {
        if (d->parts[i].name == NULL) {
            d->parts[i].name = name;
            return &d->parts[i];
        }
    }
    fail_msg("no room for part %s", name);
    return NULL;
}

static struct deployment_part *part_get(struct deployment *d, const char *name)
{
    for (size_t i = 0; i < DEPLOYMENT_PARTS_MAX && d->parts[i].name != NULL; i++) {
        if (strcmp(d->parts[i].name, name) == 0)
            return &d->parts[i];
    }
    fail_msg("no part %s", name);
    return NULL;
}

static void argv_add(struct deployment_part *p, const char *arg)
{
    size_t n = 0;

    while (p->argv[n] != NULL)
        n++;
    assert_true(n + 1 < DEPLOYMENT_ARGV_MAX);
    p->argv[n] = arg;
}

static void argv_pair(struct deployment_part *p, const char *option, const char *value)
{
    argv_add(p, option);
    argv_add(p, value);
}

static void venue_part(struct deployment *d, const struct deployment_venue *v)
{
    struct deployment_part *p = part_new(d, v->name);

    if (v->kind != NULL) {
        argv_pair(p, program_path(d, "sluice-venue"), v->kind);
        argv_add(p, "--still");
    } else {
        argv_pair(p, deployment_helper(d, "venue_liar"), v->lie);
    }
    argv_pair(p, "--assets", v->assets != NULL ? v->assets : d->assets);
    argv_pair(p, "--market", market_path(d, v->market, v->name));
    argv_pair(p, "--listen", text(d, "ipc://%s", deployment_path(d, "venue-%s.ipc", v->name)));
    argv_pair(p, "--state", deployment_path(d, "venue-%s.db", v->name));
}

static const char *venue_urls(struct deployment *d)
{
    const char *urls = "";

    for (size_t i = 0; i < DEPLOYMENT_VENUES_MAX && d->options.venues[i].name != NULL; i++)
        urls = text(d, "%s%sipc://%s", urls, i > 0 ? "," : "",
                    deployment_path(d, "venue-%s.ipc", d->options.venues[i].name));
    return urls;
}

static void house_part(struct deployment *d, const char *program, const char *name)
{
    struct deployment_part *p = part_new(d, name);

    argv_add(p, program_path(d, program));
    argv_pair(p, "--dir", d->redis.dir.path);
    argv_pair(p, "--assets", d->assets);
    argv_pair(p, "--name", name);
    argv_pair(p, "--venues", venue_urls(d));
    for (size_t i = 0; i < sizeof quick / sizeof quick[0]; i++)
        argv_pair(p, "--set", quick[i]);
    for (size_t i = 0; i < DEPLOYMENT_SETTINGS_MAX && d->options.settings[i] != NULL; i++)
        argv_pair(p, "--set", d->options.settings[i]);
}

/* ---- processes ---- */

static struct process *process_of(struct deployment *d, const char *part)
{
    return strcmp(part, "redis") == 0 ? &d->redis.server : &part_get(d, part)->process;
}

void deployment_start(struct deployment *d, const char *part)
{
    if (strcmp(part, "redis") == 0) {
        redis_resume(&d->redis);
        return;
    }
    struct deployment_part *p = part_get(d, part);
    assert_int_equal(p->process.pid, 0);
    process_start(&p->process, deployment_path(d, "%s.log", part), p->argv);
}

void deployment_kill(struct deployment *d, const char *part)
{
    process_kill(process_of(d, part));
}

void deployment_crash(struct deployment *d, const char *part)
{
    deployment_kill(d, part);
    deployment_start(d, part);
}

static void signal_send(struct deployment *d, const char *part, int number)
{
    pid_t pid = process_of(d, part)->pid;

    assert_true(pid > 0);
    assert_int_equal(kill(pid, number), 0);
}

void deployment_freeze(struct deployment *d, const char *part)
{
    signal_send(d, part, SIGSTOP);
}

void deployment_thaw(struct deployment *d, const char *part)
{
    signal_send(d, part, SIGCONT);
}

void deployment_stop(struct deployment *d, const char *part)
{
    struct process *p = process_of(d, part);
    bool ran = p->pid > 0;
    int status = process_stop(p);

    if (!ran)
        fail_msg("%s was not running", part);
    /* One that was just started may not have reached its main: then the signal itself ends it. */
    if (status != 0 && status != SIGTERM)
        fail_msg("%s ended with wait status %d", part, status);
}

void deployment_ask_to_end(struct deployment *d, const char *part)
{
    signal_send(d, part, SIGTERM);
}

void deployment_ends(struct deployment *d, const char *part, uint64_t ms)
{
    assert_int_equal(process_wait(process_of(d, part), ms), 0);
}

void deployment_refuses(struct deployment *d, const char *part, const char *why)
{
    deployment_start(d, part);
    int status = process_wait(process_of(d, part), DEPLOYMENT_WAIT_MS);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    if (deployment_logged(d, part, why) == 0)
        fail_msg("%s does not say \"%s\"", part, why);
}

/* ---- the worker ---- */

/* The parent of a process that is no zombie, or 0. */
static pid_t parent_of(pid_t pid)
{
    char path[64], line[512] = "";
    char state = 'Z';
    int parent = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    const char *end = fgets(line, sizeof line, f) != NULL ? strrchr(line, ')') : NULL;
    if (end == NULL || sscanf(end + 1, " %c %d", &state, &parent) != 2 || state == 'Z')
        parent = 0;
    fclose(f);
    return (pid_t)parent;
}

static pid_t child_of(pid_t parent)
{
    DIR *proc = opendir("/proc");
    pid_t found = 0;

    assert_non_null(proc);
    for (struct dirent *e; found == 0 && (e = readdir(proc)) != NULL;) {
        pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (pid > 0 && parent_of(pid) == parent)
            found = pid;
    }
    closedir(proc);
    return found;
}

struct worker_wait {
    pid_t solver;
    pid_t worker;
};

static bool worker_runs(void *arg)
{
    struct worker_wait *w = arg;

    w->worker = child_of(w->solver);
    return w->worker > 0;
}

pid_t deployment_worker(struct deployment *d, const char *solver)
{
    struct worker_wait w = { .solver = process_of(d, solver)->pid };

    process_until(worker_runs, &w, DEPLOYMENT_WAIT_MS, "a worker process");
    return w.worker;
}

/* ---- logs ---- */

size_t deployment_logged(const struct deployment *d, const char *part, const char *what)
{
    char path[SHARED_PATH_MAX], line[4096];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/%s.log", d->redis.dir.path, part);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        n += strstr(line, what) != NULL;
    if (f != NULL)
        fclose(f);
    return n;
}

struct log_wait {
    const struct deployment *d;
    const char *part;
    const char *what;
    size_t before;
};

static bool log_grew(void *arg)
{
    const struct log_wait *w = arg;

    return deployment_logged(w->d, w->part, w->what) > w->before;
}

void deployment_await_log(const struct deployment *d, const char *part, const char *what,
                          size_t before)
{
    struct log_wait w = { d, part, what, before };
    char reason[256];

    snprintf(reason, sizeof reason, "%s to log \"%s\"", part, what);
    process_until(log_grew, &w, DEPLOYMENT_WAIT_MS, reason);
}

static void log_print(const char *folder, const char *name)
{
    char path[SHARED_PATH_MAX], line[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    print_message("---- %s\n", name);
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        print_message("%s", line);
    if (f != NULL)
        fclose(f);
}

static void logs_print(const struct deployment *d)
{
    const char *folder = d->redis.dir.path;
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        const char *dot = strrchr(e->d_name, '.');
        if (dot != NULL && strcmp(dot, ".log") == 0)
            log_print(folder, e->d_name);
    }
    if (dir != NULL)
        closedir(dir);
}

/* ---- life ---- */

int deployment_setup(void **state)
{
    *state = calloc(1, sizeof(struct deployment));
    return *state == NULL;
}

static void release(struct deployment *d)
{
    client_close(d->client);
    client_close(d->operator);
    tmpdir_free(&d->redis.dir);
    arena_fini(&d->texts);
    free(d->traders);
    memset(d, 0, sizeof *d);
}

int deployment_teardown(void **state)
{
    struct deployment *d = *state;

    if (d->open) {
        for (size_t i = 0; i < DEPLOYMENT_PARTS_MAX; i++)
            process_kill(&d->parts[i].process);
        process_kill(&d->redis.server);
        logs_print(d);
        release(d);
    }
    free(d);
    return 0;
}

static struct client *connect_to(struct deployment *d, const char *socket)
{
    struct client_options o = { .url = text(d, "ipc://%s", deployment_path(d, "%s", socket)),
                                .timeout_ms = CALL_MS,
                                .resend_ms = CALL_MS / 4 };
    struct client *c;

    assert_ok(client_open(&c, &o));
    return c;
}

void deployment_prepare(struct deployment *d, const struct deployment_options *options)
{
    d->open = true;
    arena_init(&d->texts, TEXTS_MAX);
    d->options = *options;
    d->assets = market_path(d, options->assets, "assets");
    d->traders = calloc(TRADERS_MAX, sizeof *d->traders);
    assert_non_null(d->traders);
    redis_start(&d->redis);
    for (size_t i = 0; i < DEPLOYMENT_VENUES_MAX && options->venues[i].name != NULL; i++)
        venue_part(d, &d->options.venues[i]);
    house_part(d, "sluice-gateway", "gateway");
    house_part(d, "sluice-solver", "leader");
    if (options->standby)
        house_part(d, "sluice-solver", "standby");
    d->client = connect_to(d, "gateway.ipc");
    d->operator= connect_to(d, "operator.ipc");
}

void deployment_open(struct deployment *d, const struct deployment_options *options)
{
    size_t up = 0;

    deployment_prepare(d, options);
    for (size_t i = 0; i < DEPLOYMENT_VENUES_MAX && options->venues[i].name != NULL; i++) {
        if (options->venues[i].absent)
            continue;
        up++;
        deployment_start(d, options->venues[i].name);
    }
    deployment_start(d, "gateway");
    deployment_start(d, "leader");
    deployment_await_log(d, "leader", " LEADER ", 0);
    if (options->standby)
        deployment_start(d, "standby");
    deployment_await_venues(d, up);
}

void deployment_close(struct deployment *d)
{
    books_await_quiet(d);
    books_check(d);
    for (size_t i = DEPLOYMENT_PARTS_MAX; i > 0; i--) {
        if (d->parts[i - 1].process.pid > 0)
            deployment_stop(d, d->parts[i - 1].name);
    }
    deployment_stop(d, "redis");
    release(d);
}
