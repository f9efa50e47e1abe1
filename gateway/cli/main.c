/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"

static int run(struct cli *c, int argc, char **argv)
{
    static char help[] = "help";
    static char *help_argv[] = { help, NULL };
    int at = cli_parse_front(c, argc, argv);

    if (at == argc) {
        c->verb = help;
        (void)cmd_help(c, 1, help_argv);
        return CLI_USAGE;
    }
    const struct cli_verb *verb = cli_verb_get(argv[at]);
    if (verb == NULL)
        return fail(c, FAIL_USAGE, argv[at],
                    "there is no verb of this name; sluice help lists them");
    c->verb = verb->name;
    return verb->run(c, argc - at, argv + at);
}

int main(int argc, char **argv)
{
    struct cli c;
    int status = cli_init(&c);

    if (status == CLI_OK)
        status = run(&c, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout))
        status = fail(&c, FAIL_OUTPUT, "standard output", "cannot be written");
    cli_fini(&c);
    return status;
}
