/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table -- values by text key, kept in the byte order of their keys.
 *
 * Keys and values are the caller's; a key must live and stay as long as its value is in the table,
 * so it is usually the first member of the value. One thread. Memory that is not there ends the
 * process: tables hold the model and audits, never what a stranger decides.
 */
#ifndef SLUICE_LEDGER_TABLE_H
#define SLUICE_LEDGER_TABLE_H

#include <stddef.h>

#define TABLE_KEY 80 /* longest key of this folder with its NUL */

struct table_row {
    const char *key;
    void *value;
};

struct table {
    struct table_row *rows; /* [n], ascending */
    size_t n;
    size_t cap;
};

void table_fini(struct table *t);

/* The value of key, or NULL. */
void *table_get(const struct table *t, const char *key);

/* Add a value under a key that is not there yet. */
void table_put(struct table *t, const char *key, void *value);

/* Remove and return the value of key, or NULL. */
void *table_take(struct table *t, const char *key);

/* Index of the first row whose key is not below key; n when there is none. */
size_t table_lower(const struct table *t, const char *key);

#endif
