/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"

static error_t explain_parse(int key, char *arg, struct argp_state *state)
{
    const char **what = state->input;

    if (key != ARGP_KEY_ARG || *what != NULL)
        return ARGP_ERR_UNKNOWN;
    *what = arg;
    return 0;
}

static int list(const struct cli *c)
{
    static const struct out_column columns[] = { { "code", "code" },
                                                 { "name", "name" },
                                                 { "text", "meaning" } };
    struct out o;

    out_begin(&o, &c->style, "code", columns, 3, NULL);
    for (const struct explain *e = explain_table; e->code != 0; e++) {
        out_format(&o, "SLU-%04u", e->code);
        out_text(&o, e->name);
        out_text(&o, e->text);
    }
    out_end(&o);
    return CLI_OK;
}

/* "SLU-1309", "slu-1309", "1309" or "BALANCE". */
static const struct explain *find(const char *what)
{
    const char *digits = strncasecmp(what, "SLU-", 4) == 0 ? what + 4 : what;
    char *end;
    unsigned long code = strtoul(digits, &end, 10);

    if (*end == '\0' && end != digits && code <= 9999)
        return explain_get((uint32_t)code);
    for (const struct explain *e = explain_table; e->code != 0; e++) {
        if (strcasecmp(e->name, what) == 0)
            return e;
    }
    return NULL;
}

int cmd_explain(struct cli *c, int argc, char **argv)
{
    static const struct argp explain = { NULL,         explain_parse,
                                         "[SLU-nnnn]", "Expand an error code, or list them all.",
                                         NULL,         NULL,
                                         NULL };
    static const struct out_column columns[] = {
        { "code", "code" }, { "name", "name" },     { "text", "meaning" },
        { "why", "why" },   { "do", "what to do" }, { "status", "exit status" }
    };
    const char *what = NULL;
    struct out o;

    cli_parse(c, &explain, &what, argc, argv);
    if (what == NULL)
        return list(c);
    const struct explain *e = find(what);
    if (e == NULL)
        return fail(c, FAIL_USAGE, what, "no such code; sluice explain lists them all");
    out_begin(&o, &c->style, "code", columns, 6, NULL);
    out_record(&o);
    out_format(&o, "SLU-%04u", e->code);
    out_text(&o, e->name);
    out_text(&o, e->text);
    out_text(&o, e->why);
    out_text(&o, e->todo);
    out_number(&o, (uint64_t)e->status);
    out_end(&o);
    return CLI_OK;
}
