/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/solve_route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/certificate.h"
#include "solver/core/system.h"
#include "solver/market/curve_copy.h"

enum err solve_route_unlimit(struct auction *a, struct arena *arena)
{
    struct curve *curves = ARENA_NEW(arena, a->curves_n, struct curve);

    if (curves == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->curves_n; i++) {
        curves[i] = a->curves[i];
        if (curves[i].kind != CURVE_weighted)
            continue;
        TRY(curve_copy(&curves[i], arena, &a->curves[i]));
        curves[i].as.weighted->unlimited = true;
    }
    a->curves = curves;
    return ERR_OK;
}

enum err solve_route_init(struct solve_route *r, struct arena *arena, const struct auction_file *f,
                          const struct solve_wish *wish)
{
    struct auction *a = &r->auction;

    *r = (struct solve_route){ .wish = wish, .file = f, .auction = f->auction };
    if (wish->no_venue_limits)
        TRY(solve_route_unlimit(a, arena));
    TRY(route_market_build(&r->market, arena, a->curves, a->curves_n, a->assets_n));
    r->router = router_new();
    return r->router != NULL ? ERR_OK : ERR_NOMEM;
}

void solve_route_fini(struct solve_route *r)
{
    if (r->file == NULL)
        return;
    router_free(r->router);
    *r = (struct solve_route){ 0 };
}

static struct router_options options_of(const struct solve_route *r)
{
    const struct auction_options *o = &r->file->auction.options;
    struct router_options options;

    router_defaults(&options);
    options.tolerance = 1e-12 * (uint32_t)o->tolerance_ppt;
    options.cycles = !r->wish->no_cycles;
    options.hops_max = r->wish->hops_max;
    options.legs_max = r->wish->legs_max;
    return options;
}

static struct router_order order_of(const struct auction_intent *i)
{
    bool sells = i->kind == INTENT_SELL;

    return (struct router_order){ .sell = i->sell,
                                  .buy = i->buy,
                                  .exact_out = !sells,
                                  .amount = sells ? i->sell_max : i->buy_min };
}

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

uint64_t solve_route_median_us(uint64_t *ns, size_t n)
{
    qsort(ns, n, sizeof ns[0], by_size);
    return (ns[n / 2] + 500) / 1000;
}

static enum err solve_timed(struct router_result *result, uint64_t *median_us,
                            struct solve_route *r, const struct router_order *order)
{
    struct router_options options = options_of(r);
    struct clock_port clock = system_clock();
    uint64_t ns[SOLVE_REPEAT_MAX];

    for (uint64_t i = 0; i < r->wish->repeat; i++) {
        uint64_t start = clock.now_ns(clock.self);

        TRY(router_solve(result, r->router, &r->market, order, &options));
        ns[i] = clock.now_ns(clock.self) - start;
    }
    *median_us = solve_route_median_us(ns, r->wish->repeat);
    return ERR_OK;
}

/* ---- the line ---- */

static enum err legs_take(struct solution *s, const struct legs *legs, struct arena *arena)
{
    s->legs_n = legs->n;
    s->legs = ARENA_NEW(arena, legs->n, struct solution_leg);
    if (s->legs == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < legs->n; i++)
        s->legs[i] = (struct solution_leg){ .curve = legs->leg[i].curve,
                                            .way = legs->leg[i].way,
                                            .stage = (uint32_t)i,
                                            .in = legs->leg[i].in,
                                            .min_out = legs->leg[i].out };
    return ERR_OK;
}

/* The rate of the fill as two prices: what one asset got, the other is worth. */
static enum err fill_take(struct solution_line *l, const struct router_result *result,
                          const struct auction *a, struct arena *arena)
{
    const struct auction_intent *i = &a->intents[l->intent];
    struct solution *s = &l->solution;

    if (result->legs.n == 0 || u256_is_zero(&result->bought))
        return ERR_OK;
    s->fills = ARENA_NEW(arena, 1, struct solution_fill);
    s->prices = ARENA_NEW(arena, a->assets_n, struct amount);
    if (s->fills == NULL || s->prices == NULL)
        return ERR_NOMEM;
    s->fills_n = 1;
    s->prices_n = a->assets_n;
    s->fills[0] = (struct solution_fill){ (uint32_t)l->intent, result->sold, result->bought };
    if (u256_is_zero(&result->sold)) /* mispriced pools pay for it: a fill takes an atom at least */
        s->fills[0].paid = u256_of(1);
    if (i->kind == INTENT_BUY && u256_cmp(&result->bought, &i->buy_min) > 0)
        s->fills[0].got = i->buy_min; /* the rest is the line's surplus */
    TRY(u256_to_amount(&s->prices[i->sell], &s->fills[0].got));
    TRY(u256_to_amount(&s->prices[i->buy], &s->fills[0].paid));
    return legs_take(s, &result->legs, arena);
}

static enum err duals_take(struct solution *s, const struct router_result *result,
                           const struct auction *a, struct arena *arena)
{
    if (result->prices == NULL)
        return ERR_OK;
    s->duals = ARENA_NEW(arena, a->assets_n, struct amount);
    if (s->duals == NULL)
        return ERR_NOMEM;
    memcpy(s->duals, result->prices, a->assets_n * sizeof *s->duals);
    s->duals_n = a->assets_n;
    return ERR_OK;
}

static bool limit_met(const struct auction_intent *i, const struct solution *s)
{
    struct u512 given, owed;

    if (s->fills_n == 0)
        return false;
    wide_mul(&given, &s->fills[0].got, &i->signed_sell);
    wide_mul(&owed, &s->fills[0].paid, &i->signed_buy);
    return wide_cmp(&given, &owed) >= 0;
}

static void end_take(struct solution_route *route, const struct router_result *result,
                     const struct auction_intent *i)
{
    switch (result->end) {
    case ROUTER_DONE: route->end = SOLUTION_DONE; return;
    case ROUTER_PART:
        route->end = SOLUTION_PART;
        route->why =
            i->kind == INTENT_SELL
                ? "the pools take no more of what is sold: this is the most that is possible"
                : "the pools give no more of what is bought: this is the most that is possible";
        return;
    case ROUTER_NO_ROUTE:
        route->end = SOLUTION_NO_ROUTE;
        route->why = "no path of pools with liquidity leads from what is sold to what is bought";
        return;
    case ROUTER_WORK:
        route->end = SOLUTION_WORK_LIMIT;
        route->why = "the limit of steps or pivots ended the search: the gap says how far it came";
        return;
    }
}

/* The free side of a result: what is got for an exact sale, or paid for an exact purchase. */
static const struct u256 *free_side(const struct router_result *result, bool sells)
{
    return sells ? &result->bought : &result->sold;
}

/* What an option costs: less is got, or more is paid, than by the same order without it. */
static enum err cost_take(struct solution_cost *cost, struct solve_route *r,
                          const struct router_order *order, const struct router_options *without)
{
    struct u256 ours = cost->lost; /* the free side with the option */
    struct router_result other;

    TRY(router_solve(&other, r->router, &r->market, order, without));
    cost->asked = true;
    cost->of = *free_side(&other, !order->exact_out);
    const struct u256 *most = order->exact_out ? &ours : &cost->of;
    const struct u256 *least = order->exact_out ? &cost->of : &ours;

    if (u256_sub(&cost->lost, most, least) != ERR_OK)
        cost->lost = u256_of(0); /* the tolerance is larger than the difference */
    return ERR_OK;
}

static enum err costs_take(struct solution_line *l, struct solve_route *r,
                           const struct router_order *order, const struct u256 *ours)
{
    const struct router_options wished = options_of(r);
    struct router_options without[SOLUTION_OPTIONS_N] = { wished, wished, wished };
    const bool asked[SOLUTION_OPTIONS_N] = { [SOLUTION_no_cycles] = r->wish->no_cycles,
                                             [SOLUTION_hops_max] = r->wish->hops_max > 0,
                                             [SOLUTION_legs_max] = r->wish->legs_max > 0 };

    without[SOLUTION_no_cycles].cycles = true;
    without[SOLUTION_hops_max].hops_max = 0;
    without[SOLUTION_legs_max].legs_max = 0;
    for (size_t i = 0; i < SOLUTION_OPTIONS_N; i++) {
        if (!asked[i])
            continue;
        l->cost[i].lost = *ours;
        TRY(cost_take(&l->cost[i], r, order, &without[i]));
    }
    return ERR_OK;
}

enum err solve_route_order(struct solution_line *l, struct solve_route *r, size_t intent,
                           struct arena *arena)
{
    const struct auction *a = &r->auction;
    const struct auction_intent *i = &a->intents[intent];
    const struct router_order order = order_of(i);
    struct solution *s = &l->solution;
    struct router_result result;

    l->intent = intent;
    TRY(solve_timed(&result, &l->solve_us, r, &order));
    s->auction = a->id;
    s->incumbent_no = 1;
    s->final = true;
    s->work.rounds = result.iterations;
    s->work.pivots = result.pivots;
    TRY(fill_take(l, &result, a, arena));
    TRY(duals_take(s, &result, a, arena));
    end_take(&l->route, &result, i);
    l->route.limit_met = limit_met(i, s);
    l->route.no_venue_limits = r->wish->no_venue_limits;
    struct u256 ours = *free_side(&result, !order.exact_out);

    TRY(costs_take(l, r, &order, &ours)); /* the result is gone now */
    return certificate_make(l, a, arena);
}
