/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "gateway/cli/leader.h"

int cmd_venues(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        NULL,
        NULL,
        "The venues that the leader speaks to, as it last saw them.\v"
        "When its report stays the same for 3 s a warning says that it is an old one.",
        NULL,
        NULL,
        NULL,
    };
    static const struct out_column columns[] = {
        { "venue", "venue" }, { "kind", "kind" },     { "domain", "domain" },
        { "state", "state" }, { "up", "up" },         { "curves", "curves" },
        { "seq", "seq" },     { "age_ms", "age ms" }, { "open_legs", "open legs" },
        { "note", "note" },
    };
    enum leader_sign sign;
    struct wire_op_answer answer;
    struct out o;

    cli_parse(c, &argp, NULL, argc, argv);
    int status = leader_report(&answer, &sign, c);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "venue", columns, sizeof columns / sizeof columns[0], NULL);
    for (size_t i = 0; i < answer.venues_n; i++) {
        const struct wire_op_venue *v = &answer.venues[i];
        out_text(&o, v->name.text);
        out_text(&o, v->kind.text);
        out_text(&o, v->domain.text);
        out_text(&o, v->state);
        out_bool(&o, v->up);
        out_number(&o, v->curves);
        out_number(&o, v->seq);
        out_number(&o, v->age_ms);
        out_number(&o, v->open_legs);
        out_text(&o, v->note);
    }
    out_end(&o);
    if (answer.venues_n == 0)
        out_note(&c->style, "no leader has reported yet");
    if (sign == LEADER_SILENT) {
        fflush(stdout);
        fprintf(stderr,
                "warning: the leader has not reported for more than %d s; this is its last report, "
                "and nothing in it may be true now (sluice doctor)\n",
                LEADER_SILENT_S);
    }
    return CLI_OK;
}
