/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire_samples [DIR] -- write every sample message to DIR/NAME, or print the hex blocks of
 * docs/protocol.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/wire_samples.h"

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

static void sample_print(const struct wire_sample *s, const struct wire_bytes *b)
{
    (void)printf("```hex %s\n", s->name);
    for (size_t i = 0; i < b->n; i++)
        (void)printf("%02x%s", b->data[i], i % 40 == 39 || i + 1 == b->n ? "\n" : "");
    (void)printf("```\n");
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
            sample_print(&all[i], &bytes);
        else if (sample_write(argv[1], &all[i], &bytes) != 0)
            status = EXIT_FAILURE;
    }
    wire_bytes_fini(&bytes);
    return status;
}
