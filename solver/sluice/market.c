/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "solver/market/curve_copy.h"
#include "solver/sluice/inside.h"

#define BYTES_MAX ((uint64_t)4 << 30)
#define CURVES_ROOM 64
#define TIDY_SLACK ((size_t)1 << 20) /* bytes that updates may always leave behind */

enum sluice_status sluice_market_new(struct sluice_market **m, uint32_t assets_n,
                                     uint64_t bytes_max)
{
    if (m == NULL)
        return SLUICE_ARGUMENT;
    *m = NULL;
    if (assets_n < 2 || assets_n > SLUICE_ASSETS_MAX)
        return SLUICE_ARGUMENT;
    struct sluice_market *made = calloc(1, sizeof *made);
    if (made == NULL)
        return SLUICE_MEMORY;
    arena_init(&made->arena, (size_t)(bytes_max == 0 ? BYTES_MAX : bytes_max));
    made->assets_n = assets_n;
    *m = made;
    return SLUICE_OK;
}

void sluice_market_free(struct sluice_market *m)
{
    if (m == NULL)
        return;
    arena_fini(&m->arena);
    free(m->curves);
    free(m);
}

uint32_t sluice_market_assets(const struct sluice_market *m)
{
    return m == NULL ? 0 : (uint32_t)m->assets_n;
}

uint32_t sluice_market_curves(const struct sluice_market *m)
{
    return m == NULL ? 0 : (uint32_t)m->curves_n;
}

static bool assets_known(const struct sluice_market *m, const struct sluice_curve *c)
{
    if (c->assets_n > SLUICE_CURVE_ASSETS_MAX)
        return false;
    for (uint32_t k = 0; k < c->assets_n; k++) {
        if (c->asset[k] >= m->assets_n)
            return false;
    }
    return true;
}

static enum sluice_status curve_status(enum err e)
{
    return e == ERR_UNSUPPORTED                    ? SLUICE_ARGUMENT
           : e == ERR_INVALID || e == ERR_OVERFLOW ? SLUICE_CURVE
                                                   : inside_status(e);
}

static enum err room_make(struct sluice_market *m)
{
    if (m->curves_n < m->curves_room)
        return ERR_OK;
    size_t room = m->curves_room == 0 ? CURVES_ROOM : m->curves_room * 2;
    if (room > m->arena.cap / sizeof *m->curves)
        return ERR_NOMEM;
    struct curve *more = realloc(m->curves, room * sizeof *more);
    if (more == NULL)
        return ERR_NOMEM;
    m->curves = more;
    m->curves_room = room;
    return ERR_OK;
}

enum sluice_status sluice_market_add(uint32_t *number, struct sluice_market *m,
                                     const struct sluice_curve *c)
{
    if (m == NULL || c == NULL || !assets_known(m, c) || m->curves_n >= SLUICE_CURVES_MAX)
        return SLUICE_ARGUMENT;
    if (m->sealed)
        return SLUICE_STATE;
    enum err e = room_make(m);
    if (e == ERR_OK)
        e = inside_curve(&m->curves[m->curves_n], &m->arena, c);
    if (e != ERR_OK)
        return curve_status(e);
    if (number != NULL)
        *number = (uint32_t)m->curves_n;
    m->curves_n++;
    return SLUICE_OK;
}

static enum err tidy_into(struct route_market *route, struct arena *arena, struct curve *curves,
                          const struct sluice_market *m)
{
    for (size_t i = 0; i < m->curves_n; i++)
        TRY(curve_copy_whole(&curves[i], arena, &m->curves[i]));
    return route_market_build(route, arena, curves, m->curves_n, m->assets_n);
}

/* Everything once more in a new arena, without what earlier curves left in the old one. */
static enum err tidy(struct sluice_market *m)
{
    struct curve *curves = calloc(m->curves_n + 1, sizeof *curves);
    struct route_market route;
    struct arena arena;

    if (curves == NULL)
        return ERR_NOMEM;
    arena_init(&arena, m->arena.cap);
    enum err e = tidy_into(&route, &arena, curves, m);
    if (e != ERR_OK) {
        arena_fini(&arena);
        free(curves);
        return e;
    }
    arena_fini(&m->arena);
    free(m->curves);
    m->arena = arena;
    m->curves = curves;
    m->curves_room = m->curves_n + 1;
    m->route = route;
    m->tidy_bytes = arena.used;
    return ERR_OK;
}

enum sluice_status sluice_market_seal(struct sluice_market *m)
{
    if (m == NULL)
        return SLUICE_ARGUMENT;
    if (m->sealed)
        return SLUICE_STATE;
    enum err e = tidy(m);
    m->sealed = e == ERR_OK;
    return inside_status(e);
}

static bool curve_same(const struct curve *old, const struct curve *new)
{
    return old->kind == new->kind &&
           old->assets_n ==
               new->assets_n &&memcmp(old->asset, new->asset,
                                      old->assets_n * sizeof old->asset[0]) == 0;
}

/* The state before is kept whole: what it points at is never overwritten in the arena. */
static enum err curve_replace(struct sluice_market *m, uint32_t number, const struct curve *new)
{
    const struct curve curve = m->curves[number];
    const struct real_curve real = m->route.real[number];
    const struct route_market route = m->route;

    m->curves[number] = *new;
    enum err e = route_market_update(&m->route, &m->arena, number);
    if (e != ERR_OK) {
        m->curves[number] = curve;
        m->route = route;
        m->route.real[number] = real;
    }
    return e;
}

static enum sluice_status update(struct sluice_market *m, uint32_t number,
                                 const struct sluice_curve *c)
{
    struct curve new;
    enum err e = inside_curve(&new, &m->arena, c);

    if (e != ERR_OK)
        return curve_status(e);
    if (!curve_same(&m->curves[number], &new))
        return SLUICE_ARGUMENT;
    return inside_status(curve_replace(m, number, &new));
}

enum sluice_status sluice_market_update(struct sluice_market *m, uint32_t number,
                                        const struct sluice_curve *c)
{
    if (m == NULL || c == NULL)
        return SLUICE_ARGUMENT;
    if (!m->sealed)
        return SLUICE_STATE;
    if (number >= m->curves_n || !assets_known(m, c))
        return SLUICE_ARGUMENT;
    bool full = m->arena.used > 2 * m->tidy_bytes + TIDY_SLACK;
    enum sluice_status s = full ? SLUICE_MEMORY : update(m, number, c);
    if (s == SLUICE_MEMORY) { /* perhaps for what earlier updates left behind */
        enum err e = tidy(m);
        s = e == ERR_OK ? update(m, number, c) : inside_status(e);
    }
    return s;
}
