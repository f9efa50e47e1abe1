/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * way -- which assets of a pool a trade moves: the trader gives asset[give] and gets asset[get].
 */
#ifndef SLUICE_MARKET_WAY_H
#define SLUICE_MARKET_WAY_H

#include <stdbool.h>
#include <stdint.h>

struct way {
    uint32_t give;
    uint32_t get;
};

/* Whether a pool of n assets has it. */
static inline bool way_in(struct way w, uint32_t n)
{
    return w.give < n && w.get < n && w.give != w.get;
}

#endif
