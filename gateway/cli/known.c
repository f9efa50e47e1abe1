/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/known.h"

#include <stdio.h>
#include <string.h>

#include "solver/ledger/ledger.h"

static bool is_always(const char *name)
{
    return strcmp(name, LEDGER_ANY) == 0 || strcmp(name, LEDGER_HOME) == 0;
}

static void warn(const char *what, const char *name)
{
    fprintf(stderr, "warning: no %s is called %s yet (sluice venues)\n", what, name);
}

int known_venue(struct cli *c, const char *name)
{
    const struct wire_op_request request = { .kind = WIRE_OP_VENUES };
    struct wire_op_answer answer;

    if (is_always(name))
        return CLI_OK;
    int status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    for (size_t i = 0; i < answer.venues_n; i++) {
        if (strcmp(answer.venues[i].name.text, name) == 0)
            return CLI_OK;
    }
    warn("venue", name);
    return CLI_OK;
}

static int has_inventory(bool *yes, struct cli *c, const char *name)
{
    const struct wire_op_request request = { .kind = WIRE_OP_INVENTORY };
    struct wire_op_answer answer;
    int status = cli_operate(&answer, c, &request);

    *yes = false;
    for (size_t i = 0; status == CLI_OK && i < answer.balances_n; i++) {
        const char *owner = answer.balances[i].owner;
        const char *colon = strchr(owner, ':');
        *yes |= strcmp(colon != NULL ? colon + 1 : owner, name) == 0;
    }
    return status;
}

int known_domain(struct cli *c, const char *name)
{
    const struct wire_op_request request = { .kind = WIRE_OP_VENUES };
    struct wire_op_answer answer;
    bool yes = is_always(name);

    if (yes)
        return CLI_OK;
    int status = has_inventory(&yes, c, name);
    if (status == CLI_OK && !yes)
        status = cli_operate(&answer, c, &request);
    if (status != CLI_OK || yes)
        return status;
    for (size_t i = 0; i < answer.venues_n; i++) {
        if (strcmp(answer.venues[i].domain.text, name) == 0)
            return CLI_OK;
    }
    warn("domain", name);
    return CLI_OK;
}

int known_limit(struct cli *c, const struct row *limit)
{
    switch (limit->kind) {
    case ROW_INVENTORY: return known_domain(c, limit->subject.text);
    case ROW_IN_FLIGHT:
    case ROW_VALUE: return known_venue(c, limit->subject.text);
    case ROW_HELD: break;
    }
    return CLI_OK;
}
