/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_worker -- the leader's worker: a child process that runs the engine, and the socket to it.
 *
 * The worker may crash, hang or send garbage at any time; it is ended and a new one started, with
 * a growing pause when it does not live long. Nothing it says is believed (certify). It dies with
 * its leader.
 */
#ifndef SLUICE_SOLVER_LINK_WORKER_H
#define SLUICE_SOLVER_LINK_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/inbox.h"
#include "solver/link.h"

struct link_worker;

/* Listen on ipc://<dir>/worker-<name>.ipc and start program. why[why_n] tells an error. */
MUST_USE enum err link_worker_open(struct link_worker **out, const char *program, const char *dir,
                                   const char *name, struct inbox *inbox, char *why, size_t why_n);
void link_worker_close(struct link_worker *l);

/* Bury a dead worker and start its successor when its pause is over. */
void link_worker_tick(struct link_worker *l, uint64_t now_ns);
struct worker_link link_worker_port(struct link_worker *l);

#endif
