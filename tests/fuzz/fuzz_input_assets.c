/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assets.json: refused with a sentence, or a registry in which every asset is found. */
#include "solver/core/check.h"
#include "solver/input/assets_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asset_table t = { 0 };
    struct input_error e;
    struct arena arena;

    arena_init(&arena, (size_t)1 << 22);
    if (assets_file_parse(&t, &e, "fuzz", (const char *)data, size, &arena) == ERR_OK) {
        for (size_t i = 0; i < t.n; i++) {
            CHECK(asset_get(&t, t.items[i].id) == &t.items[i]);
            CHECK(asset_by_symbol(&t, t.items[i].symbol) == &t.items[i]);
        }
    } else {
        CHECK(e.text[0] != '\0');
    }
    arena_fini(&arena);
    return 0;
}
