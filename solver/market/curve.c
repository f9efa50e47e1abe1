/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/curve.h"

#include "solver/core/check.h"

/* What every kind must be able to do. A row of CURVE_KINDS makes the functions and the entry. */
struct curve_ops {
    const char *name;
    enum err (*check)(const struct curve *c);
    enum err (*out)(struct trade *t, const struct curve *c, int side, const struct u256 *offer);
    enum err (*in)(struct trade *t, const struct curve *c, int side, const struct u256 *want);
    enum err (*apply)(struct curve *c, int side, const struct trade *t);
};

#define X(kind, number, doc)                                                                       \
    static enum err check_##kind(const struct curve *c)                                            \
    {                                                                                              \
        return kind##_check(&c->as.kind);                                                          \
    }                                                                                              \
    static enum err out_##kind(struct trade *t, const struct curve *c, int side,                   \
                               const struct u256 *offer)                                           \
    {                                                                                              \
        return kind##_out(t, &c->as.kind, side, offer);                                            \
    }                                                                                              \
    static enum err in_##kind(struct trade *t, const struct curve *c, int side,                    \
                              const struct u256 *want)                                             \
    {                                                                                              \
        return kind##_in(t, &c->as.kind, side, want);                                              \
    }                                                                                              \
    static enum err apply_##kind(struct curve *c, int side, const struct trade *t)                 \
    {                                                                                              \
        return kind##_apply(&c->as.kind, side, t);                                                 \
    }
CURVE_KINDS(X)
#undef X

static const struct curve_ops ops[] = {
#define X(kind, number, doc)                                                                       \
    [number] = { #kind, check_##kind, out_##kind, in_##kind, apply_##kind },
    CURVE_KINDS(X)
#undef X
};

/* NULL for a number that is no kind. */
static const struct curve_ops *ops_of(enum curve_kind k)
{
    size_t i = (size_t)k;

    return i < sizeof ops / sizeof ops[0] && ops[i].name != NULL ? &ops[i] : NULL;
}

static const struct curve_ops *ops_for(const struct curve *c, int side)
{
    const struct curve_ops *o = ops_of(c->kind);

    CHECK(o != NULL);
    CHECK(side == 0 || side == 1);
    return o;
}

enum err curve_check(const struct curve *c)
{
    const struct curve_ops *o = ops_of(c->kind);

    if (o == NULL || c->asset[0] == c->asset[1])
        return ERR_INVALID;
    return o->check(c);
}

enum err curve_out(struct trade *t, const struct curve *c, int side, const struct u256 *offer)
{
    return ops_for(c, side)->out(t, c, side, offer);
}

enum err curve_in(struct trade *t, const struct curve *c, int side, const struct u256 *want)
{
    return ops_for(c, side)->in(t, c, side, want);
}

enum err curve_apply(struct curve *c, int side, const struct trade *t)
{
    return ops_for(c, side)->apply(c, side, t);
}

const char *curve_kind_name(enum curve_kind k)
{
    const struct curve_ops *o = ops_of(k);

    return o != NULL ? o->name : "unknown";
}
