/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The path of the prices, Newton step by Newton step.
 */
#include <math.h>
#include <stdlib.h>

#include "docs/pictures/scene.h"
#include "docs/pictures/svg.h"
#include "solver/core/check.h"

#define STEPS_MAX 24
#define WIDTH 860
#define HEIGHT 500
#define LEFT 84.0
#define RIGHT 690.0
#define TOP 84.0
#define BOTTOM 436.0
#define LABEL_GAP 18.0
#define GRID 3.0 /* percent */

static const char *const colours[SCENE_ASSETS] = { SVG_BLUE, SVG_GREY, SVG_ORANGE, SVG_GREEN,
                                                   SVG_RED,  SVG_SKY,  SVG_PINK,   SVG_INK };

struct path {
    double percent[STEPS_MAX + 1][SCENE_ASSETS]; /* log price against USDC less that before */
    uint32_t steps;                              /* until nothing moved any more */
    double low;
    double high;
};

static double price(const struct router_result *r, unsigned a)
{
    return (double)r->prices[a].atoms / scene_value(a);
}

static void path_make(struct path *p)
{
    struct router_result result;
    struct scene s;

    scene_open(&s);
    *p = (struct path){ 0 };
    for (uint32_t k = 0; k <= STEPS_MAX; k++) {
        struct router *r = router_new();

        CHECK(r != NULL);
        scene_route(&result, r, &s.market, &s.order, k);
        for (unsigned a = 0; a < SCENE_ASSETS; a++) {
            double *v = &p->percent[k][a];

            *v = 100 * log(price(&result, a) / price(&result, SCENE_USDC));
            p->low = fmin(p->low, *v);
            p->high = fmax(p->high, *v);
        }
        router_free(r);
        p->steps = k;
        if (result.iterations < k)
            break;
    }
    scene_close(&s);
}

static double x_of(const struct path *p, double step)
{
    return LEFT + (RIGHT - LEFT) * step / p->steps;
}

static double y_of(const struct path *p, double percent)
{
    return TOP + (BOTTOM - TOP) * (p->high - percent) / (p->high - p->low);
}

static void axes(const struct path *p)
{
    const struct svg_style grid = { SVG_PALE, 1, SVG_START, 0 };
    const struct svg_style word = { SVG_GREY, 13, SVG_END, 0 };
    const struct svg_style middle = { SVG_GREY, 13, SVG_MIDDLE, 0 };

    for (double v = ceil(p->low / GRID) * GRID; v <= p->high; v += GRID) {
        svg_line((struct svg_point){ LEFT, y_of(p, v) }, (struct svg_point){ RIGHT, y_of(p, v) },
                 grid);
        svg_text((struct svg_point){ LEFT - 10, y_of(p, v) + 4 }, word, "%s%.0f %%", svg_minus(v),
                 fabs(v));
    }
    for (uint32_t k = 0; k <= p->steps; k++)
        svg_text((struct svg_point){ x_of(p, k), BOTTOM + 24 }, middle, "%u", k);
    svg_text((struct svg_point){ (LEFT + RIGHT) / 2, BOTTOM + 48 }, middle,
             "Newton step (0: prices of the best single paths)");
}

struct label {
    unsigned asset;
    double y;
};

static int by_y(const void *a, const void *b)
{
    const struct label *x = a, *y = b;

    return (x->y > y->y) - (x->y < y->y);
}

/* Labels stand at their lines, or as near as their neighbours let them. */
static void labels(const struct path *p)
{
    struct label l[SCENE_ASSETS];

    for (unsigned a = 0; a < SCENE_ASSETS; a++)
        l[a] = (struct label){ a, y_of(p, p->percent[p->steps][a]) };
    qsort(l, SCENE_ASSETS, sizeof l[0], by_y);
    for (int round = 0; round < 200; round++) {
        for (unsigned i = 1; i < SCENE_ASSETS; i++) {
            double lack = LABEL_GAP - (l[i].y - l[i - 1].y);

            l[i].y += fmax(0, lack / 2);
            l[i - 1].y -= fmax(0, lack / 2);
        }
    }
    for (unsigned i = 0; i < SCENE_ASSETS; i++) {
        double end = p->percent[p->steps][l[i].asset];

        svg_line((struct svg_point){ RIGHT + 6, y_of(p, end) },
                 (struct svg_point){ RIGHT + 26, l[i].y },
                 (struct svg_style){ colours[l[i].asset], 1, SVG_START, 0 });
        svg_text((struct svg_point){ RIGHT + 30, l[i].y + 4 },
                 (struct svg_style){ colours[l[i].asset], 13, SVG_START, 1 }, "%s",
                 scene_name(l[i].asset));
        svg_text((struct svg_point){ WIDTH - 24, l[i].y + 4 },
                 (struct svg_style){ SVG_INK, 13, SVG_END, 0 }, "%s%.2f %%", svg_minus(end),
                 fabs(end));
    }
}

int main(void)
{
    struct svg_point points[STEPS_MAX + 1];
    struct path p;

    path_make(&p);
    svg_open(WIDTH, HEIGHT, "Prices find their place in a few steps",
             "Marginal price of each asset against USDC, relative to the market before a sale of "
             "12,000 ETH");
    axes(&p);
    for (unsigned a = 0; a < SCENE_ASSETS; a++) {
        for (uint32_t k = 0; k <= p.steps; k++)
            points[k] = (struct svg_point){ x_of(&p, k), y_of(&p, p.percent[k][a]) };
        svg_polyline(points, p.steps + 1, (struct svg_style){ colours[a], 2.5, SVG_START, 0 });
        for (uint32_t k = 0; k <= p.steps; k++)
            svg_dot(points[k], 4, colours[a]);
    }
    labels(&p);
    svg_close();
    return 0;
}
