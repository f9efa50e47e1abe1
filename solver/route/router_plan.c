/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "solver/route/dual.h"
#include "solver/route/edge.h"
#include "solver/route/master.h"
#include "solver/route/route_price.h"
#include "solver/route/router_plan.h"
#include "solver/route/toll.h"

#define DROPS_MAX 6
#define TRIM_ROUNDS 12
#define SALES_MAX 6
#define SALE_MORE 1.0000001 /* of what is lacking */
#define SALE_MOST 0x1p250
#define SMOOTH_PIVOTS 1000
#define SMOOTH_GAP 1e-5 /* where Newton on smooth curves leaves more it went astray */

enum err router_plan_init(struct plan *p, struct job *j)
{
    struct arena *scratch = &j->r->scratch;
    size_t n = j->active->frame.n, curves_n = j->active->frame.curves_n;

    *p = (struct plan){ .j = j,
                        .off = ARENA_NEW(scratch, curves_n, bool),
                        .u = ARENA_NEW(scratch, n, double),
                        .e = ARENA_NEW(scratch, n, double),
                        .value = ARENA_NEW(scratch, j->m->assets_n, double),
                        .trades = ARENA_NEW(scratch, curves_n, struct leg_trade),
                        .profit = ARENA_NEW(scratch, curves_n, double),
                        .number = ARENA_NEW(scratch, curves_n, size_t) };
    if (p->off == NULL || p->u == NULL || p->e == NULL || p->value == NULL || p->trades == NULL ||
        p->profit == NULL || p->number == NULL)
        return ERR_NOMEM;
    memcpy(p->u, j->u, n * sizeof *p->u);
    memcpy(p->value, j->value, j->m->assets_n * sizeof *p->value);
    return ERR_OK;
}

/* What curve i trades at the prices of the plan. */
static bool trade_of(struct plan *p, size_t i)
{
    const struct real_smooth sharp = { DUAL_WIDTH, 0 };
    const struct real_curve *c = &p->j->active->curves[i];
    struct leg_trade *t = &p->trades[p->trades_n];
    struct real_pull pull;

    if (p->off[i] || real_curve_pull(&pull, c, p->u, p->e, &sharp) != REAL_TRADES)
        return false;
    *t = (struct leg_trade){ .curve = c->curve };
    for (unsigned k = 0; k < c->n; k++) {
        uint32_t asset = p->j->m->curves[c->curve].asset[k];

        t->net[k] = frame_live(c, k) ? pull.net[k] / p->value[asset] : 0;
    }
    p->number[p->trades_n] = i;
    p->profit[p->trades_n++] = pull.profit;
    return true;
}

size_t router_plan_trades(struct plan *p, bool tolls)
{
    const struct job *j = p->j;
    const uint32_t paid_in = j->order->exact_out ? j->order->sell : j->order->buy;
    const struct toll toll = { j->m, p->value, p->atoms, j->options->cost, p->value[paid_in] };
    size_t dropped = 0;

    for (size_t i = 0; i < j->active->frame.n; i++)
        p->e[i] = exp(p->u[i]);
    p->trades_n = 0;
    for (size_t i = 0; i < j->active->frame.curves_n; i++) {
        if (!trade_of(p, i) || !tolls)
            continue;
        p->off[i] = p->profit[p->trades_n - 1] < toll_of(&toll, &p->trades[p->trades_n - 1]);
        dropped += p->off[i];
    }
    return dropped;
}

/* What legs bring: bought, or minus sold, less what their curves cost. */
static double net_of(const struct job *j, const struct legs *legs)
{
    const struct u256 *cost = j->options->cost;
    double net = j->order->exact_out ? -real_double(&legs->sold) : real_double(&legs->bought);

    for (size_t i = 0; cost != NULL && i < legs->n; i++)
        net -= real_double(&cost[legs->leg[i].curve]);
    return net;
}

/* Two atoms of each leg's output, in atoms of what the bound counts. */
static double dust_of(const struct job *j, const struct legs *legs)
{
    double counted = j->value[j->order->exact_out ? j->order->sell : j->order->buy], sum = 0;

    for (size_t i = 0; i < legs->n; i++) {
        const struct leg *l = &legs->leg[i];

        sum += 2 * j->value[j->m->curves[l->curve].asset[l->way.get]] / counted;
    }
    return sum;
}

/* What of an exact output is bought: more than asked for is of no use. */
static struct u256 filled(const struct job *j, const struct legs *legs)
{
    return u256_cmp(&legs->bought, &j->order->amount) < 0 ? legs->bought : j->order->amount;
}

/* Does it fill more of the order, or the same for less? */
static bool is_better(const struct job *j, const struct legs *legs, double net)
{
    const struct legs *best = &j->result->legs;
    struct u256 old = filled(j, best), new = filled(j, legs);
    int more = u256_cmp(j->order->exact_out ? &new : &best->left,
                        j->order->exact_out ? &old : &legs->left);

    if (!j->planned || more > 0)
        return true;
    return more == 0 && net > j->net;
}

static enum err legs_of(struct legs *legs, const struct plan *p, bool exact_out,
                        const struct u256 *amount)
{
    const struct job *j = p->j;
    const struct legs_order order = { .sell = j->order->sell,
                                      .buy = j->order->buy,
                                      .exact_out = exact_out,
                                      .amount = *amount,
                                      .cycles = j->options->cycles,
                                      .price = p->value };

    if (j->trims != NULL)
        router_trim_keep(p->trades, p->trades_n, j, p->value);
    return legs_make(legs, &j->r->scratch, j->m->curves, j->m->curves_n, j->m->assets_n, &order,
                     p->trades, p->trades_n);
}

enum err router_plan_legs(struct legs *legs, const struct plan *p)
{
    return legs_of(legs, p, p->j->order->exact_out, &p->j->order->amount);
}

void router_plan_offer(struct job *j, const struct legs *legs)
{
    double net = net_of(j, legs);

    if (!router_limit_kept(j, legs) || !is_better(j, legs, net))
        return;
    j->result->legs = *legs;
    j->result->sold = legs->sold;
    j->result->bought = legs->bought;
    j->net = net;
    j->dust = dust_of(j, legs);
    j->planned = true;
}

/* Sell a little more than the bound, by what was lacking at its price, until enough is bought. */
static enum err plan_sell(const struct plan *p)
{
    struct job *j = p->j;
    double rate = p->value[j->order->buy] / p->value[j->order->sell];
    double wanted = real_double(&j->order->amount), sold = fmax(real_double(&j->result->bound), 1);

    for (int i = 0; i < SALES_MAX && sold < SALE_MOST; i++) {
        struct u256 amount = edge_atoms(ceil(sold));
        struct legs legs;
        enum err err = legs_of(&legs, p, false, &amount);

        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_OK : err;
        if (u256_cmp(&legs.bought, &j->order->amount) >= 0) {
            router_plan_offer(j, &legs);
            return ERR_OK;
        }
        double lacking = wanted - real_double(&legs.bought);

        sold += fmax(lacking, wanted * 0x1p-52) * rate * SALE_MORE + 1;
    }
    return ERR_OK;
}

/* Execute the plan in integers, and keep it if it is the best so far. */
static enum err plan_execute(const struct plan *p)
{
    struct job *j = p->j;
    struct legs legs;
    enum err err = router_plan_legs(&legs, p);

    if (err == ERR_OK)
        router_plan_offer(j, &legs);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    /* Legs sized backwards may lack an asset that a sale of as much has. */
    return j->order->exact_out && !router_closed(j) ? plan_sell(p) : ERR_OK;
}

static enum err plan_all(struct job *j)
{
    struct plan p;

    TRY(router_plan_init(&p, j));
    (void)router_plan_trades(&p, false);
    return plan_execute(&p);
}

/* Without the trades that cost more than they bring. */
static enum err plan_without_dust(struct job *j, double atoms)
{
    struct plan p;

    TRY(router_plan_init(&p, j));
    p.atoms = atoms;
    for (int round = 0; router_plan_trades(&p, true) > 0 && round < DROPS_MAX; round++)
        TRY(router_prices_find(j, p.u, p.value, p.off));
    if (j->options->cost != NULL)
        TRY(router_prove(j, p.value)); /* what is not worth its cost earns nothing there */
    return plan_execute(&p);
}

/* Where curves bend the program is a last resort, and a slow one. */
static uint64_t pivots_for(const struct job *j)
{
    uint64_t pivots = j->options->pivots_max - j->result->pivots;

    return j->smooth && pivots > SMOOTH_PIVOTS ? SMOOTH_PIVOTS : pivots;
}

/* What the linear program chooses, where corners leave the best trades open. */
static enum err plan_mixed(struct job *j)
{
    struct arena *scratch = &j->r->scratch;
    const struct active *a = j->active;
    const struct dual d = { .frame = &j->active->frame, .supply = j->supply, .basket = j->basket };
    uint64_t pivots = pivots_for(j), left = pivots;
    struct master_result mixed;
    struct plan p;

    if (j->r->lp == NULL)
        j->r->lp = lp_new();
    if (j->r->lp == NULL)
        return ERR_NOMEM;
    TRY(router_plan_init(&p, j));
    enum err err =
        master_solve(&mixed, scratch, j->r->lp, &d, j->u, j->options->tolerance / 4, &left);
    j->result->pivots += pivots - left;
    if (err != ERR_OK)
        return err == ERR_NOMEM ? err : ERR_OK;
    for (size_t i = 0; i < a->frame.curves_n; i++) {
        const struct real_curve *c = &a->curves[i];
        struct leg_trade *t = &p.trades[p.trades_n];
        bool trades = false;

        *t = (struct leg_trade){ .curve = c->curve };
        for (unsigned k = 0; k < c->n; k++) {
            if (!frame_live(c, k))
                continue;
            t->net[k] = mixed.net[i][k] / j->m->price[a->asset[c->node[k]]];
            trades = trades || t->net[k] > 0 || t->net[k] < 0;
        }
        p.trades_n += trades;
    }
    memcpy(p.u, mixed.u, a->frame.n * sizeof *p.u);
    route_price_values(p.value, j->m, a, p.u);
    TRY(router_prove(j, p.value));
    return plan_execute(&p);
}

/* The order's own best path: poor, but an answer. */
static enum err plan_path(struct job *j)
{
    const struct router_order *o = j->order;
    uint32_t exact = o->exact_out ? o->buy : o->sell;
    double amount = real_double(&o->amount) * j->m->price[exact];
    struct plan p;

    TRY(router_plan_init(&p, j));
    if (j->path_active == NULL)
        TRY(router_paths(j, p.u));
    for (size_t i = 0; i < j->path.n; i++) {
        const struct paths_hop *hop = &j->path.hop[i];
        const struct real_curve *c = &j->path_active->curves[hop->curve];
        const uint32_t *asset = j->m->curves[c->curve].asset;
        double out = real_curve_out(c, hop->way, amount);
        struct leg_trade *t = &p.trades[p.trades_n++];

        *t = (struct leg_trade){ .curve = c->curve };
        t->net[hop->way.give] = -amount / j->m->price[asset[hop->way.give]];
        t->net[hop->way.get] = out / j->m->price[asset[hop->way.get]];
        amount = out;
    }
    return plan_execute(&p);
}

/* Whatever may come closer than all curves at the best prices do. */
static enum err plan_closer(struct job *j)
{
    if (!j->smooth || router_gap(j) > SMOOTH_GAP)
        TRY(plan_mixed(j));
    if (!router_closed(j))
        TRY(plan_without_dust(j, 0));
    if (!router_closed(j))
        TRY(plan_without_dust(j, 0.5));
    return ERR_OK;
}

static enum err plans_try(struct job *j)
{
    bool limited = j->options->hops_max > 0 || j->options->legs_max > 0;

    if (j->options->cost == NULL)
        TRY(plan_all(j));
    if (limited && !j->planned)
        TRY(router_limit_plan(j));
    if (!limited && !router_closed(j))
        TRY(plan_closer(j));
    return ERR_OK;
}

enum err router_plan(struct job *j)
{
    bool again = true;

    for (int round = 0; again && round < TRIM_ROUNDS; round++) {
        TRY(plans_try(j));
        TRY(router_trim_need(j, &again));
    }
    if (!j->planned)
        TRY(plan_path(j));
    return j->planned ? ERR_OK : ERR_NOT_FOUND;
}
