/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/fail.h"
#include "gateway/cli/leader.h"
#include "solver/input/assets_file.h"
#include "solver/ledger/store_redis.h"

#define REDIS_WAIT_MS 2000
#define FILES_MIN 1024     /* open files a process should be allowed */
#define BATCH_AGE_MS 60000 /* an older last batch is worth a word */
#define PATH_MAX_DOCTOR 4096

enum grade { GOOD, NOTE, BAD };

struct doctor {
    struct cli *cli;
    struct out out;
    bool bad;
    bool answers; /* the gateway does */
};

static void say(struct doctor *d, const char *check, enum grade grade, const char *found,
                const char *todo)
{
    static const char *const words[] = { [GOOD] = "ok", [NOTE] = "note", [BAD] = "FAIL" };

    d->bad |= grade == BAD;
    out_text(&d->out, check);
    out_text(&d->out, words[grade]);
    out_text(&d->out, found);
    out_text(&d->out, grade == GOOD ? "" : todo);
}

__attribute__((format(printf, 3, 4))) static const char *words(char *buf, size_t n,
                                                               const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(buf, n, format, ap);
    va_end(ap);
    return buf;
}

/* ---- this machine ---- */

static void check_assets(struct doctor *d)
{
    struct input_error error = { "" };
    const char *path = d->cli->config.assets;
    char found[CONFIG_TEXT_MAX + 64];

    if (assets_file_load(&d->cli->assets, &error, path, &d->cli->arena) != ERR_OK)
        say(d, "asset registry", BAD, error.text, "correct the file, or name another: --assets");
    else
        say(d, "asset registry", GOOD,
            words(found, sizeof found, "%s: %zu assets", path, d->cli->assets.n), "");
}

static void check_files(struct doctor *d)
{
    struct rlimit limit = { 0, 0 };
    char found[64];

    (void)getrlimit(RLIMIT_NOFILE, &limit);
    words(found, sizeof found, "%llu", (unsigned long long)limit.rlim_cur);
    say(d, "open files allowed", limit.rlim_cur >= FILES_MIN ? GOOD : NOTE, found,
        "ulimit -n 4096 before starting the service");
}

static void check_dir(struct doctor *d)
{
    const char *dir = d->cli->config.dir;
    struct stat st;
    char found[CONFIG_TEXT_MAX + 64];

    if (stat(dir, &st) != 0)
        say(d, "state directory", BAD, words(found, sizeof found, "%s: %s", dir, strerror(errno)),
            "start the service (sluice demo), or name its directory: --dir");
    else if (!S_ISDIR(st.st_mode))
        say(d, "state directory", BAD, words(found, sizeof found, "%s: not a directory", dir),
            "name another: --dir");
    else if ((st.st_mode & 077) != 0)
        say(d, "state directory", NOTE,
            words(found, sizeof found, "%s: mode %03o, others may look inside", dir,
                  (unsigned)(st.st_mode & 0777)),
            "chmod 700");
    else
        say(d, "state directory", GOOD, dir, "");
}

static void check_keys(struct doctor *d)
{
    char path[PATH_MAX_DOCTOR];
    char found[PATH_MAX_DOCTOR + 64];
    struct stat st;
    size_t n = 0;

    words(path, sizeof path, "%s/keys", d->cli->config.dir);
    DIR *keys = opendir(path);
    for (struct dirent *e; keys != NULL && (e = readdir(keys)) != NULL;) {
        words(path, sizeof path, "%s/keys/%s", d->cli->config.dir, e->d_name);
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        n++;
        if ((st.st_mode & 077) != 0)
            say(d, "key file", BAD, words(found, sizeof found, "%s: others may read it", path),
                "chmod 600");
    }
    if (keys != NULL)
        closedir(keys);
    say(d, "key files", n > 0 ? GOOD : NOTE, words(found, sizeof found, "%zu", n),
        "sluice keygen ACCOUNT makes one");
}

/* ---- sockets ---- */

static void check_socket(struct doctor *d, const char *check, const char *url, bool private_)
{
    const char *path = strncmp(url, "ipc://", 6) == 0 ? url + 6 : NULL;
    char found[CONFIG_TEXT_MAX + 64];
    struct stat st;

    if (path == NULL)
        say(d, check, GOOD, url, "");
    else if (stat(path, &st) != 0)
        say(d, check, BAD, words(found, sizeof found, "%s: %s", path, strerror(errno)),
            "start sluice-gateway, or the whole of it: sluice demo");
    else if (private_ && (st.st_mode & 077) != 0)
        say(d, check, BAD,
            words(found, sizeof found, "%s: mode %03o, must be 0600", path,
                  (unsigned)(st.st_mode & 0777)),
            "restart sluice-gateway");
    else
        say(d, check, GOOD, path, "");
}

/* An operator verb without printing its failure. */
static bool ask(struct wire_op_answer *out, struct doctor *d, enum wire_op_kind kind,
                const char *check)
{
    const struct wire_op_request request = { .kind = kind };
    char found[256];
    enum err err = client_operate(out, d->cli->op, &request);

    if (err != ERR_OK) {
        say(d, check, BAD, err_text(err), "restart sluice-gateway");
        return false;
    }
    if (out->code != 0) {
        say(d, check, BAD, words(found, sizeof found, "SLU-%04u %s", out->code, out->text),
            "sluice explain says more");
        return false;
    }
    return true;
}

static void check_gateway(struct doctor *d)
{
    struct client_options options = { d->cli->config.operator_url, 3000, 1000 };
    struct wire_op_answer answer;
    struct stat st;
    const char *path = strncmp(options.url, "ipc://", 6) == 0 ? options.url + 6 : NULL;

    if (path != NULL && stat(path, &st) != 0) {
        say(d, "gateway", BAD, "not running", "start sluice-gateway, or sluice demo");
        return;
    }
    if (client_open(&d->cli->op, &options) != ERR_OK) {
        say(d, "gateway", BAD, options.url, "not a URL that can be dialled");
        return;
    }
    d->answers = ask(&answer, d, WIRE_OP_METRICS, "gateway");
    if (d->answers)
        say(d, "gateway", GOOD, "answers operators", "");
}

static const char *redis_todo(enum err err, const char *why)
{
    if (strstr(why, "NOAUTH") != NULL)
        return "sluice sends no password: give the ledger a server on a private unix socket";
    if (err == ERR_UNSUPPORTED)
        return "set it in redis.conf as docs/ledger.md says, and with CONFIG SET";
    return "start redis-server, or name its address: --redis";
}

/* Looked at from here, not through the gateway, which may be down for this very reason. */
static void check_redis(struct doctor *d)
{
    const struct store_redis_options options = { .address = d->cli->config.redis,
                                                 .timeout_ms = REDIS_WAIT_MS,
                                                 .look_only = true };
    struct store_redis *redis = NULL;
    char found[CONFIG_TEXT_MAX + 64];
    char why[256];
    enum err err = store_redis_open(&redis, &options, why, sizeof why);
    bool elsewhere = d->answers && (err == ERR_IO || err == ERR_TIMEOUT);

    if (err == ERR_OK)
        words(found, sizeof found, "%s: durable settings", options.address);
    else
        words(found, sizeof found, "%s: %s", options.address, why);
    say(d, "Redis", err == ERR_OK ? GOOD : elsewhere ? NOTE : BAD, found, redis_todo(err, why));
    store_redis_close(redis);
}

static void check_ledger(struct doctor *d)
{
    struct wire_op_answer answer;

    if (ask(&answer, d, WIRE_OP_LIMITS, "ledger in Redis"))
        say(d, "ledger in Redis", GOOD, "answers through the gateway", "");
    else
        d->answers = false;
}

/* ---- the leader and what it sees ---- */

static void check_leader(struct doctor *d)
{
    static const char *const found_words[] = {
        [LEADER_LIVES] = "reports",
        [LEADER_SILENT] = "no report for more than 3 s",
        [LEADER_UNKNOWN] = "no venue was up in its last report, if there is one",
    };
    struct wire_op_answer answer;
    enum leader_sign sign;
    char found[64];

    if (leader_report(&answer, &sign, d->cli) != CLI_OK) {
        say(d, "leader", BAD, "its report cannot be read", "restart sluice-gateway");
        return;
    }
    say(d, "leader", sign == LEADER_LIVES ? GOOD : BAD, found_words[sign],
        "start sluice-solver; a standby takes over by itself");
    size_t up = 0;
    for (size_t i = 0; i < answer.venues_n; i++)
        up += answer.venues[i].up;
    words(found, sizeof found, "%zu of %zu up%s", up, answer.venues_n,
          sign == LEADER_SILENT ? " in its last report" : "");
    say(d, "venues",
        up == 0                                         ? BAD
        : up < answer.venues_n || sign == LEADER_SILENT ? NOTE
                                                        : GOOD,
        found, "sluice venues shows which; start them again");
}

static void check_batches(struct doctor *d)
{
    struct wire_op_answer answer;
    struct timespec now;
    char found[64];

    if (!ask(&answer, d, WIRE_OP_BATCHES, "batches"))
        return;
    if (answer.batches_n == 0) {
        say(d, "batches", NOTE, "none has settled yet", "submit an intent");
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (int64_t)now.tv_sec * 1000 - answer.batches[0].unix_ms;
    words(found, sizeof found, "the last one settled %lld s ago",
          (long long)(age > 0 ? age / 1000 : 0));
    say(d, "batches", age < BATCH_AGE_MS ? GOOD : NOTE, found, "nothing to do when nobody submits");
}

int cmd_doctor(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        NULL,
        NULL,
        "Check this installation and say what to mend.\v"
        "Exit status 0: nothing is marked FAIL; 1: something is.",
        NULL,
        NULL,
        NULL,
    };
    static const struct out_column columns[] = {
        { "check", "check" }, { "grade", "is" }, { "found", "found" }, { "do", "what to do" }
    };
    struct doctor d = { .cli = c };

    cli_parse(c, &argp, NULL, argc, argv);
    out_begin(&d.out, &c->style, "check", columns, 4, NULL);
    check_assets(&d);
    check_files(&d);
    check_dir(&d);
    check_keys(&d);
    check_socket(&d, "public socket", c->config.listen, false);
    check_socket(&d, "operator socket", c->config.operator_url, true);
    check_gateway(&d);
    check_redis(&d);
    if (d.answers)
        check_ledger(&d);
    if (d.answers) {
        check_leader(&d);
        check_batches(&d);
    }
    out_end(&d.out);
    return d.bad ? CLI_NO : CLI_OK;
}
