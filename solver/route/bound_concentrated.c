/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_kinds.h"
#include "solver/route/interval.h"
#include "solver/route/rough.h"

#define ROUGH_BITS 56 /* of seven products */

static const struct u256 q96 = { { 0, UINT64_C(1) << 32 } };

/*
 * A walk through the ticks. With x = S for side 0 and 1 / S for side 1, S the square root of the
 * price, both sides read alike: from x down to e the trader gets L (x - e) and gives
 * L (1 / e - 1 / x) and the fee. With g^2 = p_give / (keep p_get) that earns
 *   p_get L (x - e) (x e - g^2) / (x e),         most at e = g:  p_get L (x - g)^2 / x
 * The contract rounds each step against the trader, whatever way the price went before.
 */
struct walk {
    const struct concentrated *c;
    int side;
    size_t next; /* ticks[0 .. next) are below */
    struct u256 liquidity;
    struct interval x;
    struct interval end;    /* e */
    struct interval square; /* g^2 */
    struct interval best;   /* g */
    struct interval get;    /* p_get */
    struct interval sum;
};

/* Surely neither side pays at the price: keep < p1 S^2 / p0 < 1 / keep. */
static bool idle(const struct concentrated *c, const struct amount *price)
{
    struct rough kn = rough_of_u64(CONCENTRATED_FEE_UNIT - c->fee);
    struct rough kd = rough_of_u64(CONCENTRATED_FEE_UNIT);
    struct rough s = rough_of(&c->sqrt_price), one = rough_of(&q96);
    struct rough first = rough_mul(rough_of_amount(price[0]), rough_mul(one, one));
    struct rough second = rough_mul(rough_of_amount(price[1]), rough_mul(s, s));

    return rough_surely_less(rough_mul(second, kn), rough_mul(first, kd), ROUGH_BITS) &&
           rough_surely_less(rough_mul(first, kn), rough_mul(second, kd), ROUGH_BITS);
}

static void place_set(struct interval *x, const struct u256 *sqrt_price, int side)
{
    interval_set(x, side == 0 ? sqrt_price : &q96);
    interval_over(x, side == 0 ? &q96 : sqrt_price);
}

/* The first tick above the pool's own. */
static size_t first_above(const struct concentrated *c)
{
    size_t low = 0, n = c->ticks_n;

    for (; n > 0; n /= 2) {
        size_t middle = low + n / 2;

        if (c->ticks[middle].index > c->tick)
            continue;
        low = middle + 1;
        n--;
    }
    return low;
}

static void walk_init(struct walk *w, const struct concentrated *c, int side,
                      const struct amount *price)
{
    struct interval *all[] = { &w->x, &w->end, &w->square, &w->best, &w->get, &w->sum };
    struct u256 give = u256_of_amount(price[side]), get = u256_of_amount(price[!side]);
    struct u256 kn = u256_of(CONCENTRATED_FEE_UNIT - c->fee);
    struct u256 kd = u256_of(CONCENTRATED_FEE_UNIT);

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        interval_init(all[i]);
    w->c = c;
    w->side = side;
    w->next = first_above(c);
    w->liquidity = c->liquidity;
    place_set(&w->x, &c->sqrt_price, side);
    interval_set(&w->square, &give);
    interval_times(&w->square, &kd);
    interval_over(&w->square, &kn);
    interval_over(&w->square, &get);
    mpfi_sqrt(w->best.v, w->square.v);
    interval_set(&w->get, &get);
}

/* sum += p_get L gain, which is x - e times what it earns. */
static void gain_add(struct walk *w, struct interval *gain)
{
    interval_times(gain, &w->liquidity);
    mpfi_mul(gain->v, gain->v, w->get.v);
    mpfi_add(w->sum.v, w->sum.v, gain->v);
}

/* From x to the best place, which is at or before the end. */
static void gain_part(struct walk *w)
{
    struct interval gain;

    interval_init(&gain);
    mpfi_sub(gain.v, w->x.v, w->best.v);
    mpfi_sqr(gain.v, gain.v);
    mpfi_div(gain.v, gain.v, w->x.v);
    gain_add(w, &gain);
}

static void gain_whole(struct walk *w)
{
    struct interval gain, product;

    interval_init(&gain);
    interval_init(&product);
    mpfi_mul(product.v, w->x.v, w->end.v);
    mpfi_sub(gain.v, product.v, w->square.v);
    mpfi_div(gain.v, gain.v, product.v);
    mpfi_sub(product.v, w->x.v, w->end.v);
    mpfi_mul(gain.v, gain.v, product.v);
    gain_add(w, &gain);
}

/* Past a tick; curve_check has seen that the liquidity stays in its range. */
static enum err cross(struct walk *w, const struct concentrated_tick *t)
{
    struct u256 net = u256_of_amount((struct amount){ t->net.atoms });

    w->next = w->side == 0 ? w->next - 1 : w->next + 1;
    mpfi_set(w->x.v, w->end.v);
    return t->net.negative == (w->side != 0) ? u256_sub(&w->liquidity, &w->liquidity, &net)
                                             : u256_add(&w->liquidity, &w->liquidity, &net);
}

static const struct concentrated_tick *ahead(const struct walk *w)
{
    if (w->side == 0)
        return w->next > 0 ? &w->c->ticks[w->next - 1] : NULL;
    return w->next < w->c->ticks_n ? &w->c->ticks[w->next] : NULL;
}

/*
 * The best place on a stretch without regard to its end earns no less, so where rounding leaves it
 * open which of the two comes first, that one is taken.
 */
static enum err walk_all(struct walk *w)
{
    const struct concentrated_tick *t;

    while ((t = ahead(w)) != NULL && mpfi_cmp(w->best.v, w->x.v) <= 0) {
        place_set(&w->end, &t->sqrt_price, w->side);
        if (!u256_is_zero(&w->liquidity)) {
            if (mpfi_cmp(w->best.v, w->end.v) < 0)
                gain_whole(w);
            else
                gain_part(w);
        }
        TRY(cross(w, t));
    }
    return ERR_OK;
}

static enum err side_profit(struct u256 *profit, const struct concentrated *c, int side,
                            const struct amount *price)
{
    struct walk w;

    *profit = u256_of(0);
    if (amount_is_zero(price[!side]))
        return ERR_OK;
    walk_init(&w, c, side, price);
    TRY(walk_all(&w));
    return interval_ceil(profit, &w.sum);
}

enum err bound_concentrated(struct u256 *profit, const struct concentrated *c,
                            const struct amount *price)
{
    struct u256 back;

    *profit = u256_of(0);
    if (idle(c, price))
        return ERR_OK;
    TRY(side_profit(profit, c, 0, price));
    TRY(side_profit(&back, c, 1, price));
    return u256_add(profit, profit, &back);
}
