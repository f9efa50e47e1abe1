/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paid_lp -- one round of paid: the linear program around the current prices.
 *
 * Private to paid. Rows: one per asset (payouts <= sold + trades), one per traded pair (its
 * strictest limit). Columns: segments, the change of each log paid price, and slack with a heavy
 * cost on every row that might not be satisfiable, so that an infeasible demand names itself.
 */
#ifndef SLUICE_ROUTE_PAID_LP_H
#define SLUICE_ROUTE_PAID_LP_H

#include "solver/route/paid.h"
#include "solver/route/segments.h"

struct pair { /* a directed pair with fills: orders [first, first + count) */
    size_t first;
    size_t count;
    size_t strict; /* its filled order with the highest limit */
    double sold;   /* value at reference prices: of a by sells */
    double bought; /* of b by buys */
    size_t slack;  /* column, and the chords of the rate behind it */
    size_t chords;
    double lowest; /* change of the log rate at which the chords begin */
};

/* Where the last round's simplex ended (paid_basis.h). */
struct paid_basis {
    bool saved;
    uint8_t *row;    /* [nodes_n + caps_n + orders_n] enum lp_place, in the order of the program */
    uint8_t *change; /* [nodes_n] */
    uint8_t *short_of; /* [nodes_n] */
    uint8_t *slack;    /* [orders_n] of pairs */
    uint8_t *chords;   /* [orders_n] basic columns of each pair's rate */
    uint8_t *edge;     /* [edges_n] basic columns of each edge */
};

struct paid_lp {
    struct paid *p;
    struct lp *lp;
    struct arena *scratch;
    const struct network *n;
    struct grid grid;
    struct pair *pairs;
    size_t pairs_n;
    double *turnover; /* [nodes_n] of the fills at a node, at reference prices */
    double *scale;    /* [nodes_n] what a row's unit is worth at the current prices */
    double *next;     /* [nodes_n] the caller's: the next prices; scratch while a round is built */
    struct paid_basis basis;
    double *start;    /* [2 * nodes_n] p->u and p->q of paid_lp_init */
    double *other;    /* [nodes_n] the caller's: prices to compare with */
    size_t *incident; /* [edges_n] the caller's scratch */
    bool *busy;       /* [nodes_n] the caller's: something passes */
    double *centre;   /* [edges_n] marginal log rate to cut each edge around */
    uint32_t *anchor; /* [nodes_n] the first node that pairs connect it with: its price stays */
    size_t *change;   /* [nodes_n] column of a log paid price, or SIZE_MAX */
    size_t *short_of; /* [nodes_n] column of what a row lacks, or SIZE_MAX */
    size_t *segment;  /* [edges_n + 1] first column of each edge */
    double *unit;     /* [columns] value that a segment's column calls 1 */
    double *rate;     /* [columns] of a segment's chord */
    size_t cap_row;   /* row of the first cap */
    double *tax_in;   /* [edges_n] what caps add to the price of what an edge takes ... */
    double *tax_out;  /* [edges_n] ... and take off the price of what it gives */
    double worth;     /* of all caps at their shadow prices */
    double total;     /* value of all fills */
    double buy_bend;  /* like *bend of paid_lp_solve, of pairs with exact-buys: tangents took it for
                         small */
    double shortage;  /* what the worst node lacked, over its turnover */
    double lift;      /* costs are in units of total / lift */
};

/* Arrays in the arena; groups the fills by pair. */
MUST_USE enum err paid_lp_init(struct paid_lp *l, struct paid *p, struct lp *lp,
                               struct arena *arena, const struct network *n);

/*
 * Build and solve around p->u and p->q; fills p->flow, p->q, p->violates. *bend is the largest
 * change of a traded pair's log rate.
 */
MUST_USE enum err paid_lp_solve(double *bend, struct paid_lp *l, struct budget *work);

/* Look far again. */
void paid_lp_widen(struct paid_lp *l);

/* Back to the prices of paid_lp_init, looking far. Closed edges stay closed. */
void paid_lp_restart(struct paid_lp *l);

/* The marginal value of node i over its value at p->u, 1 when the price was right. */
double paid_lp_dual(const struct paid_lp *l, size_t i);

#endif
