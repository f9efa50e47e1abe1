/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auth -- who says so: one envelope at a time, cheap questions before the dear one.
 *
 * auth_open costs about a microsecond per item, auth_check one ed25519 verification (55 us) per
 * envelope, so a request is opened whole, and counted, before the first signature is looked at.
 * Whether the key owns the account is for the ledger. Any thread.
 */
#ifndef SLUICE_GATEWAY_AUTH_H
#define SLUICE_GATEWAY_AUTH_H

#include "proto/wire_intent.h"
#include "solver/core/arena.h"
#include "solver/core/reject.h"

/*
 * Read what an envelope carries. *out lives in arena and must not be acted on before auth_check.
 * returns  NONE MALFORMED TOO_LARGE VERSION
 */
enum reject auth_open(struct wire_payload *out, struct arena *arena,
                      const struct wire_envelope *envelope);

/* Does the signature cover exactly the payload's bytes?  returns  NONE SIGNATURE */
enum reject auth_check(const struct wire_envelope *envelope);

/* What a failed unpack means for the peer that sent the bytes. */
enum reject auth_reject_of(enum err err);

#endif
