/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auction_file -- a problem from a JSON file as a struct auction, whatever its format.
 *
 *   irx-instance/1   neutral routing instances                                    (irx_file.c)
 *   CoW /solve       the request that a CoW Protocol driver sends to its solvers  (cow_file.c)
 *   CoW instance     the older schema with "amms" and "metadata"                  (cow_old_file.c)
 *
 * Everything stands at one venue of domain "home" named "file". Tokens must be sound; pools and
 * orders that this build cannot use, or that contradict themselves, are skipped and counted.
 * A CoW limit order becomes a one-level book, which is exact; a token that only liquidity of a CoW
 * request mentions is added with 18 decimals and no mark.
 */
#ifndef SLUICE_INPUT_AUCTION_FILE_H
#define SLUICE_INPUT_AUCTION_FILE_H

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/input/input.h"
#include "solver/market/auction.h"

enum auction_format { AUCTION_IRX = 1, AUCTION_COW, AUCTION_COW_OLD, AUCTION_RECORDED };

struct auction_file {
    enum auction_format format;
    struct auction auction;
    /* How the file spells its assets and curves, as JSON values: "3", "\"0xc02a...\"". */
    const char **asset_refs; /* [auction.assets_n] */
    const char **curve_refs; /* [auction.curves_n] */
    /* What people call the assets: the file's symbols, else the names. Nothing is found by them. */
    const char **labels; /* [auction.assets_n] */
    struct input_skipped skipped;
};

/*
 * out  f  arrays live in arena; f->auction passes auction_check
 * errors  as input.h
 */
MUST_USE enum err auction_file_load(struct auction_file *f, struct input_error *e, const char *path,
                                    struct arena *arena);

/* The same from a buffer; file is the name in messages. */
MUST_USE enum err auction_file_parse(struct auction_file *f, struct input_error *e,
                                     const char *file, const char *text, size_t len,
                                     struct arena *arena);

/*
 * An auction that came in another way, such as a recorded one: assets are spelled by their names,
 * curves by "venue/id". a is borrowed.
 * errors  ERR_NOMEM; ERR_INVALID a name is not UTF-8
 */
MUST_USE enum err auction_file_of(struct auction_file *f, const struct auction *a,
                                  struct arena *arena);

#endif
