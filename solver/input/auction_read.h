/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auction_read -- the readers behind auction_file, one for each format.
 *
 * in/out  f  zeroed before; what was skipped is counted in it
 * in      root  an object
 * errors  as input.h
 */
#ifndef SLUICE_INPUT_AUCTION_READ_H
#define SLUICE_INPUT_AUCTION_READ_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/auction_file.h"
#include "solver/input/doc.h"

MUST_USE enum err irx_file_read(struct auction_file *f, const struct doc_at *root,
                                struct arena *arena);
MUST_USE enum err cow_file_read(struct auction_file *f, const struct doc_at *root,
                                struct arena *arena);
MUST_USE enum err cow_old_file_read(struct auction_file *f, const struct doc_at *root,
                                    struct arena *arena);

#endif
