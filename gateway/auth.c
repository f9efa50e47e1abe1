/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/auth.h"

#include "solver/core/check.h"

enum reject auth_reject_of(enum err err)
{
    CHECK(err != ERR_OK);
    if (err == ERR_OVERFLOW || err == ERR_NOMEM)
        return REJECT_TOO_LARGE;
    if (err == ERR_UNSUPPORTED)
        return REJECT_VERSION;
    return REJECT_MALFORMED;
}

enum reject auth_open(struct wire_payload *out, struct arena *arena,
                      const struct wire_envelope *envelope)
{
    enum err err;

    if (envelope->algorithm != WIRE_ED25519)
        return REJECT_VERSION;
    err = wire_payload_unpack(out, arena, envelope->payload.bytes, envelope->payload.n);
    return err == ERR_OK ? REJECT_NONE : auth_reject_of(err);
}

enum reject auth_check(const struct wire_envelope *envelope)
{
    return wire_envelope_verify(envelope) ? REJECT_NONE : REJECT_SIGNATURE;
}
