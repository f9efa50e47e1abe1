/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log -- lines of "time level EVENT key=value ..." on stderr, from the table in log_events.h.
 *
 * Called by mains and process loops only, never by libraries. Thread-safe: one write(2) per line,
 * at most LOG_LINE_MAX bytes. Never pass secrets.
 */
#ifndef SLUICE_SHELL_LOG_H
#define SLUICE_SHELL_LOG_H

#include "solver/shell/log_events.h"

#define LOG_LINE_MAX 1024

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_event {
#define X(id, level, text) LOG_EV_##id,
    LOG_EVENTS(X)
#undef X
};

/* Name of this process in every line, and the lowest level that is written. */
void log_init(const char *process, enum log_level least);

/* details: printf format of "key=value key=value", may be "". Control characters are replaced. */
void log_event(enum log_event event, const char *details, ...)
    __attribute__((format(printf, 2, 3)));

#endif
