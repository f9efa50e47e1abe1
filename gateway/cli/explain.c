/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/explain.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/cli/cli.h"
#include "solver/core/reject.h"

/* Code and text of a reject come from the map of the core. */
enum {
#define X(name, code, transient, text) REJECT_CODE_##name = (code),
    REJECT_MAP(X)
#undef X
};

#define X(name, code, transient, text)                                                             \
    static const char reject_text_##name[] __attribute__((unused)) = text;
REJECT_MAP(X)
#undef X

const struct explain explain_table[] = {
#define X(name, why, todo) { REJECT_CODE_##name, CLI_NO, #name, reject_text_##name, why, todo },
    EXPLAIN_REJECTS(X)
#undef X
#define X(name, code, status, text, why, todo) { code, status, #name, text, why, todo },
        EXPLAIN_FAILS(X)
#undef X
            { 0, 0, NULL, NULL, NULL, NULL },
};

const struct explain *explain_get(uint32_t code)
{
    for (const struct explain *e = explain_table; e->code != 0; e++) {
        if (e->code == code)
            return e;
    }
    return NULL;
}

void explain_print_page(void)
{
    puts("# Errors\n\nEvery error has a code. `sluice explain SLU-nnnn` prints its entry; this "
         "page is made from the same table\n(`gateway/cli/explain.h`). Codes below 2000 are "
         "answers of the service, the others are of the command itself.\n\n## Exit statuses\n\n"
         "| status | meaning |\n|---|---|");
#define X(name, status, text) printf("| %d | %s |\n", status, text);
    CLI_EXITS(X)
#undef X
    puts("\n## Codes");
    for (const struct explain *e = explain_table; e->code != 0; e++)
        printf("\n### SLU-%u %s\n\n%s.\n\n%s\n\nWhat to do: %s.\nExit status %d.\n", e->code,
               e->name, e->text, e->why, e->todo, e->status);
}
