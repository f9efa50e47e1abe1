/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record -- every auction and the solution that was carried out, as a ring of files.
 *
 * Files are DIR/<number>.auction and DIR/<number>.solution, the packed protobuf values; number is
 * the ledger's auction number with 12 digits. Once more than files_max auctions are there the
 * oldest go. A file appears whole (written aside, then renamed). sluice solve and verify read them.
 */
#ifndef SLUICE_ENGINE_RECORD_H
#define SLUICE_ENGINE_RECORD_H

#include <stdint.h>

#include "proto/wire.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

struct recorder;

/* Opens or makes dir. ERR_IO it cannot be used; ERR_NOMEM. */
MUST_USE enum err recorder_open(struct recorder **out, const char *dir, uint64_t files_max);
void recorder_close(struct recorder *r);

/* ERR_IO nothing of this auction may be there. */
MUST_USE enum err recorder_write(struct recorder *r, const struct auction *a,
                                 const struct solution *s);

#endif
