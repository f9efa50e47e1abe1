/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "solver/route/certificate.h"
#include "solver/route/route_price.h"
#include "solver/route/router_job.h"

enum err router_prove(struct job *j, const double *value)
{
    const struct certificate_market market = { j->m->curves, j->m->curves_n, j->m->assets_n };
    struct amount *price = ARENA_NEW(&j->r->scratch, j->m->assets_n, struct amount);
    struct router_result *r = j->result;
    struct u256 bound;

    if (price == NULL)
        return ERR_NOMEM;
    route_price_round(price, value, j->m, j->active);
    TRY(certificate_bound(&bound, &market, j->order, price, j->options->cost));
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
