/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weighted against the contract's vectors, a swap on chain, golden solutions, and at its edges. */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/curve.h"
#include "solver/market/fixed18.h"
#include "solver/market/weighted.h"
#include "tests/support/vectors.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct way forth = { 0, 1 }, back = { 1, 0 };
static const struct trade untouched = { { { 7 } }, { { 9 } } };

/* 1000 and 2000 of two assets with 18 decimals, equal weights, no fee. */
static struct weighted even_pool(void)
{
    struct u256 thousand = vectors_u256("1000000000000000000000");
    struct u256 two = vectors_u256("2000000000000000000000"), one = u256_of(FIXED18_ONE);

    return (
        struct weighted){ .pool = { .n = 2, .balance = { thousand, two }, .scaling = { one, one } },
                          .weight = { FIXED18_ONE / 2, FIXED18_ONE / 2 } };
}

static uint64_t word_of(const json_t *object, const char *key)
{
    return vectors_number(object, key).limb[0];
}

static void sell_check(const struct weighted *w, const json_t *v)
{
    struct u256 in = vectors_number(v, "amount_in");
    struct trade t = untouched;

    if (vectors_text(v, "error") == NULL) {
        assert_ok(weighted_out(&t, w, forth, &in));
        vectors_equal(&t.out, vectors_text(v, "out"));
        return;
    }
    assert_err(weighted_out(&t, w, forth, &in), ERR_OVERFLOW);
    assert_memory_equal(&t, &untouched, sizeof t);
}

static void buy_check(const struct weighted *w, const json_t *v)
{
    struct u256 out = vectors_number(v, "amount_out"), in;
    struct trade t = untouched;

    if (vectors_text(v, "error") == NULL) {
        assert_ok(weighted_ask(&in, w, forth, &out));
        vectors_equal(&in, vectors_text(v, "in"));
        /* That is 43 % of the other balance, which nobody may give at once. */
        assert_err(weighted_in(&t, w, forth, &out), ERR_NOT_FOUND);
        return;
    }
    assert_err(weighted_in(&t, w, forth, &out), ERR_NOT_FOUND);
    assert_memory_equal(&t, &untouched, sizeof t);
}

static void math_check(const json_t *v)
{
    struct weighted w = even_pool();

    w.pool.balance[0] = vectors_number(v, "balance_in");
    w.pool.balance[1] = vectors_number(v, "balance_out");
    w.weight[0] = word_of(v, "weight_in");
    w.weight[1] = word_of(v, "weight_out");
    if (strcmp(vectors_text(v, "fn"), "calcOutGivenIn") == 0)
        sell_check(&w, v);
    else
        buy_check(&w, v);
}

static void test_weighted_matches_the_vectors_of_the_contract(void **state)
{
    json_t *root, *group = vectors_group(&root, "balancer_weighted_math"), *v;
    size_t i;

    (void)state;
    assert_true(json_array_size(json_object_get(group, "cases")) >= 4);
    json_array_foreach(json_object_get(group, "cases"), i, v) math_check(v);
    json_decref(root);
}

static void test_weighted_matches_a_swap_on_chain(void **state)
{
    json_t *root, *group = vectors_group(&root, "balancer_onchain_swaps");
    const json_t *v = json_array_get(json_object_get(group, "cases"), 0);
    struct weighted w = even_pool();
    struct u256 in = vectors_number(v, "amount_in");
    struct trade t;

    (void)state;
    assert_string_equal(vectors_text(v, "pool"), "weighted");
    for (size_t k = 0; k < 2; k++) {
        w.pool.balance[k] =
            vectors_u256(json_string_value(json_array_get(json_object_get(v, "balances"), k)));
        w.weight[k] =
            vectors_fixed18(json_string_value(json_array_get(json_object_get(v, "weights"), k)))
                .limb[0];
    }
    w.pool.fee = word_of(v, "swap_fee");
    assert_ok(weighted_check(&w));
    assert_ok(weighted_out(&t, &w, back, &in));
    vectors_equal(&t.out, vectors_text(v, "amount_out"));
    json_decref(root);
}

static void test_weighted_unscales_as_the_vector_says(void **state)
{
    json_t *root, *group = vectors_group(&root, "balancer_onchain_swaps");
    const json_t *v = json_object_get(group, "downscale");
    struct weighted w = even_pool();
    struct u256 scaled = vectors_number(v, "input"), atoms;

    (void)state;
    w.pool.scaling[0] = vectors_fixed18("1000000000000");
    assert_ok(balancer_unscale_down(&atoms, &w.pool, 0, &scaled));
    vectors_equal(&atoms, vectors_text(v, "down"));
    assert_ok(balancer_unscale_up(&atoms, &w.pool, 0, &scaled));
    vectors_equal(&atoms, vectors_text(v, "up"));
    json_decref(root);
}

/* The pool of a golden request; index 0 is the token that its solution sells. */
static struct weighted golden_pool(const json_t *pool, const char *sells)
{
    struct weighted w = { .pool.n = 2,
                          .pool.fee = vectors_fixed18(vectors_text(pool, "fee")).limb[0] };
    const char *token;
    json_t *v;

    w.multiplies = strcmp(vectors_text(pool, "version"), "v3Plus") == 0;
    json_object_foreach(json_object_get(pool, "tokens"), token, v)
    {
        size_t k = strcmp(token, sells) != 0;

        w.pool.balance[k] = vectors_number(v, "balance");
        w.pool.scaling[k] = vectors_fixed18(vectors_text(v, "scalingFactor"));
        w.weight[k] = vectors_fixed18(vectors_text(v, "weight")).limb[0];
    }
    assert_ok(weighted_check(&w));
    return w;
}

/* The pool at place `at` of the request is the first interaction of the golden solution. */
static void golden_check(const char *name, size_t at)
{
    char path[SHARED_PATH_MAX];

    (void)snprintf(path, sizeof path, "data/cow/solver-engine/%s/request.json", name);
    json_t *request = vectors_file(path);

    (void)snprintf(path, sizeof path, "data/cow/solver-engine/%s/expected.json", name);
    json_t *answer = vectors_file(path);
    const json_t *solution = json_array_get(json_object_get(answer, "solutions"), 0);
    const json_t *leg = json_array_get(json_object_get(solution, "interactions"), 0);
    const json_t *pool = json_array_get(json_object_get(request, "liquidity"), at);
    struct weighted w = golden_pool(pool, vectors_text(leg, "inputToken"));
    struct u256 in = vectors_number(leg, "inputAmount");
    struct trade t;

    assert_ok(weighted_out(&t, &w, forth, &in));
    vectors_equal(&t.out, vectors_text(leg, "outputAmount"));
    json_decref(request);
    json_decref(answer);
}

static void test_weighted_matches_the_golden_solutions(void **state)
{
    (void)state;
    golden_check("baseline-bal_liquidity-weighted", 0);
    golden_check("baseline-bal_liquidity-weighted_v3plus", 0);
    golden_check("baseline-buy_order_rounding-balancer_weighted", 1);
}

/* The buyer there wants 1e18 of the last token; the hop before needs 9056454904357528 of its own
 * to begin with, and the trade that reaches it pays more: 9056454904360584. */
static void test_weighted_input_is_raised_until_it_yields(void **state)
{
    struct weighted w = even_pool();
    struct u256 want = u256_of(UINT64_C(9056454904357528));
    struct trade t;

    (void)state;
    w.pool.balance[0] = vectors_u256("1963528800698237927834721");
    w.pool.balance[1] = vectors_u256("1152796145430714835825");
    w.pool.fee = FIXED18_ONE / 200;
    assert_ok(weighted_in(&t, &w, forth, &want));
    vectors_equal(&t.in, "15503270361052085989");
    vectors_equal(&t.out, "9056454904360584");
}

static void test_weighted_limit_can_be_lifted(void **state)
{
    struct weighted w = even_pool();
    struct u256 third = vectors_u256("300000000000000000001"), in = w.pool.balance[0];
    struct u256 most = vectors_u256("600000000000000000001"), all = w.pool.balance[1];
    struct trade t = untouched;

    (void)state;
    assert_err(weighted_out(&t, &w, forth, &third), ERR_OVERFLOW);
    assert_err(weighted_in(&t, &w, forth, &most), ERR_NOT_FOUND);
    w.unlimited = true;
    assert_ok(weighted_out(&t, &w, forth, &in));
    vectors_equal(&t.out, "999999999999989998000"); /* 2000 (1 - 0.5 - 5001e-18) */
    assert_ok(weighted_in(&t, &w, forth, &most));
    assert_err(weighted_in(&t, &w, forth, &all), ERR_NOT_FOUND);
    assert_err(weighted_in(&t, &w, forth, &max), ERR_OVERFLOW);
    assert_err(weighted_out(&t, &w, forth, &max), ERR_OVERFLOW);
}

static void test_weighted_trades_between_any_two_of_many(void **state)
{
    struct weighted w = even_pool();
    struct u256 in = vectors_u256("10000000000000000000");
    struct trade two, eight;

    (void)state;
    assert_ok(weighted_out(&two, &w, forth, &in));
    w.pool.n = BALANCER_ASSETS_MAX;
    for (uint32_t k = 2; k < BALANCER_ASSETS_MAX; k++) {
        w.pool.balance[k] = w.pool.balance[k % 2];
        w.pool.scaling[k] = w.pool.scaling[0];
        w.weight[k] = w.weight[0];
    }
    assert_ok(weighted_check(&w));
    assert_ok(weighted_out(&eight, &w, (struct way){ 6, 3 }, &in));
    assert_memory_equal(&two, &eight, sizeof two);
    assert_ok(weighted_apply(&w, (struct way){ 6, 3 }, &eight));
    vectors_equal(&w.pool.balance[6], "1010000000000000000000");
    assert_int_equal(u256_cmp(&w.pool.balance[2], &w.pool.balance[0]), 0);
}

static void test_weighted_takes_nothing_for_nothing(void **state)
{
    struct weighted w = even_pool();
    struct u256 dust = u256_of(1000), none = u256_of(0);
    struct trade t = untouched;

    (void)state;
    assert_ok(weighted_out(&t, &w, forth, &dust)); /* less than the error of the power */
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    t = untouched;
    assert_ok(weighted_in(&t, &w, forth, &none));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
}

static void test_weighted_check_refuses_what_is_no_pool(void **state)
{
    struct weighted good = even_pool(), w;

    (void)state;
    assert_ok(weighted_check(&good));
    w = good, w.pool.n = 1;
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.n = BALANCER_ASSETS_MAX + 1;
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.fee = FIXED18_ONE;
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.balance[1] = u256_of(0);
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.scaling[0] = u256_of(0);
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.scaling[0] = max; /* the scaled balance overflows */
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.balance[0] = w.pool.scaling[0] = u256_of(1); /* it is zero */
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.weight[0] = 0;
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.weight[1] = FIXED18_ONE + 1;
    assert_err(weighted_check(&w), ERR_INVALID);
    w = good, w.pool.balance[2] = max, w.weight[2] = 0; /* not its asset */
    assert_ok(weighted_check(&w));
}

static void test_weighted_apply_keeps_the_pool_on_an_error(void **state)
{
    struct weighted w = even_pool(), before = w;
    struct trade all = { u256_of(1), w.pool.balance[1] }, huge = { max, u256_of(1) };

    (void)state;
    assert_err(weighted_apply(&w, forth, &all), ERR_INVALID);
    assert_err(weighted_apply(&w, forth, &huge), ERR_OVERFLOW);
    assert_memory_equal(&w, &before, sizeof w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighted_matches_the_vectors_of_the_contract),
        cmocka_unit_test(test_weighted_matches_a_swap_on_chain),
        cmocka_unit_test(test_weighted_unscales_as_the_vector_says),
        cmocka_unit_test(test_weighted_matches_the_golden_solutions),
        cmocka_unit_test(test_weighted_input_is_raised_until_it_yields),
        cmocka_unit_test(test_weighted_limit_can_be_lifted),
        cmocka_unit_test(test_weighted_trades_between_any_two_of_many),
        cmocka_unit_test(test_weighted_takes_nothing_for_nothing),
        cmocka_unit_test(test_weighted_check_refuses_what_is_no_pool),
        cmocka_unit_test(test_weighted_apply_keeps_the_pool_on_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
