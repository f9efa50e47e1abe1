/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signed payload of an envelope: the signature proves its author, not its form. */
#include "tests/support/wire_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return wire_fuzz(&wire_map_payload, data, size);
}
