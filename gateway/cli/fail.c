/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/fail.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/text.h"

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

static const char *todo_of(char buf[WHAT_MAX], const struct cli *c, uint32_t number)
{
    const struct explain *e = explain_get(number);

    if (number == FAIL_USAGE)
        snprintf(buf, WHAT_MAX, "See sluice help%s%s", c->verb[0] != '\0' ? " " : "", c->verb);
    else
        snprintf(buf, WHAT_MAX, "%s",
                 e != NULL ? e->todo : "Use a command of the same release as the service");
    return buf;
}

static int print(const struct cli *c, uint32_t number, const char *what, const char *where)
{
    const struct explain *e = explain_get(number);
    char todo[WHAT_MAX];
    char code[16];

    (void)todo_of(todo, c, number);
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

/* ---- command lines ---- */

/*
 * argp and getopt write their errors to stderr and exit. While they read, stderr is a buffer; an
 * exit inside prints the first line of it like any other error.
 */
static struct {
    struct cli *cli; /* NULL: nobody reads a command line */
    FILE *terminal;  /* the real stderr */
    FILE *buffer;
    char *text;
    size_t text_n;
    int argc;
    char **argv;
} reading;

static void reading_end(void)
{
    fclose(reading.buffer);
    stderr = reading.terminal;
    reading.cli = NULL;
}

static void command_line(char buf[WHAT_MAX], int argc, char **argv)
{
    struct text t;

    text_init(&t, buf, WHAT_MAX);
    for (int i = 0; i < argc; i++)
        text_add(&t, "%s%.100s", i > 0 ? " " : "", argv[i]);
}

/* "sluice VERB: what is wrong" */
static char *what_of(char *text, const char *program)
{
    size_t n = strlen(program);

    text[strcspn(text, "\n")] = '\0';
    return strncmp(text, program, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

static void exit_while_reading(int status, void *arg)
{
    struct cli *c = reading.cli;
    char where[WHAT_MAX];

    (void)arg;
    if (c == NULL)
        return;
    reading_end();
    command_line(where, reading.argc, reading.argv);
    if (status == CLI_USAGE || status == CLI_FILE)
        (void)fail(c, status == CLI_FILE ? FAIL_FILE : FAIL_USAGE, where, "%s",
                   what_of(reading.text, reading.argv[0]));
    free(reading.text);
}

void fail_while_reading(struct cli *c, int argc, char **argv)
{
    static bool watching;

    CHECK(reading.cli == NULL);
    if (!watching)
        CHECK(on_exit(exit_while_reading, NULL) == 0);
    watching = true;
    reading.buffer = open_memstream(&reading.text, &reading.text_n);
    if (reading.buffer == NULL)
        return; /* the errors come as argp writes them */
    reading.cli = c;
    reading.argc = argc;
    reading.argv = argv;
    reading.terminal = stderr;
    stderr = reading.buffer;
}

void fail_reading_done(void)
{
    if (reading.cli == NULL)
        return;
    reading_end();
    free(reading.text);
}
