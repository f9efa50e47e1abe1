/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/engine/snapshot.h"

#define SECOND ((uint64_t)1000000000)
#define NOW (100 * SECOND)
#define NOW_MS 1700000000000

/* Registry ids have gaps, so that an index is never taken for an id. Every asset is 10 * its
 * letter's number: A = 10, B = 20, ... G = 70. */
enum { A = 10, B = 20, C = 30, D = 40, E = 50, F = 60, G = 70 };

struct fixture {
    struct asset assets[7];
    struct asset_table registry;
    struct venue_table venues;
    struct ledger_intent intents[4];
    struct ledger_balance balances[4];
    struct row limits[4];
    struct ledger_reply frozen;
    struct arena arena;
};

static struct id id_of(uint8_t n)
{
    return (struct id){ { [ID_BYTES - 1] = n } };
}

static struct name name_of(const char *text)
{
    struct name n;

    assert_ok(name_parse(&n, text, strlen(text)));
    return n;
}

static void venue_add(struct fixture *f, const char *name, const char *domain)
{
    struct venue *v = &f->venues.venues[f->venues.n++];

    v->state = VENUE_UP;
    v->name = name_of(name);
    v->domain = name_of(domain);
    v->ttl_ms = 1000;
    v->confirmed_ns = NOW - SECOND / 4;
}

static void pool_add(struct fixture *f, uint32_t venue, uint64_t id, uint32_t a, uint32_t b)
{
    struct curve c = {
        .id = id, .seq = 5, .assets_n = 2, .asset = { a, b }, .kind = CURVE_constant_product
    };

    c.as.constant_product = (struct constant_product){ .reserve = { u256_of(1000), u256_of(2000) },
                                                       .keep_num = 997,
                                                       .keep_den = 1000 };
    assert_ok(venue_curve_put(&f->venues, &f->venues.venues[venue], &c));
}

static struct intent *intent_add(struct fixture *f, uint8_t id, uint32_t sell, uint32_t buy)
{
    struct ledger_intent *i = &f->intents[f->frozen.intents_n++];

    *i = (struct ledger_intent){ .state = INTENT_ACCEPTED,
                                 .intent = { .id = id_of(id),
                                             .kind = INTENT_SELL,
                                             .sell_asset = sell,
                                             .buy_asset = buy,
                                             .sell_amount = AMOUNT_OF(1000),
                                             .buy_amount = AMOUNT_OF(500),
                                             .deadline_ms = NOW_MS + 1 } };
    return &i->intent;
}

static void balance_add(struct fixture *f, enum owner_kind kind, uint32_t asset, uint64_t available)
{
    f->balances[f->frozen.balances_n++] =
        (struct ledger_balance){ .owner = { .kind = kind, .name = name_of("home") },
                                 .asset = asset,
                                 .available = AMOUNT_OF(available) };
}

static void build(struct auction *a, struct fixture *f)
{
    const struct snapshot_input in = {
        .frozen = &f->frozen, .venues = &f->venues, .assets = &f->registry, .now_ns = NOW
    };
    const char *what = "";

    arena_reset(&f->arena);
    assert_ok(snapshot_auction(a, &f->arena, &in, 1));
    assert_ok(auction_check(&what, a));
}

/* The index of a registry asset, or UINT32_MAX. */
static uint32_t index_of(const struct auction *a, uint32_t asset)
{
    for (uint32_t i = 0; i < a->assets_n; i++) {
        if (a->assets[i].id == asset)
            return i;
    }
    return UINT32_MAX;
}

static void test_snapshot_makes_indexes_dense(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 9, D, B);
    intent_add(f, 3, B, D);
    pool_add(f, 0, 1, D, B);
    build(&a, f);
    assert_int_equal(a.assets_n, 2);
    assert_int_equal(a.assets[0].id, B);
    assert_int_equal(a.assets[1].id, D);
    assert_string_equal(a.assets[1].name, "D");
    assert_int_equal(a.assets[1].decimals, 2);
    assert_int_equal(a.intents_n, 2);
    assert_int_equal(a.intents[0].id.bytes[ID_BYTES - 1], 3);
    assert_int_equal(a.intents[0].sell, 0);
    assert_int_equal(a.intents[1].sell, 1);
    assert_int_equal(a.intents[1].buy, 0);
    assert_int_equal(a.curves_n, 1);
    assert_int_equal(a.curves[0].asset[0], 1);
    assert_int_equal(a.curves[0].asset[1], 0);
    assert_int_equal(a.curves[0].age_ms, 250);
}

static void test_snapshot_takes_what_is_open_of_an_intent(void **state)
{
    struct fixture *f = *state;
    struct intent *i = intent_add(f, 1, A, B);
    struct auction a;

    i->partial = true;
    i->paid = AMOUNT_OF(400);
    i->got = AMOUNT_OF(300);
    intent_add(f, 2, A, B)->paid = AMOUNT_OF(1000);
    build(&a, f);
    assert_int_equal(a.intents_n, 1); /* nothing is open of the second */
    assert_true(a.intents[0].partial);
    assert_int_equal(a.intents[0].sell_max.limb[0], 600);
    assert_int_equal(a.intents[0].buy_min.limb[0], 300);
    assert_int_equal(a.intents[0].signed_sell.limb[0], 1000);
    assert_int_equal(a.intents[0].signed_buy.limb[0], 500);
}

static void test_snapshot_leaves_out_what_may_not_fill(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, A, B)->deadline_ms = NOW_MS;
    intent_add(f, 2, B, C);
    f->intents[1].cancel_marked = true;
    intent_add(f, 3, C, D);
    f->intents[2].state = INTENT_PLANNED;
    intent_add(f, 4, D, E);
    build(&a, f);
    assert_int_equal(a.intents_n, 1);
    assert_int_equal(a.intents[0].id.bytes[ID_BYTES - 1], 4);
    assert_int_equal(a.assets_n, 2); /* nor do their assets enter */
}

static void test_snapshot_takes_the_listed_intents_only(void **state)
{
    struct fixture *f = *state;
    const struct id only[2] = { id_of(2), id_of(77) };
    const struct snapshot_input in = { .frozen = &f->frozen,
                                       .venues = &f->venues,
                                       .assets = &f->registry,
                                       .only = only,
                                       .only_n = 2,
                                       .now_ns = NOW };
    struct auction a;

    intent_add(f, 1, A, B);
    intent_add(f, 2, C, D);
    assert_ok(snapshot_auction(&a, &f->arena, &in, 1));
    assert_int_equal(a.intents_n, 1);
    assert_int_equal(a.intents[0].id.bytes[ID_BYTES - 1], 2);
    assert_int_equal(a.assets_n, 2);
}

/* Curves 1 to 5 differ in the one thing that keeps them out. */
static void test_snapshot_uses_current_curves_only(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, A, B);
    venue_add(f, "late", "home");
    venue_add(f, "gone", "home");
    pool_add(f, 0, 1, A, B);
    pool_add(f, 0, 2, A, B);
    pool_add(f, 0, 3, A, B);
    pool_add(f, 1, 4, A, B);
    pool_add(f, 2, 5, A, B);
    pool_add(f, 0, 6, A, B);
    venue_curve_remove(&f->venues.venues[0], 1);
    venue_leg_opened(&f->venues.venues[0], 2);
    venue_leg_opened(&f->venues.venues[0], 3);
    venue_leg_closed(&f->venues.venues[0], 3, 6); /* our own fill there is not in it yet */
    f->venues.venues[1].confirmed_ns = NOW - SECOND - 1;
    f->venues.venues[2].state = VENUE_SYNCING;
    build(&a, f);
    assert_int_equal(a.curves_n, 1);
    assert_int_equal(a.curves[0].id, 6);
    assert_int_equal(a.venues_n, 3); /* indexes stay those of the table */
    assert_string_equal(a.venues[1].name.text, "late");
}

static void test_snapshot_reaches_three_hops(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, A, B);
    pool_add(f, 0, 1, F, E);
    pool_add(f, 0, 2, E, D);
    pool_add(f, 0, 3, C, D);
    pool_add(f, 0, 4, B, C);
    build(&a, f);
    assert_int_not_equal(index_of(&a, C), UINT32_MAX);
    assert_int_not_equal(index_of(&a, D), UINT32_MAX);
    assert_int_not_equal(index_of(&a, E), UINT32_MAX);
    assert_int_equal(index_of(&a, F), UINT32_MAX);
    assert_int_equal(index_of(&a, G), UINT32_MAX);
    assert_int_equal(a.curves_n, 3);
}

/* A curve that may not be used leads nowhere. */
static void test_snapshot_does_not_reach_over_stale_curves(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, A, B);
    pool_add(f, 0, 1, B, C);
    venue_leg_opened(&f->venues.venues[0], 1);
    pool_add(f, 0, 2, C, D);
    build(&a, f);
    assert_int_equal(a.assets_n, 2);
    assert_int_equal(a.curves_n, 0);
}

static void test_snapshot_copies_levels(void **state)
{
    struct fixture *f = *state;
    struct book_level bid = { u256_of(90), u256_of(4) }, ask = { u256_of(91), u256_of(5) };
    struct curve c = { .id = 8, .seq = 1, .assets_n = 2, .asset = { A, B }, .kind = CURVE_book };
    struct auction a;

    c.as.book = (struct book){ .scale = u256_of(1),
                               .lot = u256_of(1),
                               .keep_num = 1,
                               .keep_den = 1,
                               .bids = &bid,
                               .asks = &ask,
                               .bids_n = 1,
                               .asks_n = 1 };
    assert_ok(venue_curve_put(&f->venues, &f->venues.venues[0], &c));
    intent_add(f, 1, A, B);
    build(&a, f);
    venue_curves_clear(&f->venues.venues[0]); /* frees the table's levels */
    assert_int_equal(a.curves[0].as.book.bids[0].price.limb[0], 90);
    assert_int_equal(a.curves[0].as.book.asks[0].size.limb[0], 5);
}

/* Micro-units per atom: mark / 10^(mark_scale + decimals); none where that does not fit. */
static void test_snapshot_marks_an_atom(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    f->assets[0].mark = AMOUNT_OF(2500);
    f->assets[0].mark_scale = 3;
    f->assets[1].decimals = 36;
    f->assets[1].mark = AMOUNT_OF(1);
    f->assets[1].mark_scale = 3;
    intent_add(f, 1, A, B);
    intent_add(f, 2, A, C);
    build(&a, f);
    assert_int_equal(a.assets[0].mark.num.atoms, 2500);
    assert_int_equal(a.assets[0].mark.den.atoms, 100000);
    assert_true(amount_is_zero(a.assets[1].mark.num));
    assert_true(amount_is_zero(a.assets[2].mark.num)); /* the registry has none */
}

static void test_snapshot_takes_inventory_of_its_assets(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, B, D);
    balance_add(f, OWNER_INVENTORY, A, 5); /* not in this auction */
    balance_add(f, OWNER_INVENTORY, B, 0); /* nothing */
    balance_add(f, OWNER_INVENTORY, D, 7);
    balance_add(f, OWNER_USER, B, 9); /* not the house's */
    build(&a, f);
    assert_int_equal(a.inventory_n, 1);
    assert_int_equal(a.inventory[0].asset, 1);
    assert_int_equal(a.inventory[0].available.atoms, 7);
    assert_string_equal(a.inventory[0].domain.text, "home");
}

static void test_snapshot_takes_limits_of_its_assets(void **state)
{
    struct fixture *f = *state;
    struct auction a;

    intent_add(f, 1, B, D);
    f->limits[0] = (struct row){ .kind = ROW_INVENTORY, .subject = name_of("home"), .asset = D };
    f->limits[1] = (struct row){ .kind = ROW_IN_FLIGHT, .subject = name_of("v0"), .asset = A };
    f->limits[2] = (struct row){ .kind = ROW_VALUE, .subject = name_of("v0") };
    f->limits[3] = (struct row){ .kind = ROW_HELD, .subject = name_of("any"), .asset = 999 };
    f->frozen.limits_n = 4;
    build(&a, f);
    assert_int_equal(a.rows_n, 2);
    assert_int_equal(a.rows[0].kind, ROW_INVENTORY);
    assert_int_equal(a.rows[0].asset, 1);
    assert_int_equal(a.rows[1].kind, ROW_VALUE);
}

static void test_snapshot_gives_every_attempt_an_id(void **state)
{
    struct fixture *f = *state;
    const struct snapshot_input in = {
        .frozen = &f->frozen, .venues = &f->venues, .assets = &f->registry, .now_ns = NOW
    };
    struct auction a, again, next;

    assert_ok(snapshot_auction(&a, &f->arena, &in, 1));
    assert_ok(snapshot_auction(&again, &f->arena, &in, 1));
    assert_ok(snapshot_auction(&next, &f->arena, &in, 2));
    assert_int_equal(a.number, 12);
    assert_int_equal(a.unix_ms, NOW_MS);
    assert_int_equal(a.assets_n + a.intents_n + a.curves_n, 0);
    assert_int_equal(id_cmp(a.id, again.id), 0);
    assert_int_not_equal(id_cmp(a.id, next.id), 0);
    f->frozen.auction++;
    assert_ok(snapshot_auction(&again, &f->arena, &in, 1));
    assert_int_not_equal(id_cmp(a.id, again.id), 0);
}

/* Whatever allocation is the one that does not fit. */
static void test_snapshot_says_when_the_arena_is_full(void **state)
{
    struct fixture *f = *state;
    const struct snapshot_input in = {
        .frozen = &f->frozen, .venues = &f->venues, .assets = &f->registry, .now_ns = NOW
    };
    enum err err = ERR_NOMEM;
    struct auction a;

    intent_add(f, 1, A, B);
    pool_add(f, 0, 1, A, B);
    for (size_t cap = 0; err != ERR_OK; cap += 16) {
        struct arena small;

        assert_true(cap < 1 << 16);
        arena_init(&small, cap);
        err = snapshot_auction(&a, &small, &in, 1);
        assert_true(err == ERR_OK || err == ERR_NOMEM);
        arena_fini(&small);
    }
}

static int setup(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof f);
    for (uint32_t i = 0; i < 7; i++)
        f.assets[i] = (struct asset){ .id = A + 10 * i,
                                      .symbol = { (char)('A' + i) },
                                      .decimals = 2,
                                      .class_of = ASSET_SPOT,
                                      .lot = AMOUNT_OF(1) };
    f.registry = (struct asset_table){ .items = f.assets, .n = 7 };
    assert_ok(asset_table_seal(&f.registry));
    venue_table_init(&f.venues, &f.registry);
    venue_add(&f, "v0", "home");
    f.frozen = (struct ledger_reply){ .auction = 12,
                                      .now_ms = NOW_MS,
                                      .intents = f.intents,
                                      .balances = f.balances,
                                      .limits = f.limits };
    arena_init(&f.arena, 1 << 20);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    venue_table_fini(&f->venues);
    arena_fini(&f->arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_snapshot_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_indexes_dense),
        TEST(takes_what_is_open_of_an_intent),
        TEST(leaves_out_what_may_not_fill),
        TEST(takes_the_listed_intents_only),
        TEST(uses_current_curves_only),
        TEST(reaches_three_hops),
        TEST(does_not_reach_over_stale_curves),
        TEST(copies_levels),
        TEST(marks_an_atom),
        TEST(takes_inventory_of_its_assets),
        TEST(takes_limits_of_its_assets),
        TEST(gives_every_attempt_an_id),
        TEST(says_when_the_arena_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
