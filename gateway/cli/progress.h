/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress -- one line on a terminal that says how far long work is.
 *
 * It stands on stderr and only when that is a terminal, is first shown after a second of work, and
 * is gone before anything else is printed.
 */
#ifndef SLUICE_CLI_PROGRESS_H
#define SLUICE_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool terminal;
    bool shown;
    uint64_t start_ns;
};

void progress_begin(struct progress *p);
void progress_show(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void progress_clear(struct progress *p);

#endif
