/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A process gets its name while other threads may log already. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct settings {
    char process[32];
    enum log_level least;
} settings = { "sluice", LOG_INFO };

static struct settings settings_get(void)
{
    pthread_mutex_lock(&lock);
    struct settings now = settings;
    pthread_mutex_unlock(&lock);
    return now;
}

static const struct {
    const char *name;
    enum log_level level;
} events[] = {
#define X(id, severity, text) [LOG_EV_##id] = { #id, LOG_##severity },
    LOG_EVENTS(X)
#undef X
};

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_init(const char *process, enum log_level least)
{
    pthread_mutex_lock(&lock);
    snprintf(settings.process, sizeof settings.process, "%s", process);
    settings.least = least;
    pthread_mutex_unlock(&lock);
}

/* "2026-01-31T12:00:00.123Z leader info BATCH" into line; returns its length. */
static size_t log_head(char line[LOG_LINE_MAX], enum log_event event, const char *process)
{
    struct timespec now;
    struct tm utc;
    char stamp[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    int n = snprintf(line, LOG_LINE_MAX, "%s.%03ldZ %s %s %s", stamp, now.tv_nsec / 1000000,
                     process, level_names[events[event].level], events[event].name);
    return n < 0 ? 0 : (size_t)n;
}

void log_event(enum log_event event, const char *details, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;

    struct settings now = settings_get();
    if (events[event].level < now.least)
        return;
    size_t n = log_head(line, event, now.process);
    line[n++] = ' ';
    va_start(args, details);
    int more = vsnprintf(line + n, sizeof line - n - 1, details, args);
    va_end(args);
    if (more > 0)
        n += (size_t)more < sizeof line - n - 1 ? (size_t)more : sizeof line - n - 2;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 127)
            line[i] = '?';
    }
    line[n++] = '\n';
    /* One write, so that lines of several threads and processes do not mix. */
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written; /* there is nowhere to report a failing log */
}
