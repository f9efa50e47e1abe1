/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "solver/sluice/inside.h"

#define ARENA_CAP ((size_t)4 << 30)
#define PPT 1e-12

_Static_assert((int)SLUICE_DONE == (int)ROUTER_DONE, "done");
_Static_assert((int)SLUICE_PART == (int)ROUTER_PART, "part");
_Static_assert((int)SLUICE_NO_ROUTE == (int)ROUTER_NO_ROUTE, "no route");
_Static_assert((int)SLUICE_WORK == (int)ROUTER_WORK, "work");

struct sluice_router {
    struct router *router;
    struct arena arena; /* what the last route points at */
};

enum sluice_status sluice_router_new(struct sluice_router **r)
{
    if (r == NULL)
        return SLUICE_ARGUMENT;
    *r = calloc(1, sizeof **r);
    if (*r == NULL)
        return SLUICE_MEMORY;
    arena_init(&(*r)->arena, ARENA_CAP);
    (*r)->router = router_new();
    if ((*r)->router != NULL)
        return SLUICE_OK;
    sluice_router_free(*r);
    *r = NULL;
    return SLUICE_MEMORY;
}

void sluice_router_free(struct sluice_router *r)
{
    if (r == NULL)
        return;
    router_free(r->router);
    arena_fini(&r->arena);
    free(r);
}

void sluice_options_default(struct sluice_options *o)
{
    struct router_options d;

    if (o == NULL)
        return;
    router_defaults(&d);
    *o = (struct sluice_options){ .tolerance_ppt = 1000,
                                  .cycles = d.cycles,
                                  .steps_max = d.steps_max,
                                  .pivots_max = d.pivots_max };
}

static struct router_options options_of(const struct sluice_options *o, const struct u256 *cost)
{
    return (struct router_options){ .tolerance = o->tolerance_ppt * PPT,
                                    .cycles = o->cycles != 0,
                                    .warm = o->warm != 0,
                                    .hops_max = o->hops_max,
                                    .legs_max = o->legs_max,
                                    .cost = cost,
                                    .steps_max = o->steps_max,
                                    .pivots_max = o->pivots_max };
}

static enum err cost_take(struct inside_job *job, struct arena *arena,
                          const struct sluice_market *m, const struct sluice_options *o)
{
    if (o == NULL || o->costs_n == 0)
        return ERR_OK;
    if (o->cost == NULL || o->costs_n != m->curves_n)
        return ERR_INVALID;
    struct u256 *cost = ARENA_NEW(arena, m->curves_n, struct u256);
    if (cost == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < m->curves_n; i++)
        cost[i] = inside_u256(&o->cost[i]);
    job->cost = cost;
    return ERR_OK;
}

enum err inside_job(struct inside_job *job, struct arena *arena, const struct sluice_market *m,
                    const struct sluice_order *order, const struct sluice_options *options)
{
    *job = (struct inside_job){ .order = { .sell = order->sell,
                                           .buy = order->buy,
                                           .exact_out = order->exact_out != 0,
                                           .amount = inside_u256(&order->amount) } };
    if (order->sell >= m->assets_n || order->buy >= m->assets_n || order->sell == order->buy ||
        u256_is_zero(&job->order.amount))
        return ERR_INVALID;
    return cost_take(job, arena, m, options);
}

/* ---- the result ---- */

static enum err legs_give(struct sluice_route *out, struct arena *arena,
                          const struct sluice_market *m, const struct legs *legs)
{
    struct sluice_leg *leg = ARENA_NEW(arena, legs->n, struct sluice_leg);
    struct sluice_buffer *buffer = ARENA_NEW(arena, legs->buffers_n, struct sluice_buffer);

    if (leg == NULL || buffer == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < legs->n; i++) {
        const struct leg *l = &legs->leg[i];
        const uint32_t *asset = m->curves[l->curve].asset;

        leg[i] = (struct sluice_leg){ .curve = l->curve,
                                      .give = asset[l->way.give],
                                      .get = asset[l->way.get],
                                      .in = inside_amount(&l->in),
                                      .out = inside_amount(&l->out) };
    }
    for (size_t i = 0; i < legs->buffers_n; i++)
        buffer[i] = (struct sluice_buffer){ .asset = legs->buffer[i].asset,
                                            .amount = inside_amount(&legs->buffer[i].amount) };
    out->legs = leg;
    out->legs_n = legs->n;
    out->buffers = buffer;
    out->buffers_n = legs->buffers_n;
    return ERR_OK;
}

static enum err prices_give(struct sluice_route *out, struct arena *arena,
                            const struct sluice_market *m, const struct router_result *r)
{
    if (r->prices == NULL)
        return ERR_OK;
    struct sluice_amount *price = ARENA_NEW(arena, m->assets_n, struct sluice_amount);
    if (price == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < m->assets_n; i++) {
        const struct u256 p = u256_of_amount(r->prices[i]);
        price[i] = inside_amount(&p);
    }
    out->prices = price;
    out->prices_n = m->assets_n;
    return ERR_OK;
}

static enum err result_give(struct sluice_route *route, struct arena *arena,
                            const struct sluice_market *m, const struct inside_job *job,
                            const struct router_result *r)
{
    struct sluice_route out = { .verdict = (uint32_t)r->end,
                                .iterations = r->iterations,
                                .pivots = r->pivots,
                                .gap_e18 = SLUICE_GAP_UNKNOWN,
                                .sold = inside_amount(&r->sold),
                                .bought = inside_amount(&r->bought),
                                .bound = inside_amount(&r->bound) };

    if (r->end == ROUTER_NO_ROUTE) {
        *route = (struct sluice_route){ .verdict = SLUICE_NO_ROUTE };
        return ERR_OK;
    }
    TRY(legs_give(&out, arena, m, &r->legs));
    TRY(prices_give(&out, arena, m, r));
    if (r->prices != NULL)
        TRY(inside_gap(&out.gap_e18, arena, m, job, r));
    *route = out;
    return ERR_OK;
}

enum sluice_status sluice_router_route(struct sluice_route *route, struct sluice_router *r,
                                       const struct sluice_market *m,
                                       const struct sluice_order *order,
                                       const struct sluice_options *options)
{
    struct sluice_options defaults;
    struct router_result result;
    struct inside_job job;

    if (route == NULL || r == NULL || m == NULL || order == NULL)
        return SLUICE_ARGUMENT;
    if (!m->sealed)
        return SLUICE_STATE;
    sluice_options_default(&defaults);
    if (options == NULL)
        options = &defaults;
    arena_reset(&r->arena);
    enum err e = inside_job(&job, &r->arena, m, order, options);
    if (e != ERR_OK)
        return inside_status(e);
    const struct router_options inner = options_of(options, job.cost);
    e = router_solve(&result, r->router, &m->route, &job.order, &inner);
    if (e == ERR_OK)
        e = result_give(route, &r->arena, m, &job, &result);
    return inside_status(e);
}
