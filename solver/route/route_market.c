/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/route_market.h"

#include <stdatomic.h>

#include "solver/route/reference.h"

/* A number that no market of this process had before. */
static uint64_t shape_new(void)
{
    static atomic_uint_fast64_t last;

    return atomic_fetch_add(&last, 1) + 1;
}

/* A curve that offers nothing keeps its place, with no live asset. */
static enum err real_make(struct route_market *m, struct arena *arena, uint32_t i)
{
    const struct curve *c = &m->curves[i];
    double price[CURVE_ASSETS_MAX];
    enum err err = ERR_OK;

    for (uint32_t k = 0; k < c->assets_n; k++) {
        price[k] = m->price[c->asset[k]];
        err = price[k] > 0 ? err : ERR_NOT_FOUND;
    }
    if (err == ERR_OK)
        err = real_curve_init(&m->real[i], arena, c, price);
    if (err == ERR_NOMEM)
        return err;
    if (err != ERR_OK)
        m->real[i] = (struct real_curve){ .kind = c->kind, .n = (uint8_t)c->assets_n };
    m->real[i].curve = i;
    for (uint32_t k = 0; k < c->assets_n; k++)
        m->real[i].node[k] = c->asset[k];
    return ERR_OK;
}

enum err route_market_build(struct route_market *m, struct arena *arena, const struct curve *curves,
                            size_t curves_n, size_t assets_n)
{
    *m = (struct route_market){ .assets_n = assets_n, .curves = curves, .curves_n = curves_n };
    m->price = ARENA_NEW(arena, assets_n + 1, double);
    m->real = ARENA_NEW(arena, curves_n + 1, struct real_curve);
    if (m->price == NULL || m->real == NULL)
        return ERR_NOMEM;
    TRY(reference_curves(m->price, arena, curves, curves_n, assets_n));
    for (uint32_t i = 0; i < curves_n; i++)
        TRY(real_make(m, arena, i));
    TRY(core_find(&m->core, arena, m->real, curves_n, assets_n));
    m->shape = shape_new();
    return ERR_OK;
}

enum err route_market_update(struct route_market *m, struct arena *arena, size_t i)
{
    uint8_t live = m->real[i].live;

    TRY(real_make(m, arena, (uint32_t)i));
    m->changes++;
    if (m->real[i].live == live)
        return ERR_OK;
    TRY(core_find(&m->core, arena, m->real, m->curves_n, m->assets_n));
    m->shape = shape_new();
    return ERR_OK;
}
