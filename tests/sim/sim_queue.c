/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_state.h"

#include <stdlib.h>

#include "solver/core/check.h"

static bool earlier(const struct event *a, const struct event *b)
{
    return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->no < b->no;
}

static void swap(struct event *a, struct event *b)
{
    struct event t = *a;
    *a = *b;
    *b = t;
}

void sim_push(struct sim *s, struct event e)
{
    if (s->heap_n == s->heap_cap) {
        s->heap_cap = s->heap_cap > 0 ? 2 * s->heap_cap : 256;
        s->heap = realloc(s->heap, s->heap_cap * sizeof *s->heap);
        CHECK(s->heap != NULL);
    }
    e.no = s->events_made++;
    size_t i = s->heap_n++;
    s->heap[i] = e;
    for (; i > 0 && earlier(&s->heap[i], &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&s->heap[i], &s->heap[(i - 1) / 2]);
}

struct event sim_pop(struct sim *s)
{
    struct event first = s->heap[0];
    size_t i = 0;

    s->heap[0] = s->heap[--s->heap_n];
    for (;;) {
        size_t least = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->heap_n; k++)
            least = earlier(&s->heap[k], &s->heap[least]) ? k : least;
        if (least == i)
            return first;
        swap(&s->heap[i], &s->heap[least]);
        i = least;
    }
}
