/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/concentrated.h"

#include <stdbool.h>

#include "solver/core/check.h"
#include "solver/market/curve.h"
#include "solver/market/sqrt_price.h"

#define LIQUIDITY_BITS 128

/* fee of an input that reached its target: ceil(in * fee / (1 - fee)) */
static enum err fee_on(struct u256 *fee, const struct u256 *in, uint32_t millionths)
{
    struct u256 num = u256_of(millionths), den = u256_of(CONCENTRATED_FEE_UNIT - millionths);

    return u256_muldiv_ceil(fee, in, &num, &den);
}

enum err concentrated_step_in(struct concentrated_step *step,
                              const struct concentrated_stretch *stretch, int side,
                              const struct u256 *offer)
{
    struct u256 keep = u256_of(CONCENTRATED_FEE_UNIT - stretch->fee);
    struct u256 unit = u256_of(CONCENTRATED_FEE_UNIT), net;
    struct sqrt_price_span span = { stretch->from, stretch->target, stretch->liquidity };
    struct concentrated_step s = { .price = stretch->target };

    TRY(u256_muldiv_floor(&net, offer, &keep, &unit));
    TRY(sqrt_price_amount(&s.in, &span, side, true));
    if (u256_cmp(&net, &s.in) >= 0) {
        TRY(fee_on(&s.fee, &s.in, stretch->fee));
    } else {
        TRY(sqrt_price_after_input(&s.price, &span, side, &net));
        span.to = s.price;
        TRY(sqrt_price_amount(&s.in, &span, side, true));
        TRY(u256_sub(&s.fee, offer, &s.in));
    }
    TRY(sqrt_price_amount(&s.out, &span, !side, false));
    *step = s;
    return ERR_OK;
}

enum err concentrated_step_out(struct concentrated_step *step,
                               const struct concentrated_stretch *stretch, int side,
                               const struct u256 *want)
{
    struct sqrt_price_span span = { stretch->from, stretch->target, stretch->liquidity };
    struct concentrated_step s = { .price = stretch->target };

    TRY(sqrt_price_amount(&s.out, &span, !side, false));
    if (u256_cmp(want, &s.out) < 0) {
        TRY(sqrt_price_after_output(&s.price, &span, !side, want));
        span.to = s.price;
        s.out = *want; /* what lies between is at least that */
    }
    TRY(sqrt_price_amount(&s.in, &span, side, true));
    TRY(fee_on(&s.fee, &s.in, stretch->fee));
    *step = s;
    return ERR_OK;
}

/* How many initialised ticks are at or below a tick: those after them are above. */
static size_t ticks_below(const struct concentrated *c, int32_t tick)
{
    size_t low = 0, end = c->ticks_n;

    while (low < end) {
        size_t middle = low + (end - low) / 2;

        if (c->ticks[middle].index <= tick)
            low = middle + 1;
        else
            end = middle;
    }
    return low;
}

/* Past a tick, rising or falling. ERR_OVERFLOW when the liquidity leaves 128 bits. */
static enum err cross(struct u256 *liquidity, const struct concentrated_tick *t, bool rising)
{
    struct u256 net = u256_of_amount((struct amount){ t->net.atoms }), after;

    if (t->net.negative == rising)
        TRY(u256_sub(&after, liquidity, &net));
    else
        TRY(u256_add(&after, liquidity, &net));
    if (u256_bits(&after) > LIQUIDITY_BITS)
        return ERR_OVERFLOW;
    *liquidity = after;
    return ERR_OK;
}

/* The walk of one trade. */
struct walk {
    struct concentrated at; /* the pool, moved */
    size_t next;            /* ticks[0 .. next) are below, the others above */
    struct u256 left;       /* of the offer or the want */
    struct trade done;
    int side;
    bool exact_out;
    bool ended;  /* before the tick ahead */
    bool inside; /* and away from the one behind, so that the tick of the price is not known */
};

static const struct concentrated_tick *ahead(const struct walk *w)
{
    if (w->side == 0)
        return w->next > 0 ? &w->at.ticks[w->next - 1] : NULL;
    return w->next < w->at.ticks_n ? &w->at.ticks[w->next] : NULL;
}

/* Book a step. */
static enum err take(struct walk *w, const struct concentrated_step *s)
{
    struct u256 in;

    TRY(u256_add(&in, &s->in, &s->fee));
    TRY(u256_sub(&w->left, &w->left, w->exact_out ? &s->out : &in));
    TRY(u256_add(&w->done.in, &w->done.in, &in));
    TRY(u256_add(&w->done.out, &w->done.out, &s->out));
    w->at.sqrt_price = s->price;
    return ERR_OK;
}

/* To the tick ahead and past it, or as far as the amount goes. */
static enum err advance(struct walk *w, const struct concentrated_tick *t)
{
    struct concentrated_stretch stretch = { w->at.sqrt_price, t->sqrt_price, w->at.liquidity,
                                            w->at.fee };
    struct concentrated_step s;

    TRY(w->exact_out ? concentrated_step_out(&s, &stretch, w->side, &w->left)
                     : concentrated_step_in(&s, &stretch, w->side, &w->left));
    TRY(take(w, &s));
    w->ended = u256_cmp(&s.price, &t->sqrt_price) != 0;
    w->inside = w->ended && u256_cmp(&s.price, &stretch.from) != 0;
    if (w->ended)
        return ERR_OK;
    w->at.tick = w->side == 0 ? t->index - 1 : t->index;
    w->next = w->side == 0 ? w->next - 1 : w->next + 1;
    return cross(&w->at.liquidity, t, w->side != 0);
}

/* Walk until the amount is used up or nothing is ahead. */
static enum err walk_all(struct walk *w)
{
    const struct concentrated_tick *t;

    for (int i = 0; i < CONCENTRATED_CROSSINGS_MAX && !w->ended && !u256_is_zero(&w->left); i++) {
        t = ahead(w);
        if (t == NULL)
            break;
        TRY(advance(w, t));
    }
    return ERR_OK;
}

static struct walk walk_from(const struct concentrated *c, int side, const struct u256 *amount)
{
    CHECK(side == 0 || side == 1);
    return (
        struct walk){ .at = *c, .next = ticks_below(c, c->tick), .left = *amount, .side = side };
}

/* The ticks one way from the pool's own: its liquidity stays in its range. */
static bool way_holds(const struct concentrated *c, int side)
{
    struct walk w = walk_from(c, side, &c->liquidity);
    const struct concentrated_tick *t;

    while ((t = ahead(&w)) != NULL) {
        if (cross(&w.at.liquidity, t, side != 0) != ERR_OK)
            return false;
        w.next = side == 0 ? w.next - 1 : w.next + 1;
    }
    return true;
}

static bool ticks_hold(const struct concentrated *c)
{
    struct u256 price;

    for (size_t i = 0; i < c->ticks_n; i++) {
        const struct concentrated_tick *t = &c->ticks[i];

        if (i > 0 && t->index <= c->ticks[i - 1].index)
            return false;
        if (sqrt_price_at(&price, t->index) != ERR_OK || u256_cmp(&price, &t->sqrt_price) != 0)
            return false;
    }
    return true;
}

/* at(tick) <= price <= at(tick + 1): a price that fell onto a tick has the one below. */
static bool price_holds(const struct concentrated *c)
{
    struct u256 low, high;

    if (c->tick >= SQRT_PRICE_TICK_MAX || sqrt_price_at(&low, c->tick) != ERR_OK ||
        sqrt_price_at(&high, c->tick + 1) != ERR_OK)
        return false;
    return u256_cmp(&low, &c->sqrt_price) <= 0 && u256_cmp(&c->sqrt_price, &high) <= 0;
}

enum err concentrated_check(const struct concentrated *c)
{
    if (c->fee >= CONCENTRATED_FEE_UNIT || c->ticks_n > CONCENTRATED_TICKS_MAX ||
        u256_bits(&c->liquidity) > LIQUIDITY_BITS)
        return ERR_INVALID;
    if (!price_holds(c) || !ticks_hold(c))
        return ERR_INVALID;
    return way_holds(c, 0) && way_holds(c, 1) ? ERR_OK : ERR_INVALID;
}

enum err concentrated_out(struct trade *t, const struct concentrated *c, int side,
                          const struct u256 *offer)
{
    struct walk w = walk_from(c, side, offer);

    TRY(walk_all(&w));
    *t = u256_is_zero(&w.done.out) ? (struct trade){ 0 } : w.done;
    return ERR_OK;
}

/* Steps that give an output take at least what the same input would need for it, so the trade of
 * that input gives no less. */
enum err concentrated_in(struct trade *t, const struct concentrated *c, int side,
                         const struct u256 *want)
{
    struct walk w = walk_from(c, side, want);

    w.exact_out = true;
    TRY(walk_all(&w));
    if (!u256_is_zero(&w.left))
        return ERR_NOT_FOUND;
    return concentrated_out(t, c, side, &w.done.in);
}

/* The tick of a price between the initialised ones around it. */
static enum err tick_of(struct walk *w)
{
    const struct concentrated *c = &w->at;
    struct sqrt_price_ticks around = { -SQRT_PRICE_TICK_MAX, SQRT_PRICE_TICK_MAX };

    if (w->next > 0)
        around.low = c->ticks[w->next - 1].index;
    if (w->next < c->ticks_n)
        around.end = c->ticks[w->next].index;
    return sqrt_price_tick(&w->at.tick, &c->sqrt_price, around);
}

enum err concentrated_apply(struct concentrated *c, int side, const struct trade *t)
{
    struct walk w = walk_from(c, side, &t->in);

    TRY(walk_all(&w));
    if (u256_cmp(&w.done.in, &t->in) != 0 || u256_cmp(&w.done.out, &t->out) != 0)
        return ERR_INVALID;
    if (w.inside)
        TRY(tick_of(&w));
    *c = w.at;
    return ERR_OK;
}
