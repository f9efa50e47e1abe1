/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "proto/batch.pb-c.h"
#include "proto/wire_batch.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

enum { POOL, BOOK, WEIGHTED, STABLE, CONCENTRATED, FIXED_RATE }; /* of the sample */

struct bench {
    struct wire_bytes bytes;
    struct arena arena;
    struct auction auction;
};

static int bench_setup(void **state)
{
    static struct bench b;
    const struct wire_sample *s = wire_sample_get("auction");

    b = (struct bench){ 0 };
    arena_init(&b.arena, 1 << 22);
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_auction_unpack(&b.auction, &b.arena, b.bytes.data, b.bytes.n));
    *state = &b;
    return 0;
}

static int bench_teardown(void **state)
{
    struct bench *b = *state;

    wire_bytes_fini(&b->bytes);
    arena_fini(&b->arena);
    return 0;
}

static void test_wire_curve_keeps_a_weighted_pool(void **state)
{
    struct bench *b = *state;
    const struct curve *c = &b->auction.curves[WEIGHTED];
    const struct weighted *w = c->as.weighted;

    assert_int_equal(c->kind, CURVE_weighted);
    assert_int_equal(c->assets_n, 2);
    assert_int_equal(c->asset[1], 1);
    assert_int_equal(w->pool.n, 2);
    assert_int_equal(w->pool.fee, 3000000000000000);
    assert_int_equal(w->pool.balance[1].limb[0], 60000000000);
    assert_int_equal(u256_bits(&w->pool.scaling[1]), 100); /* 10^30 */
    assert_int_equal(w->weight[0], 200000000000000000);
    assert_true(w->multiplies && w->unlimited);
}

static void test_wire_curve_keeps_a_stable_pool(void **state)
{
    struct bench *b = *state;
    const struct curve *c = &b->auction.curves[STABLE];
    const struct stable *s = c->as.stable;

    assert_int_equal(c->kind, CURVE_stable);
    assert_int_equal(c->asset[0], 1);
    assert_int_equal(s->pool.balance[1].limb[0], 5000000);
    assert_int_equal(s->amplification, 200000);
    assert_true(s->invariant.limb[0] == UINT64_C(10000000000000000000));
}

static void test_wire_curve_keeps_ticks(void **state)
{
    struct bench *b = *state;
    const struct concentrated *c = &b->auction.curves[CONCENTRATED].as.concentrated;

    assert_int_equal(b->auction.curves[CONCENTRATED].kind, CURVE_concentrated);
    assert_int_equal(c->tick, -1);
    assert_int_equal(c->fee, 3000);
    assert_int_equal(c->ticks_n, 2);
    assert_int_equal(c->ticks[0].index, -60);
    assert_false(c->ticks[0].net.negative);
    assert_true(c->ticks[1].net.negative);
    assert_true(c->ticks[1].net.atoms == 1000000000000000000);
}

static void test_wire_curve_keeps_a_fixed_rate(void **state)
{
    struct bench *b = *state;
    const struct fixed_rate *f = &b->auction.curves[FIXED_RATE].as.fixed_rate;

    assert_int_equal(b->auction.curves[FIXED_RATE].kind, CURVE_fixed_rate);
    assert_int_equal(f->den.limb[0], 1000000000);
    assert_int_equal(f->keep_num, 999);
    assert_int_equal(f->capacity[1].limb[0], 80000);
    assert_true(f->refills);
}

/* Unpack refuses what another writer makes of the sample. */
static enum err changed(struct bench *b, void (*change)(Sluice__V1__Curve **))
{
    const struct wire_sample *s = wire_sample_get("auction");
    Sluice__V1__Auction *m;
    struct auction out;
    uint8_t bytes[8192];
    size_t n;

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    m = sluice__v1__auction__unpack(NULL, b->bytes.n, b->bytes.data);
    assert_non_null(m);
    change(m->curves);
    assert_true(sluice__v1__auction__get_packed_size(m) <= sizeof bytes);
    n = sluice__v1__auction__pack(m, bytes);
    sluice__v1__auction__free_unpacked(m, NULL);
    return wire_auction_unpack(&out, &b->arena, bytes, n);
}

static void assets_resize(Sluice__V1__Curve *c, size_t n)
{
    c->asset = realloc(c->asset, (n + 1) * sizeof *c->asset);
    assert_non_null(c->asset);
    for (size_t i = c->n_asset; i < n; i++)
        c->asset[i] = (uint32_t)i;
    c->n_asset = n;
}

static void change_no_assets(Sluice__V1__Curve **c)
{
    assets_resize(c[POOL], 0);
}

static void change_one_asset(Sluice__V1__Curve **c)
{
    assets_resize(c[WEIGHTED], 1);
}

static void change_three_assets(Sluice__V1__Curve **c)
{
    assets_resize(c[WEIGHTED], 3);
}

static void change_nine_assets(Sluice__V1__Curve **c)
{
    assets_resize(c[BOOK], 9);
}

static void change_same_assets(Sluice__V1__Curve **c)
{
    c[STABLE]->asset[0] = c[STABLE]->asset[1];
}

static void change_fewer_weights(Sluice__V1__Curve **c)
{
    c[WEIGHTED]->weighted->n_weight = 1;
}

static void change_fewer_balances(Sluice__V1__Curve **c)
{
    Sluice__V1__Weighted *w = c[WEIGHTED]->weighted;

    free(w->balance[--w->n_balance].data);
}

static void change_fewer_scalings(Sluice__V1__Curve **c)
{
    Sluice__V1__Stable *s = c[STABLE]->stable;

    free(s->scaling[--s->n_scaling].data);
}

static void change_weight_zero(Sluice__V1__Curve **c)
{
    c[WEIGHTED]->weighted->weight[1] = 0;
}

static void change_fee(Sluice__V1__Curve **c)
{
    c[WEIGHTED]->weighted->fee = 1000000000000000000;
}

static void change_invariant(Sluice__V1__Curve **c)
{
    c[STABLE]->stable->invariant.data[7] ^= 1;
}

static void change_amplification(Sluice__V1__Curve **c)
{
    c[STABLE]->stable->amplification = 999;
}

static void change_tick_order(Sluice__V1__Curve **c)
{
    c[CONCENTRATED]->concentrated->ticks[1]->index = -61;
}

static void change_tick_price(Sluice__V1__Curve **c)
{
    c[CONCENTRATED]->concentrated->ticks[0]->sqrt_price.data[3] ^= 1;
}

static void change_tick_net(Sluice__V1__Curve **c)
{
    c[CONCENTRATED]->concentrated->ticks[0]->net.len = 15;
}

static void change_tick_sign(Sluice__V1__Curve **c)
{
    ProtobufCBinaryData *net = &c[CONCENTRATED]->concentrated->ticks[1]->net;

    for (size_t i = 0; i < net->len; i++)
        net->data[i] = 0;
}

static void change_tick(Sluice__V1__Curve **c)
{
    c[CONCENTRATED]->concentrated->tick = INT32_MIN;
}

static void change_rate(Sluice__V1__Curve **c)
{
    c[FIXED_RATE]->fixed_rate->den.len = 0;
}

static void test_wire_curve_refuses_what_contradicts_itself(void **state)
{
    static const struct {
        const char *why;
        void (*change)(Sluice__V1__Curve **);
    } rows[] = {
        { "no assets", change_no_assets },
        { "one asset", change_one_asset },
        { "three assets in a pool of two", change_three_assets },
        { "nine assets", change_nine_assets },
        { "the same asset twice", change_same_assets },
        { "fewer weights than assets", change_fewer_weights },
        { "fewer balances than assets", change_fewer_balances },
        { "fewer scalings than assets", change_fewer_scalings },
        { "a weight of zero", change_weight_zero },
        { "a fee of 100 %", change_fee },
        { "another invariant", change_invariant },
        { "too little amplification", change_amplification },
        { "ticks out of order", change_tick_order },
        { "another price of a tick", change_tick_price },
        { "a net of 15 bytes", change_tick_net },
        { "a negative zero", change_tick_sign },
        { "no tick", change_tick },
        { "a rate over nothing", change_rate },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (changed(*state, rows[i].change) != ERR_INVALID)
            fail_msg("%s was not refused", rows[i].why);
}

static void test_wire_curve_packs_nothing_that_is_not_there(void **state)
{
    struct bench *b = *state;
    struct curve *c = b->auction.curves;

    c[WEIGHTED].as.weighted = NULL;
    assert_err(wire_auction_pack(&b->bytes, &b->auction), ERR_INVALID);
    b->auction.curves_n = 1;
    assert_ok(wire_auction_pack(&b->bytes, &b->auction));
    c[0].assets_n = CURVE_ASSETS_MAX + 1;
    assert_err(wire_auction_pack(&b->bytes, &b->auction), ERR_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_curve_keeps_a_weighted_pool),
        TEST(test_wire_curve_keeps_a_stable_pool),
        TEST(test_wire_curve_keeps_ticks),
        TEST(test_wire_curve_keeps_a_fixed_rate),
        TEST(test_wire_curve_refuses_what_contradicts_itself),
        TEST(test_wire_curve_packs_nothing_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
