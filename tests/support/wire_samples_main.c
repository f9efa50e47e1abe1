/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_samples [DIR] -- write every sample message to DIR/NAME, or print the hex blocks of
 * docs/protocol.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/wire_parts.h"
#include "tests/support/wire_samples.h"

#define PARTS_MAX 128

static int sample_write(const char *folder, const struct wire_sample *s, const struct wire_bytes *b)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, s->name);
    FILE *file = length > 0 && (size_t)length < sizeof(path) ? fopen(path, "wb") : NULL;

    if (file == NULL)
        return -1;
    size_t written = fwrite(b->data, 1, b->n, file);

    return fclose(file) == 0 && written == b->n ? 0 : -1;
}

static void block_print(const char *name, const uint8_t *bytes, size_t n)
{
    (void)printf("```hex %s\n", name);
    for (size_t i = 0; i < n; i++)
        (void)printf("%02x%s", bytes[i], i % 40 == 39 || i + 1 == n ? "\n" : "");
    (void)printf("```\n");
}

static int parts_print(void)
{
    const ProtobufCMessageDescriptor *types[PARTS_MAX];
    size_t parts = wire_parts(types, PARTS_MAX);
    int status = EXIT_SUCCESS;

    for (size_t i = 0; i < parts && i < PARTS_MAX; i++) {
        size_t n = 0;
        uint8_t *bytes = wire_part_bytes(&n, types[i]);
        if (bytes != NULL)
            block_print(types[i]->short_name, bytes, n);
        else
            status = EXIT_FAILURE;
        free(bytes);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct wire_bytes bytes = { 0 };
    size_t n;
    const struct wire_sample *all = wire_samples(&n);
    int status = EXIT_SUCCESS;

    for (size_t i = 0; i < n; i++) {
        if (wire_map_pack(&bytes, all[i].map, all[i].value) != ERR_OK)
            status = EXIT_FAILURE;
        else if (argc < 2)
            block_print(all[i].name, bytes.data, bytes.n);
        else if (sample_write(argv[1], &all[i], &bytes) != 0)
            status = EXIT_FAILURE;
    }
    wire_bytes_fini(&bytes);
    if (argc < 2 && parts_print() != EXIT_SUCCESS)
        status = EXIT_FAILURE;
    return status;
}
