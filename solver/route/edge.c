/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/edge.h"

#include <math.h>

double edge_double(const struct u256 *v)
{
    double d = 0;

    for (int i = 3; i >= 0; i--)
        d = d * 0x1p64 + (double)v->limb[i];
    return d;
}

struct u256 edge_atoms(double v)
{
    struct u256 out = { { 0 } };

    if (!(v >= 1))
        return out;
    if (v >= 0x1p256)
        return (struct u256){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    for (int i = 3; i >= 0; i--) {
        double limb = floor(ldexp(v, -64 * i));

        out.limb[i] = (uint64_t)limb;
        v -= ldexp(limb, 64 * i);
    }
    return out;
}

static enum err constant_product_init(struct edge *e, const struct constant_product *c,
                                      const double price[2], int side)
{
    double keep = (double)c->keep_num / (double)c->keep_den;

    e->in_depth = edge_double(&c->reserve[side]) * price[side] / keep;
    e->out_depth = edge_double(&c->reserve[!side]) * price[!side];
    e->top = log(e->out_depth / e->in_depth);
    return isfinite(e->top) ? ERR_OK : ERR_NUMERIC;
}

/* One level of the ladder as value given and got. */
static struct edge_trade level_trade(const struct book *b, const struct book_level *l,
                                     const double price[2], int side)
{
    double base = edge_double(&l->size);
    double quote = base * (edge_double(&l->price) / edge_double(&b->scale));
    double keep = (double)b->keep_num / (double)b->keep_den;

    if (side == 0)
        return (struct edge_trade){ base * price[0], quote * price[1] * keep };
    return (struct edge_trade){ quote * price[1], base * price[0] * keep };
}

static enum err book_init(struct edge *e, struct arena *arena, const struct book *b,
                          const double price[2], int side)
{
    const struct book_level *ladder = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;
    struct edge_level *levels = ARENA_NEW(arena, n, struct edge_level);
    double in = 0, out = 0;

    if (levels == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        struct edge_trade t = level_trade(b, &ladder[i], price, side);

        if (!(t.in > 0) || !(t.out > 0))
            continue; /* consumed, or too small to have a rate */
        in += t.in;
        out += t.out;
        levels[e->levels_n++] = (struct edge_level){ log(t.out / t.in), in, out };
    }
    if (e->levels_n == 0)
        return ERR_NOT_FOUND;
    e->levels = levels;
    e->top = levels[0].log_rate;
    return isfinite(in) && isfinite(out) && isfinite(e->top) ? ERR_OK : ERR_NUMERIC;
}

bool edge_serves(enum curve_kind kind)
{
    return kind == CURVE_constant_product || kind == CURVE_book;
}

enum err edge_init(struct edge *e, struct arena *arena, const struct curve *c,
                   const double price[2], int side)
{
    *e = (struct edge){ .venue = c->venue, .side = side, .kind = c->kind };
    if (!edge_serves(c->kind))
        return ERR_NOT_FOUND;
    return c->kind == CURVE_book ? book_init(e, arena, &c->as.book, price, side)
                                 : constant_product_init(e, &c->as.constant_product, price, side);
}

/* Number of levels with a rate of at least exp(y). */
static size_t levels_above(const struct edge *e, double y)
{
    size_t lo = 0, hi = e->levels_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (e->levels[mid].log_rate >= y)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct edge_trade edge_at(const struct edge *e, double y)
{
    double s = (e->top - y) / 2;
    size_t n;

    if (s < 0)
        return (struct edge_trade){ 0, 0 };
    if (e->kind == CURVE_constant_product)
        return (struct edge_trade){ e->in_depth * expm1(s), -e->out_depth * expm1(-s) };
    n = levels_above(e, y);
    if (n == 0)
        return (struct edge_trade){ 0, 0 };
    return (struct edge_trade){ e->levels[n - 1].in, e->levels[n - 1].out };
}

double edge_out(const struct edge *e, double in)
{
    struct edge_level before = { 0, 0, 0 };

    if (e->kind == CURVE_constant_product)
        return e->out_depth * (in / (e->in_depth + in));
    for (size_t i = 0; i < e->levels_n; i++) {
        const struct edge_level *l = &e->levels[i];

        if (in <= l->in)
            return before.out + (l->out - before.out) * ((in - before.in) / (l->in - before.in));
        before = *l;
    }
    return before.out;
}

double edge_rate(const struct edge *e, double in)
{
    size_t i = 0;

    if (e->kind == CURVE_constant_product)
        return e->top - 2 * log1p(in / e->in_depth);
    while (i + 1 < e->levels_n && e->levels[i].in < in)
        i++;
    return e->levels[i].log_rate;
}

double edge_profit(const struct edge *e, double u_a, double u_b)
{
    struct edge_trade t = edge_at(e, u_a - u_b);
    double half = (u_a - u_b - e->top) / 2;

    if (t.in <= 0)
        return 0;
    if (e->kind == CURVE_constant_product) /* (sqrt B - sqrt A)^2 without cancellation */
        return e->out_depth * exp(u_b) * expm1(half) * expm1(half);
    return t.out * exp(u_b) - t.in * exp(u_a);
}

struct edge_pull edge_pull(const struct edge *e, double u_a, double u_b, double ea, double eb,
                           double width)
{
    double y = u_a - u_b;

    if (e->kind == CURVE_constant_product) {
        double give = e->in_depth * ea, get = e->out_depth * eb;
        if (!(get > give))
            return (struct edge_pull){ .in = 0 };
        double root_give = sqrt(give), root_get = sqrt(get);
        double middle = root_give * root_get, gain = root_get - root_give;
        return (struct edge_pull){ middle - give, get - middle, middle / 2, gain * gain };
    }
    if (y - width >= e->top)
        return (struct edge_pull){ .in = 0 };
    struct edge_trade more = edge_at(e, y - width), less = edge_at(e, y + width);
    return (struct edge_pull){ .in = (more.in + less.in) / 2 * ea,
                               .out = (more.out + less.out) / 2 * eb,
                               .weight = (more.out - less.out) / (2 * width) * eb,
                               .profit = edge_profit(e, u_a, u_b) };
}
