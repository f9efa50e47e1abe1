/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/route_peers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"
#include "tests/bench/numbers.h"

#define BP 1e4
#define ROUTERS_MAX 24
#define NAME_MAX_N 128

/* What one router did on all orders. */
struct peer {
    const char *name; /* borrowed from the reference */
    struct numbers loss;
    struct numbers slower; /* its time over ours */
    size_t none;
};

struct peers {
    struct peer list[ROUTERS_MAX];
    size_t n;
    const struct route_run_order *order; /* the one being looked at */
};

static void peer_take(void *ctx, const struct solve_peer *found)
{
    struct peers *all = ctx;
    size_t i = 0;

    while (i < all->n && strcmp(all->list[i].name, found->name) != 0)
        i++;
    CHECK(i < ROUTERS_MAX);
    all->list[i].name = found->name;
    all->n = i == all->n ? i + 1 : all->n;
    if (isnan(found->out)) {
        all->list[i].none++;
        return;
    }
    numbers_add(&all->list[i].loss, (1 - found->out / all->order->bound) * BP);
    numbers_add(&all->list[i].slower, found->ms * 1e3 / all->order->cold_us);
}

static double mean_of(const struct numbers *l)
{
    double sum = 0;

    for (size_t i = 0; i < l->n; i++)
        sum += l->v[i];
    return sum / (double)l->n;
}

static void say(const char *instance, const char *router, const char *what, double value,
                const char *unit)
{
    char text[NAME_MAX_N];

    (void)snprintf(text, sizeof text, "%s: %s: %s", instance, router, what);
    numbers_line("route", text, value, unit);
}

static void peer_print(struct peer *p, const char *instance)
{
    say(instance, p->name, "loss, mean", mean_of(&p->loss), "bp");
    say(instance, p->name, "loss, worst", numbers_quantile(&p->loss, 1), "bp");
    say(instance, p->name, "its time over ours, median", numbers_quantile(&p->slower, 0.5), "x");
    if (p->none > 0)
        say(instance, p->name, "orders without a route", (double)p->none, "");
    numbers_fini(&p->loss);
    numbers_fini(&p->slower);
}

void route_peers_print(const struct solve_reference *reference, const char *instance,
                       const struct route_case *c, const struct route_run *r)
{
    struct peers all = { .n = 0 };
    struct peer ours = { .name = "sluice" };
    struct numbers above = { 0 }, excess = { 0 };

    for (size_t i = 0; i < c->orders_n; i++) {
        const struct route_run_order *o = &r->orders[i];

        if (isnan(o->cold_us))
            continue;
        all.order = o;
        numbers_add(&ours.loss, (1 - o->bought / o->bound) * BP);
        numbers_add(&above,
                    (o->bought / solve_reference_peer(reference, instance, c->refs[i]) - 1) * BP);
        numbers_add(&excess,
                    o->bound / solve_reference_optimum(reference, instance, c->refs[i]).most - 1);
        solve_reference_peers(reference, instance, c->refs[i], peer_take, &all);
    }
    peer_print(&ours, instance);
    say(instance, "sluice", "above the best router, worst", numbers_quantile(&above, 0), "bp");
    say(instance, "sluice", "bound over the stored one, worst", numbers_quantile(&excess, 1), "");
    for (size_t i = 0; i < all.n; i++)
        peer_print(&all.list[i], instance);
    numbers_fini(&above);
    numbers_fini(&excess);
}
