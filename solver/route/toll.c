/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/toll.h"

#define POWER_ERROR 2e-14 /* of a balance: what the power of a weighted pool is rounded by */

double toll_of(const struct toll *toll, const struct leg_trade *t)
{
    const struct curve *c = &toll->m->curves[t->curve];
    double sum = toll->cost != NULL ? real_double(&toll->cost[t->curve]) * toll->cost_value : 0;

    if (c->kind != CURVE_weighted)
        return sum;
    for (uint32_t k = 0; k < c->assets_n; k++) {
        if (t->net[k] > 0)
            sum += POWER_ERROR * real_double(&c->as.weighted->pool.balance[k]) *
                   toll->value[c->asset[k]];
    }
    return sum;
}
