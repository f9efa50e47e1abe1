/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/certificate.h"
#include "solver/sluice/inside.h"

#define ARENA_CAP ((size_t)4 << 30)
#define GAP_UNIT UINT64_C(1000000000000000000)

/* ---- the gap ---- */

/* What the curves in the legs cost, each once. */
static enum err costs_sum(struct u256 *sum, struct arena *arena, const struct sluice_market *m,
                          const struct u256 *cost, const struct legs *legs)
{
    *sum = u256_of(0);
    if (cost == NULL)
        return ERR_OK;
    bool *seen = ARENA_NEW(arena, m->curves_n + 1, bool);
    if (seen == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < legs->n; i++) {
        const uint32_t curve = legs->leg[i].curve;

        if (!seen[curve])
            TRY(u256_add(sum, sum, &cost[curve]));
        seen[curve] = true;
    }
    return ERR_OK;
}

/* ceil(1e18 (most - least) / most), zero for least >= most. */
static uint64_t relative(const struct u256 *most, const struct u256 *least)
{
    const struct u256 unit = u256_of(GAP_UNIT);
    struct u256 gap;

    if (u256_sub(&gap, most, least) != ERR_OK || u256_is_zero(most) ||
        u256_muldiv_ceil(&gap, &gap, &unit, most) != ERR_OK)
        return 0;
    return gap.limb[0];
}

enum err inside_gap(uint64_t *gap_e18, struct arena *arena, const struct sluice_market *m,
                    const struct inside_job *job, const struct router_result *r)
{
    struct u256 costs, net;

    *gap_e18 = SLUICE_GAP_UNKNOWN;
    if (job->order.exact_out && u256_cmp(&r->bought, &job->order.amount) < 0)
        return ERR_OK;
    TRY(costs_sum(&costs, arena, m, job->cost, &r->legs));
    if (job->order.exact_out) {
        TRY(u256_add(&net, &r->sold, &costs));
        *gap_e18 = relative(&net, &r->bound);
        return ERR_OK;
    }
    if (u256_sub(&net, &r->bought, &costs) != ERR_OK)
        net = u256_of(0);
    *gap_e18 = relative(&r->bound, &net);
    return ERR_OK;
}

/* ---- the proof ---- */

struct check {
    struct arena arena;
    struct sluice_proof *proof;
    const struct sluice_market *m;
    const struct sluice_route *route;
    struct inside_job job;
    struct router_result result; /* the route as ours */
};

/* Two words may fit 128 bits each; want is what should stand there. */
static enum err fault(struct check *c, enum sluice_fault f, const struct sluice_amount *have,
                      const struct u256 *want)
{
    c->proof->fault = (uint32_t)f;
    c->proof->have = *have;
    c->proof->want = inside_amount(want);
    return ERR_OK;
}

static bool arrays_valid(const struct sluice_route *r)
{
    return (r->legs != NULL || r->legs_n == 0) && (r->buffers != NULL || r->buffers_n == 0) &&
           (r->prices != NULL || r->prices_n == 0);
}

/* A leg that names no curve or no way keeps assets that no curve has: the replay says so. */
static enum err legs_take(struct check *c)
{
    const struct sluice_route *in = c->route;
    struct legs *legs = &c->result.legs;

    legs->leg = ARENA_NEW(&c->arena, in->legs_n, struct leg);
    legs->buffer = ARENA_NEW(&c->arena, in->buffers_n, struct leg_buffer);
    if (legs->leg == NULL || legs->buffer == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < in->legs_n; i++) {
        const struct sluice_leg *l = &in->legs[i];

        legs->leg[i] = (struct leg){ .curve = l->curve,
                                     .in = inside_u256(&l->in),
                                     .out = inside_u256(&l->out) };
        if (l->curve < c->m->curves_n)
            (void)curve_way(&legs->leg[i].way, &c->m->curves[l->curve], l->give, l->get);
    }
    for (size_t i = 0; i < in->buffers_n; i++)
        legs->buffer[i] =
            (struct leg_buffer){ in->buffers[i].asset, inside_u256(&in->buffers[i].amount) };
    legs->n = in->legs_n;
    legs->buffers_n = in->buffers_n;
    legs->sold = inside_u256(&in->sold);
    legs->bought = inside_u256(&in->bought);
    return ERR_OK;
}

static enum err replay(struct check *c, const struct certificate_market *market)
{
    struct certificate_verdict v;

    TRY(legs_take(c));
    TRY(certificate_replay(&v, &c->arena, market, &c->job.order, &c->result.legs));
    if (v.fault == CERTIFICATE_NONE)
        return ERR_OK;
    c->proof->at = v.at;
    const struct sluice_amount have = inside_amount(&v.have);
    return fault(c, (enum sluice_fault)v.fault, &have, &v.want);
}

/* False: there is not one for each asset, or one exceeds 128 bits. */
static enum err prices_take(bool *valid, struct check *c)
{
    const struct sluice_route *in = c->route;
    struct amount *price = ARENA_NEW(&c->arena, c->m->assets_n, struct amount);

    if (price == NULL)
        return ERR_NOMEM;
    *valid = in->prices_n == c->m->assets_n;
    for (size_t i = 0; *valid && i < c->m->assets_n; i++) {
        const struct u256 p = inside_u256(&in->prices[i]);
        *valid = u256_to_amount(&price[i], &p) == ERR_OK;
    }
    c->result.prices = price;
    return ERR_OK;
}

static enum err bound(struct check *c, const struct certificate_market *market)
{
    struct router_result *r = &c->result;
    const struct u256 none = u256_of(0);
    bool valid;

    TRY(prices_take(&valid, c));
    enum err e = valid ? certificate_bound(&r->bound, market, &c->job.order, r->prices, c->job.cost)
                       : ERR_INVALID;
    if (e == ERR_INVALID)
        return fault(c, SLUICE_FAULT_PRICES, &c->proof->have, &none);
    TRY(e);
    c->proof->bound = inside_amount(&r->bound);
    r->sold = r->legs.sold;
    r->bought = r->legs.bought;
    TRY(inside_gap(&c->proof->gap_e18, &c->arena, c->m, &c->job, r));
    const struct u256 said = inside_u256(&c->route->bound);
    if (u256_cmp(&said, &r->bound) != 0)
        return fault(c, SLUICE_FAULT_BOUND, &c->route->bound, &r->bound);
    if (c->route->gap_e18 != c->proof->gap_e18) {
        const struct u256 gap = u256_of(c->proof->gap_e18);
        return fault(c, SLUICE_FAULT_GAP, &(struct sluice_amount){ { c->route->gap_e18 } }, &gap);
    }
    return ERR_OK;
}

static enum err check(struct check *c, const struct sluice_order *order,
                      const struct sluice_options *options)
{
    const struct certificate_market market = { c->m->curves, c->m->curves_n, c->m->assets_n };

    TRY(inside_job(&c->job, &c->arena, c->m, order, options));
    TRY(replay(c, &market));
    return c->proof->fault == SLUICE_PROVED ? bound(c, &market) : ERR_OK;
}

enum sluice_status sluice_verify(struct sluice_proof *proof, const struct sluice_market *m,
                                 const struct sluice_order *order,
                                 const struct sluice_options *options,
                                 const struct sluice_route *route)
{
    struct sluice_proof found = { 0 };
    struct check c = { .proof = &found, .m = m, .route = route };

    if (proof == NULL || m == NULL || order == NULL || route == NULL || !arrays_valid(route))
        return SLUICE_ARGUMENT;
    if (!m->sealed)
        return SLUICE_STATE;
    arena_init(&c.arena, ARENA_CAP);
    enum err e = check(&c, order, options);
    arena_fini(&c.arena);
    if (e == ERR_OK)
        *proof = found;
    return inside_status(e);
}
