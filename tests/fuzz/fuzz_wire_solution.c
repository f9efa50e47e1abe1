/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker answers. */
#include "tests/support/wire_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return wire_fuzz(&wire_map_solution, data, size);
}
