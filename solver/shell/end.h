/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * end -- a process is asked to end by SIGTERM or SIGINT. It ends in good order, and in time.
 *
 * A main that is asked stops its work and closes what it opened. If it is not gone END_MS after it
 * was asked, whatever holds it up, a thread of this module says so in the log and leaves with
 * status 0. That loses nothing: what was told to anyone is on disk before it is told, and any
 * process may be killed at any instruction (docs/flow.md). The bound is needed because nng_close
 * may wait for ever (docs/decisions/0008).
 */
#ifndef SLUICE_SHELL_END_H
#define SLUICE_SHELL_END_H

#include <stdbool.h>

#define END_MS 3000

/* First thing in main: both signals are blocked here and in every thread that comes. A program
 * that this one starts needs an empty mask. */
void end_init(void);

/* Any thread. end_fd is for poll: readable once the process is asked, and never read. */
bool end_asked(void);
int end_fd(void);
void end_wait(void);

#endif
