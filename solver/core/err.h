/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err -- operating errors: what went wrong with the machine or the input, never a business outcome.
 *
 * ERR_OK is 0. On any error the outputs of a function are untouched unless its header says
 * otherwise. Business outcomes are enum reject (reject.h); our own bugs are CHECK (check.h).
 */
#ifndef SLUICE_CORE_ERR_H
#define SLUICE_CORE_ERR_H

#define ERR_MAP(X)                                                                                 \
    X(OK, "ok")                                                                                    \
    X(INVALID, "input violates the documented contract")                                           \
    X(OVERFLOW, "an exact result does not fit its type")                                           \
    X(AGAIN, "nothing new yet, ask again")                                                         \
    X(TIMEOUT, "no answer in time, outcome unknown")                                               \
    X(IO, "peer, file or store failed; outcome unknown, retry by id")                              \
    X(NOMEM, "a memory or capacity limit was reached")                                             \
    X(NUMERIC, "a numerical result is not usable; discard it")                                     \
    X(NOT_FOUND, "no such thing")                                                                  \
    X(CONFLICT, "state moved on or belongs to somebody else")                                      \
    X(UNSUPPORTED, "understood, but this build cannot do it")

enum err {
#define X(name, text) ERR_##name,
    ERR_MAP(X)
#undef X
};

#define MUST_USE __attribute__((warn_unused_result))

/* Leave the function with the first error of EXPR. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum err try_err_ = (expr);                                                                \
        if (try_err_ != ERR_OK)                                                                    \
            return try_err_;                                                                       \
    } while (0)

/* The text of an error, static; "unknown error" outside the table. */
const char *err_text(enum err e);

/* The name of an error without prefix, e.g. "OVERFLOW", static. */
const char *err_name(enum err e);

#endif
