/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/amm/amm.h"

#include <stdio.h>
#include <stdlib.h>

#include "venues/sdk/curve_table.h"

struct amm {
    struct wire_hello about;
    struct curve_table table;
};

static enum err amm_open(void **self, const struct adapter_setup *setup, char *why, size_t why_n)
{
    const struct market_file *m = setup->market;

    if (m->kind != MARKET_AMM) {
        (void)snprintf(why, why_n, "$.kind: not an amm market");
        return ERR_INVALID;
    }
    struct amm *a = calloc(1, sizeof *a);
    if (a == NULL)
        return ERR_NOMEM;
    *self = a;
    a->about = (struct wire_hello){
        .name = m->venue, .domain = m->domain, .atomic = m->atomic, .ttl_ms = m->ttl_ms
    };
    return curve_table_init(&a->table, setup->store, m->curves, m->curves_n, why, why_n);
}

static void amm_close(void *self)
{
    struct amm *a = self;

    if (a == NULL)
        return;
    curve_table_fini(&a->table);
    free(a);
}

static void amm_hello(struct wire_hello *out, void *self)
{
    const struct amm *a = self;

    *out = a->about;
}

static enum err amm_curves(struct wire_quotes *out, struct arena *arena, void *self,
                           uint64_t since_seq)
{
    struct amm *a = self;

    return curve_table_curves(out, arena, &a->table, since_seq);
}

static enum err amm_submit(struct wire_leg_result *out, struct arena *arena, void *self,
                           const struct adapter_order *order)
{
    struct amm *a = self;

    return curve_table_submit(out, arena, &a->table, order);
}

static void amm_kept(void *self, bool kept)
{
    struct amm *a = self;

    curve_table_kept(&a->table, kept);
}

const struct venue_adapter amm_adapter = {
    .kind = "amm",
    .doc = "constant-product pools from a market file",
    .needs_market = true,
    .open = amm_open,
    .close = amm_close,
    .hello = amm_hello,
    .curves = amm_curves,
    .submit = amm_submit,
    .kept = amm_kept,
};
