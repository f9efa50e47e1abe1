/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice_scene -- a small market, a router and an order for tests of libsluice-route.
 */
#ifndef SLUICE_TESTS_SUPPORT_SLUICE_SCENE_H
#define SLUICE_TESTS_SUPPORT_SLUICE_SCENE_H

#include "solver/sluice/route.h"

#define SLUICE_SCENE_ASSETS 4 /* in the first market the last one is in no curve */
#define SLUICE_SCENE_CURVES 5

struct sluice_scene {
    struct sluice_market *market;
    struct sluice_router *router;
    struct sluice_order order;
    struct sluice_options options;
    struct sluice_route route;
    struct sluice_proof proof;
};

/* Asset 0 for asset 2 directly over two pools and a book, or through asset 1. */
void sluice_scene_open(struct sluice_scene *s);

/* The same over firm quotes whose rates tie, so that the linear program is asked. */
void sluice_scene_quotes(struct sluice_scene *s);
void sluice_scene_close(struct sluice_scene *s);

enum sluice_status sluice_scene_route(struct sluice_scene *s);
enum sluice_status sluice_scene_verify(struct sluice_scene *s);

/* The order gets this verdict, and the route is proved. */
void sluice_scene_proved(struct sluice_scene *s, enum sluice_verdict verdict);

struct sluice_amount sluice_scene_amount(uint64_t v);
struct sluice_curve sluice_scene_pool(uint32_t a, uint32_t b, uint64_t reserve_a,
                                      uint64_t reserve_b);

#endif
