/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * books -- proving that a deployment lost nothing: the ledger against itself, against the venues,
 * and against what the users were told.
 */
#ifndef SLUICE_TESTS_SCENARIO_BOOKS_H
#define SLUICE_TESTS_SCENARIO_BOOKS_H

#include "tests/scenario/deployment.h"

/* Wait until no plan is open and no leg is in flight. */
void books_await_quiet(struct deployment *d);

/* From the last checkpoint and from genesis: sound, and every difference is zero. */
void books_audit(struct deployment *d);

/*
 * books_audit; the journal says of each venue that runs exactly what its own snapshot says (a
 * venue_liar keeps no books); and each trader has what he deposited, less what the statuses of his
 * intents say he paid, plus what they say he got, with every fill at or above its limit.
 */
void books_check(struct deployment *d);

/* Balances of an owner, "user:NAME" or "inv:DOMAIN". */
struct amount books_available(struct deployment *d, const char *owner, uint32_t asset);
struct amount books_held(struct deployment *d, const char *owner, uint32_t asset);

#endif
