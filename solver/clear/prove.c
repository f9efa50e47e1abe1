/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"
#include "solver/route/bound.h"

enum err pass_prove(enum pass_result *next, struct pass *p)
{
    struct solution *s = &p->solution;

    *next = PASS_END;
    if (bound_value(&s->bound, p->a, s) != ERR_OK || bound_payout(&s->value, p->a, s) != ERR_OK)
        s->bound = s->value = u256_of(0); /* no certificate; the answer may still be right */
    p->certified = certify(&p->verdict, p->arena, p->a, s);
    return ERR_OK;
}
