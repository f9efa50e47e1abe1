/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assets_file -- assets.json, the registry that every process of a deployment reads at start.
 *
 *   {"format": "sluice-assets/1",
 *    "assets": [{"id": 1, "symbol": "ETH", "decimals": 18, "class": "SPOT",
 *                "mark": "3000.00", "lot": "1"}]}
 *
 * mark is a decimal string in units of account per whole unit; absent or "" means none. lot is in
 * atoms, 1 when absent. class is SPOT when absent. Order in the file does not matter; ids and
 * symbols are unique; fields that are not listed here are errors.
 */
#ifndef SLUICE_INPUT_ASSETS_FILE_H
#define SLUICE_INPUT_ASSETS_FILE_H

#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/err.h"
#include "solver/input/input.h"

/*
 * out  t  sealed; its items live in arena
 * errors  as input.h
 */
MUST_USE enum err assets_file_load(struct asset_table *t, struct input_error *e, const char *path,
                                   struct arena *arena);

/* The same from a buffer; file is the name in messages. */
MUST_USE enum err assets_file_parse(struct asset_table *t, struct input_error *e, const char *file,
                                    const char *text, size_t len, struct arena *arena);

#endif
