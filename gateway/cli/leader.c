/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/leader.h"

#include <time.h>

#define PAUSE_MS 150

static bool any_up(const struct wire_op_answer *a)
{
    for (size_t i = 0; i < a->venues_n; i++) {
        if (a->venues[i].up)
            return true;
    }
    return false;
}

static uint64_t fingerprint(const struct wire_op_answer *a)
{
    uint64_t h = a->venues_n;

    for (size_t i = 0; i < a->venues_n; i++)
        h = h * UINT64_C(1099511628211) + a->venues[i].seq * 31 + a->venues[i].age_ms +
            a->venues[i].up;
    return h;
}

int leader_report(struct wire_op_answer *out, enum leader_sign *sign, struct cli *c)
{
    const struct wire_op_request request = { .kind = WIRE_OP_VENUES };
    const struct timespec pause = { 0, PAUSE_MS * 1000000L };
    int status = cli_operate(out, c, &request);

    *sign = LEADER_UNKNOWN;
    if (status != CLI_OK || !any_up(out))
        return status;
    uint64_t first = fingerprint(out);
    for (int ms = 0; ms < LEADER_SILENT_S * 1000; ms += PAUSE_MS) {
        nanosleep(&pause, NULL);
        status = cli_operate(out, c, &request);
        if (status != CLI_OK)
            return status;
        if (fingerprint(out) != first) {
            *sign = LEADER_LIVES;
            return CLI_OK;
        }
    }
    *sign = LEADER_SILENT;
    return CLI_OK;
}
