/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"

#include "solver/core/check.h"

enum step {
#define X(name, file, doc) STEP_##name,
    CLEAR_STEPS(X)
#undef X
        STEPS_N
};

static enum err (*const steps[])(enum pass_result *next, struct pass *p) = {
#define X(name, file, doc) pass_##name,
    CLEAR_STEPS(X)
#undef X
};

/*
 * A partial fill gives up a little of its share. Where venues have limits it goes on to give up
 * most of it, since they may leave room for a small part only.
 */
void pass_drop(struct pass *p, size_t order)
{
    static const uint8_t shares[] = { 99, 90, 50, 25, 10, 4, 1 };
    size_t n = p->network.caps_n > 0 ? sizeof shares : 2;
    size_t i = 0;

    while (i < n && shares[i] >= p->keep[order])
        i++;
    if (p->network.orders[order].partial && i < n)
        p->keep[order] = shares[i];
    else
        p->skip[order] = true;
}

void pass_restart(struct pass *p)
{
    p->slack_no = 0;
}

enum err pass_run(struct pass *p)
{
    int step = 0;

    while (step < STEPS_N) {
        enum pass_result next = PASS_NEXT;

        TRY(steps[step](&next, p));
        switch (next) {
        case PASS_NEXT: step++; break;
        case PASS_PRICE: step = STEP_price; break;
        case PASS_ROUTE: step = STEP_route; break;
        case PASS_END: return ERR_OK;
        }
    }
    return ERR_OK;
}
