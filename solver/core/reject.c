/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/reject.h"

#include <stddef.h>

struct reject_row {
    const char *name;
    int code;
    bool transient;
    const char *text;
};

static const struct reject_row rows[] = {
#define X(name, code, transient, text) { #name, code, transient, text },
    REJECT_MAP(X)
#undef X
};

/* What a number outside the table means to a reader: it came from a newer peer. */
static const struct reject_row unknown = { "UNKNOWN", 9999, false, "unknown reason" };

static const struct reject_row *row_of(enum reject r)
{
    return (size_t)r < sizeof(rows) / sizeof(rows[0]) ? &rows[r] : &unknown;
}

const char *reject_name(enum reject r)
{
    return row_of(r)->name;
}

const char *reject_text(enum reject r)
{
    return row_of(r)->text;
}

int reject_code(enum reject r)
{
    return row_of(r)->code;
}

bool reject_transient(enum reject r)
{
    return row_of(r)->transient;
}
