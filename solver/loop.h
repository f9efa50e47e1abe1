/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop -- drives a leader in a real process: letters from the inbox become events, time becomes
 * ticks. The simulator is the other driver.
 */
#ifndef SLUICE_SOLVER_LOOP_H
#define SLUICE_SOLVER_LOOP_H

#include "solver/engine/leader.h"
#include "solver/inbox.h"
#include "solver/link_worker.h"

/* Runs until the process is asked to end (shell/end.h). */
void loop_run(struct leader *l, struct inbox *inbox, struct link_worker *worker);

#endif
