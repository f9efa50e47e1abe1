/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/cli.h"
#include "proto/wire.h"

int cmd_version(struct cli *c, int argc, char **argv)
{
    static const struct argp version = { NULL, NULL, NULL, "Print the version of this build.",
                                         NULL, NULL, NULL };
    static const struct out_column columns[] = {
        { "version", "version" },
        { "protocol", "protocol" },
        { "compiler", "compiler" },
    };
    struct out o;

    cli_parse(c, &version, NULL, argc, argv);
    out_begin(&o, &c->style, "version", columns, 3, NULL);
    out_record(&o);
    out_text(&o, SLUICE_BUILD_VERSION);
    out_number(&o, WIRE_VERSION);
    out_text(&o, __VERSION__);
    out_end(&o);
    return CLI_OK;
}
