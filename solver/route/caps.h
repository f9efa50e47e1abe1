/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caps -- limits as rows over the trades of a network: sum of use <= most.
 *
 *   CAP_VENUE    what legs at one venue take of a node, or of all nodes in micro-units at the marks
 *                (ROW_IN_FLIGHT, ROW_VALUE, less what is in use)
 *   CAP_SENT     what legs of a foreign domain take, down to the least that ROW_INVENTORY keeps
 *   CAP_BROUGHT  what they bring, up to the most that ROW_INVENTORY allows
 *   CAP_COVER    what inventory of domain home pays for several foreign domains
 *   CAP_POT      what home legs take less what home legs bring: fills must have sold it, since
 *                inventory pays fills but no legs
 *
 * What one domain has, and what home can pay for it, are links of the network, not rows. Rows can
 * only lower the optimum, so the bound without them holds (docs/math.md 2). Rounding may use a few
 * atoms more than the program meant; caps_tighten makes room for that.
 */
#ifndef SLUICE_ROUTE_CAPS_H
#define SLUICE_ROUTE_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"

#define CAPS_SAFETY (1 - 1e-9) /* of a limit: rounding may send a few atoms more than planned */

struct network;
struct edge;

enum cap_kind { CAP_VENUE, CAP_SENT, CAP_BROUGHT, CAP_COVER, CAP_POT };

struct cap {
    enum cap_kind kind;
    uint32_t venue; /* CAP_VENUE */
    uint32_t node;  /* NETWORK_NONE: all */
    double most;    /* value at reference prices, or micro-units; CAP_POT: of one unit sold */
};

/* What one unit of value uses of a cap: given over an edge, and got from it. Only with CAP_POT may
 * it be negative. */
struct cap_use {
    double in;
    double out;
};

struct cap_use cap_use(const struct network *n, const struct cap *c, const struct edge *e);

/* Fill n->caps; all else of n is there, node[assets_n] are its home nodes. ERR_NOMEM */
MUST_USE enum err caps_build(struct network *n, struct arena *arena, const struct auction *a,
                             const uint32_t *node);

/* Take a share off what every cap and link allows. */
void caps_tighten(struct network *n, uint32_t share_ppm);

/* Inventory of a domain; and what of it may be used, above the least that limits keep. */
struct amount caps_available(const struct auction *a, const struct name *domain, uint32_t asset);
struct amount caps_spare(const struct auction *a, const struct name *domain, uint32_t asset);

#endif
