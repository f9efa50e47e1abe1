/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/cli.h"

static int set_mode(struct cli *c, bool accept, bool send, const char *what)
{
    static const struct out_column columns[] = { { "paused", "" }, { "sending", "" } };
    struct wire_op_request request = { .kind = WIRE_OP_MODE };
    struct wire_op_answer answer;

    request.as.mode = (struct wire_op_mode){ .accept = accept, .send = send };
    int status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    out_note(&c->style, "%s", what);
    if (c->style.format == OUT_JSON) {
        struct out o;
        out_begin(&o, &c->style, "mode", columns, 2, NULL);
        out_bool(&o, !accept);
        out_bool(&o, send);
        out_end(&o);
    }
    return CLI_OK;
}

static const struct argp_option options[] = {
    { "send", 's', NULL, 0, "also send no more legs to venues", 1 },
    { 0 },
};

static error_t pause_parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != 's')
        return ARGP_ERR_UNKNOWN;
    *(bool *)state->input = true;
    return 0;
}

int cmd_pause(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        pause_parse,
        NULL,
        "Take no new intents.\vCancels, reads and settling go on. With --send no leg leaves for a "
        "venue either; legs that are out already are brought to their end.",
        NULL,
        NULL,
        NULL,
    };
    bool stop_send = false;

    cli_parse(c, &argp, &stop_send, argc, argv);
    return set_mode(c, false, !stop_send,
                    stop_send ? "paused: no new intents, no new legs; sluice resume ends it"
                              : "paused: no new intents; sluice resume ends it");
}

int cmd_resume(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = { NULL, NULL, NULL, "End a pause.", NULL, NULL, NULL };

    cli_parse(c, &argp, NULL, argc, argv);
    return set_mode(c, true, true, "intents are accepted and legs are sent");
}
