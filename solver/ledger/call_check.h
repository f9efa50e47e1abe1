/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call_check -- is a call of the documented shape?  Names well formed, counts within their bounds,
 * no missing array. What the values mean is judged by the store and answered as enum reject.
 */
#ifndef SLUICE_LEDGER_CALL_CHECK_H
#define SLUICE_LEDGER_CALL_CHECK_H

#include "solver/ledger/ledger.h"

/* ERR_INVALID for a call that no store may see. */
MUST_USE enum err call_check(const struct ledger_call *call);

#endif
