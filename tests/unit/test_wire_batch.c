/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_batch.h"

#include "proto/batch.pb-c.h"
#include "tests/support/test_support.h"
#include "tests/support/wire_samples.h"

struct bench {
    struct wire_bytes bytes;
    struct arena arena;
    struct auction auction;
    struct solution solution;
};

static int bench_setup(void **state)
{
    static struct bench b;
    const struct wire_sample *s;

    b = (struct bench){ 0 };
    arena_init(&b.arena, 1 << 22);
    s = wire_sample_get("auction");
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_auction_unpack(&b.auction, &b.arena, b.bytes.data, b.bytes.n));
    s = wire_sample_get("solution");
    assert_ok(wire_map_pack(&b.bytes, s->map, s->value));
    assert_ok(wire_solution_unpack(&b.solution, &b.arena, b.bytes.data, b.bytes.n));
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

static void test_wire_batch_auction_keeps_its_values(void **state)
{
    struct bench *b = *state;
    const struct auction *a = &b->auction;

    assert_int_equal(a->number, 90);
    assert_int_equal(a->unix_ms, 1767225590000);
    assert_string_equal(a->assets[0].name, "ETH");
    assert_int_equal(a->assets[0].decimals, 18);
    assert_true(amount_is_zero(a->assets[1].mark.num));
    assert_true(a->venues[0].atomic);
    assert_int_equal(a->curves[0].kind, CURVE_constant_product);
    assert_int_equal(a->curves[0].as.constant_product.reserve[0].limb[1], 54);
    assert_int_equal(a->curves[1].kind, CURVE_book);
    assert_int_equal(a->curves[1].as.book.bids_n, 1);
    assert_int_equal(a->curves[1].as.book.asks_n, 2);
    assert_int_equal(a->curves[1].as.book.asks[1].size.limb[1], 1000);
    assert_string_equal(a->intents[0].ref, "order-1");
    assert_int_equal(a->rows[0].kind, ROW_IN_FLIGHT);
    assert_int_equal(a->options.pivots_max, 100000);
    assert_true(a->options.robust && a->options.cycles);
}

static void test_wire_batch_intent_without_ref_has_none(void **state)
{
    struct bench *b = *state;
    struct auction again;

    b->auction.intents[0].ref = NULL;
    assert_ok(wire_auction_pack(&b->bytes, &b->auction));
    assert_ok(wire_auction_unpack(&again, &b->arena, b->bytes.data, b->bytes.n));
    assert_null(again.intents[0].ref);
}

static void test_wire_batch_empty_auction_goes_round_trip(void **state)
{
    struct bench *b = *state;
    struct auction again = { 0 };

    assert_ok(wire_auction_pack(&b->bytes, &(struct auction){ .unix_ms = -1 }));
    assert_ok(wire_auction_unpack(&again, &b->arena, b->bytes.data, b->bytes.n));
    assert_int_equal(again.unix_ms, -1);
    assert_int_equal(again.curves_n, 0);
}

/* Pack refuses the changed auction, and unpack refuses the bytes that another writer makes of it. */
static enum err changed(struct bench *b, void (*change)(Sluice__V1__Auction *))
{
    const struct wire_sample *s = wire_sample_get("auction");
    Sluice__V1__Auction *m;
    struct auction out;
    uint8_t bytes[4096];
    size_t n;

    assert_ok(wire_map_pack(&b->bytes, s->map, s->value));
    m = sluice__v1__auction__unpack(NULL, b->bytes.n, b->bytes.data);
    assert_non_null(m);
    change(m);
    n = sluice__v1__auction__pack(m, bytes);
    sluice__v1__auction__free_unpacked(m, NULL);
    assert_true(n < sizeof(bytes));
    return wire_auction_unpack(&out, &b->arena, bytes, n);
}

static void change_nothing(Sluice__V1__Auction *m)
{
    (void)m;
}

static void change_venue_index(Sluice__V1__Auction *m)
{
    m->curves[0]->venue = 1;
}

static void change_curve_asset(Sluice__V1__Auction *m)
{
    m->curves[1]->asset[1] = 2;
}

static void change_intent_asset(Sluice__V1__Auction *m)
{
    m->intents[0]->buy = UINT32_MAX;
}

static void change_inventory_asset(Sluice__V1__Auction *m)
{
    m->inventory[0]->asset = 2;
}

static void change_row_asset(Sluice__V1__Auction *m)
{
    m->rows[0]->asset = 2;
}

static void change_row_kind(Sluice__V1__Auction *m)
{
    m->rows[0]->kind = 5;
}

static void change_intent_kind(Sluice__V1__Auction *m)
{
    m->intents[0]->kind = 0;
}

static void change_decimals(Sluice__V1__Auction *m)
{
    m->assets[0]->decimals = 256;
}

static void change_mark(Sluice__V1__Auction *m)
{
    m->assets[0]->mark_den.len = 15;
}

static void change_reserve_zero(Sluice__V1__Auction *m)
{
    m->curves[0]->constant_product->reserve0.len = 0;
}

static void change_level_padded(Sluice__V1__Auction *m)
{
    m->curves[1]->book->bids[0]->price.data[0] = 0;
}

static void change_venue_name(Sluice__V1__Auction *m)
{
    m->venues[0]->name[0] = '-';
}

static void change_config(Sluice__V1__Auction *m)
{
    m->config.len = 0;
}

static void test_wire_batch_auction_is_checked(void **state)
{
    static const struct {
        const char *why;
        void (*change)(Sluice__V1__Auction *);
    } rows[] = {
        { "a curve of no venue", change_venue_index },
        { "a curve of no asset", change_curve_asset },
        { "an intent of no asset", change_intent_asset },
        { "inventory of no asset", change_inventory_asset },
        { "a limit of no asset", change_row_asset },
        { "a limit of no kind", change_row_kind },
        { "an intent of no kind", change_intent_kind },
        { "256 decimals", change_decimals },
        { "a mark of 15 bytes", change_mark },
        { "an empty pool", change_reserve_zero },
        { "a padded price", change_level_padded },
        { "a venue that is no name", change_venue_name },
        { "no configuration", change_config },
    };

    assert_ok(changed(*state, change_nothing));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (changed(*state, rows[i].change) != ERR_INVALID)
            fail_msg("%s was not refused", rows[i].why);
}

static void test_wire_batch_auction_that_contradicts_itself_is_not_packed(void **state)
{
    struct bench *b = *state;

    b->auction.curves[0].asset[0] = 2;
    assert_err(wire_auction_pack(&b->bytes, &b->auction), ERR_INVALID);
    b->auction.curves[0].asset[0] = 0;
    assert_ok(wire_auction_pack(&b->bytes, &b->auction));
    b->auction.curves[0].kind = (enum curve_kind)0;
    assert_err(wire_auction_pack(&b->bytes, &b->auction), ERR_INVALID);
}

static void test_wire_batch_solution_keeps_its_values(void **state)
{
    struct bench *b = *state;
    const struct solution *s = &b->solution;

    assert_int_equal(s->incumbent_no, 2);
    assert_true(s->final);
    assert_int_equal(s->prices_n, 2);
    assert_int_equal(amount_cmp(s->prices[1], AMOUNT_OF(1000)), 0);
    assert_int_equal(s->duals_n, 2);
    assert_true(amount_is_zero(s->duals[1]));
    assert_int_equal(s->legs[0].curve, 1);
    assert_int_equal(s->legs[0].way.give, 1);
    assert_int_equal(s->legs[0].stage, 2);
    assert_int_equal(s->legs[0].group, 3);
    assert_int_equal(s->covers[0].asset, 1);
    assert_int_equal(s->value.limb[1], 2);
    assert_int_equal(s->bound.limb[3], 1);
    assert_int_equal(s->work.columns, 14);
}

static void test_wire_batch_solution_leg_moves_two_assets(void **state)
{
    struct bench *b = *state;

    b->solution.legs[0].way.get = 1;
    assert_err(wire_solution_pack(&b->bytes, &b->solution), ERR_INVALID);
}

static void test_wire_batch_worker_says_one_thing(void **state)
{
    struct bench *b = *state;
    struct wire_worker_message m = { .kind = WIRE_WORKER_SOLUTION, .as.solution = b->solution };
    struct wire_worker_message out;

    assert_ok(wire_worker_pack(&b->bytes, &m));
    assert_ok(wire_worker_unpack(&out, &b->arena, b->bytes.data, b->bytes.n));
    assert_int_equal(out.kind, WIRE_WORKER_SOLUTION);
    assert_int_equal(out.as.solution.legs_n, 1);
    m.kind = (enum wire_worker_kind)0;
    assert_err(wire_worker_pack(&b->bytes, &m), ERR_INVALID);
    assert_err(wire_worker_unpack(&out, &b->arena, "\x08\x01", 2), ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_batch_auction_keeps_its_values),
        TEST(test_wire_batch_intent_without_ref_has_none),
        TEST(test_wire_batch_empty_auction_goes_round_trip),
        TEST(test_wire_batch_auction_is_checked),
        TEST(test_wire_batch_auction_that_contradicts_itself_is_not_packed),
        TEST(test_wire_batch_solution_keeps_its_values),
        TEST(test_wire_batch_solution_leg_moves_two_assets),
        TEST(test_wire_batch_worker_says_one_thing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
