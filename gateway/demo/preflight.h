/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preflight -- what would keep the service from starting, found before any process is started.
 */
#ifndef SLUICE_DEMO_PREFLIGHT_H
#define SLUICE_DEMO_PREFLIGHT_H

#include "gateway/cli/cli.h"

/* The Redis that --redis names: reachable, with the settings and Functions that the ledger needs.
 * CLI_OK, or the error is printed and its status returned. */
int preflight_redis(const struct cli *c);

/* The directory of --record, made when absent. CLI_OK, or the error is printed. */
int preflight_record(const struct cli *c);

#endif
