/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/move.h"

static const struct argp_option options[] = { MOVE_OPTIONS, { 0 } };

static error_t withdraw_parse(int key, char *arg, struct argp_state *state)
{
    return move_option(state->input, key, arg, state);
}

int cmd_withdraw(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        withdraw_parse,
        "OWNER AMOUNT SYMBOL",
        "Record that an amount went out.\vOWNER is user:ACCOUNT (or just ACCOUNT) or inv:DOMAIN. "
        "What open intents hold cannot be withdrawn.",
        NULL,
        NULL,
        NULL,
    };
    struct wire_op_request request = { .kind = WIRE_OP_WITHDRAW };
    struct wire_op_money *out = &request.as.withdraw;
    struct move m = { .owners_n = 1 };
    const struct asset *asset = NULL;
    char owner[MOVE_OWNER_TEXT];

    cli_parse(c, &argp, &m, argc, argv);
    int status = move_owner(owner, c, m.words[0]);
    if (status == CLI_OK)
        status = move_read(&out->ref, &asset, &out->amount, c, &m);
    if (status != CLI_OK)
        return status;
    out->owner = owner;
    out->asset = asset->id;
    return move_send(c, &request,
                     &(struct move_what){ "withdrawn", owner, NULL, out->ref, asset, out->amount });
}
