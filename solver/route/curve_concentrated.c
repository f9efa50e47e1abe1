/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A side is a list of ranges from the price outwards. Within one, liquidity L at the root price s
 * acts as a pool of L / s and L s (product.h) that ends where the range does; sums over all ranges
 * before stand beside it. Ranges without liquidity are left out: the rate jumps.
 */
#include <math.h>
#include <stdbool.h>

#include "solver/route/curve_kinds.h"
#include "solver/route/product.h"

struct range {
    double from; /* log rate where it begins ... */
    double to;   /* ... and, below, where it ends */
    double give; /* root of what an input is measured by, the fee in it */
    double get;
    struct real_trade before; /* of the ranges before */
};

struct side {
    struct range *range; /* [n], and one more that holds the sums over all */
    size_t n;
};

struct real_concentrated {
    struct side side[2];
};

/* The walk of init from the price outwards. */
struct walk {
    struct u256 price;
    struct u256 liquidity;
    double log_rate; /* at the price */
    double scale[2]; /* value of an atom of the asset given, with the fee, and got */
    bool rising;
};

/*
 * The stretch from the walk's price to a tick's. With x what the greater root price exceeds the
 * smaller by, relative, it takes give x and gives get x / (1 + x).
 */
static enum err range_add(struct side *side, struct walk *w, const struct u256 *end)
{
    struct range *r = &side->range[side->n];
    double liquidity = real_double(&w->liquidity), s = real_double(&w->price) * 0x1p-96;
    const struct u256 *low = w->rising ? &w->price : end, *high = w->rising ? end : &w->price;
    double from = w->log_rate, x, give, get;
    struct u256 length;

    TRY(u256_sub(&length, high, low));
    x = real_double(&length) / real_double(low);
    w->log_rate -= 2 * log1p(x);
    if (!(w->log_rate < from) || !(liquidity > 0))
        return ERR_OK;
    give = liquidity * (w->rising ? s : 1 / s) * w->scale[0];
    get = liquidity * (w->rising ? 1 / s : s) * w->scale[1];
    *r = (struct range){ from, w->log_rate, sqrt(give), sqrt(get), r->before };
    r[1].before.in = r->before.in + give * x;
    r[1].before.out = r->before.out + get * (x / (1 + x));
    side->n++;
    return isfinite(r[1].before.in) && isfinite(r[1].before.out) ? ERR_OK : ERR_NUMERIC;
}

/* Past a tick. ERR_OVERFLOW: no pool that was checked. */
static enum err cross(struct walk *w, const struct concentrated_tick *t)
{
    struct u256 net = u256_of_amount((struct amount){ t->net.atoms });

    w->price = t->sqrt_price;
    if (t->net.negative == w->rising)
        return u256_sub(&w->liquidity, &w->liquidity, &net);
    return u256_add(&w->liquidity, &w->liquidity, &net);
}

static enum err side_init(struct side *side, struct arena *arena, const struct concentrated *c,
                          struct walk w)
{
    size_t below = 0, n;

    while (below < c->ticks_n && c->ticks[below].index <= c->tick)
        below++;
    n = w.rising ? c->ticks_n - below : below;
    if (n > CONCENTRATED_CROSSINGS_MAX)
        n = CONCENTRATED_CROSSINGS_MAX;
    side->range = ARENA_NEW(arena, n + 1, struct range);
    if (side->range == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct concentrated_tick *t = &c->ticks[w.rising ? below + i : below - 1 - i];

        TRY(range_add(side, &w, &t->sqrt_price));
        TRY(cross(&w, t));
    }
    return ERR_OK;
}

static enum err init(struct real_curve *r, struct arena *arena, const struct curve *c,
                     const double *price)
{
    const struct concentrated *from = &c->as.concentrated;
    struct real_concentrated *made = ARENA_NEW(arena, 1, struct real_concentrated);
    double keep = 1 - (double)from->fee / CONCENTRATED_FEE_UNIT;
    double s = real_double(&from->sqrt_price) * 0x1p-96, rate = s * s * (price[1] / price[0]);

    if (made == NULL)
        return ERR_NOMEM;
    for (unsigned k = 0; k < 2; k++) {
        struct walk w = { .price = from->sqrt_price,
                          .liquidity = from->liquidity,
                          .log_rate = log((k == 0 ? rate : 1 / rate) * keep),
                          .scale = { price[k] / keep, price[!k] },
                          .rising = k == 1 };

        if (!isfinite(w.log_rate))
            return ERR_NUMERIC;
        TRY(side_init(&made->side[k], arena, from, w));
        if (made->side[k].n > 0)
            r->top[k] = made->side[k].range[0].from;
    }
    r->as.concentrated = made;
    return made->side[0].n > 0 || made->side[1].n > 0 ? ERR_OK : ERR_NOT_FOUND;
}

/* The last range that begins above y; the first begins there. */
static const struct range *range_at(const struct side *s, double y)
{
    size_t lo = 0, hi = s->n - 1;

    while (lo < hi) {
        size_t mid = hi - (hi - lo) / 2;

        if (s->range[mid].from > y)
            lo = mid;
        else
            hi = mid - 1;
    }
    return &s->range[lo];
}

/* What one side does at y, and minus the slope of what it gives, at prices. */
struct view {
    const struct side *side;
    double e_give, e_get, y;
};

/* y lies below the end of a range: it trades whole. Its weight is that of being close to it, or to
 * the next one. */
static struct product_trade whole(const struct view *v, const struct range *r, double tight)
{
    double give = sqrt(v->e_give), get = sqrt(v->e_get);
    const struct range *next = r + 1;
    struct product_trade t = { .in = next->before.in * v->e_give,
                               .out = next->before.out * v->e_get,
                               .weight = product_near(r->give * give, r->get * get, r->to - v->y,
                                                      tight) };

    if (next < v->side->range + v->side->n)
        t.weight = fmax(t.weight,
                        product_near(next->give * give, next->get * get, v->y - next->from, tight));
    t.profit = t.out - t.in;
    return t;
}

static struct product_trade side_trade(const struct view *v, double tight)
{
    const struct range *r = range_at(v->side, v->y);
    struct product_trade t;

    if (v->y < r->to)
        return whole(v, r, tight);
    t = product_trade(r->give * sqrt(v->e_give), r->get * sqrt(v->e_get), (r->from - v->y) / 2);
    if (r == v->side->range)
        return t;
    t.in += r->before.in * v->e_give;
    t.out += r->before.out * v->e_get;
    t.profit += r->before.out * v->e_get - r->before.in * v->e_give;
    return t;
}

static enum real_state pull(struct real_pull *p, const struct real_curve *c, const double *u,
                            const double *e, const struct real_smooth *s)
{
    double y = u[c->node[0]] - u[c->node[1]];
    double slack[2] = { y - c->top[0], -y - c->top[1] };
    unsigned give = slack[0] < slack[1] ? 0 : 1, get = !give;
    struct view v = { &c->as.concentrated->side[give], e[c->node[give]], e[c->node[get]],
                      give == 0 ? y : -y };
    struct product_trade t;

    if (!(slack[give] < s->tight) && !(slack[give] < 0))
        return REAL_IDLE;
    if (slack[give] >= 0) {
        const struct range *r = v.side->range;

        p->net[0] = p->net[1] = p->profit = 0;
        p->weight[0] =
            product_near(r->give * sqrt(v.e_give), r->get * sqrt(v.e_get), slack[give], s->tight);
        return REAL_TIGHT;
    }
    t = side_trade(&v, s->tight);
    p->net[give] = -t.in;
    p->net[get] = t.out;
    p->weight[0] = t.weight;
    p->profit = isnan(t.profit) ? INFINITY : fmax(t.profit, 0); /* NaN: infinite on both sides */
    return REAL_TRADES;
}

static struct real_trade at(const struct real_curve *c, struct way way, double y)
{
    const struct range *r = range_at(&c->as.concentrated->side[way.give], y);
    double half = (r->from - y) / 2;

    if (y < r->to)
        return r[1].before;
    return (struct real_trade){ r->before.in + r->give * r->give * expm1(half),
                                r->before.out - r->get * r->get * expm1(-half) };
}

/* The range in which an input ends, which may exceed it when it is the last. */
static const struct range *range_of(const struct side *s, double in)
{
    size_t lo = 0, hi = s->n - 1;

    while (lo < hi) {
        size_t mid = hi - (hi - lo) / 2;

        if (s->range[mid].before.in < in)
            lo = mid;
        else
            hi = mid - 1;
    }
    return &s->range[lo];
}

/* That input over what it is measured by. */
static double grown(const struct range *r, double in)
{
    return (in - r->before.in) / (r->give * r->give);
}

static double out(const struct real_curve *c, struct way way, double in)
{
    const struct range *r = range_of(&c->as.concentrated->side[way.give], in);

    if (in >= r[1].before.in)
        return r[1].before.out;
    return r->before.out + r->get * r->get / (1 / grown(r, in) + 1);
}

static double rate(const struct real_curve *c, struct way way, double in)
{
    const struct range *r = range_of(&c->as.concentrated->side[way.give], in);

    return fmax(r->from - 2 * log1p(grown(r, in)), r->to);
}

const struct real_kind curve_concentrated_kind = {
    .init = init, .pull = pull, .at = at, .out = out, .rate = rate
};
