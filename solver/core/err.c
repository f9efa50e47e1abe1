/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/err.h"

#include <stddef.h>

static const char *const texts[] = {
#define X(name, text) text,
    ERR_MAP(X)
#undef X
};

static const char *const names[] = {
#define X(name, text) #name,
    ERR_MAP(X)
#undef X
};

#define ERR_COUNT (sizeof(texts) / sizeof(texts[0]))

const char *err_text(enum err e)
{
    return (size_t)e < ERR_COUNT ? texts[e] : "unknown error";
}

const char *err_name(enum err e)
{
    return (size_t)e < ERR_COUNT ? names[e] : "UNKNOWN";
}
