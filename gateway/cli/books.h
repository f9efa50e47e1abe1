/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * books -- what the journal says of each venue against what the venue itself says (its Snapshot).
 */
#ifndef SLUICE_GATEWAY_CLI_BOOKS_H
#define SLUICE_GATEWAY_CLI_BOOKS_H

#include "gateway/cli/cli.h"

/*
 * Ask every venue that the leader reports and print one line for each. audit is the answer of the
 * operator's audit; it is used up, because the client that holds it asks again.
 *
 * Returns CLI_OK, or the status of a failure when a venue without open legs says otherwise. One that
 * does not answer is shown and is no failure: it may be down.
 */
int books_compare(struct cli *c, const struct wire_op_answer *audit);

#endif
