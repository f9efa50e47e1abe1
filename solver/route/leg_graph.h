/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_graph -- trades as flows between assets, and the order in which legs are executed.
 *
 * A node is an asset, an edge a leg with the amounts that are planned for it. What is bought ends in
 * the sink. Without cycles the nodes have an order, and the legs that of the nodes they come from.
 * With cycles the legs are scheduled: one that its asset can pay for runs, first those inside of a
 * cycle; where none can be paid, the one that lacks the least value is lent what it lacks.
 */
#ifndef SLUICE_ROUTE_LEG_GRAPH_H
#define SLUICE_ROUTE_LEG_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/route/legs.h"

#define LEG_NONE UINT32_MAX
#define LEG_SCRATCH 7

struct leg_edge {
    uint32_t curve; /* LEG_NONE: no leg, what is bought goes to the sink */
    struct way way;
    uint32_t from; /* nodes */
    uint32_t to;
    double in; /* planned, atoms */
    double out;
    bool inner;          /* part of a cycle */
    struct curve *state; /* of a curve with several legs: its copy to trade on; NULL: it has one */
    uint32_t shared;     /* number of that curve among those */
    bool capped;         /* its asset could not pay for more of it */
    struct u256 offer;   /* what it may take */
    struct trade done;   /* what it does */
};

struct leg_node {
    uint32_t asset;
    double price;
    struct u256 have; /* while legs run; what is left when they did */
};

struct leg_graph {
    struct arena *arena;
    const struct curve *curves;
    struct leg_node *nodes;
    size_t nodes_n;
    struct leg_edge *edges; /* by the node they come from, those inside of a cycle first */
    size_t edges_n;
    uint32_t *out_at;   /* [nodes_n + 1] first edge from a node */
    uint32_t *in;       /* [edges_n] edges by node they go to */
    uint32_t *in_at;    /* [nodes_n + 1] */
    uint32_t *order;    /* [nodes_n] without cycles: of execution */
    uint32_t *sequence; /* [edges_n] edges in order of execution */
    uint32_t *scratch;  /* LEG_SCRATCH arrays of nodes_n */
    uint32_t source;
    uint32_t bought;
    uint32_t sink;
    double supply;   /* planned at the source */
    size_t shared_n; /* curves with several legs */
    bool cyclic;
    bool source_ends; /* flows may also end at what is sold: less of it is paid */
};

struct leg_input {
    const struct curve *curves;
    size_t curves_n;
    size_t assets_n;
    const struct legs_order *order;
    const struct leg_trade *trades;
    size_t trades_n;
};

/*
 * The graph of trades, with its sequence. Without cycles they are cut, each at its cheapest edge.
 * Flows that cannot reach the sink, or without cycles do not come from the source, are left out.
 *
 * errors  ERR_NOMEM; ERR_INVALID a trade names no curve, or a curve an asset that there is not
 */
MUST_USE enum err leg_graph_build(struct leg_graph *g, struct arena *arena,
                                  const struct leg_input *in, bool cycles);

/* Edges sorted and indexed anew; those without flow are dropped. */
void leg_graph_index(struct leg_graph *g);

/* ---- leg_cycle.c ---- */

/* Cut every cycle at its cheapest edge: its flow is taken off all of the cycle. */
void leg_graph_cut(struct leg_graph *g);

/* Mark the edges inside of cycles; without any, put the nodes in order. */
void leg_graph_order(struct leg_graph *g);

/* ---- leg_schedule.c ---- */

/* The sequence of the edges. ERR_NOMEM */
MUST_USE enum err leg_graph_schedule(struct leg_graph *g);

/* One of the LEG_SCRATCH arrays, not zeroed. */
static inline uint32_t *leg_graph_scratch(const struct leg_graph *g, unsigned i)
{
    return g->scratch + i * (g->nodes_n + 1);
}

#endif
