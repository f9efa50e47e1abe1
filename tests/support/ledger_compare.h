/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_compare -- do two stores give the same reply?
 */
#ifndef SLUICE_TESTS_SUPPORT_LEDGER_COMPARE_H
#define SLUICE_TESTS_SUPPORT_LEDGER_COMPARE_H

#include "solver/ledger/ledger.h"

/* The name of the first member that differs, or NULL when there is none. */
const char *ledger_compare(const struct ledger_reply *a, const struct ledger_reply *b);

#endif
