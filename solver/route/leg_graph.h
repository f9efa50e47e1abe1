/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leg_graph -- trades as flows between assets, in an order in which they can be executed.
 *
 * A node is an asset, an edge a leg with the amounts that are planned for it. What is bought ends in
 * the sink. Flows in a cycle have no order; such a node is split: its head runs the legs of the
 * cycle, with a loan as far as it does not hold enough, its tail takes what comes back, repays the
 * loan and runs the other legs. Whatever the head does not need for the cycle, it carries over to
 * the tail. The node of a cycle whose loan is worth least is the one that is split.
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
    uint32_t curve; /* LEG_NONE: no leg, an asset moves on as it is */
    struct way way;
    uint32_t from; /* nodes */
    uint32_t to;
    double in; /* planned, atoms */
    double out;
    double more;         /* to give beyond that, so that loans can be repaid */
    bool fixed;          /* it leads to the repayment of loans only, others of its node do not */
    struct curve *state; /* of a curve with several legs: its copy to trade on; NULL: it has one */
    struct trade done;   /* what it really moves */
};

struct leg_node {
    uint32_t asset;
    double price;
    uint32_t head;     /* of a tail: the node whose loan it repays; LEG_NONE */
    struct u256 loan;  /* of a head */
    struct u256 have;  /* while legs run; what is left when they did */
    struct u256 lacks; /* of a tail: what its loan was not repaid by */
    double margin;     /* of a tail: atoms that it should get beyond the plan */
    double gives;      /* to its cycle, planned, atoms */
    double holds;      /* from outside of its cycle, likewise */
    bool ends;         /* something of it can become what is bought */
};

struct leg_graph {
    struct arena *arena;
    const struct curve *curves;
    struct leg_node *nodes;
    size_t nodes_n;
    struct leg_edge *edges; /* by the node they come from, in order of execution */
    size_t edges_n;
    uint32_t *out_at;  /* [nodes_n + 1] first edge from a node */
    uint32_t *in;      /* [edges_n] edges by node they go to */
    uint32_t *in_at;   /* [nodes_n + 1] */
    uint32_t *order;   /* [nodes_n] of execution */
    uint32_t *scratch; /* LEG_SCRATCH arrays of nodes_max + 1 */
    size_t nodes_max;
    uint32_t source;
    uint32_t bought; /* the node of what is bought; a split leaves its number to the head */
    uint32_t sink;
    double supply; /* planned at the source */
    bool shared;   /* a curve has several legs */
    bool loans;
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
 * The graph of trades, ordered. With cycles, nodes are split; without, cycles are cut, each at its
 * cheapest edge. Flows that cannot reach the sink, or without cycles do not come from the source,
 * are left out.
 *
 * errors  ERR_NOMEM; ERR_INVALID a trade names no curve, or a curve an asset that there is not
 */
MUST_USE enum err leg_graph_build(struct leg_graph *g, struct arena *arena,
                                  const struct leg_input *in, bool cycles);

/* Edges sorted and indexed anew; those without flow are dropped. */
void leg_graph_index(struct leg_graph *g);

/* Cut every cycle at its cheapest edge: its flow is taken off all of the cycle. */
void leg_graph_cut(struct leg_graph *g);

/* Put nodes in order; split what is in a cycle. */
void leg_graph_order(struct leg_graph *g);

/* One of the LEG_SCRATCH arrays, not zeroed. */
static inline uint32_t *leg_graph_scratch(const struct leg_graph *g, unsigned i)
{
    return g->scratch + i * (g->nodes_max + 1);
}

/* What every edge must give beyond the plan so that tails get their margin. */
void leg_graph_margins(struct leg_graph *g);

#endif
