/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/integration/gateway_fixture.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "solver/core/system.h"

#define TIMEOUT_MS 20000

static void assets_write(const char *dir)
{
    char path[PROCESS_LOG_MAX];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/assets.json", dir);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("{\"format\": \"sluice-assets/1\", \"assets\": ["
                "{\"id\": 1, \"symbol\": \"USDC\", \"decimals\": 6, \"mark\": \"1.00\"},"
                "{\"id\": 5, \"symbol\": \"ETH\", \"decimals\": 18, \"mark\": \"3000.00\"},"
                "{\"id\": 9, \"symbol\": \"NOTE\", \"decimals\": 0}]}",
                file);
    assert_int_equal(fclose(file), 0);
}

static void process_begin(struct gateway *g)
{
    char program[SHARED_PATH_MAX];
    char assets[PROCESS_LOG_MAX];
    char log[PROCESS_LOG_MAX];
    const char *argv[6 + 2 * GATEWAY_SETTINGS_MAX] = { program, "--dir", g->redis.dir.path,
                                                       "--assets", assets };
    size_t n = 5;

    shared_program(program, "sluice-gateway");
    (void)snprintf(assets, sizeof assets, "%s/assets.json", g->redis.dir.path);
    (void)snprintf(log, sizeof log, "%s/gateway.log", g->redis.dir.path);
    for (size_t i = 0; g->settings[i] != NULL; i++) {
        argv[n++] = "--set";
        argv[n++] = g->settings[i];
    }
    process_start(&g->process, log, argv);
}

enum reject gateway_reject_of(uint32_t code)
{
    for (enum reject r = REJECT_NONE; r <= REJECT_UNKNOWN_NAME; r++) {
        if ((uint32_t)reject_code(r) == code)
            return r;
    }
    fail_msg("no outcome has the code %u", code);
    return REJECT_NONE;
}

enum reject gateway_operate(struct wire_op_answer *out, struct gateway *g,
                            const struct wire_op_request *request)
{
    assert_ok(client_operate(out, g->operator_client, request));
    return gateway_reject_of(out->code);
}

enum reject gateway_ask(struct wire_item_answer *out, struct gateway *g,
                        const struct client_signer *who, struct wire_item item)
{
    assert_ok(client_ask_one(out, g->client, who, &item));
    return gateway_reject_of(out->code);
}

static bool ledger_answers(void *arg)
{
    struct wire_op_request r = { .kind = WIRE_OP_LIMITS };
    struct wire_op_answer a;

    return client_operate(&a, ((struct gateway *)arg)->operator_client, &r) == ERR_OK &&
           a.code == 0;
}

void gateway_wait(struct gateway *g)
{
    process_until(ledger_answers, g, TIMEOUT_MS, "sluice-gateway");
}

static struct client *client_to(const char *url)
{
    struct client_options o = { .url = url, .timeout_ms = TIMEOUT_MS, .resend_ms = 500 };
    struct client *c;

    assert_ok(client_open(&c, &o));
    return c;
}

static void fund(struct gateway *g, const struct client_signer *who, uint32_t asset, uint8_t ref)
{
    struct wire_op_request r = { .kind = WIRE_OP_DEPOSIT };
    struct wire_op_answer a;
    char owner[NAME_TEXT + 8];

    (void)snprintf(owner, sizeof owner, "user:%s", who->account.text);
    r.as.deposit = (struct wire_op_money){ .ref.bytes = { ref },
                                           .owner = owner,
                                           .key = who->key,
                                           .asset = asset,
                                           .amount = amount_pow10(24) };
    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
}

static void signer_init(struct client_signer *s, const char *account, uint8_t no)
{
    const uint8_t seed[SIGN_SEED_BYTES] = { no };

    assert_ok(name_parse(&s->account, account, strlen(account)));
    sign_from_seed(&s->key, &s->secret, seed);
}

void gateway_start(struct gateway *g, const char *const settings[])
{
    memset(g, 0, sizeof *g);
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++)
        g->settings[i] = settings[i];
    redis_start(&g->redis);
    assets_write(g->redis.dir.path);
    (void)snprintf(g->url, sizeof g->url, "ipc://%s/gateway.ipc", g->redis.dir.path);
    (void)snprintf(g->operator_url, sizeof g->operator_url, "ipc://%s/operator.ipc",
                   g->redis.dir.path);
    (void)snprintf(g->events_url, sizeof g->events_url, "ipc://%s/events.ipc", g->redis.dir.path);
    process_begin(g);
    g->client = client_to(g->url);
    g->operator_client = client_to(g->operator_url);
    signer_init(&g->alice, "alice", 1);
    signer_init(&g->bob, "bob", 2);
    gateway_wait(g);
    fund(g, &g->alice, ETH, 1);
    fund(g, &g->alice, USDC, 2);
    fund(g, &g->bob, ETH, 3);
    fund(g, &g->bob, USDC, 4);
}

void gateway_stop(struct gateway *g)
{
    client_close(g->client);
    client_close(g->operator_client);
    assert_int_equal(process_stop(&g->process), 0);
    redis_stop(&g->redis);
}

void gateway_crash(struct gateway *g)
{
    process_kill(&g->process);
    process_begin(g);
}

void gateway_restart(struct gateway *g)
{
    assert_int_equal(process_stop(&g->process), 0);
    process_begin(g);
}

struct wire_item gateway_intent(struct gateway *g)
{
    struct wire_item item = { .kind = WIRE_ITEM_INTENT };
    struct intent *i = &item.as.intent;
    uint64_t no = ++g->ids;

    i->id.bytes[0] = 0xa1;
    memcpy(&i->id.bytes[8], &no, sizeof no);
    i->kind = INTENT_SELL;
    i->sell_asset = ETH;
    i->buy_asset = USDC;
    i->sell_amount = amount_pow10(18);
    i->buy_amount = AMOUNT_OF(3000000000u);
    i->deadline_ms = system_clock().unix_ms(NULL) + 3600000;
    return item;
}

uint64_t gateway_metric(struct gateway *g, const char *name)
{
    struct wire_op_request r = { .kind = WIRE_OP_METRICS };
    struct wire_op_answer a;

    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    for (size_t i = 0; i < a.metrics_n; i++) {
        if (strcmp(a.metrics[i].name, name) == 0)
            return a.metrics[i].value;
    }
    fail_msg("no metric %s", name);
    return 0;
}

void gateway_audit(struct gateway *g)
{
    struct wire_op_request r = { .kind = WIRE_OP_AUDIT, .as.audit.full = true };
    struct wire_op_answer a;

    assert_reject(gateway_operate(&a, g, &r), REJECT_NONE);
    assert_true(a.sound);
    assert_true(a.audit_n > 0);
    for (size_t i = 0; i < a.audit_n; i++)
        assert_true(delta_is_zero(a.audit[i].difference));
}

void raw_open(struct raw *r, const char *url)
{
    nng_socket s;

    memset(r, 0, sizeof *r);
    arena_init(&r->arena, 8 * WIRE_ANSWER_MAX);
    assert_int_equal(nng_req0_open(&s), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_SENDTIMEO, TIMEOUT_MS), 0);
    assert_int_equal(nng_socket_set_size(s, NNG_OPT_RECVMAXSZ, WIRE_ANSWER_MAX), 0);
    assert_int_equal(nng_dial(s, url, NULL, NNG_FLAG_NONBLOCK), 0);
    r->socket = s.id;
}

void raw_close(struct raw *r)
{
    assert_int_equal(nng_close((nng_socket){ r->socket }), 0);
    if (r->answer != NULL)
        nng_free(r->answer, r->answer_n);
    wire_bytes_fini(&r->bytes);
    arena_fini(&r->arena);
}

bool raw_try(struct raw *r, const void *bytes, size_t n, int wait_ms)
{
    nng_socket s = { r->socket };
    void *at;

    if (r->answer != NULL)
        nng_free(r->answer, r->answer_n);
    r->answer = NULL;
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, wait_ms), 0);
    assert_int_equal(nng_send(s, (void *)(uintptr_t)bytes, n, 0), 0);
    if (nng_recv(s, &at, &r->answer_n, NNG_FLAG_ALLOC) != 0)
        return false;
    r->answer = at;
    return true;
}

void raw_ask(struct raw *r)
{
    assert_true(raw_try(r, r->bytes.data, r->bytes.n, TIMEOUT_MS));
}

void raw_hangs_up_on(const char *url, uint32_t announced)
{
    uint8_t said[17] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0, 1 };
    uint8_t heard[9];
    int fd = process_connect(strchr(url, '/') + 2);

    assert_true(fd >= 0);
    for (int i = 0; i < 4; i++)
        said[13 + i] = (uint8_t)(announced >> (24 - 8 * i));
    assert_int_equal(send(fd, said, sizeof said, MSG_NOSIGNAL), sizeof said);
    assert_int_equal(recv(fd, heard, 8, MSG_WAITALL), 8);
    assert_int_equal(recv(fd, heard, sizeof heard, 0), 0);
    (void)close(fd);
}
