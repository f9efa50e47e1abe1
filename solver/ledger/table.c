/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"

#define TABLE_FIRST 16

void table_fini(struct table *t)
{
    free(t->rows);
    *t = (struct table){ 0 };
}

size_t table_lower(const struct table *t, const char *key)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(t->rows[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool row_is(const struct table *t, size_t at, const char *key)
{
    return at < t->n && strcmp(t->rows[at].key, key) == 0;
}

void *table_get(const struct table *t, const char *key)
{
    size_t at = table_lower(t, key);

    return row_is(t, at, key) ? t->rows[at].value : NULL;
}

void table_put(struct table *t, const char *key, void *value)
{
    size_t at = table_lower(t, key);

    CHECK(!row_is(t, at, key));
    if (t->n == t->cap) {
        t->cap = t->cap == 0 ? TABLE_FIRST : 2 * t->cap;
        t->rows = reallocarray(t->rows, t->cap, sizeof *t->rows);
        CHECK(t->rows != NULL);
    }
    memmove(&t->rows[at + 1], &t->rows[at], (t->n - at) * sizeof *t->rows);
    t->rows[at] = (struct table_row){ .key = key, .value = value };
    t->n++;
}

void *table_take(struct table *t, const char *key)
{
    size_t at = table_lower(t, key);

    if (!row_is(t, at, key))
        return NULL;

    void *value = t->rows[at].value;

    t->n--;
    memmove(&t->rows[at], &t->rows[at + 1], (t->n - at) * sizeof *t->rows);
    return value;
}
