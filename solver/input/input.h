/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input -- what every reader of files shares: the error a person gets to see, and the account of
 * what was left out.
 *
 * Readers never print. A fatal error is ERR_INVALID (bad content), ERR_IO (cannot read) or
 * ERR_NOMEM (arena full), with one sentence in struct input_error that names the file and the
 * place: "pools.json:3:17: '}' expected near end of file" or
 * "uni.json: $.pools[3].fee: \"1.5\" is not a decimal fraction below 1".
 */
#ifndef SLUICE_INPUT_INPUT_H
#define SLUICE_INPUT_INPUT_H

#include <stddef.h>

#define INPUT_ERROR_TEXT 512
#define INPUT_BYTES_MAX ((size_t)64 << 20) /* of one file */

struct input_error {
    char text[INPUT_ERROR_TEXT]; /* the first error; empty while there is none */
};

/* What an auction file holds that this build cannot use, or that contradicts itself. */
#define INPUT_SKIPS(X)                                                                             \
    X(large, "pools of more than eight tokens")                                                    \
    X(limit_order, "foreign limit orders: their price does not fit a one-level book")              \
    X(other, "pools of an unknown kind")                                                           \
    X(bad_pool, "pools with contradictory content")                                                \
    X(bad_order, "orders with contradictory content")

struct input_skipped {
#define X(name, text) size_t name;
    INPUT_SKIPS(X)
#undef X
    struct input_error first_bad; /* why the first bad pool or order was skipped */
};

size_t input_skipped_total(const struct input_skipped *s);

#endif
