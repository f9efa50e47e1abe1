/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/text.h"

#include <stdarg.h>
#include <stdio.h>

#include "solver/core/check.h"

void text_init(struct text *t, char *buf, size_t cap)
{
    CHECK(cap > 0);
    *t = (struct text){ .buf = buf, .cap = cap };
    buf[0] = '\0';
}

void text_add(struct text *t, const char *format, ...)
{
    size_t room = t->cap - t->len;
    va_list args;
    int n;

    if (t->full)
        return;
    va_start(args, format);
    n = vsnprintf(t->buf + t->len, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        t->buf[t->len] = '\0';
        t->full = true;
        return;
    }
    t->len += (size_t)n;
}

void text_add_amount(struct text *t, struct amount a)
{
    char buf[AMOUNT_TEXT];

    text_add(t, "%s", amount_text(buf, a));
}

void text_add_delta(struct text *t, struct delta d)
{
    char buf[DELTA_TEXT];

    text_add(t, "%s", delta_text(buf, d));
}

void text_add_id(struct text *t, struct id id)
{
    char buf[ID_TEXT];

    text_add(t, "%s", id_text(buf, id));
}
