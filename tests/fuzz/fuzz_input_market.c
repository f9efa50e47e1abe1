/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Market files: refused with a sentence, or curves that hold and trade registered assets. */
#include <string.h>

#include "solver/core/check.h"
#include "solver/input/assets_file.h"
#include "solver/input/market_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char registry[] = "{\"format\":\"sluice-assets/1\",\"assets\":["
                               "{\"id\":1,\"symbol\":\"ETH\",\"decimals\":18},"
                               "{\"id\":2,\"symbol\":\"USDC\",\"decimals\":6}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asset_table assets;
    struct market_file m = { 0 };
    struct input_error e;
    struct arena arena;

    arena_init(&arena, (size_t)1 << 22);
    CHECK(assets_file_parse(&assets, &e, "fuzz", registry, strlen(registry), &arena) == ERR_OK);
    if (market_file_parse(&m, &e, "fuzz", (const char *)data, size, &assets, &arena) == ERR_OK) {
        for (size_t i = 0; i < m.curves_n; i++) {
            CHECK(curve_check(&m.curves[i]) == ERR_OK);
            CHECK(asset_get(&assets, m.curves[i].asset[0]) != NULL);
            CHECK(asset_get(&assets, m.curves[i].asset[1]) != NULL);
        }
    } else {
        CHECK(e.text[0] != '\0');
    }
    arena_fini(&arena);
    return 0;
}
