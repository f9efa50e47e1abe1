/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/input.h"

size_t input_skipped_total(const struct input_skipped *s)
{
    size_t total = 0;

#define X(name, text) total += s->name;
    INPUT_SKIPS(X)
#undef X
    return total;
}
