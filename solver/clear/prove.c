/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/clear/pass.h"
#include "solver/route/bound.h"
#include "solver/route/tighten.h"

/* Bound and value at the solution's duals; zero and zero prove nothing. */
static void certificate_make(struct solution *s, const struct auction *a)
{
    if (bound_value(&s->bound, a, s) != ERR_OK || bound_payout(&s->value, a, s) != ERR_OK)
        s->bound = s->value = u256_of(0);
}

/* Is the gap of x smaller than that of y?  bound_x * value_y < bound_y * value_x */
static bool certificate_better(const struct solution *x, const struct solution *y)
{
    struct u512 left, right;

    if (u256_is_zero(&x->value) || u256_is_zero(&y->value))
        return !u256_is_zero(&x->value);
    wide_mul(&left, &x->bound, &y->value);
    wide_mul(&right, &y->bound, &x->value);
    return wide_cmp(&left, &right) < 0;
}

static bool gap_closed(const struct solution *s, uint64_t tolerance_ppt)
{
    struct u256 limit = u256_of(1000000000000u + tolerance_ppt);
    struct u256 trillion = u256_of(1000000000000u);
    struct u512 left, right;

    wide_mul(&left, &s->bound, &trillion);
    wide_mul(&right, &s->value, &limit);
    return !u256_is_zero(&s->value) && wide_cmp(&left, &right) <= 0;
}

/*
 * The prices that found the plan need not be those that prove most about it: an asset that it does
 * not touch, or a curve that it may not use, can have been left anywhere.
 */
static void certificate_tighten(struct pass *p)
{
    struct solution *s = &p->solution;
    struct solution tight = *s;

    tight.duals = ARENA_NEW(p->arena, s->duals_n, struct amount);
    if (tight.duals == NULL)
        return;
    memcpy(tight.duals, s->duals, s->duals_n * sizeof *tight.duals);
    if (tighten_duals(&tight, p->arena, p->a) != ERR_OK)
        return;
    certificate_make(&tight, p->a);
    if (certificate_better(&tight, s))
        *s = tight;
}

/*
 * Rounding took a few atoms more than a limit, an inventory or the pot has: plan again with limits
 * that leave more over.
 */
static bool limits_tighten(struct pass *p)
{
    static const uint32_t shares_ppm[] = { 1, 1000 };
    enum certify_rule r = p->verdict.rule;

    if (r != CERTIFY_POT && r != CERTIFY_PAYOUT && r != CERTIFY_INVENTORY && r != CERTIFY_ROW)
        return false;
    if (p->network.caps_n == 0 || p->tightened == sizeof shares_ppm / sizeof shares_ppm[0])
        return false;
    caps_tighten(&p->network, shares_ppm[p->tightened++]);
    pass_restart(p);
    return true;
}

enum err pass_prove(enum pass_result *next, struct pass *p)
{
    *next = PASS_END;
    certificate_make(&p->solution, p->a);
    if (p->solution.fills_n > 0 && !gap_closed(&p->solution, p->a->options.tolerance_ppt))
        certificate_tighten(p);
    p->certified = certify(&p->verdict, p->arena, p->a, &p->solution);
    if (!p->certified && limits_tighten(p))
        *next = PASS_PRICE;
    return ERR_OK;
}
