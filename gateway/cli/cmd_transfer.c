/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/fail.h"
#include "gateway/cli/known.h"
#include "gateway/cli/move.h"

static const struct argp_option options[] = { MOVE_OPTIONS, { 0 } };

static error_t transfer_parse(int key, char *arg, struct argp_state *state)
{
    return move_option(state->input, key, arg, state);
}

/* "home" or "inv:home" */
static int take_domain(struct name *out, const struct cli *c, const char *word)
{
    struct words_why why;

    if (words_name(out, strncmp(word, "inv:", 4) == 0 ? word + 4 : word, &why) != ERR_OK)
        return fail(c, FAIL_NAME, word, "%s", why.text);
    return CLI_OK;
}

int cmd_transfer(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        transfer_parse,
        "FROM TO AMOUNT SYMBOL",
        "Record that inventory moved from one domain to another.",
        NULL,
        NULL,
        NULL,
    };
    struct wire_op_request request = { .kind = WIRE_OP_TRANSFER };
    struct wire_op_transfer *out = &request.as.transfer;
    struct move m = { .owners_n = 2 };
    const struct asset *asset = NULL;
    char from[MOVE_OWNER_TEXT], to[MOVE_OWNER_TEXT];

    cli_parse(c, &argp, &m, argc, argv);
    int status = take_domain(&out->source, c, m.words[0]);
    if (status == CLI_OK)
        status = take_domain(&out->target, c, m.words[1]);
    if (status == CLI_OK && name_equal(&out->source, &out->target))
        status = fail(c, FAIL_USAGE, m.words[1], "both domains are %s: there is nothing to move",
                      out->source.text);
    if (status == CLI_OK)
        status = move_read(&out->ref, &asset, &out->amount, c, &m);
    if (status == CLI_OK)
        status = known_domain(c, out->target.text);
    if (status != CLI_OK)
        return status;
    out->asset = asset->id;
    snprintf(from, sizeof from, "inv:%s", out->source.text);
    snprintf(to, sizeof to, "inv:%s", out->target.text);
    return move_send(c, &request,
                     &(struct move_what){ "moved", from, to, out->ref, asset, out->amount });
}
