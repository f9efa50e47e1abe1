/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "solver/shell/log_events.h"

#define X(id, level, text) "| `" #id "` | " #level " | " text " |\n"

int main(void)
{
    (void)fputs("# Log lines\n\n"
                "Each line is `time level EVENT key=value ...` on standard error. This page is\n"
                "written by `./dev docs` from `solver/shell/log_events.h`.\n\n"
                "| event | level | meaning |\n|---|---|---|\n" LOG_EVENTS(X),
                stdout);
    return 0;
}
