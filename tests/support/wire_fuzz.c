/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/wire_fuzz.h"

#include <string.h>

#include "proto/wire.h"
#include "solver/core/check.h"

#define ARENA_CAP ((size_t)64 << 20)
#define OUT_MAX 4096

int wire_fuzz(const struct wire_map *map, const uint8_t *data, size_t size)
{
    struct wire_bytes first = { 0 }, second = { 0 };
    _Alignas(16) char out[OUT_MAX];
    struct arena arena;

    CHECK(map->size <= sizeof(out));
    arena_init(&arena, ARENA_CAP);
    if (wire_map_unpack(out, map, &arena, (struct wire_span){ data, size }) == ERR_OK) {
        CHECK(wire_map_pack(&first, map, out) == ERR_OK);
        CHECK(wire_map_unpack(out, map, &arena, (struct wire_span){ first.data, first.n }) ==
              ERR_OK);
        CHECK(wire_map_pack(&second, map, out) == ERR_OK);
        CHECK(first.n == second.n &&
              (first.n == 0 || memcmp(first.data, second.data, first.n) == 0));
    }
    arena_fini(&arena);
    wire_bytes_fini(&first);
    wire_bytes_fini(&second);
    return 0;
}
