/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "solver/route/certificate.h"
#include "solver/route/route_price.h"
#include "solver/route/router_job.h"

enum err router_prove(struct job *j)
{
    const struct certificate_market market = { j->m->curves, j->m->curves_n, j->m->assets_n };
    struct router_result *r = j->result;

    r->prices = ARENA_NEW(&j->r->scratch, j->m->assets_n, struct amount);
    if (r->prices == NULL)
        return ERR_NOMEM;
    route_price_round(r->prices, j->value, j->m, j->active);
    return certificate_bound(&r->bound, &market, j->order, r->prices, j->options->cost);
}

double router_gap(const struct job *j)
{
    double bound = real_double(&j->result->bound);

    if (!j->planned)
        return 1;
    return j->order->exact_out ? (-j->net - bound) / -j->net : (bound - j->net) / bound;
}
