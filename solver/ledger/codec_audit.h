/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codec_audit -- pages of journal and balances into the sums of an audit.
 *
 * The Functions give a page of balances only when the whole journal before it was read, so each
 * balance is compared at the very entry it was read at (ledger_audit.lua).
 */
#ifndef SLUICE_LEDGER_CODEC_AUDIT_H
#define SLUICE_LEDGER_CODEC_AUDIT_H

#include "solver/ledger/codec.h"

/* Decode one page. errors ERR_INVALID not such a page */
MUST_USE enum err codec_audit_page(struct decoding *d, struct reader *r);

#endif
