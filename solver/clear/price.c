/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"

#define SHARE_MIN 1e-6 /* a smaller part of a partial intent is noise */

enum err pass_price(enum pass_result *next, struct pass *p)
{
    enum err e = equilibrium_find(&p->equilibrium, p->lp, p->arena, &p->network, p->skip, p->work);

    *next = PASS_NEXT; /* without convergence the last round's prices serve; E4 judges the limits */
    return e == ERR_NOMEM ? e : ERR_OK;
}

/* docs/math.md 4, Fills: whoever fills in part and may not is tried whole, and dropped if it fails. */
enum err pass_fills(enum pass_result *next, struct pass *p)
{
    size_t filled = 0;

    for (size_t i = 0; i < p->network.orders_n; i++) {
        const struct order *o = &p->network.orders[i];
        double share = p->skip[i] ? 0 : p->equilibrium.share[i];

        if (share < SHARE_MIN)
            share = 0;
        else
            share = o->partial ? share * p->keep[i] / 100 : 1;
        p->paid.fill[i] = share * o->size;
        filled += share > 0;
    }
    *next = filled == 0 ? PASS_END : PASS_NEXT;
    return ERR_OK;
}
