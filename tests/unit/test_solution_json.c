/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/arena.h"
#include "solver/input/solution_json.h"
#include "solver/market/buffer.h"

static struct arena arena;
static struct auction_file file;
static struct input_error error;

static const char instance[] =
    "{\"format\":\"irx-instance/1\",\"tokens\":[{\"id\":0,\"address\":\"A\",\"decimals\":0},"
    "{\"id\":1,\"address\":\"B\",\"decimals\":0},{\"id\":2,\"address\":\"C\",\"decimals\":0}],"
    "\"pools\":[{\"id\":7,\"kind\":\"constant_product\",\"tokens\":[0,1],"
    "\"reserves\":[\"1000\",\"2000\"],\"fee\":\"0\"},{\"id\":8,\"kind\":\"constant_product\","
    "\"tokens\":[2,1],\"reserves\":[\"1000\",\"2000\"],\"fee\":\"0\"}],\"orders\":["
    "{\"id\":\"o1\",\"sell\":0,\"buy\":2,\"sell_amount\":\"100\",\"min_buy\":\"0\"},"
    "{\"id\":\"o2\",\"sell\":1,\"buy\":2,\"sell_amount\":\"50\",\"min_buy\":\"0\"}]}";

static struct solution_fill fill = { 0, { { 100 } }, { { 83 } } };
static struct solution_leg legs[2];
static struct amount prices[3] = { { 83 }, { 0 }, { 100 } };
static struct amount duals[3] = { { 1000 }, { 500 }, { 1100 } };
static struct u256 buffer[3];

static struct solution_line order_line(void)
{
    legs[0] = (struct solution_leg){ 0, { 0, 1 }, 0, 0, u256_of(100), u256_of(181) };
    legs[1] = (struct solution_leg){ 1, { 1, 0 }, 1, 0, u256_of(181), u256_of(83) };
    return (struct solution_line){ .intent = 0,
                                   .solution = { .prices = prices,
                                                 .prices_n = 3,
                                                 .fills = &fill,
                                                 .fills_n = 1,
                                                 .legs = legs,
                                                 .legs_n = 2,
                                                 .duals = duals,
                                                 .duals_n = 3,
                                                 .value = u256_of(91300),
                                                 .bound = u256_of(92400),
                                                 .work = { .pivots = 41, .rounds = 9 } },
                                   .buffer = buffer,
                                   .bounded = true,
                                   .upper_bound = u256_of(84),
                                   .solve_us = 312 };
}

#define TAIL                                                                                       \
    "\"iterations\":9,\"pivots\":41,\"solve_us\":312,\"legs\":["                                   \
    "{\"pool\":7,\"in\":0,\"in_amount\":\"100\",\"out\":1,\"out_amount\":\"181\"},"                \
    "{\"pool\":8,\"in\":1,\"in_amount\":\"181\",\"out\":2,\"out_amount\":\"83\"}],"                \
    "\"buffer\":{},\"prices\":{\"0\":\"83\",\"2\":\"100\"},"                                       \
    "\"duals\":{\"0\":\"1000\",\"1\":\"500\",\"2\":\"1100\"}}"

static void test_solution_json_writes_an_order_as_documented(void **state)
{
    struct solution_line l = order_line();
    const char *text;

    (void)state;
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_string_equal(text, "{\"order\":\"o1\",\"sell_amount\":\"100\",\"buy_amount\":\"83\","
                              "\"upper_bound\":\"84\",\"gap\":0.0120482," TAIL);
}

static void test_solution_json_says_what_an_option_cost(void **state)
{
    struct solution_line l = order_line();
    const char *text;

    (void)state;
    l.cost[SOLUTION_no_cycles] = (struct solution_cost){ true, u256_of(1), u256_of(84) };
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_non_null(strstr(text, "\"no_cycles_cost\":{\"token\":2,\"atoms\":\"1\",\"units\":\"1\","
                                 "\"bp\":119.048}"));
    assert_null(strstr(text, "hops_max_cost"));
    l.cost[SOLUTION_hops_max].asked = l.cost[SOLUTION_legs_max].asked = true;
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_non_null(strstr(text, "\"hops_max_cost\":{\"token\":2,\"atoms\":\"0\",\"units\":\"0\","
                                 "\"bp\":null},\"legs_max_cost\":{"));
    l.intent = SOLUTION_BATCH;
    l.cost[SOLUTION_no_cycles] = (struct solution_cost){ true, u256_of(3), u256_of(20) };
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_non_null(strstr(text, "\"no_cycles_cost\":{\"score\":\"3\",\"bp\":1500"));
}

/* What a route says beyond that stands after the buffer, and is read back. */
static void test_solution_json_says_how_a_route_ended(void **state)
{
    struct solution_line l = order_line(), back;
    const char *text;

    (void)state;
    l.route = (struct solution_route){
        .end = SOLUTION_PART, .why = "no more", .limit_met = true, .no_venue_limits = true
    };
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_non_null(strstr(text, "\"buffer\":{},\"end\":\"part\",\"why\":\"no more\","
                                 "\"limit_met\":true,\"venue_limits\":false,\"prices\""));
    assert_ok(solution_json_read(&back, &error, "o", text, strlen(text), &file, &arena));
    assert_string_equal(back.route.end, SOLUTION_PART);
    assert_true(back.route.limit_met && back.route.no_venue_limits);
    l.route = (struct solution_route){ .end = SOLUTION_DONE };
    file.auction.intents[0].kind = INTENT_BUY;
    l.route.surplus = u256_of(2);
    l.route.lower_bound = u256_of(99);
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    file.auction.intents[0].kind = INTENT_SELL;
    assert_non_null(strstr(text, "\"end\":\"done\",\"limit_met\":false,\"surplus\":\"2\","
                                 "\"lower_bound\":\"99\",\"prices\""));
    assert_ok(solution_json_read(&back, &error, "o", text, strlen(text), &file, &arena));
    assert_int_equal(back.route.surplus.limb[0], 2);
    assert_int_equal(back.route.lower_bound.limb[0], 99);
    assert_false(back.route.limit_met || back.route.no_venue_limits);
}

static void test_solution_json_counts_what_was_skipped(void **state)
{
    struct solution_line l = order_line();
    const char *text;

    (void)state;
    file.skipped.large = 23;
    file.skipped.bad_order = 1;
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    file.skipped = (struct input_skipped){ 0 };
    assert_non_null(strstr(text, "\"skipped\":{\"large\":23,\"bad_order\":1}"));
}

static void test_solution_json_writes_an_unfilled_order(void **state)
{
    struct solution_line l = { .intent = 1, .buffer = buffer };
    const char *text;

    (void)state;
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_string_equal(text, "{\"order\":\"o2\",\"sell_amount\":\"0\",\"buy_amount\":\"0\","
                              "\"upper_bound\":null,\"gap\":null,\"iterations\":0,\"pivots\":0,"
                              "\"solve_us\":0,\"legs\":[],\"buffer\":{},\"prices\":{},"
                              "\"duals\":{}}");
}

static void test_solution_json_writes_a_batch(void **state)
{
    struct solution_line l = order_line();
    const char *text;

    (void)state;
    l.intent = SOLUTION_BATCH;
    l.score = u256_of(17);
    l.solution.bound = u256_of(91301);
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_string_equal(text, "{\"batch\":0,\"fills\":[{\"order\":\"o1\",\"sell_amount\":\"100\","
                              "\"buy_amount\":\"83\"}],\"value\":\"91300\",\"bound\":\"91301\","
                              "\"score\":\"17\",\"gap\":1.09529e-5," TAIL);
}

static void read_back(struct solution_line *out, const struct solution_line *l)
{
    const char *text;

    assert_ok(solution_json_write(&text, l, &file, &arena));
    assert_ok(solution_json_read(out, &error, "out:1", text, strlen(text), &file, &arena));
}

/* By member: a leg has padding. */
static void assert_leg_equal(const struct solution_leg *x, const struct solution_leg *y)
{
    assert_int_equal(x->curve, y->curve);
    assert_int_equal(x->way.give, y->way.give);
    assert_int_equal(x->way.get, y->way.get);
    assert_int_equal(x->stage, y->stage);
    assert_int_equal(x->group, y->group);
    assert_int_equal(u256_cmp(&x->in, &y->in), 0);
    assert_int_equal(u256_cmp(&x->min_out, &y->min_out), 0);
}

static void test_solution_json_reads_back_what_it_wrote(void **state)
{
    struct solution_line l = order_line(), got;

    (void)state;
    buffer[1] = u256_of(3);
    read_back(&got, &l);
    buffer[1] = u256_of(0);
    assert_int_equal(got.intent, 0);
    assert_true(got.bounded);
    assert_int_equal(got.upper_bound.limb[0], 84);
    assert_int_equal(got.buffer[1].limb[0], 3);
    assert_int_equal(got.solution.fills_n, 1);
    assert_memory_equal(got.solution.fills, &fill, sizeof fill);
    assert_int_equal(got.solution.legs_n, 2);
    for (size_t i = 0; i < 2; i++)
        assert_leg_equal(&got.solution.legs[i], &legs[i]);
    assert_int_equal(got.solution.prices_n, 3);
    assert_memory_equal(got.solution.prices, prices, sizeof prices);
    assert_memory_equal(got.solution.duals, duals, sizeof duals);
    l.intent = SOLUTION_BATCH;
    read_back(&got, &l);
    assert_true(got.intent == SOLUTION_BATCH);
    assert_int_equal(got.solution.bound.limb[0], 92400);
    assert_string_equal(got.gap, "0.0120482");
    l = (struct solution_line){ .intent = 1, .buffer = buffer };
    read_back(&got, &l);
    assert_int_equal(got.intent, 1);
    assert_int_equal(got.solution.fills_n + got.solution.duals_n, 0);
    assert_false(got.bounded);
}

static void refused(const char *line, const char *message)
{
    struct solution_line got;

    assert_err(solution_json_read(&got, &error, "out:1", line, strlen(line), &file, &arena),
               ERR_INVALID);
    assert_string_equal(error.text, message);
}

#define FRONT "{\"order\":\"o1\",\"sell_amount\":\"1\",\"buy_amount\":\"1\","
#define LEG(pool, in, out)                                                                         \
    FRONT "\"legs\":[{\"pool\":" pool ",\"in\":" in ",\"out\":" out                                \
          ",\"in_amount\":\"1\",\"out_amount\":\"1\"}]}"

static void test_solution_json_refuses_what_the_input_does_not_have(void **state)
{
    (void)state;
    refused("{}", "out:1: $.order: missing");
    refused("{\"order\":\"o9\"}", "out:1: $.order: \"o9\" is not an order of the input");
    refused(LEG("9", "0", "1"), "out:1: $.legs[0].pool: 9 is not in the input");
    refused(LEG("\"7\"", "0", "1"), "out:1: $.legs[0].pool: \"7\" is not in the input");
    refused(LEG("7", "3", "1"), "out:1: $.legs[0].in: 3 is not in the input");
    refused(LEG("7", "0", "2"), "out:1: $.legs[0]: the pool does not trade these tokens");
    refused(LEG("7", "0", "0"), "out:1: $.legs[0]: the pool does not trade these tokens");
    refused(FRONT "\"legs\":[],\"buffer\":{\"5\":\"1\"}}",
            "out:1: $.buffer.5: not a token of the input");
    refused(FRONT "\"legs\":[],\"buffer\":{},\"prices\":{\"0\":"
                  "\"340282366920938463463374607431768211456\"}}",
            "out:1: $.prices: a price exceeds 2^128 - 1");
    refused(FRONT "\"gap\":\"0\"}", "out:1: $.gap: not a number");
    refused(FRONT "\"legs\":7}", "out:1: $.legs: not an array");
    refused("{\"order\":\"o1\",\"sell_amount\":1}", "out:1: $.sell_amount: not a string");
    refused("nothing", "out:1:1:7: '[' or '{' expected near 'nothing'");
}

static void test_buffer_is_what_the_order_of_legs_lacks(void **state)
{
    struct solution_line l = order_line();
    struct u256 need[3];

    (void)state;
    assert_ok(buffer_need(need, &file.auction, &l.solution, &arena));
    for (int i = 0; i < 3; i++)
        assert_true(u256_is_zero(&need[i]));
    struct solution_leg swap = legs[0];

    legs[0] = legs[1];
    legs[1] = swap;
    assert_ok(buffer_need(need, &file.auction, &l.solution, &arena));
    assert_int_equal(need[1].limb[0], 181);
    assert_true(u256_is_zero(&need[0]) && u256_is_zero(&need[2]));
}

static void test_solution_upper_bound_is_the_bound_in_buy_atoms(void **state)
{
    struct solution_line l = order_line();
    struct u256 bound = u256_of(92399), out;

    (void)state;
    assert_true(solution_upper_bound(&out, &file.auction, &l.solution, &bound, 0));
    assert_int_equal(out.limb[0], 83);
    l.solution.duals_n = 0;
    assert_false(solution_upper_bound(&out, &file.auction, &l.solution, &bound, 0));
}

/* Zeros are not written, so duals that are all zero come back absent, and name no gap. */
static void test_solution_json_reads_zero_duals_as_absent(void **state)
{
    struct amount zero[3] = { { 0 } };
    struct solution_line l = order_line(), got;
    const char *text, *twice;

    (void)state;
    l.solution.duals = zero;
    read_back(&got, &l);
    assert_true(got.bounded);
    assert_int_equal(got.solution.duals_n, 0);
    assert_ok(solution_json_write(&text, &l, &file, &arena));
    assert_non_null(strstr(text, "\"gap\":null"));
    got.solution.work = l.solution.work;
    got.solve_us = l.solve_us;
    assert_ok(solution_json_write(&twice, &got, &file, &arena));
    assert_string_equal(text, twice);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 24);
    assert_ok(auction_file_parse(&file, &error, "in", instance, strlen(instance), &arena));
    assert_int_equal(input_skipped_total(&file.skipped), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solution_json_writes_an_order_as_documented),
        cmocka_unit_test(test_solution_json_says_what_an_option_cost),
        cmocka_unit_test(test_solution_json_says_how_a_route_ended),
        cmocka_unit_test(test_solution_json_counts_what_was_skipped),
        cmocka_unit_test(test_solution_json_writes_an_unfilled_order),
        cmocka_unit_test(test_solution_json_writes_a_batch),
        cmocka_unit_test(test_solution_json_reads_back_what_it_wrote),
        cmocka_unit_test(test_solution_json_refuses_what_the_input_does_not_have),
        cmocka_unit_test(test_buffer_is_what_the_order_of_legs_lacks),
        cmocka_unit_test(test_solution_json_reads_zero_duals_as_absent),
        cmocka_unit_test(test_solution_upper_bound_is_the_bound_in_buy_atoms),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
