/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/certify.h"

#include "solver/clear/certify_fills.h"
#include "solver/clear/certify_legs.h"
#include "solver/clear/certify_replay.h"
#include "solver/clear/certify_robust.h"

static const struct {
    const char *name;
    const char *text;
} rules[] = {
#define X(name, text) { #name, text },
    CERTIFY_RULES(X)
#undef X
};

#define RULES_N (sizeof(rules) / sizeof(rules[0]))

const char *certify_rule_name(enum certify_rule r)
{
    return (size_t)r < RULES_N ? rules[r].name : "UNKNOWN";
}

const char *certify_rule_text(enum certify_rule r)
{
    return (size_t)r < RULES_N ? rules[r].text : "unknown rule";
}

static void shape_judge(struct verdict *v, const struct auction *a, const struct solution *s)
{
    size_t n = a->assets_n;

    if (id_cmp(a->id, s->auction) != 0)
        *v = (struct verdict){ .rule = CERTIFY_AUCTION };
    else if (s->prices_n != 0 && s->prices_n != n)
        *v = (struct verdict){ .rule = CERTIFY_SHAPE,
                               .have = u256_of(s->prices_n),
                               .want = u256_of(n) };
    else if (s->duals_n != 0 && s->duals_n != n)
        *v = (struct verdict){ .rule = CERTIFY_SHAPE,
                               .have = u256_of(s->duals_n),
                               .want = u256_of(n) };
}

/* Mark number i of n in a set and say whether it is in range and new. */
static enum certify_rule mark(bool *seen, uint32_t i, size_t n)
{
    if (i >= n)
        return CERTIFY_INDEX;
    if (seen[i])
        return CERTIFY_REPEATED;
    seen[i] = true;
    return CERTIFY_OK;
}

static void index_judge(struct verdict *v, struct arena *scratch, const struct auction *a,
                        const struct solution *s)
{
    bool *intents = ARENA_NEW(scratch, a->intents_n, bool);
    bool *assets = ARENA_NEW(scratch, a->assets_n, bool);

    if (intents == NULL || assets == NULL) {
        *v = (struct verdict){ .rule = CERTIFY_MEMORY };
        return;
    }
    for (size_t i = 0; i < s->fills_n && v->rule == CERTIFY_OK; i++)
        *v = (struct verdict){ .rule = mark(intents, s->fills[i].intent, a->intents_n), .at = i };
    for (size_t i = 0; i < s->covers_n && v->rule == CERTIFY_OK; i++)
        *v = (struct verdict){ .rule = mark(assets, s->covers[i].asset, a->assets_n), .at = i };
    for (size_t i = 0; i < s->legs_n && v->rule == CERTIFY_OK; i++) {
        if (s->legs[i].curve >= a->curves_n ||
            !way_in(s->legs[i].way, a->curves[s->legs[i].curve].assets_n))
            *v = (struct verdict){ .rule = CERTIFY_INDEX, .at = i };
    }
}

static void execution_judge(struct verdict *v, struct arena *scratch, const struct auction *a,
                            const struct solution *s)
{
    struct replay r;

    if (replay_init(&r, scratch, a, s) != ERR_OK) {
        *v = (struct verdict){ .rule = CERTIFY_MEMORY };
        return;
    }
    if (replay_run(&r, true) != ERR_OK) {
        *v = (struct verdict){ .rule = CERTIFY_LEG, .at = r.bad_leg };
        if (s->legs_n > 0) {
            v->have = s->legs[r.bad_leg].min_out;
            v->want = r.done[r.bad_leg].out;
        }
        return;
    }
    legs_judge_money(v, &r, scratch);
    if (v->rule == CERTIFY_OK)
        legs_judge_limits(v, &r);
    if (v->rule == CERTIFY_OK && a->options.robust)
        robust_check(v, &r, scratch);
}

bool certify(struct verdict *v, struct arena *scratch, const struct auction *a,
             const struct solution *s)
{
    *v = (struct verdict){ .rule = CERTIFY_OK };
    shape_judge(v, a, s);
    if (v->rule == CERTIFY_OK)
        index_judge(v, scratch, a, s);
    for (size_t i = 0; i < s->fills_n && v->rule == CERTIFY_OK; i++)
        fill_judge(v, a, s, i);
    if (v->rule == CERTIFY_OK)
        legs_judge_form(v, a, s);
    if (v->rule == CERTIFY_OK)
        execution_judge(v, scratch, a, s);
    if (v->rule == CERTIFY_OK)
        *v = (struct verdict){ .rule = CERTIFY_OK };
    return v->rule == CERTIFY_OK;
}
