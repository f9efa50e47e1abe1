/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * known -- a warning on stderr about a venue or a domain that nothing has the name of yet: it may
 * come later, and it may be a typing error.
 */
#ifndef SLUICE_CLI_KNOWN_H
#define SLUICE_CLI_KNOWN_H

#include "gateway/cli/cli.h"
#include "solver/core/row.h"

/* CLI_OK, warned or not; else why the service did not answer is printed. */
int known_venue(struct cli *c, const char *name);
int known_domain(struct cli *c, const char *name); /* of a venue, or with inventory */

/* The subject of a limit; accounts are not looked at. */
int known_limit(struct cli *c, const struct row *limit);

#endif
