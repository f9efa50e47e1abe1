/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"
#include "gateway/cli/words.h"

struct cancel {
    struct ask_who who;
    const char *id;
};

static const struct argp_option options[] = { ASK_OPTIONS, { 0 } };

static error_t cancel_parse(int key, char *arg, struct argp_state *state)
{
    struct cancel *x = state->input;

    if (key == ARGP_KEY_ARG && x->id == NULL)
        x->id = arg;
    else if (key == ARGP_KEY_END && x->id == NULL)
        argp_error(state, "which intent? give the id that submit printed");
    else
        return ask_option(&x->who, key, arg);
    return 0;
}

int cmd_cancel(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        cancel_parse,
        "ID",
        "Cancel one intent of yours.\v"
        "The answer is definite. Exit status 0: it is cancelled, and what was filled before is "
        "printed; 1: it was too late (SLU-1402), or it is in a batch being executed and the rest "
        "is cancelled when that settles (SLU-1403).",
        NULL,
        NULL,
        NULL,
    };
    struct cancel x = { .id = NULL };
    struct wire_item item = { .kind = WIRE_ITEM_CANCEL };
    struct wire_item_answer answer;
    struct client_signer who;
    struct words_why why;

    cli_parse(c, &argp, &x, argc, argv);
    if (words_intent_id(&item.as.cancel.id, x.id, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "ID", "%s", why.text);
    int status = cli_assets(c);
    if (status == CLI_OK)
        status = ask_signer(&who, c, &x.who);
    if (status != CLI_OK)
        return status;
    status = ask_item(&answer, c, &who, &item);
    if (status == CLI_OK)
        status = ask_get(&answer, c, &who, item.as.cancel.id);
    if (status == CLI_OK)
        report_intent(c, &answer.status);
    sign_wipe(&who.secret);
    return status;
}
