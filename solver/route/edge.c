/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/edge.h"

#include <math.h>

double edge_double(const struct u256 *v)
{
    return real_double(v);
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

bool edge_serves(const struct curve *c)
{
    return c->assets_n == 2 && c->kind != CURVE_weighted && c->kind != CURVE_concentrated;
}

enum err edge_init(struct edge *e, const struct real_curve *real, int side)
{
    *e = (struct edge){ .side = side, .real = real };
    e->top = real_curve_top(real, way_of_side(side));
    return e->top > -INFINITY ? ERR_OK : ERR_NOT_FOUND;
}

void edge_link_limit(struct edge_link *l, double most)
{
    l->level = (struct real_level){ 0, { most, most }, { most, most } };
}

void edge_link_init(struct edge *e, struct edge_link *l, double most)
{
    edge_link_limit(l, most);
    l->ladder[0] = (struct real_ladder){ &l->level, 1 };
    l->ladder[1] = (struct real_ladder){ NULL, 0 };
    l->real = (struct real_curve){ .kind = CURVE_fixed_rate,
                                   .n = 2,
                                   .live = 3,
                                   .node = { 0, 1 },
                                   .top = { 0, -INFINITY },
                                   .as.ladder = l->ladder };
    *e = (struct edge){ .side = 0, .real = &l->real };
}

struct real_trade edge_at(const struct edge *e, double y)
{
    return real_curve_at(e->real, way_of_side(e->side), y);
}

double edge_depth(const struct edge *e)
{
    return edge_at(e, -INFINITY).out;
}

double edge_out(const struct edge *e, double in)
{
    return real_curve_out(e->real, way_of_side(e->side), in);
}

double edge_rate(const struct edge *e, double in)
{
    return real_curve_rate(e->real, way_of_side(e->side), in);
}

double edge_profit(const struct edge *e, double u_a, double u_b)
{
    double u[2], prices[2];

    if (!(u_a - u_b < e->top)) /* the other side may pay */
        return 0;
    u[e->side] = u_a;
    u[!e->side] = u_b;
    for (unsigned k = 0; k < 2; k++)
        prices[k] = exp(u[k]);
    return real_curve_profit(e->real, u, prices);
}
