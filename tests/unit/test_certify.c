/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/clear/certify.h"
#include "tests/support/world.h"

#define ARENA_BYTES ((size_t)16 << 20)

/*
 * One intent sells 1000 of asset 0 for at least 900 of asset 1; venue v0 has a pool 0-1. The
 * solution of good() is right; each test breaks one thing and names the rule.
 */
static struct world w;
static struct solution s;
static struct solution_fill fills[4];
static struct solution_leg legs[4];
static struct solution_cover covers[4];
static struct amount prices[WORLD_ASSETS];
static struct arena arena;

static void good(void)
{
    struct trade t;
    struct u256 in = u256_of(1000);

    world_init(&w, 3, 2);
    (void)world_pool(&w, 0, 0, 1, 1000000, 1000000);
    (void)world_pool(&w, 1, 1, 2, 1000000, 1000000);
    (void)world_sell(&w, 0, 1, 1000, 900);
    assert_ok(curve_out(&t, &w.curves[0], way_of_side(0), &in));
    fills[0] = (struct solution_fill){ .intent = 0, .paid = in, .got = t.out };
    legs[0] = world_leg(0, in, t.out);
    memset(prices, 0, sizeof prices);
    assert_ok(u256_to_amount(&prices[0], &t.out));
    prices[1] = AMOUNT_OF(1000);
    s = (struct solution){ .auction = w.a.id,
                           .prices = prices,
                           .prices_n = 3,
                           .fills = fills,
                           .fills_n = 1,
                           .legs = legs,
                           .legs_n = 1,
                           .covers = covers };
}

static int setup(void **state)
{
    (void)state;
    good();
    return 0;
}

static enum certify_rule verdict(void)
{
    struct verdict v;
    bool accepted;

    arena_init(&arena, ARENA_BYTES);
    accepted = certify(&v, &arena, &w.a, &s);
    arena_fini(&arena);
    assert_int_equal(accepted, v.rule == CERTIFY_OK);
    return v.rule;
}

#define assert_rule(wanted)                                                                        \
    do {                                                                                           \
        enum certify_rule rule_ = verdict();                                                       \
        if (rule_ != (wanted))                                                                     \
            fail_msg("%s, not %s", certify_rule_name(rule_), certify_rule_name(wanted));           \
    } while (0)

/* A broken rule, and everything right again. */
#define assert_rule_once(wanted)                                                                   \
    do {                                                                                           \
        assert_rule(wanted);                                                                       \
        good();                                                                                    \
    } while (0)

static void test_certify_accepts_a_right_answer(void **state)
{
    (void)state;
    assert_rule(CERTIFY_OK);
    w.a.options.robust = true;
    assert_rule(CERTIFY_OK);
}

static void test_certify_accepts_an_empty_answer(void **state)
{
    (void)state;
    s = (struct solution){ .auction = w.a.id };
    assert_rule(CERTIFY_OK);
}

static void test_certify_refuses_another_auction(void **state)
{
    (void)state;
    s.auction.bytes[3] ^= 1;
    assert_rule(CERTIFY_AUCTION);
}

static void test_certify_refuses_vectors_of_another_length(void **state)
{
    (void)state;
    s.prices_n = 2;
    assert_rule_once(CERTIFY_SHAPE);
    s.duals_n = 4;
    assert_rule(CERTIFY_SHAPE);
}

static void test_certify_refuses_indexes_out_of_range(void **state)
{
    (void)state;
    fills[0].intent = 1;
    assert_rule_once(CERTIFY_INDEX);
    legs[0].curve = 2;
    assert_rule_once(CERTIFY_INDEX);
    legs[0].way.get = 2;
    assert_rule_once(CERTIFY_INDEX);
    covers[0] = (struct solution_cover){ .asset = 3, .amount = AMOUNT_OF(1) };
    s.covers_n = 1;
    assert_rule(CERTIFY_INDEX);
}

static void test_certify_refuses_repetitions(void **state)
{
    (void)state;
    fills[1] = fills[0];
    s.fills_n = 2;
    assert_rule(CERTIFY_REPEATED);
}

static void test_certify_refuses_empty_fills_and_legs(void **state)
{
    (void)state;
    fills[0].got = u256_of(0);
    assert_rule_once(CERTIFY_EMPTY);
    legs[1] = world_leg(1, u256_of(0), u256_of(0));
    s.legs_n = 2;
    assert_rule(CERTIFY_EMPTY);
}

static void test_certify_refuses_more_than_is_open(void **state)
{
    (void)state;
    w.intents[0].sell_max = u256_of(999);
    assert_rule_once(CERTIFY_OPEN);
    w.intents[0].kind = INTENT_BUY;
    w.intents[0].buy_min = u256_of(5);
    assert_rule(CERTIFY_OPEN);
}

static void test_certify_refuses_part_of_a_fill_or_kill_intent(void **state)
{
    (void)state;
    w.intents[0].sell_max = u256_of(1001);
    assert_rule(CERTIFY_WHOLE);
    w.intents[0].partial = true;
    assert_rule(CERTIFY_OK);
}

static void test_certify_refuses_a_fill_below_its_limit(void **state)
{
    (void)state;
    w.intents[0].signed_buy = u256_of(997);
    assert_rule(CERTIFY_LIMIT);
}

static void test_certify_refuses_a_missing_price(void **state)
{
    (void)state;
    prices[1] = AMOUNT_ZERO;
    assert_rule_once(CERTIFY_PRICE);
    s.prices_n = 0;
    assert_rule(CERTIFY_PRICE);
}

static void test_certify_refuses_another_rate_than_the_prices(void **state)
{
    (void)state;
    prices[0].atoms += 1;
    assert_rule(CERTIFY_RATE);
}

static void test_certify_takes_the_limit_one_atom_above_the_rate(void **state)
{
    (void)state;
    /* The price vector would give one atom less than the limit's ceiling. */
    w.intents[0].signed_buy = fills[0].got;
    prices[0].atoms = prices[0].atoms * 1000 - 1;
    prices[1].atoms = 1000 * 1000;
    assert_rule(CERTIFY_OK);
}

static void test_certify_prices_exact_buys_by_the_ceiling(void **state)
{
    (void)state;
    struct u256 want = u256_of(500);
    struct trade t;

    w.intents[0].kind = INTENT_BUY;
    w.intents[0].buy_min = u256_of(500);
    assert_ok(curve_in(&t, &w.curves[0], way_of_side(0), &want));
    fills[0].got = u256_of(500);
    fills[0].paid = t.in;
    legs[0].in = t.in;
    legs[0].min_out = t.out;
    prices[0] = AMOUNT_OF(500);
    assert_ok(u256_to_amount(&prices[1], &t.in));
    assert_rule(CERTIFY_OK);
    prices[1].atoms += 2;
    assert_rule(CERTIFY_RATE);
}

static void test_certify_refuses_too_many_legs(void **state)
{
    (void)state;
    w.a.options.legs_max = 1;
    assert_rule(CERTIFY_OK);
    s.legs_n = 2;
    legs[1] = legs[0];
    assert_rule(CERTIFY_LEGS_MAX);
}

static void test_certify_refuses_stages_that_fall(void **state)
{
    (void)state;
    legs[0].stage = 1;
    legs[1] = legs[0];
    legs[1].stage = 0;
    s.legs_n = 2;
    assert_rule(CERTIFY_STAGE);
}

static void test_certify_refuses_groups_that_no_venue_runs(void **state)
{
    (void)state;
    legs[0].group = 1;
    assert_rule(CERTIFY_OK);
    w.venues[0].atomic = false;
    assert_rule_once(CERTIFY_GROUP);
    legs[0].group = 1; /* over two venues */
    legs[1] = world_leg(1, u256_of(10), u256_of(9));
    legs[1].group = 1;
    s.legs_n = 2;
    assert_rule(CERTIFY_GROUP);
    legs[1].group = 2; /* not contiguous */
    legs[2] = legs[0];
    s.legs_n = 3;
    assert_rule(CERTIFY_GROUP);
}

static void test_certify_refuses_parts_of_lots(void **state)
{
    (void)state;
    w.assets[0].lot = AMOUNT_OF(7);
    assert_rule(CERTIFY_LOT);
}

static void test_certify_refuses_a_leg_that_yields_something_else(void **state)
{
    (void)state;
    legs[0].min_out = u256_of(1);
    assert_rule(CERTIFY_LEG);
}

static void test_certify_prices_a_second_leg_after_the_first(void **state)
{
    (void)state;
    struct u256 half = u256_of(500), sum;
    struct trade t;
    struct curve moved = w.curves[0];

    assert_ok(curve_out(&t, &moved, way_of_side(0), &half));
    legs[0] = world_leg(0, half, t.out);
    sum = t.out;
    legs[1] = legs[0];
    s.legs_n = 2;
    assert_rule(CERTIFY_LEG); /* the same price twice */
    assert_ok(curve_apply(&moved, way_of_side(0), &t));
    assert_ok(curve_out(&t, &moved, way_of_side(0), &half));
    legs[1].min_out = t.out;
    assert_ok(u256_add(&fills[0].got, &sum, &t.out));
    assert_ok(u256_to_amount(&prices[0], &fills[0].got));
    assert_rule(CERTIFY_OK);
}

static void test_certify_refuses_to_give_more_than_came_in(void **state)
{
    (void)state;
    fills[0].got.limb[0] += 1;
    prices[0].atoms += 1;
    assert_rule(CERTIFY_CONSERVATION);
}

/* 0 -> 1 -> 2 over two venues, paid out in full. */
static void two_hops(void)
{
    struct trade t;

    w.intents[0].buy = 2;
    assert_ok(curve_out(&t, &w.curves[1], way_of_side(0), &legs[0].min_out));
    legs[1] = world_leg(1, t.in, t.out);
    legs[1].stage = 1;
    s.legs_n = 2;
    fills[0].got = t.out;
    assert_ok(u256_to_amount(&prices[0], &t.out));
    prices[2] = AMOUNT_OF(1000);
}

static void test_certify_refuses_a_leg_before_its_money(void **state)
{
    struct solution_leg first;

    (void)state;
    two_hops();
    assert_rule(CERTIFY_OK);
    legs[1].stage = 0; /* legs of one stage leave together */
    assert_rule(CERTIFY_POT);
    first = legs[0];
    legs[0] = legs[1];
    legs[1] = first;
    legs[0].stage = legs[1].stage = 0;
    assert_rule(CERTIFY_POT);
    w.a.options.cycles = true;
    assert_rule(CERTIFY_OK);
}

static void test_certify_pays_for_other_domains_from_covers(void **state)
{
    (void)state;
    struct amount got;

    memcpy(w.venues[0].domain.text, "exchange", sizeof("exchange"));
    assert_rule(CERTIFY_PAYOUT); /* the venue's output is not in the pot */
    assert_ok(u256_to_amount(&got, &fills[0].got));
    world_inventory(&w, 1, (uint64_t)got.atoms);
    covers[0] = (struct solution_cover){ .asset = 1, .amount = got };
    s.covers_n = 1;
    assert_rule(CERTIFY_INVENTORY); /* nothing of asset 0 at the exchange */
    world_inventory(&w, 0, 1000);
    w.inventory[1].domain = w.venues[0].domain;
    assert_rule(CERTIFY_OK);
    covers[0].amount.atoms += 1; /* more than the house has */
    assert_rule(CERTIFY_INVENTORY);
}

static void test_certify_refuses_what_a_limit_forbids(void **state)
{
    (void)state;
    struct row *row = &w.rows[0];

    w.a.rows_n = 1;
    *row = (struct row){ .kind = ROW_IN_FLIGHT, .subject = { "v0" }, .max = AMOUNT_OF(1000) };
    assert_rule(CERTIFY_OK);
    row->used = AMOUNT_OF(1);
    assert_rule(CERTIFY_ROW);
    *row = (struct row){ .kind = ROW_VALUE, .subject = { "any" }, .max = AMOUNT_OF(999) };
    assert_rule(CERTIFY_ROW);
    w.a.rows_n = 2; /* its own limit replaces that of "any" */
    w.rows[1] = (struct row){ .kind = ROW_VALUE, .subject = { "v0" }, .max = AMOUNT_OF(1000) };
    assert_rule(CERTIFY_OK);
    w.assets[0].mark.num = AMOUNT_ZERO; /* a value that nobody knows is not below a limit */
    assert_rule(CERTIFY_ROW);
}

static void test_certify_keeps_the_minimum_of_inventory(void **state)
{
    (void)state;
    world_inventory(&w, 1, 100);
    covers[0] = (struct solution_cover){ .asset = 1, .amount = AMOUNT_OF(60) };
    s.covers_n = 1;
    w.rows[0] = (struct row){ .kind = ROW_INVENTORY,
                              .subject = { DOMAIN_HOME },
                              .asset = 1,
                              .min = AMOUNT_OF(40),
                              .max = AMOUNT_MAX,
                              .used = AMOUNT_OF(100) };
    w.a.rows_n = 1;
    assert_rule(CERTIFY_OK);
    w.rows[0].min = AMOUNT_OF(41);
    assert_rule(CERTIFY_ROW);
    w.rows[0].subject = (struct name){ "any" }; /* which rules home, too */
    assert_rule(CERTIFY_ROW);
}

static void test_certify_demands_robust_plans_of_live_batches(void **state)
{
    (void)state;
    two_hops();
    w.a.options.robust = true;
    assert_rule(CERTIFY_ROBUST_LEG); /* the middle asset would be stranded */
    world_inventory(&w, 2, 2000);
    covers[0] = (struct solution_cover){ .asset = 2, .amount = AMOUNT_OF(2000) };
    s.covers_n = 1;
    assert_rule(CERTIFY_OK);
    s.covers_n = 0;
    w.curves[1].venue = 0; /* one venue runs both or none */
    legs[0].group = legs[1].group = 1;
    legs[1].stage = 0;
    assert_rule(CERTIFY_OK);
}

static void test_certify_fails_a_venue_as_a_whole(void **state)
{
    (void)state;
    struct u256 half = u256_of(500), out;
    struct trade t;

    /* Two parallel pools of one venue for two partial intents: each leg alone may fail, and so may
     * both. A third pool at another venue that only one of them needs does not help. */
    world_init(&w, 2, 1);
    (void)world_pool(&w, 0, 0, 1, 1000000, 1000000);
    (void)world_pool(&w, 0, 0, 1, 1000000, 1000000);
    (void)world_sell(&w, 0, 1, 1000, 900);
    assert_ok(curve_out(&t, &w.curves[0], way_of_side(0), &half));
    legs[0] = world_leg(0, half, t.out);
    legs[1] = world_leg(1, half, t.out);
    assert_ok(u256_add(&out, &t.out, &t.out));
    fills[0].got = out;
    assert_ok(u256_to_amount(&prices[0], &out));
    s.legs_n = 2;
    s.prices_n = 2;
    assert_rule(CERTIFY_OK);
    w.a.options.robust = true;
    assert_rule(CERTIFY_ROBUST_LEG); /* half of a fill-or-kill amount is gone */
    legs[0].group = legs[1].group = 1;
    assert_rule(CERTIFY_OK);
}

static void test_certify_refuses_live_amounts_beyond_128_bits(void **state)
{
    (void)state;
    w.a.options.robust = true;
    w.intents[0].signed_sell.limb[3] = 1;
    w.intents[0].signed_buy.limb[0] = 1;
    assert_rule(CERTIFY_WIDTH);
}

static void test_certify_refuses_without_memory(void **state)
{
    (void)state;
    struct verdict v;

    arena_init(&arena, 64);
    assert_false(certify(&v, &arena, &w.a, &s));
    assert_int_equal(v.rule, CERTIFY_MEMORY);
    arena_fini(&arena);
}

static void test_certify_names_every_rule(void **state)
{
    (void)state;
    for (int i = CERTIFY_OK; i <= CERTIFY_MEMORY; i++) {
        assert_true(strlen(certify_rule_name((enum certify_rule)i)) > 0);
        assert_true(strlen(certify_rule_text((enum certify_rule)i)) > 0);
    }
    assert_string_equal(certify_rule_name((enum certify_rule)999), "UNKNOWN");
}

#define T(name) cmocka_unit_test_setup(test_certify_##name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(accepts_a_right_answer),
        T(accepts_an_empty_answer),
        T(refuses_another_auction),
        T(refuses_vectors_of_another_length),
        T(refuses_indexes_out_of_range),
        T(refuses_repetitions),
        T(refuses_empty_fills_and_legs),
        T(refuses_more_than_is_open),
        T(refuses_part_of_a_fill_or_kill_intent),
        T(refuses_a_fill_below_its_limit),
        T(refuses_a_missing_price),
        T(refuses_another_rate_than_the_prices),
        T(takes_the_limit_one_atom_above_the_rate),
        T(prices_exact_buys_by_the_ceiling),
        T(refuses_too_many_legs),
        T(refuses_stages_that_fall),
        T(refuses_groups_that_no_venue_runs),
        T(refuses_parts_of_lots),
        T(refuses_a_leg_that_yields_something_else),
        T(prices_a_second_leg_after_the_first),
        T(refuses_to_give_more_than_came_in),
        T(refuses_a_leg_before_its_money),
        T(pays_for_other_domains_from_covers),
        T(refuses_what_a_limit_forbids),
        T(keeps_the_minimum_of_inventory),
        T(demands_robust_plans_of_live_batches),
        T(fails_a_venue_as_a_whole),
        T(refuses_live_amounts_beyond_128_bits),
        T(refuses_without_memory),
        T(names_every_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
