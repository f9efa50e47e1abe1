/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/report.h"

int cmd_inventory(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = { NULL, NULL, NULL, "What the house owns in each domain.",
                                      NULL, NULL, NULL };
    static const struct out_column columns[] = { REPORT_HOLDING_COLUMNS("held by plans") };
    const struct wire_op_request request = { .kind = WIRE_OP_INVENTORY };
    struct wire_op_answer answer;
    struct out o;

    cli_parse(c, &argp, NULL, argc, argv);
    int status = cli_assets(c);
    if (status == CLI_OK)
        status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "inventory", columns, 4, &c->assets);
    for (size_t i = 0; i < answer.balances_n; i++) {
        const struct wire_op_balance *b = &answer.balances[i];
        report_holding(&o, c, b->owner, b->asset, b->available, b->held);
    }
    out_end(&o);
    if (answer.balances_n == 0)
        out_note(&c->style, "the house owns nothing yet: sluice deposit inv:home AMOUNT SYMBOL");
    return CLI_OK;
}
