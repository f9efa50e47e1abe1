/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The legs of one large trade as a flow from left to right.
 *
 * Assets are bars, one column after the other along the longest chain of legs; a leg is a band as
 * thick as what it carries is worth. A leg that skips a column has a slot of its own there, so that
 * bands go around the bars. Slots of a column are ordered by where their neighbours stand.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "docs/pictures/scene.h"
#include "docs/pictures/svg.h"
#include "solver/core/check.h"

#define COLUMNS_MAX SCENE_ASSETS
#define SLOTS_MAX (SCENE_ASSETS + SCENE_POOLS_MAX * COLUMNS_MAX)
#define SWEEPS 8
#define STEPS_MAX 400
#define WIDTH 980
#define HEIGHT 640
#define LEFT 96.0
#define RIGHT 884.0
#define TOP 112.0
#define BOTTOM 600.0
#define BAR 12.0
#define GAP 9.0        /* between slots */
#define HEAD 18.0      /* above a bar, for its name */
#define THICKEST 0.7   /* of the height, for everything sold */
#define LETTER 6.5     /* width of one, about */
#define LABEL_MIN 14.0 /* thickness of a band that has a label */

struct slot {
    int asset; /* -1: a band passes */
    unsigned column;
    double y; /* top */
    double thick;
    double key;
};

struct band {
    uint32_t curve;
    uint32_t give;
    uint32_t get;
    double share;                     /* of all that is sold, in value */
    struct slot *chain[COLUMNS_MAX];  /* from one bar to the other */
    struct svg_point at[COLUMNS_MAX]; /* its middle there */
    unsigned n;
};

struct flow {
    struct scene scene;
    struct band band[SCENE_POOLS_MAX];
    unsigned bands_n;
    struct slot slot[SLOTS_MAX];
    unsigned slots_n;
    struct slot *bar[SCENE_ASSETS];
    unsigned columns;
};

/* ---- from legs to slots ---- */

/* Whatever the order of execution, the picture is the same. */
static int by_curve(const void *a, const void *b)
{
    const struct band *x = a, *y = b;

    if (x->curve != y->curve)
        return x->curve < y->curve ? -1 : 1;
    return (x->give > y->give) - (x->give < y->give);
}

static void bands_make(struct flow *f)
{
    struct router *r = router_new();
    struct router_result result;

    CHECK(r != NULL);
    scene_route(&result, r, &f->scene.market, &f->scene.order, STEPS_MAX);
    double total = scene_double(&result.sold) * (double)result.prices[SCENE_ETH].atoms;
    CHECK(result.legs.n <= SCENE_POOLS_MAX);
    for (size_t i = 0; i < result.legs.n; i++) {
        const struct leg *l = &result.legs.leg[i];
        const uint32_t *asset = f->scene.curves[l->curve].asset;
        double value = scene_double(&l->in) * (double)result.prices[asset[l->way.give]].atoms;

        f->band[f->bands_n++] = (struct band){ .curve = l->curve,
                                               .give = asset[l->way.give],
                                               .get = asset[l->way.get],
                                               .share = value / total };
    }
    router_free(r);
    qsort(f->band, f->bands_n, sizeof f->band[0], by_curve);
}

static struct slot *slot_new(struct flow *f, int asset, unsigned column)
{
    struct slot *s = &f->slot[f->slots_n++];

    CHECK(f->slots_n <= SLOTS_MAX);
    *s = (struct slot){ .asset = asset, .column = column };
    return s;
}

/* An asset stands behind all that brings it; what is bought stands last. */
static void bars_make(struct flow *f)
{
    unsigned column[SCENE_ASSETS] = { 0 };
    bool used[SCENE_ASSETS] = { false };

    for (unsigned round = 0; round < SCENE_ASSETS; round++) {
        for (unsigned i = 0; i < f->bands_n; i++) {
            const struct band *b = &f->band[i];

            if (column[b->get] <= column[b->give])
                column[b->get] = column[b->give] + 1;
            CHECK(column[b->get] < COLUMNS_MAX);
            used[b->give] = used[b->get] = true;
        }
    }
    for (unsigned a = 0; a < SCENE_ASSETS; a++) {
        f->columns = used[a] && column[a] + 1 > f->columns ? column[a] + 1 : f->columns;
        if (used[a])
            f->bar[a] = slot_new(f, (int)a, column[a]);
    }
}

static void chains_make(struct flow *f)
{
    for (unsigned i = 0; i < f->bands_n; i++) {
        struct band *b = &f->band[i];

        b->chain[b->n++] = f->bar[b->give];
        for (unsigned c = f->bar[b->give]->column + 1; c < f->bar[b->get]->column; c++)
            b->chain[b->n++] = slot_new(f, -1, c);
        b->chain[b->n++] = f->bar[b->get];
    }
}

/* A bar is as thick as what comes, or goes. */
static void slots_size(struct flow *f)
{
    const double unit = (BOTTOM - TOP) * THICKEST;
    double in[SCENE_ASSETS] = { 0 }, out[SCENE_ASSETS] = { 0 };

    for (unsigned i = 0; i < f->bands_n; i++) {
        struct band *b = &f->band[i];

        out[b->give] += b->share * unit;
        in[b->get] += b->share * unit;
        for (unsigned k = 1; k + 1 < b->n; k++)
            b->chain[k]->thick = b->share * unit;
    }
    for (unsigned a = 0; a < SCENE_ASSETS; a++) {
        if (f->bar[a] != NULL)
            f->bar[a]->thick = fmax(in[a], out[a]);
    }
}

/* ---- order ---- */

static double centre(const struct slot *s)
{
    return s->y + s->thick / 2;
}

/* The mean place of a slot's neighbours on one side, by thickness. */
static void keys_find(struct flow *f, unsigned column, int side)
{
    for (unsigned i = 0; i < f->slots_n; i++) {
        struct slot *s = &f->slot[i];
        double weight = 0, sum = 0;

        if (s->column != column)
            continue;
        for (unsigned j = 0; j < f->bands_n; j++) {
            const struct band *b = &f->band[j];

            for (unsigned k = 0; k < b->n; k++) {
                if (b->chain[k] != s || (side < 0 ? k == 0 : k + 1 == b->n))
                    continue;
                weight += b->share;
                sum += b->share * centre(b->chain[side < 0 ? k - 1 : k + 1]);
            }
        }
        s->key = weight > 0 ? round(sum / weight) : s->key;
    }
}

/* Keys are whole pixels: slots that hang on the same neighbour keep their order. */
static int by_key(const void *a, const void *b)
{
    const struct slot *x = *(struct slot *const *)a, *y = *(struct slot *const *)b;

    if (x->key < y->key || x->key > y->key)
        return x->key < y->key ? -1 : 1;
    return (x > y) - (x < y);
}

static double head_of(const struct slot *s)
{
    return s->asset >= 0 ? HEAD : 0;
}

static void column_place(struct flow *f, unsigned column)
{
    struct slot *in[SLOTS_MAX];
    double height = -GAP, y;
    unsigned n = 0;

    for (unsigned i = 0; i < f->slots_n; i++) {
        if (f->slot[i].column == column) {
            in[n++] = &f->slot[i];
            height += f->slot[i].thick + GAP + head_of(&f->slot[i]);
        }
    }
    qsort(in, n, sizeof in[0], by_key);
    y = (TOP + BOTTOM - height) / 2;
    for (unsigned i = 0; i < n; i++) {
        in[i]->y = y + head_of(in[i]);
        y = in[i]->y + in[i]->thick + GAP;
    }
}

static void order(struct flow *f)
{
    for (unsigned i = 0; i < f->slots_n; i++)
        f->slot[i].key = i;
    for (unsigned c = 0; c < f->columns; c++)
        column_place(f, c);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        int side = sweep % 2 == 0 ? -1 : 1;

        for (unsigned i = 0; i < f->columns; i++) {
            unsigned c = side < 0 ? i : f->columns - 1 - i;

            keys_find(f, c, side);
            column_place(f, c);
        }
    }
}

/* ---- bands ---- */

static double x_of(const struct flow *f, unsigned column)
{
    return LEFT + (RIGHT - LEFT - BAR) * column / (f->columns - 1);
}

struct end {
    struct band *band;
    unsigned k;
    double other; /* where the band goes to or comes from */
};

static int by_other(const void *a, const void *b)
{
    const struct end *x = a, *y = b;

    if (x->other < y->other || x->other > y->other)
        return x->other < y->other ? -1 : 1;
    return (x->band > y->band) - (x->band < y->band);
}

/* The ends of bands at one side of a slot, from top to bottom in the order of their other ends. */
static void ends_place(struct flow *f, const struct slot *s, int side)
{
    struct end end[SCENE_POOLS_MAX];
    unsigned n = 0;
    double y = s->y;

    for (unsigned i = 0; i < f->bands_n; i++) {
        struct band *b = &f->band[i];
        unsigned k = side < 0 ? b->n - 1 : 0;

        if (b->chain[k] == s)
            end[n++] = (struct end){ b, k, round(centre(b->chain[side < 0 ? k - 1 : 1])) };
    }
    qsort(end, n, sizeof end[0], by_other);
    for (unsigned i = 0; i < n; i++) {
        double thick = end[i].band->share * (BOTTOM - TOP) * THICKEST;

        end[i].band->at[end[i].k] =
            (struct svg_point){ x_of(f, s->column) + (side < 0 ? 0 : BAR), y + thick / 2 };
        y += thick;
    }
}

static void bands_place(struct flow *f)
{
    for (unsigned i = 0; i < f->slots_n; i++) {
        if (f->slot[i].asset >= 0) {
            ends_place(f, &f->slot[i], -1);
            ends_place(f, &f->slot[i], 1);
        }
    }
    for (unsigned i = 0; i < f->bands_n; i++) {
        struct band *b = &f->band[i];

        for (unsigned k = 1; k + 1 < b->n; k++)
            b->at[k] =
                (struct svg_point){ x_of(f, b->chain[k]->column) + BAR / 2, centre(b->chain[k]) };
    }
}

/* ---- drawing ---- */

static const struct {
    enum curve_kind kind;
    const char *colour;
    const char *name;
} kinds[] = { { CURVE_constant_product, SVG_SKY, "constant product" },
              { CURVE_concentrated, SVG_ORANGE, "concentrated" },
              { CURVE_stable, SVG_GREEN, "stable" } };

static const char *colour_of(const struct curve *c)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == c->kind)
            return kinds[i].colour;
    }
    return SVG_GREY;
}

static void band_label(const struct band *b)
{
    double thick = b->share * (BOTTOM - TOP) * THICKEST;
    struct svg_point at = b->n > 2 ? b->at[1]
                                   : (struct svg_point){ (b->at[0].x + b->at[1].x) / 2,
                                                         (b->at[0].y + b->at[1].y) / 2 };
    if (thick < LABEL_MIN)
        return;
    at.y += 4;
    svg_text(at, (struct svg_style){ SVG_INK, 12, SVG_MIDDLE, 0 }, "pool %u \u00b7 %.1f %%",
             b->curve, 100 * b->share);
}

static void bar_draw(const struct flow *f, const struct slot *s)
{
    const struct svg_style word = { SVG_INK, 14, SVG_MIDDLE, 1 };
    double x = x_of(f, s->column);

    svg_box((struct svg_point){ x, s->y }, (struct svg_point){ BAR, s->thick }, SVG_INK);
    svg_text((struct svg_point){ x + BAR / 2, s->y - 6 }, word, "%s",
             scene_name((enum scene_asset)s->asset));
}

static void legend(void)
{
    double x = 24;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        svg_box((struct svg_point){ x, 72 }, (struct svg_point){ 22, 11 }, kinds[i].colour);
        svg_text((struct svg_point){ x + 29, 82 }, (struct svg_style){ SVG_GREY, 12, SVG_START, 0 },
                 "%s", kinds[i].name);
        x += 56 + LETTER * (double)strlen(kinds[i].name);
    }
}

int main(void)
{
    static struct flow f;

    scene_open(&f.scene);
    bands_make(&f);
    bars_make(&f);
    chains_make(&f);
    slots_size(&f);
    order(&f);
    bands_place(&f);
    svg_open(WIDTH, HEIGHT, "One sale of 12,000 ETH for USDC, leg by leg",
             "The thickness of a band is the value that the leg carries, in shares of all that is "
             "sold");
    legend();
    for (unsigned i = 0; i < f.bands_n; i++)
        svg_band(f.band[i].at, f.band[i].n, f.band[i].share * (BOTTOM - TOP) * THICKEST,
                 colour_of(&f.scene.curves[f.band[i].curve]));
    for (unsigned i = 0; i < f.bands_n; i++)
        band_label(&f.band[i]);
    for (unsigned a = 0; a < SCENE_ASSETS; a++) {
        if (f.bar[a] != NULL)
            bar_draw(&f, f.bar[a]);
    }
    svg_close();
    scene_close(&f.scene);
    return 0;
}
