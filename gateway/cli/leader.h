/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leader -- the leader's report of its venues, and whether it is of now.
 *
 * A leader reports twice a second into the ledger, where the last report stays when it dies. A
 * report carries no time; that a leader lives shows in a report that changes, as the ages of
 * curves do.
 */
#ifndef SLUICE_CLI_LEADER_H
#define SLUICE_CLI_LEADER_H

#include "gateway/cli/cli.h"

#define LEADER_SILENT_S 3 /* a report that stays the same for longer is an old one */

enum leader_sign {
    LEADER_LIVES,
    LEADER_SILENT,
    LEADER_UNKNOWN /* nothing was ever reported, or no venue was up: nothing would change */
};

/* CLI_OK with *out until the next call and *sign; else the error is printed. */
int leader_report(struct wire_op_answer *out, enum leader_sign *sign, struct cli *c);

#endif
