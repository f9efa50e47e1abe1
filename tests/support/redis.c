/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/redis.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/test_support.h"

#define READY_MS 20000

static bool redis_answers(void *arg)
{
    const struct redis *r = arg;
    char reply[7] = "";
    int fd = process_connect(r->socket);

    if (fd < 0)
        return false;
    bool up = send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
              recv(fd, reply, sizeof reply - 1, 0) > 0 && strncmp(reply, "+PONG", 5) == 0;

    (void)close(fd);
    return up;
}

/* The settings that the product demands of a ledger (docs/ledger.md). */
static void settings_write(const struct redis *r, const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    (void)fprintf(file,
                  "port 0\n"
                  "unixsocket %s\n"
                  "unixsocketperm 600\n"
                  "dir %s\n"
                  "appendonly yes\n"
                  "appendfsync always\n"
                  "no-appendfsync-on-rewrite no\n"
                  "save \"\"\n"
                  "maxmemory 256mb\n"
                  "maxmemory-policy noeviction\n",
                  r->socket, r->dir.path);
    assert_int_equal(fclose(file), 0);
}

void redis_resume(struct redis *r)
{
    char log[PROCESS_LOG_MAX];
    char settings[PROCESS_LOG_MAX];
    const char *const argv[] = { "redis-server", settings, NULL };

    (void)snprintf(log, sizeof log, "%s/redis.log", r->dir.path);
    (void)snprintf(settings, sizeof settings, "%s/redis.conf", r->dir.path);
    settings_write(r, settings);
    process_start(&r->server, log, argv);
    process_until(redis_answers, r, READY_MS, "redis-server");
}

void redis_start(struct redis *r)
{
    tmpdir_new(&r->dir);
    (void)snprintf(r->socket, sizeof r->socket, "%s/redis.sock", r->dir.path);
    redis_resume(r);
}

void redis_crash(struct redis *r)
{
    process_kill(&r->server);
    redis_resume(r);
}

void redis_pause(struct redis *r)
{
    (void)process_stop(&r->server);
}

void redis_stop(struct redis *r)
{
    (void)process_stop(&r->server);
    tmpdir_free(&r->dir);
}
