/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/ask.h"
#include "gateway/cli/report.h"

struct balances {
    struct ask_who who;
    bool all;
};

static const struct argp_option options[] = {
    { "all", 'x', NULL, 0, "of every account (operator)", 1 },
    ASK_OPTIONS,
    { 0 },
};

static error_t balances_parse(int key, char *arg, struct argp_state *state)
{
    struct balances *b = state->input;

    if (key != 'x')
        return ask_option(&b->who, key, arg);
    b->all = true;
    return 0;
}

static const struct out_column columns[] = { REPORT_HOLDING_COLUMNS("held by open intents") };

static int balances_all(struct cli *c)
{
    const struct wire_op_request request = { .kind = WIRE_OP_BALANCES };
    struct wire_op_answer answer;
    struct out o;
    int status = cli_operate(&answer, c, &request);

    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "balance", columns, 4, &c->assets);
    for (size_t i = 0; i < answer.balances_n; i++) {
        const struct wire_op_balance *b = &answer.balances[i];
        report_holding(&o, c, b->owner, b->asset, b->available, b->held);
    }
    out_end(&o);
    return CLI_OK;
}

static int balances_own(struct cli *c, const struct client_signer *who)
{
    const struct wire_item item = { .kind = WIRE_ITEM_BALANCES };
    struct wire_item_answer answer;
    struct out o;
    int status = ask_item(&answer, c, who, &item);

    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "balance", columns, 4, &c->assets);
    for (size_t i = 0; i < answer.balances_n; i++) {
        const struct wire_balance *b = &answer.balances[i];
        report_holding(&o, c, who->account.text, b->asset, b->available, b->held);
    }
    out_end(&o);
    if (answer.balances_n == 0)
        out_note(&c->style, "no balances yet");
    return CLI_OK;
}

int cmd_balances(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options, balances_parse, NULL, "What an account has, and what its open intents hold.",
        NULL,    NULL,           NULL
    };
    struct balances b = { .all = false };
    struct client_signer who;

    cli_parse(c, &argp, &b, argc, argv);
    int status = cli_assets(c);
    if (status != CLI_OK || b.all)
        return status != CLI_OK ? status : balances_all(c);
    status = ask_signer(&who, c, &b.who);
    if (status != CLI_OK)
        return status;
    status = balances_own(c, &who);
    sign_wipe(&who.secret);
    return status;
}
