/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/venue_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"

#define MS_NS ((uint64_t)1000000)

void venue_table_init(struct venue_table *t, const struct asset_table *assets)
{
    memset(t, 0, sizeof *t);
    t->assets = assets;
}

void venue_table_fini(struct venue_table *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        venue_curves_clear(&t->venues[i]);
        t->venues[i].curves_n = 0;
        free(t->venues[i].curves);
    }
    t->n = 0;
}

uint32_t venue_table_find(const struct venue_table *t, const struct name *name)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->venues[i].name.text[0] != '\0' && name_equal(&t->venues[i].name, name))
            return i;
    }
    return VENUE_NONE;
}

struct name venue_label(const struct venue_table *t, uint32_t venue)
{
    struct name label = t->venues[venue].name;

    if (label.text[0] == '\0')
        snprintf(label.text, sizeof label.text, "venue-%u", venue + 1);
    return label;
}

static void curve_withdraw(struct venue_curve *c)
{
    free(c->memory);
    c->memory = NULL;
    c->listed = false;
}

void venue_curves_clear(struct venue *v)
{
    for (size_t i = 0; i < v->curves_n; i++)
        curve_withdraw(&v->curves[i]);
}

void venue_curves_forget(struct venue *v)
{
    venue_curves_clear(v);
    for (size_t i = 0; i < v->curves_n; i++)
        v->curves[i].curve.seq = v->curves[i].seq_min = 0;
}

/* Position of the first curve whose id is not below. */
static size_t curve_position(const struct venue *v, uint64_t id)
{
    size_t lo = 0;
    size_t hi = v->curves_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->curves[mid].curve.id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct venue_curve *venue_curve_get(struct venue *v, uint64_t curve)
{
    size_t at = curve_position(v, curve);
    return at < v->curves_n && v->curves[at].curve.id == curve ? &v->curves[at] : NULL;
}

static enum err curves_grow(struct venue *v)
{
    if (v->curves_n < v->curves_cap)
        return ERR_OK;
    if (v->curves_n >= VENUE_CURVES_MAX)
        return ERR_NOMEM;
    size_t cap = v->curves_cap > 0 ? 2 * v->curves_cap : 64;
    struct venue_curve *curves = realloc(v->curves, cap * sizeof *curves);
    if (curves == NULL)
        return ERR_NOMEM;
    v->curves = curves;
    v->curves_cap = cap;
    return ERR_OK;
}

/* A new entry of that id, not listed yet. */
static enum err curve_insert(struct venue_curve **out, struct venue *v, uint64_t id)
{
    TRY(curves_grow(v));
    size_t at = curve_position(v, id);
    memmove(&v->curves[at + 1], &v->curves[at], (v->curves_n - at) * sizeof *v->curves);
    v->curves[at] = (struct venue_curve){ .curve.id = id };
    v->curves_n++;
    *out = &v->curves[at];
    return ERR_OK;
}

static bool curve_acceptable(const struct venue_table *t, const struct curve *c)
{
    if (curve_check(c) != ERR_OK)
        return false;
    for (uint32_t k = 0; k < c->assets_n; k++) {
        if (asset_get(t->assets, c->asset[k]) == NULL)
            return false;
    }
    return true;
}

enum err venue_curve_put(struct venue_table *t, struct venue *v, const struct curve *c)
{
    struct venue_curve *old = venue_curve_get(v, c->id);

    if (!curve_acceptable(t, c)) {
        venue_curve_remove(v, c->id);
        return ERR_INVALID;
    }
    if (old != NULL && c->seq < old->curve.seq)
        return ERR_CONFLICT;
    if (old == NULL)
        TRY(curve_insert(&old, v, c->id));
    size_t bytes = curve_copy_bytes(c);
    void *memory = malloc(bytes > 0 ? bytes : 1);
    if (memory == NULL)
        return ERR_NOMEM;
    curve_withdraw(old);
    old->memory = memory;
    curve_copy_into(&old->curve, memory, c);
    old->listed = true;
    return ERR_OK;
}

void venue_curve_remove(struct venue *v, uint64_t curve)
{
    struct venue_curve *c = venue_curve_get(v, curve);

    if (c != NULL)
        curve_withdraw(c);
}

bool venue_curve_usable(const struct venue *v, const struct venue_curve *c, uint64_t now_ns)
{
    return v->state == VENUE_UP && c->listed && c->open_legs == 0 && c->curve.seq >= c->seq_min &&
           !venue_rests(v, now_ns) && now_ns - v->confirmed_ns <= v->ttl_ms * MS_NS;
}

void venue_leg_opened(struct venue *v, uint64_t curve)
{
    struct venue_curve *c = venue_curve_get(v, curve);

    v->open_legs++;
    if (c == NULL && curve_insert(&c, v, curve) != ERR_OK) {
        venue_quarantine(v, "no memory to note an open leg");
        return;
    }
    c->open_legs++;
}

void venue_leg_closed(struct venue *v, uint64_t curve, uint64_t seq_after)
{
    struct venue_curve *c = venue_curve_get(v, curve);

    CHECK(v->open_legs > 0);
    v->open_legs--;
    if (c == NULL)
        return;
    if (c->open_legs > 0)
        c->open_legs--;
    if (seq_after > c->seq_min)
        c->seq_min = seq_after;
}

bool venue_leg_failed(struct venue *v, uint64_t now_ns)
{
    uint64_t ms = VENUE_REST_FIRST_MS;

    if (v->failures > 0 && v->failed_ns == now_ns)
        return false;
    v->failed_ns = now_ns;
    if (venue_rests(v, now_ns) || ++v->failures < VENUE_FAILURES_MAX)
        return false; /* what fails during a rest was sent before it */
    for (uint32_t i = VENUE_FAILURES_MAX; i < v->failures && ms < VENUE_REST_LAST_MS; i++)
        ms *= 2;
    v->rest_ns = now_ns + (ms < VENUE_REST_LAST_MS ? ms : VENUE_REST_LAST_MS) * MS_NS;
    return true;
}

void venue_leg_filled(struct venue *v)
{
    v->failures = 0;
    v->rest_ns = 0;
}

bool venue_rests(const struct venue *v, uint64_t now_ns)
{
    return now_ns < v->rest_ns;
}

void venue_down(struct venue *v, const char *note)
{
    if (v->state == VENUE_QUARANTINED)
        return;
    v->state = VENUE_DOWN;
    snprintf(v->note, sizeof v->note, "%s", note);
}

void venue_quarantine(struct venue *v, const char *note)
{
    v->state = VENUE_QUARANTINED;
    snprintf(v->note, sizeof v->note, "%s", note);
}

const char *venue_state_name(const struct venue *v, uint64_t now_ns)
{
    static const char *const names[] = { "down", "syncing", "up", "quarantined" };

    return v->state == VENUE_UP && venue_rests(v, now_ns) ? "resting" : names[v->state];
}
