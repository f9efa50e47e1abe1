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

void pass_drop(struct pass *p, size_t order)
{
    if (p->network.orders[order].partial && p->keep[order] == 100)
        p->keep[order] = 99;
    else if (p->network.orders[order].partial && p->keep[order] == 99)
        p->keep[order] = 90;
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
