/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/route_judge.h"

#include <math.h>
#include <stdlib.h>

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"
#include "solver/market/fixed18.h"
#include "solver/route/bound.h"
#include "tests/support/networks.h"

#define WEIGHTED_POWER 3e-14 /* of the balance: the power is rounded up (weighted.h) */
#define SCRATCH_MAX ((size_t)1 << 28)

/* The state of a replay: copies of the curves that trade, and what is in the purse. */
struct replay {
    struct arena arena;
    const struct route_market *m;
    struct curve *copies;
    bool *copied;
    struct u256 *purse; /* [assets_n] */
};

static bool replay_begin(struct replay *p, const struct route_market *m)
{
    *p = (struct replay){ .m = m };
    arena_init(&p->arena, SCRATCH_MAX);
    p->copies = ARENA_NEW(&p->arena, m->curves_n, struct curve);
    p->copied = ARENA_NEW(&p->arena, m->curves_n, bool);
    p->purse = ARENA_NEW(&p->arena, m->assets_n, struct u256);
    return p->copies != NULL && p->copied != NULL && p->purse != NULL;
}

static const char *leg_replay(struct replay *p, const struct leg *l)
{
    struct trade t;

    if (l->curve >= p->m->curves_n || !way_in(l->way, p->m->curves[l->curve].assets_n))
        return "a leg names no curve or way";
    struct curve *c = &p->copies[l->curve];

    if (!p->copied[l->curve])
        CHECK(curve_copy(c, &p->arena, &p->m->curves[l->curve]) == ERR_OK);
    p->copied[l->curve] = true;
    struct u256 *give = &p->purse[c->asset[l->way.give]], *get = &p->purse[c->asset[l->way.get]];

    if (curve_out(&t, c, l->way, &l->in) != ERR_OK)
        return "the venue refuses a leg";
    if (u256_cmp(&t.in, &l->in) != 0 || u256_cmp(&t.out, &l->out) != 0)
        return "a leg is not what the venue's formula gives";
    if (u256_sub(give, give, &t.in) != ERR_OK)
        return "a leg takes more than is there";
    if (u256_add(get, get, &t.out) != ERR_OK)
        return "a purse overflows";
    return curve_apply(c, l->way, &t) == ERR_OK ? NULL : "the venue refuses to move";
}

/* After the last leg every lender is paid back and what was bought is left. */
static const char *purse_check(struct replay *p, const struct router_order *order,
                               const struct router_result *r)
{
    for (size_t i = 0; i < r->legs.buffers_n; i++) {
        struct u256 *purse = &p->purse[r->legs.buffer[i].asset];

        if (u256_sub(purse, purse, &r->legs.buffer[i].amount) != ERR_OK)
            return "a buffer is not given back";
    }
    return u256_cmp(&p->purse[order->buy], &r->bought) == 0 ? NULL : "not what was bought";
}

static const char *legs_replay(struct replay *p, const struct router_order *order,
                               const struct router_result *r)
{
    p->purse[order->sell] = r->sold;
    for (size_t i = 0; i < r->legs.buffers_n; i++) {
        if (r->legs.buffer[i].asset >= p->m->assets_n)
            return "a buffer of no asset";
        struct u256 *purse = &p->purse[r->legs.buffer[i].asset];

        if (u256_add(purse, purse, &r->legs.buffer[i].amount) != ERR_OK)
            return "a buffer overflows";
    }
    for (size_t i = 0; i < r->legs.n; i++) {
        const char *fault = leg_replay(p, &r->legs.leg[i]);

        if (fault != NULL)
            return fault;
    }
    return purse_check(p, order, r);
}

/* The ends and amounts must fit each other. */
static const char *claim_check(const struct router_order *o, const struct router_options *options,
                               const struct router_result *r)
{
    const struct u256 *done = o->exact_out ? &r->bought : &r->sold;

    if (!options->cycles && r->legs.buffers_n > 0)
        return "a buffer without leave to borrow";
    if (options->legs_max > 0 && r->legs.n > options->legs_max)
        return "too many legs";
    if (!o->exact_out && u256_cmp(&r->sold, &o->amount) > 0)
        return "more sold than asked for";
    if (r->end == ROUTER_DONE && o->exact_out && u256_cmp(done, &o->amount) < 0)
        return "done with less than was asked for";
    if (r->end == ROUTER_NO_ROUTE && r->legs.n > 0)
        return "legs, and no route";
    return NULL;
}

enum err route_judge_bound(struct u256 *bound, const struct route_market *m,
                           const struct router_order *order, const struct amount *prices)
{
    struct u256 sell = u256_of_amount(prices[order->sell]);
    struct u256 buy = u256_of_amount(prices[order->buy]), profit;
    struct u512 sells = wide_of(&sell), buys = wide_of(&buy), all = { { 0 } }, value;

    for (size_t i = 0; i < m->curves_n; i++) {
        struct amount price[CURVE_ASSETS_MAX];
        const struct curve *c = &m->curves[i];

        for (uint32_t k = 0; k < c->assets_n; k++)
            price[k] = prices[c->asset[k]];
        TRY(bound_profit(&profit, c, price));
        value = wide_of(&profit);
        TRY(wide_add(&all, &all, &value));
    }
    wide_mul(&value, order->exact_out ? &buy : &sell, &order->amount);
    if (!order->exact_out) {
        TRY(wide_add(&all, &all, &value));
        return wide_div_floor(bound, &all, &buys);
    }
    if (wide_sub(&all, &value, &all) != ERR_OK)
        all = (struct u512){ { 0 } };
    return wide_div_ceil(bound, &all, &sells);
}

/* NULL: the claimed bound is what its prices prove. */
static const char *bound_again(const struct route_market *m, const struct router_order *o,
                               const struct router_result *r)
{
    struct u256 bound;

    if (route_judge_bound(&bound, m, o, r->prices) != ERR_OK)
        return "the prices prove no bound";
    double proved = networks_double(&bound), claimed = networks_double(&r->bound);
    double slack = proved * ROUTE_JUDGE_ROUNDING + 1;

    return fabs(proved - claimed) <= slack ? NULL : "the prices do not prove this bound";
}

static double atom_price(const struct router_result *r, uint32_t asset)
{
    return (double)r->prices[asset].atoms;
}

/* What the venue's arithmetic may keep of a leg's output, beyond its last atoms. */
static double arithmetic(const struct curve *c, struct way way)
{
    if (c->kind != CURVE_weighted)
        return 0;
    return WEIGHTED_POWER * networks_double(&c->as.weighted->pool.balance[way.get]);
}

/* Legs of one pool of many assets: what they give, as parts of the reserves, and get in value. */
struct many {
    size_t legs;
    double given;
    double got;
};

static const struct balancer *many_of(const struct curve *c)
{
    if (c->assets_n < 3)
        return NULL;
    return c->kind == CURVE_weighted ? &c->as.weighted->pool : &c->as.stable->pool;
}

static void many_add(struct many *many, const struct curve *c, const struct leg *l, double price)
{
    const struct balancer *pool = many_of(c);

    if (pool == NULL)
        return;
    many->legs++;
    many->given += networks_double(&l->in) / networks_double(&pool->balance[l->way.give]);
    many->got += networks_double(&l->out) * price;
}

/* The fee of a leg stays in the pool, so a joint trade cannot be had in several legs: what that costs
 * is of second order, the fee times what others gave. */
static double many_cost(const struct many *many, const struct curve *c)
{
    if (many->legs < 2)
        return 0;
    return (double)many_of(c)->fee / (double)FIXED18_ONE * many->given * many->got;
}

/* What a curve without a leg could have earned, as far as that is less than two of its atoms. */
static double idle_cost(const struct curve *c, const struct router_result *r)
{
    struct amount price[CURVE_ASSETS_MAX];
    struct u256 profit;
    double most = 0;

    for (uint32_t k = 0; k < c->assets_n; k++) {
        price[k] = r->prices[c->asset[k]];
        most = fmax(most, 2 * (double)price[k].atoms);
    }
    return bound_profit(&profit, c, price) == ERR_OK ? fmin(most, networks_double(&profit)) : 0;
}

/* Atoms of the input that the venue rounds away: one, and two more with every tick that is crossed. */
static double given_atoms(const struct curve *before, const struct curve *after)
{
    const struct concentrated *c = &before->as.concentrated;
    int32_t from = c->tick, to = after->as.concentrated.tick;
    double atoms = 1;

    if (before->kind == CURVE_constant_product || before->kind == CURVE_fixed_rate)
        return 0;
    for (size_t i = 0; before->kind == CURVE_concentrated && i < c->ticks_n; i++)
        atoms += 2 * ((c->ticks[i].index > from) != (c->ticks[i].index > to));
    return atoms;
}

/* V over the price of the asset that the bound counts. */
static double slack_atoms(struct replay *p, const struct router_result *r, uint32_t counted)
{
    const struct route_market *m = p->m;
    struct many *many = ARENA_NEW(&p->arena, m->curves_n, struct many);
    double value = 0;

    CHECK(many != NULL);
    for (size_t i = 0; i < r->legs.n; i++) {
        const struct leg *l = &r->legs.leg[i];
        const struct curve *c = &m->curves[l->curve];

        value += (2 + arithmetic(c, l->way)) * atom_price(r, c->asset[l->way.get]);
        value += given_atoms(c, &p->copies[l->curve]) * atom_price(r, c->asset[l->way.give]);
        many_add(&many[l->curve], c, l, atom_price(r, c->asset[l->way.get]));
    }
    for (size_t i = 0; i < m->curves_n; i++)
        value += p->copied[i] ? many_cost(&many[i], &m->curves[i]) : idle_cost(&m->curves[i], r);
    return value / atom_price(r, counted);
}

static void bound_check(struct route_judge *j, struct replay *p, const struct router_order *o,
                        const struct router_result *r)
{
    double bound = networks_double(&r->bound);
    double got = networks_double(o->exact_out ? &r->sold : &r->bought);
    double loss = o->exact_out ? got - bound : bound - got;

    if (u256_cmp(&r->bought, &r->bound) > 0 && !o->exact_out)
        j->fault = "more bought than the bound allows";
    if (o->exact_out && r->end == ROUTER_DONE && u256_cmp(&r->sold, &r->bound) < 0)
        j->fault = "less sold than the bound allows";
    j->loss = bound > 0 ? loss / bound : 0;
    j->atoms = slack_atoms(p, r, o->exact_out ? o->sell : o->buy) + o->exact_out;
    if (!o->exact_out || r->end == ROUTER_DONE)
        j->closed = loss <= bound * ROUTE_JUDGE_TOLERANCE + j->atoms;
}

void route_judge(struct route_judge *j, const struct route_market *m,
                 const struct router_order *order, const struct router_options *options,
                 const struct router_result *result)
{
    struct replay p;

    *j = (struct route_judge){ .closed = true };
    CHECK(replay_begin(&p, m));
    j->fault = claim_check(order, options, result);
    if (j->fault == NULL)
        j->fault = legs_replay(&p, order, result);
    if (j->fault == NULL && result->end != ROUTER_NO_ROUTE) {
        j->fault = bound_again(m, order, result);
        bound_check(j, &p, order, result);
    }
    arena_fini(&p.arena);
}
