/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/report.h"

int cmd_assets(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL, NULL, "What can be traded: the registry given by --assets.", NULL, NULL, NULL
    };
    static const struct out_column columns[] = {
        { "id", "id" },
        { "symbol", "symbol" },
        { "decimals", "decimals" },
        { "mark", "mark" },
    };
    struct out o;

    cli_parse(c, &argp, NULL, argc, argv);
    int status = cli_assets(c);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "asset", columns, 4, NULL);
    for (size_t i = 0; i < c->assets.n; i++) {
        const struct asset *a = &c->assets.items[i];
        out_number(&o, a->id);
        out_text(&o, a->symbol);
        out_number(&o, a->decimals);
        report_value(&o, a, amount_pow10(a->decimals));
    }
    out_end(&o);
    return CLI_OK;
}
