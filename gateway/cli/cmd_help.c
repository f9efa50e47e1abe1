/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"

static error_t help_parse(int key, char *arg, struct argp_state *state)
{
    const char **topic = state->input;

    if (key != ARGP_KEY_ARG || *topic != NULL)
        return ARGP_ERR_UNKNOWN;
    *topic = arg;
    return 0;
}

static const char *const group_titles[] = { [CLI_START] = "Start here",
                                            [CLI_INTENTS] = "Post intents",
                                            [CLI_OPERATE] = "Run the service",
                                            [CLI_FILES] = "Solve auctions from files" };

static void list_json(const struct cli *c)
{
    static const struct out_column columns[] = { { "name", "" }, { "group", "" }, { "what", "" } };
    struct out o;

    out_begin(&o, &c->style, "verb", columns, 3, NULL);
    for (const struct cli_verb *v = cli_verbs; v->name != NULL; v++) {
        out_text(&o, v->name);
        out_text(&o, group_titles[v->group]);
        out_text(&o, v->doc);
    }
    out_end(&o);
}

static void list_verbs(void)
{
    puts(
        "sluice finds how to do what people say they want: it nets the intents of a batch against\n"
        "each other and routes the rest over every venue as one pool of liquidity.\n\n"
        "usage: sluice VERB [ARGUMENTS]      sluice VERB --help tells all about one");
    for (size_t g = 0; g < sizeof group_titles / sizeof group_titles[0]; g++) {
        printf("\n%s\n", group_titles[g]);
        for (const struct cli_verb *v = cli_verbs; v->name != NULL; v++) {
            if (v->group == (enum cli_group)g)
                printf("  %-10s %s\n", v->name, v->doc);
        }
    }
    puts("\nTry this:\n"
         "  sluice demo                      a whole market on this machine; then, beside it:\n"
         "  sluice submit --sell 1.5 ETH --for USDC --min 4000 --wait\n"
         "  sluice venues\n\n"
         "Every verb takes -o json. Exit statuses:");
#define X(name, status, text) printf("  %d  %s\n", status, text);
    CLI_EXITS(X)
#undef X
}

int cmd_help(struct cli *c, int argc, char **argv)
{
    static const struct argp help = {
        NULL, help_parse, "[VERB]", "List the verbs, or print the manual of one.", NULL, NULL, NULL
    };
    static char option[] = "--help";
    const char *topic = NULL;

    cli_parse(c, &help, &topic, argc, argv);
    if (topic == NULL) {
        if (c->style.format == OUT_JSON)
            list_json(c);
        else
            list_verbs();
        return CLI_OK;
    }
    const struct cli_verb *verb = cli_verb_get(topic);
    if (verb == NULL)
        return fail(c, FAIL_USAGE, topic, "there is no verb of this name; sluice help lists them");
    char *verb_argv[] = { argv[0], option, NULL };
    c->verb = verb->name;
    return verb->run(c, 2, verb_argv);
}
