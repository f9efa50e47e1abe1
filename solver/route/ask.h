/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask -- the least rate at which a fill should be paid, above its signed limit.
 *
 * Paid prices have room between limits, and the program that chooses them maximises a sum: left
 * alone it may give all of it to one fill and to another only its limit, less than the best single
 * venue would have given. So a fill asks for that first, then for the marginal price, and for its
 * limit only when nothing better can be had together with the others.
 */
#ifndef SLUICE_ROUTE_ASK_H
#define SLUICE_ROUTE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/route/network.h"

enum ask_for { ASK_ALONE, ASK_MARGINAL, ASK_LIMIT };

struct ask {
    struct network raised; /* the network with limits raised to what fills ask for */
    uint8_t *want;         /* [orders_n] enum ask_for */
    double *alone;         /* [orders_n] log rate at the best single venue; NAN: not known yet */
    uint32_t tries;
};

/* Every fill asks for the best single venue. Arrays in the arena. ERR_NOMEM */
MUST_USE enum err ask_init(struct ask *a, struct arena *arena, const struct network *n);

/* Must the caller say what this order would get alone? */
bool ask_needs(const struct ask *a, size_t order);

/* What the whole open order pays and gets alone at the best venue; NULL: no venue serves it. */
void ask_alone(struct ask *a, size_t order, const struct u256 *paid, const struct u256 *got);

/* Set the limits of a->raised for the filled orders at marginal log prices u[nodes_n]. */
void ask_raise(struct ask *a, const struct network *n, const double *u, const double *fill);

/* Fills that violates[orders_n] names ask for less. false: they ask for no more than their limit. */
bool ask_lower(struct ask *a, const bool *violates);

#endif
