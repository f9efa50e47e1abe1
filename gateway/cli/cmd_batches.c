/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gateway/cli/cli.h"

#define COUNT_DEFAULT 20
#define GAP_KNOWN_MAX UINT64_C(1000000000000) /* beyond it the bound says nothing of the result */

static const struct argp_option options[] = {
    { "count", 'N', "N", 0, "the newest N (default 20)", 1 },
    { 0 },
};

static error_t batches_parse(int key, char *arg, struct argp_state *state)
{
    size_t *count = state->input;
    char *end;

    if (key != 'N')
        return ARGP_ERR_UNKNOWN;
    *count = strtoul(arg, &end, 10);
    if (*end != '\0' || *count == 0)
        argp_error(state, "--count %s: a whole number above zero", arg);
    return 0;
}

int cmd_batches(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        batches_parse,
        NULL,
        "The last settled batches.\v"
        "gap: how far, at most, the result is from the best that was possible, - where venues "
        "could earn more from each other than the result is worth. above limits and above venues: "
        "what users got beyond their limits, and beyond the best single venue, at "
        "the marks.",
        NULL,
        NULL,
        NULL,
    };
    static const struct out_column columns[] = {
        { "auction", "batch" },       { "time", "time" },         { "intents", "intents" },
        { "fills", "fills" },         { "legs", "legs" },         { "surplus", "above limits" },
        { "better", "above venues" }, { "gap_ppt", "gap 1e-12" }, { "solve_us", "solved in us" },
    };
    const struct wire_op_request request = { .kind = WIRE_OP_BATCHES };
    size_t count = COUNT_DEFAULT;
    struct wire_op_answer answer;
    struct out o;

    cli_parse(c, &argp, &count, argc, argv);
    int status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "batch", columns, sizeof columns / sizeof columns[0], NULL);
    /* The ledger's list begins with the newest; people read downwards to it. */
    for (size_t i = answer.batches_n < count ? answer.batches_n : count; i-- > 0;) {
        const struct wire_op_batch *b = &answer.batches[i];
        out_number(&o, b->auction);
        out_time(&o, b->unix_ms);
        out_number(&o, b->intents);
        out_number(&o, b->fills);
        out_number(&o, b->legs);
        out_money(&o, b->surplus_micro);
        out_money(&o, b->better_micro);
        if (b->gap_ppt > GAP_KNOWN_MAX)
            out_none(&o);
        else
            out_number(&o, b->gap_ppt);
        out_number(&o, b->solve_us);
    }
    out_end(&o);
    if (answer.batches_n == 0)
        out_note(&c->style, "no batch has settled yet");
    return CLI_OK;
}
