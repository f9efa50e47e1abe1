/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast proof and route meet: the gap after so many Newton steps, on networks of several sizes.
 */
#include <math.h>

#include "docs/pictures/scene.h"
#include "docs/pictures/svg.h"
#include "solver/core/check.h"
#include "tests/support/networks.h"

#define STEPS_MAX 60
#define GAP_MIN 1e-12
#define WIDTH 860
#define HEIGHT 500
#define LEFT 84.0
#define RIGHT 690.0
#define TOP 84.0
#define BOTTOM 436.0
#define GOAL 1e-9
#define SHARE 0.01 /* of what the market holds of the asset sold */

struct run {
    const char *name;
    const char *colour;
    double gap[STEPS_MAX + 1];
    uint32_t steps; /* until nothing moved any more */
};

static void run_make(struct run *run, const struct route_market *m, const struct router_order *o)
{
    struct router_result result;

    for (uint32_t k = 0; k <= STEPS_MAX; k++) {
        struct router *r = router_new();

        CHECK(r != NULL);
        scene_route(&result, r, m, o, k);
        run->gap[k] = result.end == ROUTER_NO_ROUTE ? 1 : fmax(GAP_MIN, result.gap);
        run->steps = k;
        router_free(r);
        if (result.iterations < k)
            break;
    }
}

/* One order from the second deepest asset to the deepest. */
static void run_network(struct run *run, struct networks *n)
{
    struct router_order order = { 0 };
    struct route_market m;
    uint32_t first = 0, second = 1;

    for (uint32_t a = 0; a < n->assets_n; a++)
        first = n->depth[a] > n->depth[first] ? a : first;
    second = first == 0 ? 1 : 0;
    for (uint32_t a = 0; a < n->assets_n; a++)
        second = a != first && n->depth[a] > n->depth[second] ? a : second;
    order.sell = second;
    order.buy = first;
    order.amount = networks_atoms(SHARE * n->depth[second] / n->price[second]);
    CHECK(route_market_build(&m, &n->arena, n->curves, n->curves_n, n->assets_n) == ERR_OK);
    run_make(run, &m, &order);
    networks_fini(n);
}

static double x_of(double step, double steps)
{
    return LEFT + (RIGHT - LEFT) * step / steps;
}

/* Whole pixels: the last digits of a gap are no matter of this picture. */
static double y_of(double gap)
{
    return round(TOP + (BOTTOM - TOP) * log10(gap) / log10(GAP_MIN));
}

static void axes(uint32_t steps)
{
    static const char *const words[] = { "1", "10\u207b\u00b3", "10\u207b\u2076", "10\u207b\u2079",
                                         "10\u207b\u00b9\u00b2" };
    const struct svg_style grid = { SVG_PALE, 1, SVG_START, 0 };
    const struct svg_style word = { SVG_GREY, 13, SVG_END, 0 };
    const struct svg_style middle = { SVG_GREY, 13, SVG_MIDDLE, 0 };

    for (int i = 0; i < 5; i++) {
        double y = y_of(pow(10, -3 * i));

        svg_line((struct svg_point){ LEFT, y }, (struct svg_point){ RIGHT, y }, grid);
        svg_text((struct svg_point){ LEFT - 10, y + 4 }, word, "%s", words[i]);
    }
    svg_line((struct svg_point){ LEFT, y_of(GOAL) }, (struct svg_point){ RIGHT, y_of(GOAL) },
             (struct svg_style){ SVG_INK, 1.2, SVG_START, 1 });
    svg_text((struct svg_point){ RIGHT + 8, y_of(GOAL) + 4 },
             (struct svg_style){ SVG_INK, 13, SVG_START, 0 }, "goal, 1 in 10\u2079");
    for (uint32_t k = 0; k <= steps; k += steps > 20 ? 5 : 1)
        svg_text((struct svg_point){ x_of(k, steps), BOTTOM + 24 }, middle, "%u", k);
    svg_text((struct svg_point){ (LEFT + RIGHT) / 2, BOTTOM + 48 }, middle, "Newton step");
}

static void run_draw(const struct run *run, uint32_t steps)
{
    struct svg_point points[STEPS_MAX + 1];
    struct svg_point end;

    for (uint32_t k = 0; k <= run->steps; k++)
        points[k] = (struct svg_point){ x_of(k, steps), y_of(run->gap[k]) };
    svg_polyline(points, run->steps + 1, (struct svg_style){ run->colour, 2.5, SVG_START, 0 });
    for (uint32_t k = 0; k <= run->steps; k++)
        svg_dot(points[k], 3.5, run->colour);
    end = points[run->steps];
    svg_text((struct svg_point){ end.x + 9, end.y - 7 },
             (struct svg_style){ run->colour, 13, SVG_START, 1 }, "%s", run->name);
}

int main(void)
{
    struct run runs[] = { { .name = "17 pools", .colour = SVG_BLUE },
                          { .name = "100 pools", .colour = SVG_ORANGE },
                          { .name = "1,000 pools", .colour = SVG_GREEN },
                          { .name = "3,000 pools, all mispriced", .colour = SVG_RED } };
    struct networks n;
    struct scene s;
    uint32_t steps = 0;

    scene_open(&s);
    run_make(&runs[0], &s.market, &s.order);
    scene_close(&s);
    networks_hubs(&n, 1, (struct networks_size){ .curves_n = 100, .assets_n = 60 });
    run_network(&runs[1], &n);
    networks_hubs(&n, 1, (struct networks_size){ .curves_n = 1000, .assets_n = 600 });
    run_network(&runs[2], &n);
    networks_mispriced(&n, 1);
    run_network(&runs[3], &n);
    for (int i = 0; i < 4; i++)
        steps = runs[i].steps > steps ? runs[i].steps : steps;
    svg_open(WIDTH, HEIGHT, "Route and proof meet",
             "Relative gap between what the route pays and what no route can exceed, by network");
    axes(steps);
    for (int i = 0; i < 4; i++)
        run_draw(&runs[i], steps);
    svg_close();
    return 0;
}
