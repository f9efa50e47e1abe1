/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * process -- real child processes of a test. A child dies with the test (parent-death signal), is
 * addressed by its pid only, and writes to a log file that is printed when it ends badly.
 */
#ifndef SLUICE_TESTS_SUPPORT_PROCESS_H
#define SLUICE_TESTS_SUPPORT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_LOG_MAX 128

struct process {
    pid_t pid; /* 0: not running */
    char log[PROCESS_LOG_MAX];
};

/*
 * Start argv[0] (a path or a name on PATH) with argv, NULL-terminated. Standard input is empty;
 * output and errors are appended to the file log.
 */
void process_start(struct process *p, const char *log, const char *const argv[]);

/* SIGTERM, and SIGKILL after 10 s. Returns the wait status; does nothing when not running (0). */
int process_stop(struct process *p);

/* SIGKILL and reap. */
void process_kill(struct process *p);

/* Reap it if it has ended: true, and *status is the wait status. Never blocks. */
bool process_ended(int *status, struct process *p);

/* Wait for it to end by itself; it is killed and the test fails after timeout_ms. */
int process_wait(struct process *p, uint64_t timeout_ms);

/*
 * Call ready(arg) every few milliseconds until it is true; the test fails, with what as reason,
 * after timeout_ms. The one place where a test waits for another process.
 */
void process_until(bool (*ready)(void *arg), void *arg, uint64_t timeout_ms, const char *what);

/* A stream socket connected to the unix socket path, or -1. */
int process_connect(const char *path);

/*
 * Visit the unix socket path as a peer that is gone before it can be greeted: whatever the other
 * side sends to it fails, however soon. The test fails when nobody listens there.
 */
void process_hang_up(const char *path);

#endif
