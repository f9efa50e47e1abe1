/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "solver/core/system.h"

#define QUIET_NS ((uint64_t)1000000000)

static uint64_t now_ns(void)
{
    struct clock_port clock = system_clock();

    return clock.now_ns(clock.self);
}

void progress_begin(struct progress *p)
{
    *p = (struct progress){ .terminal = isatty(STDERR_FILENO) == 1, .start_ns = now_ns() };
}

void progress_show(struct progress *p, const char *format, ...)
{
    va_list args;

    if (!p->terminal || now_ns() - p->start_ns < QUIET_NS)
        return;
    p->shown = true;
    fputs("\r\033[K", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}

void progress_clear(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
