/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network -- an auction in doubles: nodes, edges and orders in value at reference prices.
 *
 * Reference prices are the marks, else prices inferred from curves by a walk over the deepest ones
 * first. Only what can take part is in it: everything trades on a cycle (an intent brings what it
 * sells and takes what it buys), so whatever lies outside a strongly connected component with an
 * intent is pruned, and dead ends with it (docs/math.md 4, Prepare). Arrays live in an arena.
 */
#ifndef SLUICE_ROUTE_NETWORK_H
#define SLUICE_ROUTE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/route/caps.h"
#include "solver/route/edge.h"

#define NETWORK_NONE UINT32_MAX
#define NETWORK_LIMIT_MIN (-60.0) /* log limit of an intent that takes anything */

/* An asset at home, where fills pay and are paid; or the house's inventory of it in another domain,
 * which its venues draw on and bring to. */
struct node {
    uint32_t asset;
    uint32_t domain; /* the first venue of a foreign domain; NETWORK_NONE: home */
    uint32_t home;   /* node of the same asset at home; its own number there */
    double price;    /* reference: value per atom */
    double mark;     /* micro-units per value; INFINITY without a mark */
};

struct order {
    uint32_t intent; /* index in the auction */
    uint32_t a;      /* node sold */
    uint32_t b;      /* node bought */
    bool sells;      /* exact-sell */
    bool partial;
    double size;  /* value at reference prices: of sell_max (sell), of buy_min (buy) */
    double limit; /* log of the least value got per value paid */
    double atoms; /* of the exact side; size / atoms is its price */
};

/*
 * Edges are sides of curves, and links between a foreign node and its home node, which trade one for
 * one: the house draws inventory for what the pot got, or pays out of inventory at home.
 */
struct network {
    struct node *nodes; /* home first */
    size_t nodes_n;
    struct edge *edges;
    size_t edges_n;
    struct order *orders; /* by (a, b, limit rising, intent id) */
    size_t orders_n;
    struct edge_link *links; /* what caps_tighten changes */
    size_t links_n;
    struct cap *caps;
    size_t caps_n;
};

static inline bool network_is_link(const struct edge *e)
{
    return e->curve == NETWORK_NONE;
}

/*
 * Build the network of an auction.
 *
 * in      skip_curve  [curves_n] curves to leave out, or NULL
 *         skip_intent [intents_n] intents to leave out, or NULL
 * errors  ERR_NOMEM
 */
MUST_USE enum err network_build(struct network *n, struct arena *arena, const struct auction *a,
                                const bool *skip_curve, const bool *skip_intent);

#endif
