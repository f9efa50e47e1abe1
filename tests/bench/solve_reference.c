/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/solve_reference.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/core/check.h"
#include "tests/support/shared.h"

struct solve_reference {
    json_t *optimum;
    json_t *peers;
};

static json_t *file_load(const char *name)
{
    char path[SHARED_PATH_MAX];
    json_error_t e;

    if (!shared_path(path, name))
        return NULL;
    json_t *v = json_load_file(path, 0, &e);

    if (v == NULL)
        (void)fprintf(stderr, "bench_solve: %s: %s\n", path, e.text);
    return v;
}

struct solve_reference *solve_reference_open(void)
{
    struct solve_reference *r = calloc(1, sizeof *r);

    CHECK(r != NULL);
    r->optimum = file_load("data/pools/reference/optimum.json");
    r->peers = file_load("data/pools/reference/peers.json");
    if (r->optimum != NULL && r->peers != NULL)
        return r;
    solve_reference_close(r);
    return NULL;
}

void solve_reference_close(struct solve_reference *r)
{
    if (r == NULL)
        return;
    json_decref(r->optimum);
    json_decref(r->peers);
    free(r);
}

static json_t *entry(const json_t *file, const char *instance, const char *order)
{
    return json_object_get(json_object_get(file, instance), order);
}

double solve_reference_most(const struct solve_reference *r, const char *instance,
                            const char *order)
{
    const json_t *v = json_object_get(entry(r->optimum, instance, order), "upper_bound");

    return json_is_number(v) ? json_number_value(v) : NAN;
}

double solve_reference_peer(const struct solve_reference *r, const char *instance,
                            const char *order)
{
    json_t *routers = entry(r->peers, instance, order), *peer;
    double best = NAN;
    const char *name;

    json_object_foreach(routers, name, peer)
    {
        const json_t *out = json_object_get(peer, "out");

        if (json_is_string(out) && json_object_get(peer, "overspend") == NULL &&
            json_object_get(peer, "underspend") == NULL)
            best = fmax(isnan(best) ? 0 : best, strtod(json_string_value(out), NULL));
    }
    return best;
}
