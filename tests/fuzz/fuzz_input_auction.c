/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Auction files of every format: refused with a sentence, or sound; a bad entry says why. */
#include "solver/core/check.h"
#include "solver/input/auction_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct auction_file f = { 0 };
    struct input_error e;
    struct arena arena;
    const char *fault;

    arena_init(&arena, (size_t)1 << 24);
    if (auction_file_parse(&f, &e, "fuzz", (const char *)data, size, &arena) == ERR_OK) {
        CHECK(auction_check(&fault, &f.auction) == ERR_OK);
        CHECK((f.skipped.bad_pool + f.skipped.bad_order > 0) ==
              (f.skipped.first_bad.text[0] != '\0'));
    } else {
        CHECK(e.text[0] != '\0');
    }
    arena_fini(&arena);
    return 0;
}
