/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "solver/route/certificate.h"
#include "solver/route/route_price.h"
#include "solver/route/router_job.h"

#define BITS_MOST 240 /* of a bound that the order alone makes too large, then ... */
#define BITS_LESS 40  /* so many less */

/*
 * The bound at the prices of value. One that does not fit is that of an amount beyond all that curves
 * hold: the asset sold is then worth less, or if it is what is counted, more. Any price proves one.
 */
static enum err bound_find(struct u256 *bound, struct amount *price, struct job *j,
                           const double *value)
{
    const struct certificate_market market = { j->m->curves, j->m->curves_n, j->m->assets_n };
    const struct router_order *o = j->order;
    double amount = real_double(&o->amount);
    double *fit = ARENA_NEW(&j->r->scratch, j->m->assets_n, double);
    enum err err = ERR_OVERFLOW;

    if (fit == NULL)
        return ERR_NOMEM;
    memcpy(fit, value, j->m->assets_n * sizeof *fit);
    for (int bits = BITS_MOST; bits > 0 && err == ERR_OVERFLOW; bits -= BITS_LESS) {
        route_price_round(price, fit, j->m, j->active);
        err = certificate_bound(bound, &market, j->order, price, j->options->cost);
        fit[o->sell] = o->exact_out ? fmax(value[o->sell], ldexp(value[o->buy] * amount, -bits))
                                    : fmin(value[o->sell], ldexp(value[o->buy] / amount, bits));
    }
    return err;
}

enum err router_prove(struct job *j, const double *value)
{
    struct amount *price = ARENA_NEW(&j->r->scratch, j->m->assets_n, struct amount);
    struct router_result *r = j->result;
    struct u256 bound;

    if (price == NULL)
        return ERR_NOMEM;
    TRY(bound_find(&bound, price, j, value));
    int smaller = u256_cmp(&r->bound, &bound);
    if (j->proved && (j->order->exact_out ? smaller >= 0 : smaller <= 0))
        return ERR_OK;
    r->bound = bound;
    r->prices = price;
    j->proved = true;
    return ERR_OK;
}

double router_gap(const struct job *j)
{
    double bound = real_double(&j->result->bound);

    if (!j->planned)
        return 1;
    return j->order->exact_out ? (-j->net - bound) / -j->net : (bound - j->net) / bound;
}

bool router_closed(const struct job *j)
{
    double bound = real_double(&j->result->bound);

    return router_gap(j) * bound <= j->options->tolerance * bound + j->dust;
}
