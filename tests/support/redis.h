/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redis -- a private, durable redis-server for one test, on a unix socket in a folder of its own,
 * with the settings that the product demands: appendonly, appendfsync always, noeviction.
 */
#ifndef SLUICE_TESTS_SUPPORT_REDIS_H
#define SLUICE_TESTS_SUPPORT_REDIS_H

#include "tests/support/process.h"
#include "tests/support/tmpdir.h"

struct redis {
    struct tmpdir dir;
    char socket[TMPDIR_PATH_MAX + 16]; /* path of the unix socket */
    struct process server;
};

/* Start and wait until it answers PING. */
void redis_start(struct redis *r);

/* kill -9 and start again on the same files: what was acknowledged must be there. */
void redis_crash(struct redis *r);

/* SIGTERM without restart, as an outage; redis_resume ends it. */
void redis_pause(struct redis *r);
void redis_resume(struct redis *r);

/* Stop and remove everything. */
void redis_stop(struct redis *r);

#endif
