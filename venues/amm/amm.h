/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * amm -- a venue of constant-product pools: what a chain with a router contract offers. Several
 * legs of one order execute as one transaction, hops and splits included, all or none.
 */
#ifndef SLUICE_VENUES_AMM_AMM_H
#define SLUICE_VENUES_AMM_AMM_H

#include "venues/sdk/adapter.h"

extern const struct venue_adapter amm_adapter;

#endif
