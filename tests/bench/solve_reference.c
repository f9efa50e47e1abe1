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
        (void)fprintf(stderr, "%s: %s\n", path, e.text);
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

static double number_of(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (json_is_string(v))
        return strtod(json_string_value(v), NULL);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

struct solve_optimum solve_reference_optimum(const struct solve_reference *r, const char *instance,
                                             const char *order)
{
    const json_t *o = entry(r->optimum, instance, order);

    return (struct solve_optimum){ number_of(o, "upper_bound"), number_of(o, "tolerance"),
                                   number_of(o, "executed") };
}

static double peer_out(const json_t *peer)
{
    if (json_object_get(peer, "overspend") != NULL || json_object_get(peer, "underspend") != NULL)
        return NAN;
    return number_of(peer, "out");
}

void solve_reference_peers(const struct solve_reference *r, const char *instance, const char *order,
                           void (*take)(void *ctx, const struct solve_peer *peer), void *ctx)
{
    json_t *routers = entry(r->peers, instance, order), *peer;
    const char *name;

    json_object_foreach(routers, name, peer)
    {
        struct solve_peer p = { name, peer_out(peer), number_of(peer, "ms") };

        take(ctx, &p);
    }
}

static void best_take(void *ctx, const struct solve_peer *peer)
{
    double *best = ctx;

    *best = fmax(*best, peer->out); /* a number wins over NAN */
}

double solve_reference_peer(const struct solve_reference *r, const char *instance,
                            const char *order)
{
    double best = NAN;

    solve_reference_peers(r, instance, order, best_take, &best);
    return best;
}
