/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"
#include "gateway/cli/words.h"
#include "solver/core/reject.h"

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

/* What the intent is now: also after a refusal, which came too late to change it. */
static int cancel(struct cli *c, const struct client_signer *who, const struct wire_item *item)
{
    struct wire_item_answer answer = { .code = 0 };
    int status = ask_item(&answer, c, who, item);
    bool late = status == CLI_NO && (answer.code == (uint32_t)reject_code(REJECT_TOO_LATE) ||
                                     answer.code == (uint32_t)reject_code(REJECT_IN_BATCH));

    if (status != CLI_OK && !late)
        return status;
    int read = ask_get(&answer, c, who, item->as.cancel.id);
    if (read == CLI_OK)
        report_intent(c, &answer.status);
    return late ? status : read;
}

int cmd_cancel(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        cancel_parse,
        "ID",
        "Cancel one intent of yours.\v"
        "The answer is definite, and the intent with its receipt is printed. Exit status 0: it is "
        "cancelled; 1: it was too late (SLU-1402), or it is in a batch being executed and the "
        "rest is cancelled when that settles (SLU-1403). An id that was never used is refused "
        "from now on, should its intent still arrive.",
        NULL,
        NULL,
        NULL,
    };
    struct cancel x = { .id = NULL };
    struct wire_item item = { .kind = WIRE_ITEM_CANCEL };
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
    status = cancel(c, &who, &item);
    sign_wipe(&who.secret);
    return status;
}
