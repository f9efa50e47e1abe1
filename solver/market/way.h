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

/* Of a pool of two: side 0 gives asset 0. */
static inline struct way way_of_side(int side)
{
    return (struct way){ (uint32_t)side, (uint32_t)!side };
}

static inline struct way way_back(struct way w)
{
    return (struct way){ w.get, w.give };
}

#endif
