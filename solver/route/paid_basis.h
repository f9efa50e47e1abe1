/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paid_basis -- the basis of one round of paid_lp carried over to the next.
 *
 * Private to paid. Each round cuts edges and rates anew, but the rows stay, and where a column was
 * basic the one that now holds the same trade will be: so the simplex starts next to its end.
 */
#ifndef SLUICE_ROUTE_PAID_BASIS_H
#define SLUICE_ROUTE_PAID_BASIS_H

#include "solver/route/paid_lp.h"

/* Arrays in the arena. ERR_NOMEM */
MUST_USE enum err paid_basis_init(struct paid_basis *b, struct arena *arena,
                                  const struct network *n);

/* Remember where the simplex ended; the program is solved, the flows are read. */
void paid_basis_save(struct paid_lp *l);

/* Say where it should start; the program is built. */
void paid_basis_start(struct paid_lp *l);

#endif
