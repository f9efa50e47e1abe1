/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paths.h"

#include <math.h>

#define VISITS_MAX 8 /* of a node: mispriced curves have ever better paths round and round */
#define MILD 0.01    /* log price */
#define MILD_TRIES 100
#define BETTER 1e-12 /* least improvement, in log price */

/* The next hop of a node's best path. */
struct hop {
    uint32_t curve;
    uint32_t node; /* where it leads; exact-out: where it comes from */
    struct way way;
    bool known;
};

struct search {
    const struct frame *f;
    bool exact_out;
    double *best; /* [n] log rate of the best path */
    struct hop *hop;
    uint32_t *ring; /* [n] queue of nodes whose neighbours may improve */
    bool *queued;
    uint8_t *visits;
    size_t head, length;
    bool rounds; /* some path gets better every time it goes round */
};

static void enqueue(struct search *s, uint32_t node)
{
    if (s->queued[node])
        return;
    s->queued[node] = true;
    s->rounds = s->rounds || s->visits[node]++ == VISITS_MAX;
    s->ring[(s->head + s->length++) % s->f->n] = node;
}

/* Would node `next` do better over asset `there` of c, which is node `node`? */
static void relax(struct search *s, uint32_t node, uint32_t curve, unsigned there, unsigned other)
{
    const struct real_curve *c = &s->f->curves[curve];
    struct way way = s->exact_out ? (struct way){ there, other } : (struct way){ other, there };
    double rate = s->best[node] + real_curve_top(c, way);
    uint32_t next = c->node[other];

    if (!(rate > s->best[next] + BETTER) || (s->rounds && isfinite(s->best[next])))
        return;
    s->best[next] = rate;
    s->hop[next] = (struct hop){ curve, node, way, true };
    enqueue(s, next);
}

static void search_run(struct search *s, uint32_t from)
{
    s->best[from] = 0;
    enqueue(s, from);
    while (s->length > 0) {
        uint32_t node = s->ring[s->head];

        s->head = (s->head + 1) % s->f->n;
        s->length--;
        s->queued[node] = false;
        for (size_t t = s->f->first[node]; t < s->f->first[node + 1]; t++) {
            const struct real_curve *c = &s->f->curves[s->f->touch[t]];
            unsigned there = 0;

            while (c->node[there] != node || !frame_live(c, there))
                there++;
            for (unsigned k = 0; k < c->n; k++) {
                if (k != there && frame_live(c, k) && c->node[k] != from)
                    relax(s, node, s->f->touch[t], there, k);
            }
        }
    }
}

/* The hops from `to` back to where the search began, in order of execution. */
static void path_take(struct paths_path *path, const struct search *s, uint32_t from, uint32_t to)
{
    path->n = 0;
    for (uint32_t node = to; node != from; node = s->hop[node].node) {
        if (path->n == PATHS_HOPS_MAX || !s->hop[node].known) {
            path->n = 0; /* it goes round */
            return;
        }
        path->hop[path->n++] = (struct paths_hop){ s->hop[node].curve, s->hop[node].way };
    }
    for (size_t i = 0; s->exact_out && i < path->n / 2; i++) {
        struct paths_hop hop = path->hop[i];

        path->hop[i] = path->hop[path->n - 1 - i];
        path->hop[path->n - 1 - i] = hop;
    }
}

/* How far an amount moves the rates along a path, in log. */
static double moved_by(const struct search *s, const struct paths_path *path, double amount)
{
    double moved = 0;

    for (size_t i = 0; i < path->n; i++) {
        const struct real_curve *c = &s->f->curves[path->hop[i].curve];

        moved += real_curve_top(c, path->hop[i].way) - real_curve_rate(c, path->hop[i].way, amount);
        amount = real_curve_out(c, path->hop[i].way, amount);
    }
    return moved;
}

/* As much of an amount as one path takes without running away from all others. */
static double mild(const struct search *s, const struct paths_path *path, double amount)
{
    for (int i = 0; i < MILD_TRIES && !(moved_by(s, path, amount) <= MILD); i++)
        amount /= 2;
    return amount;
}

/* Exact-in: priced from the end. */
static void push_in(double *u, const struct search *s, const struct paths_path *path, double amount)
{
    double rate[PATHS_HOPS_MAX], sum = 0;

    for (size_t i = 0; i < path->n; i++) {
        const struct real_curve *c = &s->f->curves[path->hop[i].curve];

        rate[i] = real_curve_rate(c, path->hop[i].way, amount);
        amount = real_curve_out(c, path->hop[i].way, amount);
    }
    for (size_t i = path->n; i-- > 0;) {
        sum += isfinite(rate[i]) ? rate[i] : 0;
        u[s->f->curves[path->hop[i].curve].node[path->hop[i].way.give]] = sum;
    }
}

/* Exact-out: what must go in is guessed at the rates of the first atom. */
static void push_out(double *u, const struct search *s, const struct paths_path *path,
                     double amount)
{
    double sum = 0;

    for (size_t i = 0; i < path->n; i++) {
        const struct real_curve *c = &s->f->curves[path->hop[i].curve];
        double rate = real_curve_rate(c, path->hop[i].way, amount);

        amount = real_curve_out(c, path->hop[i].way, amount);
        sum += isfinite(rate) ? rate : 0;
        u[c->node[path->hop[i].way.get]] = -sum;
    }
}

static enum err search_init(struct search *s, struct arena *arena, const struct frame *f,
                            bool exact_out)
{
    *s = (struct search){ .f = f,
                          .exact_out = exact_out,
                          .best = ARENA_NEW(arena, f->n, double),
                          .hop = ARENA_NEW(arena, f->n, struct hop),
                          .ring = ARENA_NEW(arena, f->n, uint32_t),
                          .queued = ARENA_NEW(arena, f->n, bool),
                          .visits = ARENA_NEW(arena, f->n, uint8_t) };
    if (s->best == NULL || s->hop == NULL || s->ring == NULL || s->queued == NULL ||
        s->visits == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < f->n; i++)
        s->best[i] = -INFINITY;
    return ERR_OK;
}

/* The path of fewest hops, where better and better ones go round. */
static enum err shortest_take(struct paths_path *path, struct arena *arena, const struct frame *f,
                              const struct paths_order *order)
{
    const uint32_t from = order->exact_out ? order->sell : order->buy;
    struct search s;

    TRY(search_init(&s, arena, f, order->exact_out));
    s.rounds = true; /* so the first path to a node stays */
    search_run(&s, from);
    path_take(path, &s, from, order->exact_out ? order->buy : order->sell);
    return ERR_OK;
}

enum err paths_start(double *u, struct paths_path *path, struct arena *arena, const struct frame *f,
                     const struct paths_order *order)
{
    const uint32_t from = order->exact_out ? order->sell : order->buy;
    const uint32_t to = order->exact_out ? order->buy : order->sell;
    struct search s;

    TRY(search_init(&s, arena, f, order->exact_out));
    search_run(&s, from);
    if (!isfinite(s.best[to]))
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < f->n; i++) {
        double best = s.rounds && isfinite(s.best[i]) ? 0 : s.best[i];
        u[i] = order->exact_out ? -best : best;
    }
    path_take(path, &s, from, to);
    path->rough = s.rounds;
    if (s.rounds)
        return path->n > 0 ? ERR_OK : shortest_take(path, arena, f, order);
    if (order->exact_out)
        push_out(u, &s, path, mild(&s, path, order->amount * exp(-s.best[to])));
    else
        push_in(u, &s, path, mild(&s, path, order->amount));
    return ERR_OK;
}
