/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text -- a bounded string builder for log lines, keys and small messages.
 *
 * The buffer is the caller's and is always NUL-terminated. A piece that does not fit is left out
 * whole, sets full, and everything after it is left out too: a text is never wrong, only short.
 */
#ifndef SLUICE_CORE_TEXT_H
#define SLUICE_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/amount.h"
#include "solver/core/id.h"

struct text {
    char *buf;  /* [cap], borrowed */
    size_t cap; /* > 0 */
    size_t len; /* without the NUL */
    bool full;  /* something was left out */
};

void text_init(struct text *t, char *buf, size_t cap);
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_amount(struct text *t, struct amount a);
void text_add_delta(struct text *t, struct delta d);
void text_add_id(struct text *t, struct id id);

#endif
