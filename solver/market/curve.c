/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/curve.h"

#include "solver/core/check.h"

_Static_assert(CURVE_ASSETS_MAX == BALANCER_ASSETS_MAX, "a curve holds the largest pool");

/* What every kind must be able to do. A row of CURVE_KINDS makes the functions and the entry. */
struct curve_ops {
    const char *name;
    enum err (*check)(const struct curve *c);
    enum err (*out)(struct trade *t, const struct curve *c, struct way way,
                    const struct u256 *offer);
    enum err (*in)(struct trade *t, const struct curve *c, struct way way, const struct u256 *want);
    enum err (*apply)(struct curve *c, struct way way, const struct trade *t);
};

/* The columns of CURVE_KINDS in code: the kind's struct, whether it is there, how many assets it
 * has, and the way as its functions take it. */
#define SELF_INLINE(kind) (&c->as.kind)
#define SELF_BORROWED(kind) (c->as.kind)
#define LACKS_INLINE(kind) false
#define LACKS_BORROWED(kind) (c->as.kind == NULL)
#define ASSETS_PAIR(self) 2
#define ASSETS_MANY(self) (self)->pool.n
#define WAY_PAIR (int)way.give
#define WAY_MANY way

#define X(kind, number, held, assets, doc)                                                         \
    static enum err check_##kind(const struct curve *c)                                            \
    {                                                                                              \
        if (LACKS_##held(kind) || c->assets_n != ASSETS_##assets(SELF_##held(kind)))               \
            return ERR_INVALID;                                                                    \
        return kind##_check(SELF_##held(kind));                                                    \
    }                                                                                              \
    static enum err out_##kind(struct trade *t, const struct curve *c, struct way way,             \
                               const struct u256 *offer)                                           \
    {                                                                                              \
        return kind##_out(t, SELF_##held(kind), WAY_##assets, offer);                              \
    }                                                                                              \
    static enum err in_##kind(struct trade *t, const struct curve *c, struct way way,              \
                              const struct u256 *want)                                             \
    {                                                                                              \
        return kind##_in(t, SELF_##held(kind), WAY_##assets, want);                                \
    }                                                                                              \
    static enum err apply_##kind(struct curve *c, struct way way, const struct trade *t)           \
    {                                                                                              \
        return kind##_apply(SELF_##held(kind), WAY_##assets, t);                                   \
    }
CURVE_KINDS(X)
#undef X

static const struct curve_ops ops[] = {
#define X(kind, number, held, assets, doc)                                                         \
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

static const struct curve_ops *ops_for(const struct curve *c, struct way way)
{
    const struct curve_ops *o = ops_of(c->kind);

    CHECK(o != NULL);
    CHECK(way_in(way, c->assets_n));
    return o;
}

static bool assets_differ(const struct curve *c)
{
    for (uint32_t i = 1; i < c->assets_n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (c->asset[i] == c->asset[j])
                return false;
        }
    }
    return true;
}

enum err curve_check(const struct curve *c)
{
    const struct curve_ops *o = ops_of(c->kind);

    if (o == NULL || c->assets_n < 2 || c->assets_n > CURVE_ASSETS_MAX || !assets_differ(c))
        return ERR_INVALID;
    return o->check(c);
}

enum err curve_out(struct trade *t, const struct curve *c, struct way way, const struct u256 *offer)
{
    return ops_for(c, way)->out(t, c, way, offer);
}

enum err curve_in(struct trade *t, const struct curve *c, struct way way, const struct u256 *want)
{
    return ops_for(c, way)->in(t, c, way, want);
}

enum err curve_apply(struct curve *c, struct way way, const struct trade *t)
{
    return ops_for(c, way)->apply(c, way, t);
}

/* c->assets_n when the curve does not trade it. */
static uint32_t place_of(const struct curve *c, uint32_t asset)
{
    uint32_t k = 0;

    while (k < c->assets_n && c->asset[k] != asset)
        k++;
    return k;
}

bool curve_way(struct way *way, const struct curve *c, uint32_t give, uint32_t get)
{
    struct way w = { place_of(c, give), place_of(c, get) };

    if (!way_in(w, c->assets_n))
        return false;
    *way = w;
    return true;
}

const char *curve_kind_name(enum curve_kind k)
{
    const struct curve_ops *o = ops_of(k);

    return o != NULL ? o->name : "unknown";
}
