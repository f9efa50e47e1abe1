/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"

#include <string.h>

enum err pass_prepare(enum pass_result *next, struct pass *p)
{
    struct network *n = &p->network;

    TRY(network_build(n, p->arena, p->a, p->skip_curve, NULL));
    TRY(paid_init(&p->paid, p->arena, n));
    TRY(equilibrium_init(&p->equilibrium, p->arena, n));
    p->skip = ARENA_NEW(p->arena, n->orders_n, bool);
    p->keep = ARENA_NEW(p->arena, n->orders_n, uint8_t);
    if (p->skip == NULL || p->keep == NULL)
        return ERR_NOMEM;
    memset(p->keep, 100, n->orders_n);
    TRY(ask_init(&p->ask, p->arena, n));
    p->solution.auction = p->a->id;
    *next = n->orders_n == 0 ? PASS_END : PASS_NEXT;
    return ERR_OK;
}
