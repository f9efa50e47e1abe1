/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/toll.h"

#define POWER_ERROR 2e-14 /* of a balance: what the power of a weighted pool is rounded by */

/* Atoms of asset k that are lost when it is got. */
static double got_error(const struct toll *toll, const struct curve *c, unsigned k)
{
    if (c->kind != CURVE_weighted)
        return toll->atoms;
    return toll->atoms + POWER_ERROR * real_double(&c->as.weighted->pool.balance[k]);
}

double toll_of(const struct toll *toll, const struct leg_trade *t)
{
    const struct curve *c = &toll->m->curves[t->curve];
    double sum = toll->cost != NULL ? real_double(&toll->cost[t->curve]) * toll->cost_value : 0;

    for (uint32_t k = 0; k < c->assets_n; k++) {
        if (t->net[k] > 0)
            sum += got_error(toll, c, k) * toll->value[c->asset[k]];
    }
    return sum;
}
