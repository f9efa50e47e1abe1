/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/clear_run.h"

#include <string.h>

#include "solver/clear/certify.h"
#include "solver/clear/clear.h"
#include "solver/clear/score.h"
#include "solver/core/hash.h"
#include "tests/support/test_support.h"

struct watch {
    const struct auction *a;
    struct clear_run *r;
    uint32_t last;
    bool final;
};

static void keep(struct clear_run *r, const struct solution *s)
{
    assert_true(s->fills_n <= CLEAR_RUN_MAX && s->legs_n <= CLEAR_RUN_MAX);
    assert_true(s->covers_n <= CLEAR_RUN_MAX && s->prices_n <= CLEAR_RUN_MAX);
    r->s = *s;
    r->s.fills =
        memcpy(r->fills, s->fills_n > 0 ? s->fills : r->fills, s->fills_n * sizeof(*s->fills));
    r->s.legs = memcpy(r->legs, s->legs_n > 0 ? s->legs : r->legs, s->legs_n * sizeof(*s->legs));
    r->s.covers = memcpy(r->covers, s->covers_n > 0 ? s->covers : r->covers,
                         s->covers_n * sizeof(*s->covers));
    r->s.prices = memcpy(r->prices, s->prices_n > 0 ? s->prices : r->prices,
                         s->prices_n * sizeof(*s->prices));
    r->s.duals =
        memcpy(r->duals, s->duals_n > 0 ? s->duals : r->duals, s->duals_n * sizeof(*s->duals));
}

static enum err incumbent(void *ctx, const struct solution *s)
{
    struct watch *w = ctx;
    struct arena scratch;
    struct verdict v;

    arena_init(&scratch, (size_t)64 << 20);
    if (!certify(&v, &scratch, w->a, s))
        fail_msg("refused: %s", certify_rule_name(v.rule));
    arena_fini(&scratch);
    assert_false(w->final);
    assert_true(s->incumbent_no > w->last);
    w->last = s->incumbent_no;
    w->final = s->final;
    keep(w->r, s);
    return ERR_OK;
}

void clear_run(struct clear_run *r, const struct auction *a)
{
    struct watch w = { .a = a, .r = r };
    struct clear *c = clear_new();

    *r = (struct clear_run){ 0 };
    assert_non_null(c);
    assert_ok(clear_solve(c, a, incumbent, &w));
    clear_free(c);
    assert_true(w.final);
    assert_ok(score_solution(&r->score, a, &r->s));
}

const struct solution_fill *clear_run_fill(const struct clear_run *r, uint32_t intent)
{
    for (size_t i = 0; i < r->s.fills_n; i++) {
        if (r->fills[i].intent == intent)
            return &r->fills[i];
    }
    return NULL;
}

struct digest clear_run_digest(const struct clear_run *r)
{
    struct hash h;

    hash_init(&h, "clear_run");
    for (size_t i = 0; i < r->s.fills_n; i++) {
        hash_u64(&h, r->fills[i].intent);
        hash_bytes(&h, &r->fills[i].paid, sizeof r->fills[i].paid);
        hash_bytes(&h, &r->fills[i].got, sizeof r->fills[i].got);
    }
    for (size_t i = 0; i < r->s.legs_n; i++) {
        hash_u64(&h, r->legs[i].curve);
        hash_u64(&h, r->legs[i].way.give);
        hash_u64(&h, r->legs[i].way.get);
        hash_u64(&h, r->legs[i].stage);
        hash_u64(&h, r->legs[i].group);
        hash_bytes(&h, &r->legs[i].in, sizeof r->legs[i].in);
        hash_bytes(&h, &r->legs[i].min_out, sizeof r->legs[i].min_out);
    }
    for (size_t i = 0; i < r->s.prices_n; i++)
        hash_amount(&h, r->prices[i]);
    for (size_t i = 0; i < r->s.duals_n; i++)
        hash_amount(&h, r->duals[i]);
    hash_u64(&h, r->s.work.pivots);
    hash_u64(&h, r->s.work.columns);
    return hash_digest(&h);
}
