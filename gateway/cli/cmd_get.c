/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"
#include "gateway/cli/words.h"

struct get {
    struct ask_who who;
    const char *id;
    bool wait;
};

static const struct argp_option options[] = {
    { "wait", 'w', NULL, 0, "follow the intent to its end first", 1 },
    ASK_OPTIONS,
    { 0 },
};

static error_t get_parse(int key, char *arg, struct argp_state *state)
{
    struct get *g = state->input;

    if (key == 'w')
        g->wait = true;
    else if (key == ARGP_KEY_ARG && g->id == NULL)
        g->id = arg;
    else if (key == ARGP_KEY_END && g->id == NULL)
        argp_error(state, "which intent? give the id that submit printed");
    else
        return ask_option(&g->who, key, arg);
    return 0;
}

int cmd_get(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options, get_parse, "ID", "Read one intent of yours with its receipt.", NULL, NULL, NULL
    };
    struct get g = { .id = NULL };
    struct wire_item_answer answer;
    struct client_signer who;
    struct words_why why;
    struct id id;

    cli_parse(c, &argp, &g, argc, argv);
    if (words_intent_id(&id, g.id, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "ID", "%s", why.text);
    int status = cli_assets(c);
    if (status == CLI_OK)
        status = ask_signer(&who, c, &g.who);
    if (status != CLI_OK)
        return status;
    status = g.wait ? ask_follow(&answer, c, &who, id, 0) : ask_get(&answer, c, &who, id);
    if (status == CLI_OK)
        report_intent(c, &answer.status);
    sign_wipe(&who.secret);
    return status;
}
