/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/store_subject.h"

#include <stdlib.h>

static void world_make(struct ledger_fixture *f)
{
    assert_done(f, call_deposit(900, "alice", 1, 1000));
    assert_done(f, call_deposit(901, "bob", 2, 1000));
    assert_done(f, call_deposit(902, "inv:home", 1, 500));
    assert_done(f, call_deposit(903, "inv:home", 2, 500));
    assert_done(f, call_deposit(904, "inv:cex", 1, 500));
    assert_done(f, call_deposit(905, "inv:cex", 2, 500));
    assert_done(f, call_lead("one", 0, 60000));
    assert_done(f, call_freeze(1, 10));
}

static struct ledger_fixture *fixture_new(void **state)
{
    struct ledger_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    *state = f;
    return f;
}

int store_subject_model(void **state)
{
    struct ledger_fixture *f = fixture_new(state);

    fixture_open_model(f);
    world_make(f);
    return 0;
}

int store_subject_redis(void **state)
{
    struct ledger_fixture *f = fixture_new(state);

    fixture_open_redis(f);
    world_make(f);
    return 0;
}

int store_subject_close(void **state)
{
    fixture_assert_sound(*state);
    fixture_close(*state);
    free(*state);
    return 0;
}

int64_t store_subject_later(struct ledger_fixture *f)
{
    return fixture_now(f) + HOUR_MS;
}

struct ledger_call store_subject_plan(void)
{
    static struct ledger_fill fills[1];
    static struct ledger_leg legs[2];
    static struct asset_amount covers[1];
    struct ledger_call c = { .fn = LEDGER_plan };

    fills[0] = fixture_fill(1, 400, 200);
    legs[0] = fixture_leg(60, "amm", LEDGER_HOME, fixture_what(1, 400), fixture_what(2, 200));
    legs[1] = fixture_leg(61, "book", "cex", fixture_what(2, 100), fixture_what(1, 190));
    covers[0] = fixture_what(2, 50);
    c.as.plan = (struct ledger_plan){ .fence = 1,
                                      .plan = fixture_id(50),
                                      .auction = 1,
                                      .fills = fills,
                                      .fills_n = 1,
                                      .legs = legs,
                                      .legs_n = 2,
                                      .covers = covers,
                                      .covers_n = 1 };
    return c;
}

struct ledger_call store_subject_extend(const struct ledger_leg *leg,
                                        const struct asset_amount *cover)
{
    return (struct ledger_call){ .fn = LEDGER_extend,
                                 .as.plan = { .fence = 1,
                                              .plan = fixture_id(50),
                                              .auction = 1,
                                              .legs = leg,
                                              .legs_n = 1,
                                              .covers = cover,
                                              .covers_n = 1 } };
}

void store_subject_planned(struct ledger_fixture *f)
{
    assert_done(f, call_sell(1, "alice", fixture_what(1, 600), fixture_what(2, 300),
                             store_subject_later(f)));
    assert_done(f, store_subject_plan());
}

struct ledger_call store_subject_send(uint64_t leg, uint64_t in, uint64_t min_out)
{
    static struct ledger_leg legs[1];
    struct ledger_call c = { .fn = LEDGER_send };

    legs[0] = (struct ledger_leg){ .id = fixture_id(leg),
                                   .in = AMOUNT_OF(in),
                                   .min_out = AMOUNT_OF(min_out) };
    c.as.send = (struct ledger_send){ 1, fixture_id(50), legs, 1 };
    return c;
}

struct ledger_call store_subject_settle(uint64_t paid, uint64_t got)
{
    static struct ledger_settle_fill fills[1];
    static const uint8_t receipt[] = "receipt";
    struct ledger_call c = { .fn = LEDGER_settle };

    fills[0] = (struct ledger_settle_fill){ .intent = fixture_id(1),
                                            .paid = AMOUNT_OF(paid),
                                            .got = AMOUNT_OF(got),
                                            .receipt = receipt,
                                            .receipt_n = sizeof receipt };
    c.as.settle =
        (struct ledger_settle){ .fence = 1, .plan = fixture_id(50), .fills = fills, .fills_n = 1 };
    return c;
}

const struct ledger_open_plan *store_subject_open(struct ledger_fixture *f)
{
    assert_done(f, call_plain(LEDGER_plans));
    assert_int_equal(f->reply.plans_n, 1);
    return &f->reply.plans[0];
}

uint64_t store_subject_pot(struct ledger_fixture *f, uint32_t asset)
{
    const struct ledger_open_plan *p = store_subject_open(f);

    for (size_t i = 0; i < p->pot_n; i++) {
        if (p->pot[i].asset == asset)
            return (uint64_t)p->pot[i].amount.atoms;
    }
    return 0;
}

void store_subject_sent(struct ledger_fixture *f)
{
    store_subject_planned(f);
    assert_done(f, store_subject_send(60, 400, 200));
    assert_done(f, store_subject_send(61, 100, 190));
}

void store_subject_filled(struct ledger_fixture *f)
{
    store_subject_sent(f);
    assert_done(f, call_fill(1, 60, 1, 400, 210, true));
    assert_done(f, call_fill(1, 61, 2, 100, 190, true));
}
