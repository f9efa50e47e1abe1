/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools of many assets or ticks in auction files: read exactly, refused with a reason, and paying
 * what the executed routes of the shared reference paid. */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <string.h>

#include "solver/core/arena.h"
#include "solver/input/auction_file.h"

static struct arena arena;
static struct auction_file file;
static struct input_error error;

static void parse(const char *text)
{
    arena_reset(&arena);
    assert_ok(auction_file_parse(&file, &error, "i.json", text, strlen(text), &arena));
}

static void parse_irx(const char *pools)
{
    char text[4096];

    (void)snprintf(text, sizeof text,
                   "{\"format\":\"irx-instance/1\",\"tokens\":["
                   "{\"id\":0,\"address\":\"A\",\"symbol\":\"A\",\"decimals\":18},"
                   "{\"id\":1,\"address\":\"B\",\"symbol\":\"B\",\"decimals\":6},"
                   "{\"id\":2,\"address\":\"C\",\"symbol\":\"C\",\"decimals\":18}],"
                   "\"pools\":[%s],\"orders\":[]}",
                   pools);
    parse(text);
}

static void is(struct u256 have, const char *want)
{
    char text[U256_TEXT];

    assert_string_equal(u256_text(text, &have), want);
}

#define IRX_WEIGHTED(weights, fee)                                                                 \
    "{\"id\":7,\"kind\":\"weighted\",\"tokens\":[2,0,1],\"reserves\":[\"50\",\"60\",\"70\"],"      \
    "\"weights\":" weights ",\"fee\":" fee "}"
#define IRX_STABLE(a)                                                                              \
    "{\"id\":8,\"kind\":\"stable\",\"tokens\":[0,1],\"reserves\":[\"5000000000000\",\"5\"],"       \
    "\"scaling\":[\"1\",\"1000000000000\"],\"A\":" a ",\"fee\":\"0.0004\"}"
#define IRX_TICKS(tick, ticks)                                                                     \
    "{\"id\":9,\"kind\":\"concentrated\",\"tokens\":[0,1],\"liquidity\":\"1000\",\"tick\":" tick   \
    ",\"sqrt_price_x96\":\"79228162514264337593543950336\",\"ticks\":" ticks ",\"fee\":\"0.003\"}"

static void test_input_pools_reads_a_weighted_pool_without_limits(void **state)
{
    (void)state;
    parse_irx(IRX_WEIGHTED("[\"0.5\",\"0.3\",\"0.2\"]", "\"0.001\""));
    const struct curve *c = file.auction.curves;

    assert_int_equal(c->kind, CURVE_weighted);
    assert_int_equal(c->assets_n, 3);
    assert_int_equal(c->asset[0], 2);
    assert_int_equal(c->as.weighted->pool.fee, 1000000000000000);
    assert_int_equal(c->as.weighted->weight[1], 300000000000000000);
    is(c->as.weighted->pool.scaling[0], "1000000000000000000");
    is(c->as.weighted->pool.scaling[2], "1000000000000000000000000000000");
    assert_true(c->as.weighted->unlimited);
    assert_false(c->as.weighted->multiplies);
}

static void test_input_pools_reads_a_stable_pool_and_finds_its_invariant(void **state)
{
    (void)state;
    parse_irx(IRX_STABLE("\"620.0005\""));
    const struct stable *s = file.auction.curves->as.stable;

    assert_int_equal(file.auction.curves->kind, CURVE_stable);
    assert_int_equal(s->amplification, 620000);
    is(s->invariant, "10000000000000");
}

static void test_input_pools_reads_ticks_of_any_order(void **state)
{
    (void)state;
    parse_irx(IRX_TICKS("0", "[[\"60\",\"-1000\"],[-60,\"1000\"]]"));
    const struct concentrated *c = &file.auction.curves->as.concentrated;

    assert_int_equal(file.auction.curves->kind, CURVE_concentrated);
    assert_int_equal(c->fee, 3000);
    assert_int_equal(c->ticks_n, 2);
    assert_int_equal(c->ticks[0].index, -60);
    assert_true(c->ticks[1].net.negative);
    is(c->ticks[1].sqrt_price, "79466191966197645195421774833");
}

static void bad(const char *pool, const char *message)
{
    parse_irx(pool);
    assert_int_equal(file.auction.curves_n, 0);
    assert_int_equal(file.skipped.bad_pool, 1);
    assert_string_equal(file.skipped.first_bad.text, message);
}

#define UNUSABLE                                                                                   \
    "i.json: $.pools[0]: unusable: an empty reserve, one token twice, a crossed book, or "         \
    "parameters out of range"

static void test_input_pools_says_why_one_is_skipped(void **state)
{
    (void)state;
    bad(IRX_WEIGHTED("[\"0.5\",\"0.5\"]", "\"0\""),
        "i.json: $.pools[0].weights: not one for each token");
    bad(IRX_WEIGHTED("[\"0.5\",\"0.5\",\"0\"]", "\"0\""), UNUSABLE);
    bad(IRX_WEIGHTED("[\"0.5\",\"0.5\",\"99999999999999999999\"]", "\"0\""), UNUSABLE);
    bad(IRX_WEIGHTED("[\"0.5\",\"0.5\",\"0.1234567890123456789\"]", "\"0\""),
        "i.json: $.pools[0].weights[2]: more than 18 places, or out of range");
    bad(IRX_WEIGHTED("[\"0.5\",\"0.4\",\"0.1\"]", "\"1\""), "i.json: $.pools[0].fee: not below 1");
    bad(IRX_STABLE("\"0.5\""), UNUSABLE);
    bad(IRX_STABLE("\"-1\""), "i.json: $.pools[0].A: not a decimal number, or out of range");
    bad(IRX_TICKS("0", "[[\"60\",\"-1001\"]]"), UNUSABLE);
    bad(IRX_TICKS("1", "[]"), UNUSABLE);
    bad(IRX_TICKS("0", "[[60,1],[60,1]]"), UNUSABLE);
    bad(IRX_TICKS("0", "[[900000,\"1\"]]"), UNUSABLE);
    bad(IRX_TICKS("0", "[[60]]"), "i.json: $.pools[0].ticks[0]: not two items");
    bad(IRX_TICKS("0", "[[60,\"x\"]]"),
        "i.json: $.pools[0].ticks[0][1]: not a whole number with or without a sign");
    bad(IRX_TICKS("3000000000", "[]"), "i.json: $.pools[0].tick: not a whole number of 32 bits");
    bad("{\"id\":1,\"kind\":\"stable\",\"tokens\":[0]}",
        "i.json: $.pools[0].tokens: fewer than two tokens");
}

#define DAI "0x6b175474e89094c44da98b954eedeac495271d0f"
#define USDC "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
#define BPT "0x06df3b2bbb68adc8b0e302443692037ed9f91b42"
#define COW(pool) "{\"tokens\":{},\"liquidity\":[" pool "],\"orders\":[]}"
#define COW_WEIGHTED(version)                                                                      \
    COW("{\"kind\":\"weightedProduct\",\"id\":\"3\",\"address\":\"" BPT "\",\"tokens\":{\"" USDC   \
        "\":{\"balance\":\"100\",\"scalingFactor\":\"1000000000000\",\"weight\":\"0.8\"},\"" DAI   \
        "\":{\"balance\":\"200\",\"scalingFactor\":\"1\",\"weight\":\"0.2\"}},\"fee\":\"0.005\","  \
        "\"version\":\"" version "\"}")

static void test_input_pools_reads_both_versions_of_a_cow_pool(void **state)
{
    (void)state;
    parse(COW_WEIGHTED("v3Plus"));
    const struct curve *c = file.auction.curves;

    assert_int_equal(file.auction.assets_n, 2);
    assert_int_equal(c->kind, CURVE_weighted);
    is(c->as.weighted->pool.balance[0], "100");
    is(c->as.weighted->pool.scaling[0], "1000000000000000000000000000000");
    assert_int_equal(c->as.weighted->weight[1], 200000000000000000);
    assert_true(c->as.weighted->multiplies);
    assert_false(c->as.weighted->unlimited);
    parse(COW_WEIGHTED("v0"));
    assert_false(file.auction.curves->as.weighted->multiplies);
    parse(COW_WEIGHTED("v1"));
    assert_int_equal(file.skipped.bad_pool, 1);
    assert_string_equal(file.skipped.first_bad.text,
                        "i.json: $.liquidity[0].version: neither v0 nor v3Plus");
}

static void test_input_pools_orders_a_stable_pool_and_leaves_its_own_token_out(void **state)
{
    (void)state;
    parse(COW("{\"kind\":\"stable\",\"id\":\"3\",\"address\":\"" BPT "\",\"tokens\":{\"" USDC
              "\":{\"balance\":\"100\",\"scalingFactor\":\"1000000000000\"},\"" BPT
              "\":{\"balance\":\"9\",\"scalingFactor\":\"1\"},\"" DAI
              "\":{\"balance\":\"100000000000000\",\"scalingFactor\":\"1\"}},\"fee\":\"0.0001\","
              "\"amplificationParameter\":\"5000.0\"}"));
    const struct curve *c = file.auction.curves;

    assert_int_equal(file.auction.curves_n, 1);
    assert_int_equal(c->kind, CURVE_stable);
    assert_int_equal(c->assets_n, 2);
    assert_string_equal(file.auction.assets[c->asset[0]].name, DAI);
    assert_string_equal(file.auction.assets[c->asset[1]].name, USDC);
    assert_int_equal(c->as.stable->amplification, 5000000);
    is(c->as.stable->invariant, "200000000000000");
}

static void test_input_pools_reads_a_concentrated_cow_pool(void **state)
{
    (void)state;
    parse(COW(
        "{\"kind\":\"concentratedLiquidity\",\"id\":\"3\",\"tokens\":[\"" DAI "\",\"" USDC
        "\"],\"sqrtPrice\":\"79228162514264337593543950336\",\"liquidity\":\"1000\","
        "\"tick\":-1,\"liquidityNet\":{\"60\":\"-1000\",\"-60\":\"1000\"},\"fee\":\"0.0005\"}"));
    const struct concentrated *c = &file.auction.curves->as.concentrated;

    assert_int_equal(file.auction.assets_n, 2);
    assert_int_equal(file.auction.curves->kind, CURVE_concentrated);
    assert_int_equal(c->tick, -1);
    assert_int_equal(c->fee, 500);
    assert_int_equal(c->ticks[0].index, -60);
}

static void test_input_pools_counts_cow_pools_beyond_eight_tokens(void **state)
{
    char text[4096], tokens[2048] = "";

    (void)state;
    for (int i = 0; i < 9; i++) {
        size_t n = strlen(tokens);

        (void)snprintf(
            tokens + n, sizeof tokens - n,
            "%s\"0x%040d\":{\"balance\":\"5\",\"scalingFactor\":\"1\",\"weight\":\"0.1\"}",
            i > 0 ? "," : "", i);
    }
    (void)snprintf(text, sizeof text,
                   COW("{\"kind\":\"weightedProduct\",\"id\":\"1\",\"version\":\"v0\","
                       "\"fee\":\"0.1\",\"tokens\":{%s}}"),
                   tokens);
    parse(text);
    assert_int_equal(file.auction.assets_n, 9);
    assert_int_equal(file.auction.curves_n, 0);
    assert_int_equal(file.skipped.large, 1);
}

static void test_input_pools_reads_older_pools(void **state)
{
    (void)state;
    parse("{\"tokens\":{\"" DAI "\":{\"decimals\":18},\"" USDC "\":{\"decimals\":6}},\"orders\":{},"
          "\"amms\":{\"w\":{\"kind\":\"WeightedProduct\",\"fee\":\"0.01\",\"reserves\":{\"" USDC
          "\":{\"balance\":\"7\",\"weight\":\"0.6\"},\"" DAI
          "\":{\"balance\":\"8\",\"weight\":\"0.4\"}}},\"s\":{\"kind\":\"Stable\",\"fee\":\"0.1\","
          "\"reserves\":{\"" USDC "\":\"3\",\"" DAI
          "\":\"3000000000000\"},\"scaling_rates\":{\"" USDC "\":\"1000000\",\"" DAI
          "\":\"1000000000000000000\"},"
          "\"amplification_parameter\":\"200\"},\"c\":{\"kind\":\"Concentrated\",\"fee\":\"0.003\","
          "\"pool\":{\"tokens\":[{\"id\":\"" DAI "\"},{\"id\":\"" USDC "\"}],\"state\":{"
          "\"sqrt_price\":\"79228162514264337593543950336\",\"liquidity\":\"9\",\"tick\":\"0\","
          "\"liquidity_net\":{\"5\":\"-9\",\"-5\":\"9\"}}}}}}");
    const struct curve *c = file.auction.curves;

    assert_int_equal(input_skipped_total(&file.skipped), 0);
    assert_int_equal(c[0].kind, CURVE_weighted);
    assert_int_equal(c[0].asset[0], 1);
    is(c[0].as.weighted->pool.scaling[0], "1000000000000000000000000000000");
    assert_false(c[0].as.weighted->multiplies || c[0].as.weighted->unlimited);
    assert_int_equal(c[1].kind, CURVE_stable);
    assert_int_equal(c[1].asset[0], 0); /* by address */
    is(c[1].as.stable->pool.scaling[1], "1000000000000000000000000000000");
    is(c[1].as.stable->invariant, "6000000000000");
    assert_int_equal(c[2].kind, CURVE_concentrated);
    assert_int_equal(c[2].as.concentrated.ticks_n, 2);
}

static const struct auction_intent *order_of(const char *ref)
{
    for (size_t i = 0; i < file.auction.intents_n; i++) {
        if (strcmp(file.auction.intents[i].ref, ref) == 0)
            return &file.auction.intents[i];
    }
    fail_msg("no order %s", ref);
    return NULL;
}

/* The most that one curve gives for an offer that it takes whole. */
static struct u256 best_of(const struct auction_intent *in, const struct u256 *offer)
{
    struct u256 most = u256_of(0);

    for (size_t i = 0; i < file.auction.curves_n; i++) {
        const struct curve *c = &file.auction.curves[i];
        struct trade t;
        struct way way;

        if (curve_way(&way, c, in->sell, in->buy) && curve_out(&t, c, way, offer) == ERR_OK &&
            u256_cmp(&t.in, offer) == 0 && u256_cmp(&t.out, &most) > 0)
            most = t.out;
    }
    return most;
}

/*
 * The reference's route has one leg. It takes a fee in reals where the venue rounds its input, which
 * is worth less than one atom of input, and of a stable pool it takes one atom of output off.
 */
static void pays(const char *instance, const char *order, const char *executed)
{
    char path[SHARED_PATH_MAX];
    struct u256 low, high, one = u256_of(1), want, more;

    if (!shared_path(path, instance))
        skip();
    arena_reset(&arena);
    assert_ok(auction_file_load(&file, &error, path, &arena));
    const struct auction_intent *in = order_of(order);

    assert_ok(u256_parse(&want, executed, strlen(executed)));
    assert_ok(u256_add(&more, &in->sell_max, &one));
    low = best_of(in, &in->sell_max);
    high = best_of(in, &more);
    assert_ok(u256_add(&more, &want, &one));
    assert_true(u256_cmp(&low, &more) <= 0);
    assert_true(u256_cmp(&want, &high) <= 0);
}

static void test_input_pools_pay_what_the_reference_executed(void **state)
{
    (void)state;
    pays("data/pools/instances/cl-s19.json", "o0", "12235408565504764594");
    pays("data/pools/instances/bal-m100.json", "o5", "6298959216");
    pays("data/pools/instances/bal-m100.json", "o6", "62989552178");
    pays("data/pools/instances/bal-m100.json", "o7", "629891523664");
    pays("data/pools/instances/bal-m100.json", "o8", "3149368666178");
    pays("data/pools/instances/bal-m100.json", "o9", "12596082753380");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_pools_reads_a_weighted_pool_without_limits),
        cmocka_unit_test(test_input_pools_reads_a_stable_pool_and_finds_its_invariant),
        cmocka_unit_test(test_input_pools_reads_ticks_of_any_order),
        cmocka_unit_test(test_input_pools_says_why_one_is_skipped),
        cmocka_unit_test(test_input_pools_reads_both_versions_of_a_cow_pool),
        cmocka_unit_test(test_input_pools_orders_a_stable_pool_and_leaves_its_own_token_out),
        cmocka_unit_test(test_input_pools_reads_a_concentrated_cow_pool),
        cmocka_unit_test(test_input_pools_counts_cow_pools_beyond_eight_tokens),
        cmocka_unit_test(test_input_pools_reads_older_pools),
        cmocka_unit_test(test_input_pools_pay_what_the_reference_executed),
    };

    arena_init(&arena, (size_t)1 << 28);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_fini(&arena);
    return failed;
}
