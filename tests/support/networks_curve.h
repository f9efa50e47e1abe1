/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * networks_curve -- one curve of each kind at a place of a network. For networks.c only.
 */
#ifndef SLUICE_TESTS_SUPPORT_NETWORKS_CURVE_H
#define SLUICE_TESTS_SUPPORT_NETWORKS_CURVE_H

#include "tests/support/networks.h"

/* Fill *c; what it borrows lives in n->arena. False: no sound curve of the kind fits there. */
bool networks_curve(struct curve *c, struct networks *n, struct prng *r, enum curve_kind kind,
                    const uint32_t *assets, unsigned assets_n, const struct networks_place *place);

#endif
