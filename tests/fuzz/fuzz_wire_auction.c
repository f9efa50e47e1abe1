/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded auctions and what the worker is given. */
#include "tests/support/wire_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return wire_fuzz(&wire_map_auction, data, size);
}
