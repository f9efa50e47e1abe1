/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * venue_client -- speaks to a venue over nng REQ, as the solver does but without its patience: a
 * missing answer fails the test after VENUE_CLIENT_MS. Answers live in the client's arena until
 * venue_client_close, so that earlier ones can be compared with later ones.
 */
#ifndef SLUICE_TESTS_CONFORMANCE_VENUE_CLIENT_H
#define SLUICE_TESTS_CONFORMANCE_VENUE_CLIENT_H

#include <nng/nng.h>
#include <stdbool.h>
#include <stddef.h>

#include "proto/wire_venue.h"
#include "solver/core/arena.h"

#define VENUE_CLIENT_MS 20000

struct venue_client {
    nng_socket socket;
    int ready_fd; /* readable when an answer is there */
    struct arena arena;
    struct wire_bytes bytes;
};

/* Dials in the background, so the venue may be started later. */
void venue_client_open(struct venue_client *c, const char *url);
void venue_client_close(struct venue_client *c);

/* Any bytes as one message; a second one gives up the first. */
void venue_client_send(struct venue_client *c, const void *bytes, size_t n);
void venue_client_ask(struct venue_client *c, const struct wire_venue_request *r);

/* false: no answer within wait_ms, or the connection was dropped. The answer must be well-formed. */
bool venue_client_answer(struct wire_venue_answer *a, struct venue_client *c, int wait_ms);

/* Is an answer there already? Never waits. */
bool venue_client_ready(const struct venue_client *c);

/* Ask, and return the answer to this verb; the test fails on a code. */
struct wire_venue_answer venue_client_call(struct venue_client *c,
                                           const struct wire_venue_request *r);

/* Ask, and return the code; the test fails when it is 0. */
uint32_t venue_client_refused(struct venue_client *c, const struct wire_venue_request *r);

struct wire_hello venue_client_hello(struct venue_client *c, uint64_t fence);
struct wire_snapshot venue_client_snapshot(struct venue_client *c);

/* All pages in one. */
struct wire_quotes venue_client_quotes(struct venue_client *c, uint64_t since_seq,
                                       uint32_t wait_ms);

/* One leg. */
struct wire_leg_result venue_client_submit(struct venue_client *c, uint64_t fence,
                                           const struct wire_leg *leg);
struct wire_leg_result venue_client_query(struct venue_client *c, struct id leg);
struct wire_leg_result venue_client_void(struct venue_client *c, uint64_t fence, struct id leg);

/* Several legs; results[n] in their order. */
struct wire_leg_result *venue_client_group(struct venue_client *c, uint64_t fence,
                                           const struct wire_leg *legs, size_t n, bool atomic);

#endif
