/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/cli/fail.h"
#include "solver/input/assets_file.h"
#include "solver/ledger/redis_address.h"

#define ARENA_CAP ((size_t)512 << 20)
#define ASK_TIMEOUT_MS 10000

const struct cli_verb cli_verbs[] = {
#define X(group, name, doc) { CLI_##group, #name, doc, cmd_##name },
    CLI_VERBS(X)
#undef X
        { CLI_START, NULL, NULL, NULL },
};

const struct cli_verb *cli_verb_get(const char *name)
{
    for (const struct cli_verb *v = cli_verbs; v->name != NULL; v++) {
        if (strcmp(v->name, name) == 0)
            return v;
    }
    return NULL;
}

int cli_init(struct cli *c)
{
    char why[512] = "";

    memset(c, 0, sizeof *c);
    c->style = (struct out_style){ OUT_TABLE, stdout };
    c->verb = "";
    arena_init(&c->arena, ARENA_CAP);
    config_init(&c->config);
    if (config_env(&c->config, why, sizeof why) != ERR_OK)
        return fail(c, FAIL_USAGE, "environment variable SLUICE_<FIELD>", "%s", why);
    return CLI_OK;
}

void cli_fini(struct cli *c)
{
    client_close(c->gateway);
    client_close(c->op);
    arena_fini(&c->arena);
}

/* ---- command lines ---- */

static error_t style_parse(int key, char *arg, struct argp_state *state)
{
    struct cli *c = state->input;

    if (key != 'o')
        return ARGP_ERR_UNKNOWN;
    if (strcmp(arg, "json") == 0)
        c->style.format = OUT_JSON;
    else if (strcmp(arg, "table") == 0)
        c->style.format = OUT_TABLE;
    else
        argp_error(state, "--format %s: there are table and json", arg);
    return 0;
}

static const struct argp_option style_options[] = {
    { "format", 'o', "FORMAT", 0, "table (default) or json: one object per line", 0 },
    { 0 },
};

static const struct argp style_argp = { style_options, style_parse, NULL, NULL, NULL, NULL, NULL };

struct parse {
    struct cli *cli;
    void *input;
};

static error_t root_parse(int key, char *arg, struct argp_state *state)
{
    struct parse *p = state->input;

    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = p->input;
    state->child_inputs[1] = p->cli;
    state->child_inputs[2] = &p->cli->config;
    return 0;
}

/* An error may stand before the option that says how to print it. */
static void style_early(struct cli *c, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool split = strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--format") == 0;
        if ((split && i + 1 < argc && strcmp(argv[i + 1], "json") == 0) ||
            strcmp(argv[i], "-ojson") == 0 || strcmp(argv[i], "--format=json") == 0)
            c->style.format = OUT_JSON;
    }
}

/* "-5" would be taken for an option. */
static void refuse_negative(const struct cli *c, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *digit = argv[i] + (argv[i][0] == '-' && argv[i][1] == '.' ? 2 : 1);
        if (argv[i][0] == '-' && isdigit((unsigned char)*digit))
            exit(fail(c, FAIL_AMOUNT, argv[i],
                      "\"%s\" has a sign: all amounts are positive; withdraw takes out what "
                      "deposit put in",
                      argv[i]));
    }
}

void cli_parse(struct cli *c, const struct argp *verb, void *input, int argc, char **argv)
{
    const struct argp body = { verb->options, verb->parser, NULL, NULL, NULL, NULL, NULL };
    const struct argp_child children[] = {
        { &body, 0, NULL, 0 },
        { &style_argp, 0, "Output:", 1 },
        { &config_argp, 0, "Settings (docs/config.md has them all):", 2 },
        { 0 },
    };
    const struct argp root = { NULL, root_parse, verb->args_doc, verb->doc, children, NULL, NULL };
    struct parse p = { c, input };
    char *verb_name = argv[0];
    char name[64];

    snprintf(name, sizeof name, "sluice %s", c->verb);
    argv[0] = name;
    argp_err_exit_status = CLI_USAGE;
    style_early(c, argc, argv);
    refuse_negative(c, argc, argv);
    fail_while_reading(c, argc, argv);
    (void)argp_parse(&root, argc, argv, 0, NULL, &p);
    fail_reading_done();
    argv[0] = verb_name;
    config_derive(&c->config);
    if (!redis_address_ok(c->config.redis))
        exit(fail(c, FAIL_ADDRESS, "--redis", "\"%s\" is not an address of a Redis server",
                  c->config.redis));
}

static error_t front_parse(int key, char *arg, struct argp_state *state)
{
    struct parse *p = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = p->cli;
        state->child_inputs[1] = &p->cli->config;
        return 0;
    case ARGP_KEY_ARG:
        *(int *)p->input = state->next - 1;
        state->next = state->argc; /* the rest belongs to the verb */
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int cli_parse_front(struct cli *c, int argc, char **argv)
{
    static const struct argp_child children[] = {
        { &style_argp, 0, "Output, before or after the verb:", 1 },
        { &config_argp, 0, "Settings, before or after the verb:", 2 },
        { 0 },
    };
    static const struct argp front = {
        NULL,
        front_parse,
        "VERB [ARGUMENTS]",
        "Post intents, run the service, look inside.\v"
        "sluice help lists the verbs.",
        children,
        NULL,
        NULL,
    };
    static char name[] = "sluice";
    char *program = argv[0];
    int verb = argc;
    struct parse p = { c, &verb };

    argv[0] = name;
    argp_err_exit_status = CLI_USAGE;
    style_early(c, argc, argv);
    fail_while_reading(c, argc, argv);
    (void)argp_parse(&front, argc, argv, ARGP_IN_ORDER, NULL, &p);
    fail_reading_done();
    argv[0] = program;
    return verb;
}

/* ---- what verbs use ---- */

void cli_make_folder(const char *file)
{
    char path[CONFIG_TEXT_MAX];

    snprintf(path, sizeof path, "%s", file);
    for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
}

int cli_assets(struct cli *c)
{
    struct input_error error = { "" };
    const char *path = c->config.assets;

    if (c->assets_loaded)
        return CLI_OK;
    if (assets_file_load(&c->assets, &error, path, &c->arena) != ERR_OK)
        return fail(c, FAIL_FILE, path, "%s", error.text);
    c->assets_loaded = true;
    return CLI_OK;
}

const char *cli_units(char buf[OUT_NUMBER_TEXT], const struct cli *c, uint32_t asset,
                      struct amount a)
{
    const struct asset *known = asset_get(&c->assets, asset);

    return out_units(buf, a, known != NULL ? known->decimals : 0, OUT_PLACES);
}

const char *cli_symbol(char buf[ASSET_SYMBOL_TEXT], const struct cli *c, uint32_t asset)
{
    const struct asset *a = asset_get(&c->assets, asset);

    if (a != NULL)
        return a->symbol;
    snprintf(buf, ASSET_SYMBOL_TEXT, "#%u", asset);
    return buf;
}

/*
 * Why nothing can answer at an ipc URL, at once instead of after a time-out; NULL when it may. The
 * socket is only looked at: nng 1.5 stops accepting after a peer that connects and says nothing.
 */
static const char *nobody_at(const char *url)
{
    static const char ipc[] = "ipc://";
    struct stat st;

    if (strncmp(url, ipc, strlen(ipc)) != 0 || stat(url + strlen(ipc), &st) == 0)
        return NULL;
    return strerror(errno);
}

static int open_client(struct client **out, const struct cli *c, const char *url)
{
    struct client_options options = { .url = url, .timeout_ms = ASK_TIMEOUT_MS, .resend_ms = 1000 };
    const char *why = nobody_at(url);

    if (why != NULL)
        return fail(c, FAIL_UNREACHABLE, url, "nothing answers: %s", why);
    enum err err = client_open(out, &options);
    if (err != ERR_OK)
        return fail(c, FAIL_UNREACHABLE, url, "cannot open a connection: %s", err_text(err));
    return CLI_OK;
}

int cli_fail_ask(const struct cli *c, enum err err, const char *url)
{
    if (err == ERR_TIMEOUT || err == ERR_IO)
        return fail(c, FAIL_UNREACHABLE, url, "no answer within %d s", ASK_TIMEOUT_MS / 1000);
    return fail(c, FAIL_ANSWER, url, "%s", err_text(err));
}

int cli_gateway(struct client **out, struct cli *c)
{
    if (c->gateway == NULL) {
        char url[CONFIG_TEXT_MAX];
        snprintf(url, sizeof url, "%.*s", (int)strcspn(c->config.listen, ","), c->config.listen);
        int status = open_client(&c->gateway, c, url);
        if (status != CLI_OK)
            return status;
    }
    *out = c->gateway;
    return CLI_OK;
}

int cli_operate(struct wire_op_answer *out, struct cli *c, const struct wire_op_request *request)
{
    const char *url = c->config.operator_url;

    if (c->op == NULL) {
        int status = open_client(&c->op, c, url);
        if (status != CLI_OK)
            return status;
    }
    enum err err = client_operate(out, c->op, request);
    if (err != ERR_OK)
        return cli_fail_ask(c, err, url);
    if (out->code != 0)
        return fail_reject(c, out->code, out->text, url);
    return CLI_OK;
}
