/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gateway_fixture -- a real sluice-gateway on a real redis-server, with two funded accounts.
 *
 * alice and bob hold 10^24 atoms of ETH (5) and of USDC (1) each. Everything lives in the folder of
 * the redis fixture.
 */
#ifndef SLUICE_TESTS_INTEGRATION_GATEWAY_FIXTURE_H
#define SLUICE_TESTS_INTEGRATION_GATEWAY_FIXTURE_H

#include "gateway/client/client.h"
#include "solver/core/reject.h"
#include "tests/support/test_support.h"

#define USDC 1
#define ETH 5
#define NOTE 9 /* without a mark */
#define GATEWAY_SETTINGS_MAX 8

struct gateway {
    struct redis redis;
    struct process process;
    char url[TMPDIR_PATH_MAX + 32];
    char operator_url[TMPDIR_PATH_MAX + 32];
    char events_url[TMPDIR_PATH_MAX + 32];
    const char *settings[GATEWAY_SETTINGS_MAX]; /* "--set" values; NULL ends */
    struct client *client;
    struct client *operator_client;
    struct client_signer alice;
    struct client_signer bob;
    uint64_t ids; /* given out by gateway_intent */
};

/* settings: NULL-terminated "field=value", or NULL. */
void gateway_start(struct gateway *g, const char *const settings[]);
void gateway_stop(struct gateway *g);

/* Only the process: kill -9 and start again, or SIGTERM and start again. */
void gateway_crash(struct gateway *g);
void gateway_restart(struct gateway *g);

/* Until the ledger answers through it. */
void gateway_wait(struct gateway *g);

/* A new intent of alice or bob: one ETH for 3000 USDC, an hour ahead, with its own id. */
struct wire_item gateway_intent(struct gateway *g);

/* Ask for one item and return the answer's code as a reject. */
enum reject gateway_ask(struct wire_item_answer *out, struct gateway *g,
                        const struct client_signer *who, struct wire_item item);
enum reject gateway_operate(struct wire_op_answer *out, struct gateway *g,
                            const struct wire_op_request *request);

enum reject gateway_reject_of(uint32_t code);
uint64_t gateway_metric(struct gateway *g, const char *name);

/* The audit must be sound, with every difference zero. */
void gateway_audit(struct gateway *g);

/* A peer that says any bytes over nng REQ. */
struct raw {
    uint32_t socket;
    struct arena arena;
    struct wire_bytes bytes; /* said by raw_ask */
    uint8_t *answer;
    size_t answer_n;
};

void raw_open(struct raw *r, const char *url);
void raw_close(struct raw *r);

/* A message that announces so many bytes is hung up on. By hand, because nng would dial and say it
 * again. */
void raw_hangs_up_on(const char *url, uint32_t announced);

/* Say r->bytes and wait for an answer. */
void raw_ask(struct raw *r);

/* The same with other bytes; false: no answer within wait_ms. */
bool raw_try(struct raw *r, const void *bytes, size_t n, int wait_ms);

#define assert_reject(got, wanted) assert_string_equal(reject_name(got), reject_name(wanted))

#endif
