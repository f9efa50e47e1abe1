/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that verify reads: refused with a sentence, or what is written from them reads the same. */
#include <string.h>

#include "solver/core/check.h"
#include "solver/input/solution_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char instance[] =
    "{\"format\":\"irx-instance/1\",\"tokens\":[{\"id\":0,\"address\":\"A\",\"decimals\":0},"
    "{\"id\":1,\"address\":\"B\",\"decimals\":0}],\"pools\":[{\"id\":7,"
    "\"kind\":\"constant_product\",\"tokens\":[0,1],\"reserves\":[\"1000\",\"2000\"],"
    "\"fee\":\"0\"}],\"orders\":[{\"id\":\"o1\",\"sell\":0,\"buy\":1,\"sell_amount\":\"100\","
    "\"min_buy\":\"0\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct solution_line line, again;
    struct auction_file f;
    struct input_error e;
    struct arena arena;
    const char *text, *twice;

    arena_init(&arena, (size_t)1 << 22);
    CHECK(auction_file_parse(&f, &e, "fuzz", instance, strlen(instance), &arena) == ERR_OK);
    if (solution_json_read(&line, &e, "fuzz", (const char *)data, size, &f, &arena) != ERR_OK) {
        CHECK(e.text[0] != '\0');
    } else if (solution_json_write(&text, &line, &f, &arena) == ERR_OK) {
        CHECK(solution_json_read(&again, &e, "fuzz", text, strlen(text), &f, &arena) == ERR_OK);
        if (solution_json_write(&twice, &again, &f, &arena) == ERR_OK)
            CHECK(strcmp(text, twice) == 0);
    }
    arena_fini(&arena);
    return 0;
}
