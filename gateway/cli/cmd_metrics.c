/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/cli.h"

int cmd_metrics(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = { NULL, NULL, NULL, "The counters of this gateway process.",
                                      NULL, NULL, NULL };
    static const struct out_column columns[] = { { "name", "counter" },
                                                 { "value", "value" },
                                                 { "doc", "meaning" } };
    const struct wire_op_request request = { .kind = WIRE_OP_METRICS };
    struct wire_op_answer answer;
    struct out o;

    cli_parse(c, &argp, NULL, argc, argv);
    int status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "metric", columns, 3, NULL);
    for (size_t i = 0; i < answer.metrics_n; i++) {
        out_text(&o, answer.metrics[i].name);
        out_number(&o, answer.metrics[i].value);
        out_text(&o, answer.metrics[i].doc);
    }
    out_end(&o);
    return CLI_OK;
}
