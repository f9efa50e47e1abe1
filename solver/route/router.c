/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/router.h"

#include <stdlib.h>

#include "solver/route/router_job.h"

#define ROUTER_ARENA_CAP ((size_t)4 << 30)
#define TOLERANCE 1e-9
#define STEPS_MAX 400
#define PIVOTS_MAX 200000

struct router *router_new(void)
{
    struct router *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    arena_init(&r->kept, ROUTER_ARENA_CAP);
    arena_init(&r->scratch, ROUTER_ARENA_CAP);
    return r;
}

void router_free(struct router *r)
{
    if (r == NULL)
        return;
    arena_fini(&r->kept);
    arena_fini(&r->scratch);
    lp_free(r->lp);
    free(r->last);
    free(r);
}

void router_defaults(struct router_options *o)
{
    *o = (struct router_options){
        .tolerance = TOLERANCE, .cycles = true, .steps_max = STEPS_MAX, .pivots_max = PIVOTS_MAX
    };
}

static enum err order_check(const struct route_market *m, const struct router_order *o)
{
    if (o->sell >= m->assets_n || o->buy >= m->assets_n || o->sell == o->buy ||
        u256_is_zero(&o->amount))
        return ERR_INVALID;
    return ERR_OK;
}

static enum err route(struct job *j)
{
    TRY(router_prices(j));
    TRY(router_prove(j, j->value));
    TRY(router_plan(j));
    j->result->gap = router_gap(j);
    if (j->result->end == ROUTER_WORK && router_closed(j))
        j->result->end = ROUTER_DONE;
    return router_prices_keep(j);
}

enum err router_solve(struct router_result *result, struct router *r, const struct route_market *m,
                      const struct router_order *order, const struct router_options *options)
{
    struct job j = { .r = r, .m = m, .order = order, .options = options, .result = result };

    *result = (struct router_result){ .end = ROUTER_DONE };
    TRY(order_check(m, order));
    arena_reset(&r->scratch);
    enum err err = route(&j);
    if (err == ERR_NOT_FOUND) {
        result->end = ROUTER_NO_ROUTE; /* a bound that was proved stands */
        return ERR_OK;
    }
    bool part = order->exact_out ? u256_cmp(&result->bought, &order->amount) < 0
                                 : !u256_is_zero(&result->legs.left);
    if (err == ERR_OK && result->end == ROUTER_DONE && part)
        result->end = ROUTER_PART;
    return err;
}
