/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/arena.h"
#include "solver/input/assets_file.h"
#include "solver/input/market_file.h"

static struct arena arena;
static struct asset_table assets;
static struct market_file market;
static struct input_error error;

static enum err parse(const char *text)
{
    return market_file_parse(&market, &error, "m.json", text, strlen(text), &assets, &arena);
}

static enum err parse_pools(const char *pools)
{
    char text[4096];

    (void)snprintf(text, sizeof text,
                   "{\"format\":\"sluice-market/1\",\"venue\":\"uni\",\"kind\":\"amm\","
                   "\"atomic\":true,\"ttl_ms\":700,\"pools\":[%s]}",
                   pools);
    return parse(text);
}

static enum err parse_books(const char *books)
{
    char text[4096];

    (void)snprintf(text, sizeof text,
                   "{\"format\":\"sluice-market/1\",\"venue\":\"lake\",\"kind\":\"book\","
                   "\"domain\":\"lake\",\"books\":[%s]}",
                   books);
    return parse(text);
}

#define POOL_FRONT "{\"id\":1,\"kind\":\"constant_product\","
#define POOL                                                                                       \
    POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"1520.5\",\"4561500\"],"              \
               "\"fee\":\"0.0030\"}"
#define BOOK                                                                                       \
    "{\"id\":1,\"base\":\"ETH\",\"quote\":\"USDC\",\"lot\":\"0.001\",\"tick\":\"0.01\","           \
    "\"fee\":\"0.001\","
#define WALK                                                                                       \
    "\"walk_ppm\":200,\"half_spread_ticks\":20,\"levels\":25,\"level_step_ticks\":10,"             \
    "\"level_size\":\"1.2\"}"

static uint64_t low(struct u256 v)
{
    assert_true(u256_bits(&v) <= 64);
    return v.limb[0];
}

static void test_market_file_reads_pools(void **state)
{
    (void)state;
    assert_ok(parse_pools(POOL));
    assert_string_equal(market.venue.text, "uni");
    assert_string_equal(market.domain.text, "home");
    assert_int_equal(market.kind, MARKET_AMM);
    assert_true(market.atomic);
    assert_int_equal(market.ttl_ms, 700);
    assert_int_equal(market.curves_n, 1);
    assert_null(market.ladders);
    const struct curve *c = market.curves;

    assert_ok(curve_check(c));
    assert_int_equal(c->id, 1);
    assert_int_equal(c->seq, 1);
    assert_int_equal(c->asset[0], 1);
    assert_int_equal(c->asset[1], 2);
    assert_int_equal(low(c->as.constant_product.reserve[1]), 4561500000000);
    assert_int_equal(c->as.constant_product.keep_num, 997);
    assert_int_equal(c->as.constant_product.keep_den, 1000);
}

#define LARGE(kind, rest) "{\"id\":1,\"kind\":\"" kind "\"," rest "}"
#define WEIGHTED(weights, rest)                                                                    \
    LARGE("weighted", "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"1.5\",\"4500\"],"             \
                      "\"weights\":" weights ",\"fee\":\"0.002\"" rest)
#define STABLE(amplification)                                                                      \
    LARGE("stable", "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"2\",\"2\"],\"fee\":\"0\","      \
                    "\"amplification\":" amplification)
#define CONCENTRATED(ticks)                                                                        \
    LARGE("concentrated", "\"assets\":[\"ETH\",\"USDC\"],\"fee\":\"0.0005\",\"liquidity\":\"9\","  \
                          "\"sqrt_price\":\"79228162514264337593543950336\",\"tick\":0,"           \
                          "\"ticks\":" ticks)
#define FIXED_RATE(rate, capacity)                                                                 \
    LARGE("fixed_rate", "\"assets\":[\"ETH\",\"USDC\"],\"fee\":\"0.001\",\"refills\":true,"        \
                        "\"rate\":" rate ",\"capacity\":" capacity)

static void test_market_file_reads_pools_of_every_kind(void **state)
{
    (void)state;
    assert_ok(parse_pools(WEIGHTED("[\"0.8\",\"0.2\"]", ",\"multiplies\":true")));
    const struct weighted *w = market.curves->as.weighted;

    assert_int_equal(market.curves->kind, CURVE_weighted);
    assert_int_equal(market.curves->assets_n, 2);
    assert_int_equal(low(w->pool.balance[1]), 4500000000);
    assert_int_equal(u256_bits(&w->pool.scaling[1]), 100); /* 10^30 */
    assert_int_equal(w->pool.fee, 2000000000000000);
    assert_int_equal(w->weight[0], 800000000000000000);
    assert_true(w->multiplies && !w->unlimited);
    assert_ok(parse_pools(STABLE("\"200.5\"")));
    assert_int_equal(market.curves->as.stable->amplification, 200500);
    assert_int_equal(low(market.curves->as.stable->invariant), 4000000000000000000);
    assert_ok(parse_pools(CONCENTRATED("{\"-10\":\"9\",\"10\":\"-9\"}")));
    assert_int_equal(market.curves->as.concentrated.ticks[1].index, 10);
    assert_ok(parse_pools(FIXED_RATE("\"3000.25\"", "[\"0\",\"500\"]")));
    const struct fixed_rate *f = &market.curves->as.fixed_rate;
    struct u256 offer = u256_of(1000000000000000000);
    struct trade t;

    assert_ok(curve_out(&t, market.curves, way_of_side(0), &offer));
    assert_int_equal(low(t.out), 500000000); /* its capacity; else 3000.25 less the fee */
    assert_int_equal(low(f->capacity[1]), 500000000);
    assert_true(f->refills);
    offer = u256_of(100000000000000000);
    assert_ok(curve_out(&t, market.curves, way_of_side(0), &offer));
    assert_int_equal(low(t.out), 299724975);
}

static void test_market_file_reads_a_generated_book(void **state)
{
    (void)state;
    assert_ok(parse_books(BOOK "\"mid\":\"3000.00\"," WALK));
    assert_false(market.atomic);
    assert_int_equal(market.ttl_ms, 5000);
    const struct book *b = &market.curves[0].as.book;
    const struct market_ladder *l = market.ladders;

    /* USDC has 6 decimals: a price counts micro-USDC per whole ETH. */
    assert_int_equal(low(b->scale), 1000000000000000000);
    assert_int_equal(low(l->mid), 3000000000);
    assert_int_equal(low(l->tick), 10000);
    assert_int_equal(low(b->lot), 1000000000000000);
    assert_int_equal(low(l->level_size), 1200000000000000000);
    assert_true(l->generated);
    assert_int_equal(l->walk_ppm, 200);
    assert_int_equal(l->half_spread_ticks, 20);
    assert_int_equal(l->levels, 25);
    assert_int_equal(l->level_step_ticks, 10);
    assert_int_equal(b->bids_n + b->asks_n, 0);
}

static void test_market_file_reads_explicit_ladders(void **state)
{
    (void)state;
    assert_ok(parse_books(BOOK "\"bids\":[[\"2999.9\",\"1.2\"],[\"2999.8\",\"5\"]],"
                               "\"asks\":[[\"3000.1\",\"0.5\"]]}"));
    const struct book *b = &market.curves[0].as.book;
    struct u256 two = u256_of(2000000000000000000);
    struct trade t;

    assert_false(market.ladders[0].generated);
    assert_int_equal(b->bids_n, 2);
    assert_int_equal(b->asks_n, 1);
    assert_int_equal(low(b->bids[1].price), 2999800000);
    assert_ok(curve_check(market.curves));
    assert_ok(curve_out(&t, market.curves, way_of_side(0), &two));
    /* (1.2 * 2999.9 + 0.8 * 2999.8) * 0.999 = 5993.7203 USDC, less than an atom cut off */
    assert_int_equal(low(t.out), 5993720280);
}

static void test_market_file_counts_prices_finer_than_the_quote(void **state)
{
    (void)state;
    assert_ok(parse_books("{\"id\":1,\"base\":\"USDC\",\"quote\":\"CENT\",\"lot\":\"1\","
                          "\"tick\":\"0.000001\",\"fee\":\"0\",\"bids\":[],"
                          "\"asks\":[[\"0.015001\",\"1000000\"]]}"));
    const struct book *b = &market.curves[0].as.book;

    /* CENT has 2 decimals, prices 6: scale is 10^(6 + 6 - 2). */
    assert_int_equal(low(b->scale), 10000000000);
    assert_int_equal(low(b->asks[0].price), 15001);
}

static void pools_refused(const char *pools, const char *message)
{
    assert_err(parse_pools(pools), ERR_INVALID);
    assert_string_equal(error.text, message);
}

static void test_market_file_refuses_pools_that_contradict_themselves(void **state)
{
    (void)state;
    pools_refused(WEIGHTED("[\"1\"]", ""), "m.json: $.pools[0].weights: not one for each asset");
    pools_refused(WEIGHTED("[\"1\",\"0\"]", ""), "m.json: $.pools[0]: contradictory");
    pools_refused(WEIGHTED("[\"1\",\"1\"]", ",\"multiplies\":1"),
                  "m.json: $.pools[0].multiplies: not true or false");
    pools_refused(WEIGHTED("[\"1\",\"1\"]", ",\"amplification\":1"),
                  "m.json: $.pools[0].amplification: unknown field");
    pools_refused(STABLE("\"0.9\""), "m.json: $.pools[0]: contradictory");
    pools_refused(STABLE("\"200.0005\""),
                  "m.json: $.pools[0].amplification: more than 3 places, or out of range");
    pools_refused(CONCENTRATED("{\"x\":\"1\"}"),
                  "m.json: $.pools[0].ticks.x: the key is not a tick");
    pools_refused(CONCENTRATED("{\"1\":\"-10\"}"), "m.json: $.pools[0]: contradictory");
    pools_refused(FIXED_RATE("\"0\"", "[\"1\",\"1\"]"), "m.json: $.pools[0]: contradictory");
    pools_refused(FIXED_RATE("\"1e-70\"", "[\"1\",\"1\"]"),
                  "m.json: $.pools[0].rate: out of range");
    pools_refused(FIXED_RATE("\"1\"", "[\"1\"]"),
                  "m.json: $.pools[0].capacity: not one for each asset");
    pools_refused(LARGE("fixed_rate", "\"assets\":[\"ETH\",\"USDC\",\"CENT\"]"),
                  "m.json: $.pools[0].assets: not two items");
}

static void test_market_file_names_the_place_of_a_bad_pool(void **state)
{
    (void)state;
    pools_refused(POOL "," POOL, "m.json: $.pools[1]: id 1 is taken by item 0");
    pools_refused("{\"id\":0}", "m.json: $.pools[0].id: not from 1 to 18446744073709551615");
    pools_refused("{\"id\":1,\"kind\":\"curvy\"}",
                  "m.json: $.pools[0].kind: unknown kind of pool \"curvy\"");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\"]}", "m.json: $.pools[0].assets: fewer than two");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"XXL\"],\"reserves\":[\"1\",\"1\"]}",
                  "m.json: $.pools[0].assets[1]: unknown asset \"XXL\"");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"ETH\"],\"reserves\":[\"1\",\"1\"]}",
                  "m.json: $.pools[0].assets: the same asset twice");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"1\",\"0.0000001\"]}",
                  "m.json: $.pools[0].reserves[1]: \"0.0000001\" is not a decimal with at most 6 "
                  "places");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"-1\",\"1\"]}",
                  "m.json: $.pools[0].reserves[0]: \"-1\" is not a decimal with at most 18 places");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"0\",\"1\"]}",
                  "m.json: $.pools[0].reserves[0]: zero");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],"
                             "\"reserves\":[\"1000000000000000000000000000000\",\"1\"]}",
                  "m.json: $.pools[0].reserves[0]: \"1000000000000000000000000000000\" is too "
                  "large");
    pools_refused(POOL_FRONT "\"assets\":[\"ETH\",\"USDC\"],\"reserves\":[\"1\",\"1\"],"
                             "\"fee\":\"1\"}",
                  "m.json: $.pools[0].fee: \"1\" is not a decimal fraction below 1 with at most 18 "
                  "places");
    pools_refused(POOL_FRONT "\"swap_fee\":\"0\"}", "m.json: $.pools[0].swap_fee: unknown field");
}

static void books_refused(const char *books, const char *message)
{
    assert_err(parse_books(books), ERR_INVALID);
    assert_string_equal(error.text, message);
}

static void test_market_file_names_the_place_of_a_bad_book(void **state)
{
    (void)state;
    books_refused("{\"id\":1,\"base\":\"ETH\",\"quote\":\"ETH\"}",
                  "m.json: $.books[0].quote: the same as base");
    books_refused(BOOK "\"mid\":\"3000\",\"asks\":[]," WALK,
                  "m.json: $.books[0].asks: either explicit ladders or \"mid\", not both");
    books_refused(BOOK "\"mid\":\"3000.005\"," WALK,
                  "m.json: $.books[0].mid: not a multiple of tick");
    books_refused(BOOK "\"mid\":\"2.6\"," WALK,
                  "m.json: $.books[0].mid: the lowest bid, 260 ticks below it, would not be above "
                  "zero");
}

static void test_market_file_refuses_crossed_and_unordered_ladders(void **state)
{
    (void)state;
    books_refused(BOOK "\"bids\":[[\"3000\",\"1\"]],\"asks\":[[\"3000\",\"1\"]]}",
                  "m.json: $.books[0].asks: crossed: the best ask is not above the best bid");
    books_refused(BOOK "\"bids\":[[\"3000\",\"1\"],[\"3000\",\"1\"]],\"asks\":[]}",
                  "m.json: $.books[0].bids[1]: price is not worse than the level before");
    books_refused(BOOK "\"bids\":[],\"asks\":[[\"3000.001\",\"1\"]]}",
                  "m.json: $.books[0].asks[0]: price is not a multiple of tick");
    books_refused(BOOK "\"bids\":[],\"asks\":[[\"3000\",\"0.0001\"]]}",
                  "m.json: $.books[0].asks[0]: size is not a multiple of lot");
    books_refused(BOOK "\"bids\":[],\"asks\":[[\"3000\"]]}",
                  "m.json: $.books[0].asks[0]: not [price, size]");
    books_refused(BOOK "\"bids\":[],\"asks\":[[\"3000\",\"0\"]]}",
                  "m.json: $.books[0].asks[0][1]: \"0\" is not a positive decimal");
    books_refused(BOOK "\"bids\":[[\"1e60\",\"1e50\"]],\"asks\":[]}",
                  "m.json: $.books[0]: too large: its value overflows");
    books_refused(BOOK "\"bids\":[]}", "m.json: $.books[0].asks: missing");
}

static void refused(const char *text, const char *message)
{
    assert_err(parse(text), ERR_INVALID);
    assert_string_equal(error.text, message);
}

static void test_market_file_names_the_place_of_a_bad_head(void **state)
{
    (void)state;
#define HEAD "{\"format\":\"sluice-market/1\",\"pools\":[],"
    refused(HEAD "\"kind\":\"dex\"}", "m.json: $.kind: \"dex\" is neither \"amm\" nor \"book\"");
    refused(HEAD "\"kind\":\"book\"}", "m.json: $.pools: unknown field");
    refused(HEAD "\"kind\":\"amm\"}", "m.json: $.venue: missing");
    refused(HEAD "\"kind\":\"amm\",\"venue\":\"A b\"}",
            "m.json: $.venue: \"A b\" is not a name: a-z 0-9 . _ -, at most 32");
    refused(HEAD "\"kind\":\"amm\",\"venue\":\"a\",\"atomic\":1}",
            "m.json: $.atomic: not true or false");
    refused(HEAD "\"kind\":\"amm\",\"venue\":\"a\",\"ttl_ms\":0}",
            "m.json: $.ttl_ms: not from 1 to 3600000");
    refused("{\"format\":\"sluice-market/1\",\"kind\":\"amm\",\"venue\":\"a\",\"pools\":null}",
            "m.json: $.pools: missing");
    refused("{", "m.json:1:1: string or '}' expected near end of file");
}

static int setup(void **state)
{
    const char *text = "{\"format\":\"sluice-assets/1\",\"assets\":["
                       "{\"id\":1,\"symbol\":\"ETH\",\"decimals\":18},"
                       "{\"id\":2,\"symbol\":\"USDC\",\"decimals\":6},"
                       "{\"id\":3,\"symbol\":\"CENT\",\"decimals\":2}]}";

    (void)state;
    arena_init(&arena, (size_t)1 << 24);
    assert_ok(assets_file_parse(&assets, &error, "assets.json", text, strlen(text), &arena));
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
        cmocka_unit_test(test_market_file_reads_pools),
        cmocka_unit_test(test_market_file_reads_pools_of_every_kind),
        cmocka_unit_test(test_market_file_refuses_pools_that_contradict_themselves),
        cmocka_unit_test(test_market_file_reads_a_generated_book),
        cmocka_unit_test(test_market_file_reads_explicit_ladders),
        cmocka_unit_test(test_market_file_counts_prices_finer_than_the_quote),
        cmocka_unit_test(test_market_file_names_the_place_of_a_bad_pool),
        cmocka_unit_test(test_market_file_names_the_place_of_a_bad_book),
        cmocka_unit_test(test_market_file_refuses_crossed_and_unordered_ladders),
        cmocka_unit_test(test_market_file_names_the_place_of_a_bad_head),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
