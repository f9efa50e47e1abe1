/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats -- how long things took: a log-linear histogram of microseconds.
 *
 * Values below 32 us are counted exactly, larger ones in 32 steps per power of two, so a quantile
 * is at most 1/32 above the true one, and never below it. Fixed size, no allocation, one owner
 * thread; a zeroed struct is empty. Doubles are allowed here.
 */
#ifndef SLUICE_CORE_STATS_H
#define SLUICE_CORE_STATS_H

#include <stdint.h>

#define STATS_BUCKETS 1920 /* 32 exact values and 59 powers of two of 32 steps */

struct stats {
    uint64_t bucket[STATS_BUCKETS];
    uint64_t count;
    uint64_t max_us;
};

void stats_init(struct stats *s);
void stats_record(struct stats *s, uint64_t us);

/* The smallest recorded value, rounded up to its step, that at least a share q in [0, 1] of all
 * values does not exceed; 0 when empty. stats_quantile(s, 0.99) is the p99. */
uint64_t stats_quantile(const struct stats *s, double q);

#endif
