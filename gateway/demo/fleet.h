/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fleet -- the processes of the demo: started, watched, started again, ended.
 *
 * A process that ends is started again after a pause that doubles up to FLEET_PAUSE_MAX_MS while
 * it keeps ending; each end is one line in the log and in fleet.news. Children write to the log,
 * stand in process groups of their own (an interrupt of the terminal reaches the demo only) and
 * die with the thread that calls fleet_step, which is the main thread.
 */
#ifndef SLUICE_DEMO_FLEET_H
#define SLUICE_DEMO_FLEET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"

#define FLEET_MAX 32
#define FLEET_NAME_TEXT 40
#define FLEET_NEWS_N FLEET_MAX /* the last ends; one step sees at most one of each process */
#define FLEET_NEWS_TEXT 160
#define FLEET_PAUSE_MIN_MS 100
#define FLEET_PAUSE_MAX_MS 5000
#define FLEET_EARLY_MAX 5 /* ends in a row, each within a second of its start: hopeless */

struct fleet_process {
    char name[FLEET_NAME_TEXT];
    char **argv;    /* in the arena; argv[0] is a path, or a name on PATH */
    pid_t pid;      /* 0: not running */
    pid_t last_pid; /* of the one that ended */
    uint64_t started_ns;
    uint64_t start_at_ns;
    uint32_t pause_ms;
    uint32_t restarts;
    uint32_t early; /* ends in a row within EARLY_NS, those by fleet_kill not counted */
    bool killed;    /* by fleet_kill, since its start */
    off_t log_from; /* end of the log at its start */
};

struct fleet {
    struct fleet_process processes[FLEET_MAX];
    size_t n;
    struct arena *arena; /* borrowed */
    int log_fd;
    char news[FLEET_NEWS_N][FLEET_NEWS_TEXT]; /* end n of a process at n % FLEET_NEWS_N */
    uint64_t ends;
};

/* Append to the file log. ERR_IO. */
MUST_USE enum err fleet_init(struct fleet *f, struct arena *arena, const char *log);
void fleet_fini(struct fleet *f);

/* Add a process; argv ends with NULL and is copied. ERR_NOMEM. */
MUST_USE enum err fleet_add(struct fleet *f, const char *name, const char *const argv[]);

/* Reap what ended and start what is due. */
void fleet_step(struct fleet *f, uint64_t now_ns);

/* A process that ends as soon as it is started, FLEET_EARLY_MAX times in a row; NULL: none. */
const struct fleet_process *fleet_hopeless(const struct fleet *f);

/* The last line that a process wrote to the log since its last start; empty when there is none. */
void fleet_last_line(char line[FLEET_NEWS_TEXT], const struct fleet *f,
                     const struct fleet_process *p);

/* SIGKILL one running process, chosen by random; NULL when none runs. */
const char *fleet_kill(struct fleet *f, uint64_t random);

/* A child of a process, as the engine is one of a leader; 0: none. */
pid_t fleet_child(const struct fleet_process *p);

/* A line of our own in the log. */
void fleet_log(struct fleet *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* SIGTERM in the opposite order of starting, each with time to end, then SIGKILL. */
void fleet_stop(struct fleet *f);

/* Processes that run, and restarts of all. */
size_t fleet_running(const struct fleet *f);
uint64_t fleet_restarts(const struct fleet *f);

#endif
