/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/input/decimal.h"
#include "solver/input/solution_json.h"

#define GAP_PLACES 18
#define INTENT_TEXT 128

/* A name as the input spells it. */
static json_t *ref_json(const char *literal)
{
    return json_loads(literal, JSON_DECODE_ANY, NULL);
}

static json_t *amount_json(const struct u256 *v)
{
    char buf[U256_TEXT];

    return json_string(u256_text(buf, v));
}

static json_t *order_json(const struct auction_intent *i)
{
    char hex[ID_TEXT];

    return json_string(i->ref != NULL ? i->ref : id_text(hex, i->id));
}

/* {TOKEN: amount} of what is not zero. */
static void map_add(json_t *map, const struct auction_file *f, size_t asset, const struct u256 *v)
{
    json_t *key;

    if (u256_is_zero(v))
        return;
    key = ref_json(f->asset_refs[asset]);
    json_object_set_new(map, json_is_string(key) ? json_string_value(key) : f->asset_refs[asset],
                        amount_json(v));
    json_decref(key);
}

static json_t *prices_json(const struct auction_file *f, const struct amount *prices, size_t n)
{
    json_t *map = json_object();

    for (size_t i = 0; i < n; i++) {
        struct u256 v = u256_of_amount(prices[i]);

        map_add(map, f, i, &v);
    }
    return map;
}

static json_t *buffer_json(const struct auction_file *f, const struct u256 *buffer)
{
    json_t *map = json_object();

    for (size_t i = 0; i < f->auction.assets_n; i++)
        map_add(map, f, i, &buffer[i]);
    return map;
}

static json_t *leg_json(const struct auction_file *f, const struct solution_leg *l)
{
    const uint32_t *asset = f->auction.curves[l->curve].asset;
    json_t *leg = json_object();

    json_object_set_new(leg, "pool", ref_json(f->curve_refs[l->curve]));
    json_object_set_new(leg, "in", ref_json(f->asset_refs[asset[l->way.give]]));
    json_object_set_new(leg, "in_amount", amount_json(&l->in));
    json_object_set_new(leg, "out", ref_json(f->asset_refs[asset[l->way.get]]));
    json_object_set_new(leg, "out_amount", amount_json(&l->min_out));
    return leg;
}

/* part / of in 10^-digits, as a number with GAP_PLACES places from integers; null when of is 0. */
static json_t *ratio_json(const struct u256 *portion, const struct u256 *of, unsigned digits_n)
{
    static const char zeros[GAP_PLACES + 1] = "000000000000000000";
    struct u256 one = decimal_pow10(GAP_PLACES), scale = decimal_pow10(GAP_PLACES + digits_n);
    struct u256 gap, whole, part;
    char digits[U256_TEXT], fraction[U256_TEXT], text[2 * U256_TEXT];

    if (u256_muldiv_ceil(&gap, portion, &scale, of) != ERR_OK)
        return json_null();
    CHECK(u256_div_floor(&whole, &gap, &one) == ERR_OK);
    CHECK(u256_mul(&part, &whole, &one) == ERR_OK);
    CHECK(u256_sub(&part, &gap, &part) == ERR_OK);
    (void)u256_text(digits, &whole);
    (void)u256_text(fraction, &part);
    (void)snprintf(text, sizeof text, "%s.%s%s", digits, zeros + strlen(fraction), fraction);
    return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* (most - got) / got; null without got. */
static json_t *gap_json(const struct u256 *most, const struct u256 *got)
{
    struct u256 difference;

    if (u256_sub(&difference, most, got) != ERR_OK)
        difference = u256_of(0);
    return ratio_json(&difference, got, 0);
}

/* (paid - least) / paid */
static json_t *part_json(const struct u256 *paid, const struct u256 *least)
{
    struct u256 difference;

    if (u256_sub(&difference, paid, least) != ERR_OK)
        difference = u256_of(0);
    return ratio_json(&difference, paid, 0);
}

static json_t *cost_json(const struct solution_line *l, const struct solution_cost *c,
                         const struct auction_file *f)
{
    json_t *cost = json_object();

    if (l->intent == SOLUTION_BATCH) {
        json_object_set_new(cost, "score", amount_json(&c->lost));
    } else {
        const struct auction_intent *i = &f->auction.intents[l->intent];
        size_t asset = i->kind == INTENT_SELL ? i->buy : i->sell;
        char text[AMOUNT_UNITS_TEXT];
        struct amount atoms;
        bool narrow = u256_to_amount(&atoms, &c->lost) == ERR_OK;

        json_object_set_new(cost, "token", ref_json(f->asset_refs[asset]));
        json_object_set_new(cost, "atoms", amount_json(&c->lost));
        if (narrow)
            amount_units_text(text, atoms, f->auction.assets[asset].decimals);
        json_object_set_new(cost, "units", narrow ? json_string(text) : json_null());
    }
    json_object_set_new(cost, "bp", ratio_json(&c->lost, &c->of, 4));
    return cost;
}

static void costs_add(json_t *o, const struct solution_line *l, const struct auction_file *f)
{
    static const char *const keys[] = {
#define X(name, title) #name "_cost",
        SOLUTION_OPTIONS(X)
#undef X
    };

    for (size_t i = 0; i < SOLUTION_OPTIONS_N; i++)
        if (l->cost[i].asked)
            json_object_set_new(o, keys[i], cost_json(l, &l->cost[i], f));
}

static void route_add(json_t *o, const struct solution_line *l, const struct auction_file *f)
{
    const struct solution_route *r = &l->route;

    json_object_set_new(o, "end", json_string(r->end));
    if (r->why != NULL)
        json_object_set_new(o, "why", json_string(r->why));
    json_object_set_new(o, "limit_met", json_boolean(r->limit_met));
    if (r->no_venue_limits)
        json_object_set_new(o, "venue_limits", json_false());
    if (f->auction.intents[l->intent].kind == INTENT_SELL)
        return;
    json_object_set_new(o, "surplus", amount_json(&r->surplus));
    json_object_set_new(o, "lower_bound", l->bounded ? amount_json(&r->lower_bound) : json_null());
}

/* What the fill pays at the duals, rounded down; false when it does not fit. */
static bool worth(struct u256 *out, const struct u256 *amount, struct amount price)
{
    struct u256 p = u256_of_amount(price);

    return u256_mul(out, amount, &p) == ERR_OK;
}

bool solution_upper_bound(struct u256 *out, const struct auction *a, const struct solution *s,
                          const struct u256 *bound, size_t intent)
{
    uint32_t buy = a->intents[intent].buy;

    if (s->duals_n != a->assets_n)
        return false;
    struct u256 price = u256_of_amount(s->duals[buy]);

    return u256_div_floor(out, bound, &price) == ERR_OK;
}

bool solution_lower_bound(struct u256 *out, const struct auction *a, const struct solution *s,
                          const struct u256 *spent, size_t intent)
{
    const struct auction_intent *i = &a->intents[intent];
    struct u256 price, given, wanted, earned;

    if (s->duals_n != a->assets_n || s->fills_n == 0 || amount_is_zero(s->duals[i->sell]) ||
        !worth(&wanted, &s->fills[0].got, s->duals[i->buy]) ||
        !worth(&given, spent, s->duals[i->sell]) || u256_sub(&earned, &s->bound, &given) != ERR_OK)
        return false;
    price = u256_of_amount(s->duals[i->sell]);
    *out = u256_of(0);
    if (u256_sub(&wanted, &wanted, &earned) != ERR_OK)
        return true;
    return u256_div_ceil(out, &wanted, &price) == ERR_OK;
}

/* Of a batch in value; of a routed purchase what it pays beside the least; of another order what it
 * gets at the duals beside the bound. */
static json_t *gap_of(const struct solution_line *l, const struct auction_file *f)
{
    const struct solution *s = &l->solution;
    struct u256 got = u256_of(0), got_worth;

    if (l->intent == SOLUTION_BATCH)
        return gap_json(&s->bound, &s->value);
    if (s->fills_n > 0)
        got = s->fills[0].got;
    if (l->bounded && s->fills_n > 0 && l->route.end != NULL &&
        f->auction.intents[l->intent].kind == INTENT_BUY)
        return part_json(&s->fills[0].paid, &l->route.lower_bound);
    bool known = l->bounded && s->duals_n == f->auction.assets_n &&
                 worth(&got_worth, &got, s->duals[f->auction.intents[l->intent].buy]);

    return known ? gap_json(&s->bound, &got_worth) : json_null();
}

static void order_head(json_t *o, const struct solution_line *l, const struct auction_file *f)
{
    const struct auction_intent *i = &f->auction.intents[l->intent];
    const struct solution *s = &l->solution;
    struct u256 paid = u256_of(0), got = u256_of(0);

    if (s->fills_n > 0) {
        paid = s->fills[0].paid;
        got = s->fills[0].got;
    }
    json_object_set_new(o, "order", order_json(i));
    json_object_set_new(o, "sell_amount", amount_json(&paid));
    json_object_set_new(o, "buy_amount", amount_json(&got));
    json_object_set_new(o, "upper_bound", l->bounded ? amount_json(&l->upper_bound) : json_null());
    json_object_set_new(o, "gap", gap_of(l, f));
}

static void batch_head(json_t *o, const struct solution_line *l, const struct auction_file *f)
{
    const struct solution *s = &l->solution;
    json_t *fills = json_array();

    for (size_t k = 0; k < s->fills_n; k++) {
        json_t *fill = json_object();

        json_object_set_new(fill, "order", order_json(&f->auction.intents[s->fills[k].intent]));
        json_object_set_new(fill, "sell_amount", amount_json(&s->fills[k].paid));
        json_object_set_new(fill, "buy_amount", amount_json(&s->fills[k].got));
        json_array_append_new(fills, fill);
    }
    json_object_set_new(o, "batch", json_integer((json_int_t)f->auction.number));
    json_object_set_new(o, "fills", fills);
    json_object_set_new(o, "value", amount_json(&s->value));
    json_object_set_new(o, "bound", amount_json(&s->bound));
    json_object_set_new(o, "score", amount_json(&l->score));
    json_object_set_new(o, "gap", gap_of(l, f));
}

static json_t *count_json(uint64_t n)
{
    return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static void recorded_add(json_t *o, const struct solution_line *l, const struct auction_file *f)
{
    json_t *part = json_object();

    json_object_set_new(part, "fills", count_json(l->recorded->solution.fills_n));
    json_object_set_new(part, "legs", count_json(l->recorded->solution.legs_n));
    json_object_set_new(part, "score", amount_json(&l->recorded->score));
    json_object_set_new(part, "gap", gap_of(l->recorded, f));
    json_object_set_new(o, "recorded", part);
}

static void replay_add(json_t *o, const struct solution_replay *r)
{
    json_object_set_new(o, "identical", json_boolean(r->identical));
    if (r->identical)
        return;
    json_t *part = json_object();

    json_object_set_new(part, "field", json_string(r->field));
    json_object_set_new(part, "recorded", json_string(r->recorded));
    json_object_set_new(part, "solved", json_string(r->solved));
    json_object_set_new(o, "differs", part);
}

/* Counts of what was left out of the file, by kind; nothing without any. */
static void skipped_add(json_t *o, const struct input_skipped *s)
{
    json_t *kinds = json_object();

#define X(name, text)                                                                              \
    if (s->name > 0)                                                                               \
        json_object_set_new(kinds, #name, count_json(s->name));
    INPUT_SKIPS(X)
#undef X
    if (input_skipped_total(s) > 0)
        json_object_set(o, "skipped", kinds);
    json_decref(kinds);
}

/* The value as text in arena; it is given up. */
static enum err dumped(const char **text, json_t *value, unsigned digits, struct arena *arena)
{
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits);
    size_t len = json_dumpb(value, NULL, 0, flags);
    char *line = ARENA_NEW(arena, len + 1, char);

    if (line != NULL)
        CHECK(json_dumpb(value, line, len, flags) == len);
    json_decref(value);
    *text = line;
    return line != NULL ? ERR_OK : ERR_NOMEM;
}

enum err solution_json_write(const char **text, const struct solution_line *l,
                             const struct auction_file *f, struct arena *arena)
{
    const struct solution *s = &l->solution;
    json_t *o = json_object(), *legs = json_array();

    if (l->file != NULL)
        json_object_set_new(o, "file", json_string(l->file));
    if (l->intent == SOLUTION_BATCH)
        batch_head(o, l, f);
    else
        order_head(o, l, f);
    skipped_add(o, &f->skipped);
    if (l->replay != NULL)
        replay_add(o, l->replay);
    if (l->recorded != NULL)
        recorded_add(o, l, f);
    json_object_set_new(o, "iterations", count_json(s->work.rounds));
    json_object_set_new(o, "pivots", count_json(s->work.pivots));
    json_object_set_new(o, "solve_us", count_json(l->solve_us));
    for (size_t k = 0; k < s->legs_n; k++)
        json_array_append_new(legs, leg_json(f, &s->legs[k]));
    json_object_set_new(o, "legs", legs);
    json_object_set_new(o, "buffer", buffer_json(f, l->buffer));
    if (l->route.end != NULL)
        route_add(o, l, f);
    costs_add(o, l, f);
    json_object_set_new(o, "prices", prices_json(f, s->prices, s->prices_n));
    json_object_set_new(o, "duals", prices_json(f, s->duals, s->duals_n));
    return dumped(text, o, SOLUTION_GAP_DIGITS, arena);
}

enum err solution_json_gap(const char **text, const struct solution_line *l,
                           const struct auction_file *f, unsigned digits, struct arena *arena)
{
    return dumped(text, gap_of(l, f), digits, arena);
}
