/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_state.h"

#include <inttypes.h>
#include <stdio.h>

#include "solver/core/check.h"

struct name sim_account(uint64_t no)
{
    struct name n = { { 0 } };

    snprintf(n.text, sizeof n.text, "user%" PRIu64, no);
    return n;
}

void sim_world_assets(struct sim *s)
{
    static const uint8_t decimals[SIM_ASSETS] = { 18, 6, 8, 0, 18 };
    static const uint64_t marks[SIM_ASSETS] = { 3000000000, 1000000, 60000000000, 25000000, 50000 };

    for (uint32_t i = 0; i < SIM_ASSETS; i++) {
        s->assets[i] = (struct asset){ .id = i + 1,
                                       .decimals = decimals[i],
                                       .class_of = ASSET_SPOT,
                                       .mark = AMOUNT_OF(marks[i]),
                                       .lot = AMOUNT_OF(1) };
        snprintf(s->assets[i].symbol, sizeof s->assets[i].symbol, "A%u", i + 1);
    }
    s->table = (struct asset_table){ .items = s->assets, .n = SIM_ASSETS };
    CHECK(asset_table_seal(&s->table) == ERR_OK);
}

/* A million units of every asset for each user, half of that for the house. */
void sim_world_money(struct sim *s, struct owner owner, uint64_t no)
{
    for (uint32_t i = 0; i < SIM_ASSETS; i++) {
        struct ledger_call c = { .fn = LEDGER_deposit };
        struct ledger_money *m = &c.as.money;
        struct ledger_reply reply;
        m->owner = owner;
        m->has_key = owner.kind == OWNER_USER && i == 0;
        m->ref.bytes[0] = (uint8_t)(no + 1);
        m->ref.bytes[1] = (uint8_t)i;
        m->what.asset = i + 1;
        CHECK(amount_muldiv_floor(
                  &m->what.amount, amount_pow10(s->assets[i].decimals),
                  AMOUNT_OF(owner.kind == OWNER_USER ? 1000000000000u : 500000000000u),
                  s->assets[i].mark) == ERR_OK);
        CHECK(store_call_one(&s->store, &reply, &c) == ERR_OK && reply.reject == REJECT_NONE);
    }
}
