/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/books.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"

struct audit_args {
    bool full;
    bool all;
};

static const struct argp_option options[] = {
    { "full", 'f', NULL, 0, "from the first journal entry instead of the last checkpoint", 1 },
    { "all", 'x', NULL, 0, "also assets of which nothing is there", 1 },
    { 0 },
};

static error_t audit_parse(int key, char *arg, struct argp_state *state)
{
    struct audit_args *a = state->input;

    (void)arg;
    switch (key) {
    case 'f': a->full = true; return 0;
    case 'x': a->all = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int cmd_audit(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        audit_parse,
        NULL,
        "Recompute every balance from the journal and compare.\v"
        "owned is what users, pots and the house have; world is what came from outside and from "
        "venues. They sum to zero for each asset, or the exit status is 1. Then each venue is "
        "asked "
        "for its own books: they must say what the journal says, unless legs are open there.",
        NULL,
        NULL,
        NULL,
    };
    struct wire_op_request request = { .kind = WIRE_OP_AUDIT };
    struct audit_args a = { .full = false };
    struct wire_op_answer answer;

    cli_parse(c, &argp, &a, argc, argv);
    request.as.audit.full = a.full;
    int status = cli_assets(c);
    if (status == CLI_OK)
        status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    report_audit(c, &answer, a.all);
    if (!answer.sound)
        return fail(c, FAIL_UNSOUND, "the ledger", "owned and world do not balance");
    return books_compare(c, &answer);
}
