/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/fail.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/core/check.h"

#define WHAT_MAX 512

/* Bytes from a peer stand in messages: nothing may steer a terminal. */
static const char *plain(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    return text;
}

static void print_json(const char *code, const char *what, const char *where, const char *todo)
{
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "error", "code", code, "what", what,
                             "where", where, "do", todo);

    if (line == NULL) { /* not UTF-8 */
        fprintf(stderr, "{\"type\":\"error\",\"code\":\"%s\"}\n", code);
        return;
    }
    (void)json_dumpf(line, stderr, JSON_COMPACT);
    fputc('\n', stderr);
    json_decref(line);
}

static int print(const struct cli *c, uint32_t number, const char *what, const char *where)
{
    const struct explain *e = explain_get(number);
    const char *todo = e != NULL ? e->todo : "Use a command of the same release as the service";
    char code[16];

    snprintf(code, sizeof code, "SLU-%04u", number);
    fflush(stdout);
    if (c->style.format == OUT_JSON) {
        print_json(code, what, where, todo);
    } else {
        fprintf(stderr, "sluice%s%s: %s (%s)\n", c->verb[0] != '\0' ? " " : "", c->verb, what,
                code);
        if (where[0] != '\0')
            fprintf(stderr, "  where: %s\n", where);
        fprintf(stderr, "  do:    %s; sluice explain %s says more\n", todo, code);
    }
    return e != NULL ? e->status : CLI_NO;
}

int fail(const struct cli *c, enum fail code, const char *where, const char *what, ...)
{
    char text[WHAT_MAX];
    va_list ap;

    va_start(ap, what);
    vsnprintf(text, sizeof text, what, ap);
    va_end(ap);
    return print(c, code, plain(text), where != NULL ? where : "");
}

int fail_reject(const struct cli *c, uint32_t code, const char *text, const char *where)
{
    const struct explain *e = explain_get(code);
    char what[WHAT_MAX];

    if (text == NULL || text[0] == '\0')
        text = e != NULL ? e->text : "refused for a reason that this build has no name for";
    snprintf(what, sizeof what, "%s", text);
    return print(c, code, plain(what), where != NULL ? where : "");
}

static void usage_code(int status, void *arg)
{
    const struct cli *c = arg;

    if (status == CLI_USAGE && c->parsing)
        fputs("SLU-2001: the command line is wrong; nothing was done\n", stderr);
}

void fail_watch_usage(struct cli *c)
{
    CHECK(on_exit(usage_code, c) == 0);
}
