/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_venue.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/core/hash.h"
#include "solver/core/reject.h"

static bool chance(struct sim_venue *v, uint32_t per_mille)
{
    return prng_below(v->rng, 1000) < per_mille;
}

/* reserve = value / mark, in atoms; the second side is off by up to 1 %. */
static struct u256 reserve_of(const struct asset *a, uint64_t value_micro, uint64_t ppm)
{
    struct amount atoms = amount_pow10(a->decimals + (unsigned)a->mark_scale);

    CHECK(amount_muldiv_floor(&atoms, atoms, AMOUNT_OF(value_micro), a->mark) == ERR_OK);
    CHECK(amount_muldiv_floor(&atoms, atoms, AMOUNT_OF(ppm), AMOUNT_OF(1000000)) == ERR_OK);
    return u256_of_amount(atoms);
}

void sim_venue_init(struct sim_venue *v, unsigned no, const struct asset_table *assets,
                    struct prng *rng, const struct sim_faults *faults)
{
    memset(v, 0, sizeof *v);
    snprintf(v->name.text, sizeof v->name.text, "venue%u", no);
    v->atomic = no % 2 == 0;
    v->assets = assets->digest;
    v->seq = 1;
    v->rng = rng;
    v->faults = faults;
    for (size_t i = 0; i < SIM_CURVES; i++) {
        uint32_t x = (uint32_t)prng_below(rng, SIM_ASSETS);
        uint32_t y = (uint32_t)((x + 1 + prng_below(rng, SIM_ASSETS - 1)) % SIM_ASSETS);
        uint64_t value = 1000000000000u + prng_below(rng, 9000000000000u);
        struct curve *c = &v->curves[i];
        *c = (struct curve){ .id = i + 1,
                             .seq = 1,
                             .assets_n = 2,
                             .asset = { x + 1, y + 1 },
                             .kind = CURVE_constant_product };
        c->as.constant_product.reserve[0] = reserve_of(&assets->items[x], value, 1000000);
        c->as.constant_product.reserve[1] =
            reserve_of(&assets->items[y], value, 990000 + prng_below(rng, 20000));
        c->as.constant_product.keep_num = 997;
        c->as.constant_product.keep_den = 1000;
    }
}

static struct sim_leg *leg_find(struct sim_venue *v, struct id id)
{
    for (size_t i = 0; i < v->legs_n; i++) {
        if (id_cmp(v->legs[i].id, id) == 0)
            return &v->legs[i];
    }
    return NULL;
}

static void leg_result(struct wire_leg_result *out, struct sim_leg *g, struct id id)
{
    *out = (struct wire_leg_result){ .leg = id, .outcome = WIRE_LEG_UNSEEN };
    if (g == NULL)
        return;
    out->outcome = g->open > 0 ? WIRE_LEG_OPEN : g->outcome;
    out->curve_seq_after = g->seq_after;
    if (g->outcome == WIRE_LEG_FILLED) {
        out->fills = g->fills;
        out->fills_n = g->open > 0 ? 1 : g->fills_n;
    }
    g->open -= g->open > 0;
}

static struct curve *curve_find(struct sim_venue *v, uint64_t id)
{
    return id >= 1 && id <= SIM_CURVES ? &v->curves[id - 1] : NULL;
}

/* Price a leg on the curve as it stands; false: refused. */
static bool leg_price(struct trade *t, struct sim_venue *v, struct curve *c, int *side,
                      const struct wire_leg *leg)
{
    struct amount out, in = leg->in;

    if (c == NULL || (leg->in_asset != c->asset[0] && leg->in_asset != c->asset[1]))
        return false;
    *side = leg->in_asset == c->asset[1];
    if (chance(v, v->faults->leg_partial) && !v->atomic)
        in.atoms = in.atoms / 2 + 1;
    struct u256 offer = u256_of_amount(in);
    if (curve_out(t, c, way_of_side(*side), &offer) != ERR_OK ||
        u256_to_amount(&out, &t->out) != ERR_OK)
        return false;
    return amount_cmp_products(out, leg->in, leg->min_out, in) >= 0 && out.atoms > 0;
}

static struct id fill_id(const struct sim_leg *g)
{
    struct hash h;

    hash_init(&h, "sim/fill");
    hash_bytes(&h, g->id.bytes, ID_BYTES);
    hash_u64(&h, g->fills_n);
    return hash_id(&h);
}

/* Tell a fill in two parts, the second one some answers later. */
static void fill_halve(struct sim_venue *v, struct sim_leg *g)
{
    struct wire_fill *a = &g->fills[0], *b = &g->fills[1];
    struct amount in = AMOUNT_OF(0), out = AMOUNT_OF(0);

    in.atoms = a->in.atoms / 2;
    if (in.atoms == 0 || amount_muldiv_floor(&out, a->out, in, a->in) != ERR_OK || out.atoms == 0)
        return;
    *b = (struct wire_fill){ .id = fill_id(g) };
    CHECK(amount_sub(&b->in, a->in, in) == ERR_OK && amount_sub(&b->out, a->out, out) == ERR_OK);
    a->in = in;
    a->out = out;
    g->fills_n = 2;
    g->open = 1 + (uint32_t)prng_below(v->rng, 4);
}

static void leg_execute(struct sim_venue *v, struct sim_leg *g, const struct wire_leg *leg,
                        struct curve *c, int side, const struct trade *t)
{
    struct wire_fill *fill = &g->fills[0];

    CHECK(curve_apply(c, way_of_side(side), t) == ERR_OK);
    c->seq = ++v->seq;
    g->outcome = WIRE_LEG_FILLED;
    g->seq_after = c->seq;
    CHECK(u256_to_amount(&fill->in, &t->in) == ERR_OK);
    CHECK(u256_to_amount(&fill->out, &t->out) == ERR_OK);
    fill->id = fill_id(g);
    g->fills_n = 1;
    struct delta *in = &v->net[leg->in_asset - 1];
    struct delta *out = &v->net[leg->out_asset - 1];
    CHECK(delta_add(in, *in, delta_of(fill->in, false)) == ERR_OK);
    CHECK(delta_add(out, *out, delta_of(fill->out, true)) == ERR_OK);
    if (chance(v, v->faults->leg_open) && !v->atomic)
        fill_halve(v, g);
}

static struct sim_leg *leg_add(struct sim_venue *v, struct id id)
{
    CHECK(v->legs_n < SIM_LEGS_MAX);
    v->legs[v->legs_n] = (struct sim_leg){ .id = id, .outcome = WIRE_LEG_REJECTED };
    return &v->legs[v->legs_n++];
}

/* All or none: try on the real curves, put them back when one leg fails. */
static bool group_fails(struct sim_venue *v, const struct wire_submit_request *s)
{
    struct curve before[SIM_CURVES];
    bool fails = chance(v, v->faults->leg_rejected);

    memcpy(before, v->curves, sizeof before);
    for (size_t i = 0; i < s->legs_n && !fails; i++) {
        struct curve *c = curve_find(v, s->legs[i].curve);
        struct trade t;
        int side;
        fails = leg_find(v, s->legs[i].id) != NULL || !leg_price(&t, v, c, &side, &s->legs[i]) ||
                curve_apply(c, way_of_side(side), &t) != ERR_OK;
    }
    memcpy(v->curves, before, sizeof before);
    return fails;
}

static void submit(struct sim_venue *v, struct wire_results *out, struct arena *arena,
                   const struct wire_submit_request *s)
{
    out->results = ARENA_NEW(arena, s->legs_n + 1, struct wire_leg_result);
    out->results_n = s->legs_n;
    CHECK(out->results != NULL);
    bool group = s->atomic && s->legs_n > 0 && leg_find(v, s->legs[0].id) == NULL;
    bool fails = group && group_fails(v, s);
    for (size_t i = 0; i < s->legs_n; i++) {
        const struct wire_leg *leg = &s->legs[i];
        struct sim_leg *g = leg_find(v, leg->id);
        struct curve *c = curve_find(v, leg->curve);
        struct trade t;
        int side;
        if (g == NULL) {
            g = leg_add(v, leg->id);
            if (!fails && (group || !chance(v, v->faults->leg_rejected)) &&
                leg_price(&t, v, c, &side, leg))
                leg_execute(v, g, leg, c, side, &t);
        }
        leg_result(&out->results[i], g, leg->id);
    }
}

static void query(struct sim_venue *v, struct wire_results *out, struct arena *arena,
                  const struct id *legs, size_t n, bool void_unseen)
{
    out->results = ARENA_NEW(arena, n + 1, struct wire_leg_result);
    out->results_n = n;
    CHECK(out->results != NULL);
    for (size_t i = 0; i < n; i++) {
        struct sim_leg *g = leg_find(v, legs[i]);
        if (g == NULL && void_unseen) {
            g = leg_add(v, legs[i]);
            g->outcome = WIRE_LEG_VOIDED;
        }
        leg_result(&out->results[i], g, legs[i]);
    }
}

static void quotes(struct sim_venue *v, struct wire_quotes *out, struct arena *arena,
                   const struct wire_quotes_request *r)
{
    *out = (struct wire_quotes){ .seq = v->seq, .snapshot = r->since_seq == 0 };
    out->curves = ARENA_NEW(arena, SIM_CURVES, struct curve);
    CHECK(out->curves != NULL);
    for (size_t i = 0; i < SIM_CURVES; i++) {
        if (r->since_seq == 0 || v->curves[i].seq > r->since_seq)
            out->curves[out->curves_n++] = v->curves[i];
    }
}

/* Hello raises the fence; an older one may not act. false: refused. */
static bool fence_holds(struct sim_venue *v, uint64_t fence)
{
    if (fence < v->highest_fence) {
        v->fences_refused++;
        return false;
    }
    v->highest_fence = fence;
    return true;
}

void sim_venue_answer(struct sim_venue *v, struct wire_venue_answer *out, struct arena *arena,
                      const struct wire_venue_request *r)
{
    bool allowed = true;

    *out = (struct wire_venue_answer){ .verb = r->verb };
    switch (r->verb) {
    case WIRE_HELLO:
        allowed = fence_holds(v, r->as.hello.fence);
        out->as.hello = (struct wire_hello){ .name = v->name,
                                             .kind = { "sim" },
                                             .domain = { "home" },
                                             .assets = v->assets,
                                             .atomic = v->atomic,
                                             .ttl_ms = 5000,
                                             .highest_fence = v->highest_fence };
        break;
    case WIRE_QUOTES: quotes(v, &out->as.quotes, arena, &r->as.quotes); break;
    case WIRE_SUBMIT:
        allowed = fence_holds(v, r->as.submit.fence);
        if (allowed)
            submit(v, &out->as.submit, arena, &r->as.submit);
        break;
    case WIRE_QUERY:
        query(v, &out->as.query, arena, r->as.query.legs, r->as.query.legs_n, false);
        break;
    case WIRE_VOID:
        allowed = fence_holds(v, r->as.void_legs.fence);
        if (allowed)
            query(v, &out->as.void_legs, arena, r->as.void_legs.legs, r->as.void_legs.legs_n, true);
        break;
    case WIRE_SNAPSHOT: break;
    }
    if (!allowed)
        *out = (struct wire_venue_answer){ .code = (uint32_t)reject_code(REJECT_FENCE),
                                           .text = reject_text(REJECT_FENCE) };
}
