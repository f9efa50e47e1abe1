/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/arena.h"
#include "solver/input/auction_file.h"

static struct arena arena;
static struct auction_file file;
static struct input_error error;

static enum err parse(const char *text)
{
    arena_reset(&arena);
    return auction_file_parse(&file, &error, "i.json", text, strlen(text), &arena);
}

static uint64_t low(struct u256 v)
{
    assert_true(u256_bits(&v) <= 64);
    return v.limb[0];
}

#define IRX_TOKENS                                                                                 \
    "{\"format\":\"irx-instance/1\",\"tokens\":["                                                  \
    "{\"id\":0,\"address\":\"A\",\"symbol\":\"A\",\"decimals\":6},"                                \
    "{\"id\":1,\"address\":\"B\",\"symbol\":\"B\",\"decimals\":2}],"

static enum err parse_irx(const char *pools, const char *orders)
{
    char text[4096];

    (void)snprintf(text, sizeof text, IRX_TOKENS "\"pools\":[%s],\"orders\":[%s]}", pools, orders);
    return parse(text);
}

#define IRX_POOL                                                                                   \
    "{\"id\":4,\"kind\":\"constant_product\",\"tokens\":[1,0],\"reserves\":[\"500\",\"700\"],"     \
    "\"fee\":\"0.003\"}"
#define IRX_ORDER                                                                                  \
    "{\"id\":\"o1\",\"sell\":0,\"buy\":1,\"sell_amount\":\"90\",\"min_buy\":\"0\","                \
    "\"partial\":true}"

static void test_input_auction_reads_a_neutral_instance(void **state)
{
    (void)state;
    assert_ok(parse_irx(IRX_POOL, IRX_ORDER));
    const struct auction *a = &file.auction;

    assert_int_equal(file.format, AUCTION_IRX);
    assert_int_equal(a->assets_n, 2);
    assert_int_equal(a->assets[0].decimals, 6);
    assert_string_equal(file.asset_refs[1], "1");
    assert_int_equal(a->curves_n, 1);
    assert_string_equal(file.curve_refs[0], "4");
    assert_int_equal(a->curves[0].id, 4);
    assert_int_equal(a->curves[0].asset[0], 1);
    assert_int_equal(low(a->curves[0].as.constant_product.reserve[1]), 700);
    assert_int_equal(a->intents_n, 1);
    assert_string_equal(a->intents[0].ref, "o1");
    assert_true(a->intents[0].partial);
    assert_int_equal(low(a->intents[0].signed_sell), 90);
    assert_true(a->options.cycles);
    assert_false(a->options.robust);
    assert_int_equal(input_skipped_total(&file.skipped), 0);
}

static void test_input_auction_reads_a_neutral_book_exactly(void **state)
{
    struct u256 offer = u256_of(2000000);
    struct trade t;

    (void)state;
    /* A has 6 decimals and B 2: a size finer than an atom of A is cut, prices are exact. */
    assert_ok(parse_irx("{\"id\":0,\"kind\":\"book\",\"tokens\":[0,1],\"fee\":\"0.01\","
                        "\"bids\":[[\"2.75e+01\",\"1.00000099\"],[\"27.125\",\"3\"]],"
                        "\"asks\":[[\"28\",\"1\"],[\"29\",\"0.0000001\"]]}",
                        ""));
    const struct book *b = &file.auction.curves[0].as.book;

    assert_int_equal(low(b->bids[0].size), 1000000);
    assert_int_equal(b->asks_n, 1);
    assert_ok(curve_out(&t, file.auction.curves, way_of_side(0), &offer));
    assert_int_equal(low(t.in), 2000000);
    assert_int_equal(low(t.out), 5407); /* (27.5 + 27.125) * 0.99 = 54.07875 */
}

static void test_input_auction_counts_what_it_skips(void **state)
{
    (void)state;
    assert_ok(parse_irx("{\"id\":0,\"kind\":\"weighted\",\"tokens\":[0,1,0,1,0,1,0,1,0]},"
                        "{\"id\":3,\"kind\":\"curvy\"},"
                        "{\"kind\":\"book\"}," IRX_POOL "," IRX_POOL,
                        IRX_ORDER "," IRX_ORDER ",{\"id\":\"o2\",\"sell\":0,\"buy\":9}"));
    assert_int_equal(file.skipped.large, 1);
    assert_int_equal(file.skipped.other, 1);
    assert_int_equal(file.skipped.bad_pool, 2);
    assert_int_equal(file.skipped.bad_order, 2);
    assert_int_equal(input_skipped_total(&file.skipped), 6);
    assert_string_equal(file.skipped.first_bad.text, "i.json: $.pools[2].id: missing");
    assert_int_equal(file.auction.curves_n, 1);
    assert_int_equal(file.auction.intents_n, 1);
}

static void first_bad(const char *pool, const char *order, const char *message)
{
    assert_ok(parse_irx(pool, order));
    assert_int_equal(input_skipped_total(&file.skipped), 1);
    assert_string_equal(file.skipped.first_bad.text, message);
}

#define POOL(tokens, reserves, fee)                                                                \
    "{\"id\":4,\"kind\":\"constant_product\",\"tokens\":" tokens ",\"reserves\":" reserves         \
    ",\"fee\":" fee "}"
#define ORDER(sell, amount)                                                                        \
    "{\"id\":\"o\",\"sell\":" sell ",\"buy\":1,\"sell_amount\":" amount ",\"min_buy\":\"0\"}"

static void test_input_auction_says_why_a_pool_or_order_is_skipped(void **state)
{
    (void)state;
    first_bad(POOL("[0,2]", "[\"1\",\"1\"]", "\"0\""), "",
              "i.json: $.pools[0].tokens[1]: no such token");
    first_bad(POOL("[0,0]", "[\"1\",\"1\"]", "\"0\""), "",
              "i.json: $.pools[0]: unusable: an empty reserve, one token twice, a crossed book, or "
              "parameters out of range");
    first_bad(POOL("[0,1]", "[\"0\",\"1\"]", "\"0\""), "",
              "i.json: $.pools[0]: unusable: an empty reserve, one token twice, a crossed book, or "
              "parameters out of range");
    first_bad(POOL("[0,1]", "[\"1\"]", "\"0\""), "", "i.json: $.pools[0].reserves: not two items");
    first_bad(POOL("[0,1]", "[\"1\",\"-1\"]", "\"0\""), "",
              "i.json: $.pools[0].reserves[1]: \"-1\" is not a whole number in decimal or 0x hex");
    first_bad(POOL("[0,1]", "[\"1\",\"1\"]", "\"1.0\""), "",
              "i.json: $.pools[0].fee: \"1.0\" is not a decimal fraction below 1 with at most 18 "
              "places");
    first_bad("", ORDER("1", "\"5\""), "i.json: $.orders[0]: sells what it buys");
    first_bad("", ORDER("0", "\"0\""), "i.json: $.orders[0]: sells nothing");
    first_bad("", ORDER("0", "5"), "i.json: $.orders[0].sell_amount: not a string");
}

#define ETH "0xC02AAA39B223FE8D0A0E5C4F27EAD9083C756CC2"
#define DAI "0x6b175474e89094c44da98b954eedeac495271d0f"
#define COW_TOKENS                                                                                 \
    "{\"tokens\":{\"" ETH "\":{\"decimals\":18,\"referencePrice\":\"1000000000000000000\"},"       \
    "\"" DAI "\":{\"decimals\":null}},"
#define ETH_LOW "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"

static void test_input_auction_reads_a_cow_request(void **state)
{
    (void)state;
    assert_ok(parse(COW_TOKENS
                    "\"liquidity\":[{\"kind\":\"constantProduct\",\"id\":\"7\",\"tokens\":{\"" DAI
                    "\":{\"balance\":\"0x10\"},\"" ETH_LOW "\":{\"balance\":\"20\"}},"
                    "\"fee\":\"0.003\"}],\"orders\":[{\"uid\":\"0x01\",\"sellToken\":\"" ETH_LOW
                    "\",\"buyToken\":\"" DAI "\",\"sellAmount\":\"3\",\"buyAmount\":\"4\","
                    "\"kind\":\"buy\",\"partiallyFillable\":false}]}"));
    const struct auction *a = &file.auction;

    assert_int_equal(file.format, AUCTION_COW);
    assert_string_equal(a->assets[0].name, ETH_LOW);
    assert_true(a->assets[0].mark.num.atoms == (u128)1000000000000000000);
    assert_int_equal(a->assets[1].decimals, 18);
    assert_true(amount_is_zero(a->assets[1].mark.num));
    assert_string_equal(file.curve_refs[0], "\"7\"");
    assert_string_equal(file.asset_refs[1], "\"" DAI "\"");
    assert_int_equal(a->curves[0].asset[0], 1);
    assert_int_equal(a->curves[0].asset[1], 0);
    assert_int_equal(low(a->curves[0].as.constant_product.reserve[0]), 16);
    assert_int_equal(a->intents[0].kind, INTENT_BUY);
    assert_int_equal(low(a->intents[0].signed_buy), 4);
}

static void limit_order(const char *maker, const char *taker)
{
    char text[2048];

    (void)snprintf(text, sizeof text,
                   COW_TOKENS "\"liquidity\":[{\"kind\":\"limitOrder\",\"id\":\"1\","
                              "\"makerToken\":\"" DAI "\",\"takerToken\":\"" ETH
                              "\",\"makerAmount\":\"%s\",\"takerAmount\":\"%s\"}],\"orders\":[]}",
                   maker, taker);
    assert_ok(parse(text));
}

static void test_input_auction_makes_a_limit_order_a_book(void **state)
{
    struct u256 offer = u256_of(5);
    struct trade t;

    (void)state;
    limit_order("70", "10");
    assert_ok(curve_out(&t, file.auction.curves, way_of_side(1), &offer));
    assert_int_equal(low(t.in), 5);
    assert_int_equal(low(t.out), 35);
    limit_order("340282366920938463463374607431768211456", "10");
    assert_int_equal(file.auction.curves_n, 0);
    assert_int_equal(file.skipped.limit_order, 1);
}

static void test_input_auction_adds_tokens_that_only_liquidity_mentions(void **state)
{
    (void)state;
    assert_ok(parse("{\"tokens\":{\"" ETH "\":{}},\"liquidity\":[{\"kind\":\"constantProduct\","
                    "\"id\":\"1\",\"tokens\":{\"" DAI "\":{\"balance\":\"5\"},\"" ETH
                    "\":{\"balance\":\"6\"}},\"fee\":\"0\"},{\"kind\":\"constantProduct\","
                    "\"id\":\"2\",\"tokens\":{\"" DAI "\":{\"balance\":\"5\"},\"dai\":"
                    "{\"balance\":\"6\"}},\"fee\":\"0\"}],\"orders\":[]}"));
    assert_int_equal(file.auction.assets_n, 2);
    assert_int_equal(file.auction.assets[1].decimals, 18);
    assert_string_equal(file.asset_refs[1], "\"" DAI "\"");
    assert_int_equal(file.auction.curves_n, 1);
    assert_int_equal(file.skipped.bad_pool, 1);
    assert_string_equal(file.skipped.first_bad.text,
                        "i.json: $.liquidity[1].tokens.dai: unknown token \"dai\"");
}

static void test_input_auction_reads_an_older_instance(void **state)
{
    (void)state;
    assert_ok(parse(
        "{\"tokens\":{\"" ETH "\":{\"decimals\":18,\"external_price\":1.0},\"" DAI
        "\":{\"decimals\":18,\"external_price\":0.000554548666839596}},\"amms\":{\"0xAB\":{"
        "\"kind\":\"ConstantProduct\",\"reserves\":{\"" DAI "\":\"5\",\"" ETH "\":\"6\"},"
        "\"fee\":\"0.0025\"},\"x\":{\"kind\":\"WeightedProduct\"},\"y\":{\"kind\":\"Stable\"},"
        "\"z\":{\"kind\":\"Concentrated\"},\"w\":{\"kind\":\"Curvy\"}},\"orders\":{\"0\":{\"sell_"
        "token\":\"" DAI "\",\"buy_token\":\"" ETH "\",\"sell_amount\":\"8\",\"buy_amount\":\"9\","
        "\"allow_partial_fill\":true,\"is_sell_order\":true}}}"));
    const struct auction *a = &file.auction;

    assert_int_equal(file.format, AUCTION_COW_OLD);
    assert_true(a->assets[0].mark.num.atoms == 1);
    assert_true(a->assets[0].mark.den.atoms == (u128)1000000000000);
    assert_true(a->assets[1].mark.num.atoms == 554548666839596);
    assert_string_equal(file.curve_refs[0], "\"0xAB\"");
    assert_int_equal(a->curves[0].as.constant_product.keep_num, 399);
    assert_int_equal(a->curves[0].as.constant_product.keep_den, 400);
    assert_string_equal(a->intents[0].ref, "0");
    assert_int_equal(file.skipped.bad_pool, 3);
    assert_int_equal(file.skipped.other, 1);
    assert_string_equal(file.skipped.first_bad.text, "i.json: $.amms.x.reserves: missing");
}

static void refused(const char *text, const char *message)
{
    assert_err(parse(text), ERR_INVALID);
    assert_string_equal(error.text, message);
}

static void test_input_auction_refuses_what_it_cannot_place(void **state)
{
    (void)state;
    refused("{}", "i.json: $: neither an irx-instance/1 (\"format\") nor a CoW request "
                  "(\"liquidity\") nor a CoW instance (\"amms\")");
    refused("[]", "i.json: $: not an object");
    refused("{\"format\":\"irx-instance/2\"}", "i.json: $.format: not \"irx-instance/1\"");
    refused("{\"format\":\"irx-instance/1\",\"tokens\":[{\"id\":1}],\"pools\":[],\"orders\":[]}",
            "i.json: $.tokens[0].id: not 0: tokens are numbered by position");
    refused("{\"tokens\":{\"0x12\":{}},\"liquidity\":[],\"orders\":[]}",
            "i.json: $.tokens.0x12: the key is not an address of 0x and 40 hex digits");
    refused("{\"tokens\":{\"" ETH "\":{},\"" ETH_LOW "\":{}},\"liquidity\":[],\"orders\":[]}",
            "i.json: $.tokens: token \"" ETH_LOW "\" stands twice");
    refused("{\"tokens\":[],\"liquidity\":[],\"orders\":[]}", "i.json: $.tokens: not an object");
    refused("{\"tokens\":{},\"amms\":[],\"orders\":{}}", "i.json: $.amms: not an object");
}

static void loads(const char *name, size_t curves, size_t intents, size_t skipped)
{
    char path[SHARED_PATH_MAX];

    if (!shared_path(path, name))
        skip();
    arena_reset(&arena);
    assert_ok(auction_file_load(&file, &error, path, &arena));
    assert_int_equal(file.auction.curves_n, curves);
    assert_int_equal(file.auction.intents_n, intents);
    assert_int_equal(input_skipped_total(&file.skipped), skipped);
}

static void test_input_auction_loads_the_shared_instances(void **state)
{
    (void)state;
    loads("data/pools/instances/cp-l1000.json", 1000, 24, 0);
    loads("data/pools/instances/books-20210417-half.json", 23, 18, 0);
    loads("data/pools/instances/cow-mixed53.json", 53, 30, 0);
    loads("data/pools/instances/bal-m100.json", 94, 30, 0);
    loads("data/pools/instances/cl-s19.json", 19, 24, 0);
}

static void test_input_auction_loads_the_shared_cow_auctions(void **state)
{
    (void)state;
    loads("data/cow/instances/solver-template-py/real_7400681_prod_mainnet.json", 810, 527, 32);
    loads("data/cow/instances/solver-template-py/small_example.json", 18, 2, 0);
    loads("data/cow/instances/kirsanium/example.json", 3, 29, 0);
    loads("data/cow/solver-engine/baseline-limit_order_quoting-sell_order/request.json", 2, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_auction_reads_a_neutral_instance),
        cmocka_unit_test(test_input_auction_reads_a_neutral_book_exactly),
        cmocka_unit_test(test_input_auction_counts_what_it_skips),
        cmocka_unit_test(test_input_auction_says_why_a_pool_or_order_is_skipped),
        cmocka_unit_test(test_input_auction_reads_a_cow_request),
        cmocka_unit_test(test_input_auction_makes_a_limit_order_a_book),
        cmocka_unit_test(test_input_auction_adds_tokens_that_only_liquidity_mentions),
        cmocka_unit_test(test_input_auction_reads_an_older_instance),
        cmocka_unit_test(test_input_auction_refuses_what_it_cannot_place),
        cmocka_unit_test(test_input_auction_loads_the_shared_instances),
        cmocka_unit_test(test_input_auction_loads_the_shared_cow_auctions),
    };

    arena_init(&arena, (size_t)1 << 28);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_fini(&arena);
    return failed;
}
