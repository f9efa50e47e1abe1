/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/protocol.md says what the code does: its hex examples are the bytes of wire_samples, and its
 * tables have every field of every message. `wire_samples` prints the blocks to put there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test_support.h"
#include "tests/support/wire_parts.h"
#include "tests/support/wire_samples.h"

#define PARTS_MAX 128
#define PAGE_MAX ((size_t)1 << 20)

/* The page as a text, on the heap. */
static int page_load(void **state)
{
    FILE *file = fopen("docs/protocol.md", "rb");
    char *page = calloc(1, PAGE_MAX);

    assert_non_null(file);
    assert_non_null(page);
    assert_true(fread(page, 1, PAGE_MAX - 1, file) > 0);
    (void)fclose(file);
    *state = page;
    return 0;
}

static int page_free(void **state)
{
    free(*state);
    return 0;
}

/* The bytes of the fence "```hex NAME", as many as the page has; fails when there is none. */
static size_t example_read(uint8_t *out, size_t cap, const char *page, const char *name)
{
    char fence[80];
    const char *at;
    size_t n = 0;
    unsigned byte;

    (void)snprintf(fence, sizeof(fence), "```hex %s\n", name);
    at = strstr(page, fence);
    if (at == NULL)
        fail_msg("docs/protocol.md has no example %s", name);
    for (at += strlen(fence); *at != '`'; at += 2) {
        while (*at == '\n')
            at++;
        if (*at == '`')
            break;
        assert_int_equal(sscanf(at, "%2x", &byte), 1);
        assert_true(n < cap);
        out[n++] = (uint8_t)byte;
    }
    return n;
}

static void test_wire_docs_show_the_bytes_of_every_sample(void **state)
{
    struct wire_bytes bytes = { 0 };
    uint8_t shown[8192];
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++) {
        size_t length = example_read(shown, sizeof(shown), *state, all[i].name);

        assert_ok(wire_map_pack(&bytes, all[i].map, all[i].value));
        if (length != bytes.n || memcmp(shown, bytes.data, length) != 0)
            fail_msg("docs/protocol.md: the example %s is not what is packed", all[i].name);
    }
    wire_bytes_fini(&bytes);
}

/* Messages that only stand inside others have an example too. */
static void test_wire_docs_show_the_bytes_of_every_part(void **state)
{
    const ProtobufCMessageDescriptor *types[PARTS_MAX];
    uint8_t shown[8192];
    size_t parts = wire_parts(types, PARTS_MAX);

    assert_in_range(parts, 1, PARTS_MAX);
    for (size_t i = 0; i < parts; i++) {
        size_t n = 0, length;
        uint8_t *bytes = wire_part_bytes(&n, types[i]);

        if (bytes == NULL)
            fail_msg("no sample has a %s", types[i]->short_name);
        length = example_read(shown, sizeof(shown), *state, types[i]->short_name);
        if (length != n || memcmp(shown, bytes, n) != 0)
            fail_msg("docs/protocol.md: the example %s is not what is packed",
                     types[i]->short_name);
        free(bytes);
    }
}

/* Every field has its line in the section of its message. */
static void message_check(const char *page, const ProtobufCMessageDescriptor *type)
{
    char line[160];
    const char *section, *end;

    (void)snprintf(line, sizeof(line), "\n#### %s\n", type->short_name);
    section = strstr(page, line);
    if (section == NULL)
        fail_msg("docs/protocol.md has no section %s", type->short_name);
    end = strstr(section + 1, "\n#### ");
    for (unsigned i = 0; i < type->n_fields; i++) {
        const char *at;

        (void)snprintf(line, sizeof(line), "\n| %u | `%s` | ", type->fields[i].id,
                       type->fields[i].name);
        at = strstr(section, line);
        if (at == NULL || (end != NULL && at > end))
            fail_msg("docs/protocol.md: %s lacks %s", type->short_name, type->fields[i].name);
    }
}

static void map_check(const char *page, const struct wire_map *map)
{
    message_check(page, map->type);
    for (size_t i = 0; i < map->rows_n; i++)
        if (map->rows[i].sub != NULL)
            map_check(page, map->rows[i].sub);
}

static void test_wire_docs_describe_every_field(void **state)
{
    size_t n;
    const struct wire_sample *all = wire_samples(&n);

    for (size_t i = 0; i < n; i++)
        map_check(*state, all[i].map);
}

/* 1,048,576 as the tables write it. */
static void grouped(char *out, size_t cap, size_t v)
{
    if (v < 1000)
        (void)snprintf(out, cap, "%zu", v);
    else if (v < 1000000)
        (void)snprintf(out, cap, "%zu,%03zu", v / 1000, v % 1000);
    else
        (void)snprintf(out, cap, "%zu,%03zu,%03zu", v / 1000000, v / 1000 % 1000, v % 1000);
}

static void test_wire_docs_state_the_limits(void **state)
{
    const struct wire_limits *limits[] = { &wire_limits_public, &wire_limits_answer,
                                           &wire_limits_venue, &wire_limits_worker,
                                           &wire_limits_operator };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        char bytes[32], items[32], total[32], line[160];

        grouped(bytes, sizeof(bytes), limits[i]->bytes_max);
        grouped(items, sizeof(items), limits[i]->items_max);
        grouped(total, sizeof(total), limits[i]->total_max);
        (void)snprintf(line, sizeof(line), " | %s | %u | %s | %s |\n", bytes, limits[i]->depth_max,
                       items, total);
        if (strstr(*state, line) == NULL)
            fail_msg("docs/protocol.md has no limits%s", line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_docs_show_the_bytes_of_every_sample),
        cmocka_unit_test(test_wire_docs_show_the_bytes_of_every_part),
        cmocka_unit_test(test_wire_docs_describe_every_field),
        cmocka_unit_test(test_wire_docs_state_the_limits),
    };

    return cmocka_run_group_tests(tests, page_load, page_free);
}
