/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/run.h"

#include <stdlib.h>

#include "solver/core/check.h"

struct run *run_new(void)
{
    return calloc(1, sizeof(struct run));
}

void run_free(struct run *r)
{
    free(r);
}

struct amount *run_pot(struct run *r, uint32_t asset)
{
    for (size_t i = 0; i < r->pot_n; i++) {
        if (r->pot[i].asset == asset)
            return &r->pot[i].amount;
    }
    CHECK(r->pot_n < RUN_ASSETS_MAX); /* two assets a leg or fill, RUN_ITEMS_MAX of them */
    r->pot[r->pot_n] = (struct asset_amount){ .asset = asset };
    return &r->pot[r->pot_n++].amount;
}

static struct amount group_reserve(const struct run *r, size_t i, bool open_only)
{
    const struct ledger_leg *leg = &r->legs[i].leg;
    struct amount spare = AMOUNT_ZERO;

    if (leg->group == 0)
        return leg->in;
    for (size_t j = 0; j < i; j++) {
        const struct ledger_leg *before = &r->legs[j].leg;
        if (before->group != leg->group || (open_only && r->legs[j].state == RUN_LEG_CLOSED))
            continue;
        if (before->in_asset == leg->in_asset)
            spare = amount_sub_or_zero(spare, before->in);
        if (before->out_asset == leg->in_asset &&
            amount_add(&spare, spare, before->min_out) != ERR_OK)
            spare = AMOUNT_MAX;
    }
    return amount_sub_or_zero(leg->in, spare);
}

struct amount run_reserve(const struct run *r, size_t i)
{
    return group_reserve(r, i, true);
}

struct amount run_reserved(const struct run *r, size_t i)
{
    return amount_sub_or_zero(group_reserve(r, i, false), r->legs[i].leg.filled_in);
}

struct run_leg *run_leg_find(struct run *r, struct id leg)
{
    for (size_t i = 0; i < r->legs_n; i++) {
        if (id_cmp(r->legs[i].leg.id, leg) == 0)
            return &r->legs[i];
    }
    return NULL;
}

bool run_any(const struct run *r, uint32_t stage, enum run_leg_state state)
{
    for (size_t i = 0; i < r->legs_n; i++) {
        if (r->legs[i].state == state && (stage == UINT32_MAX || r->legs[i].leg.stage == stage))
            return true;
    }
    return false;
}

uint32_t run_last_stage(const struct run *r)
{
    uint32_t last = 0;

    for (size_t i = 0; i < r->legs_n; i++) {
        if (r->legs[i].leg.stage > last)
            last = r->legs[i].leg.stage;
    }
    return last;
}
