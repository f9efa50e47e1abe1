/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/real_auction.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMORY_MAX ((size_t)1 << 30)
#define MARK_PLACES 18
#define DEADLINE_MS 3600000

bool real_auction_load(struct real_auction *r, const char *name)
{
    char path[SHARED_PATH_MAX];
    struct input_error e = { { 0 } };

    if (!shared_path(path, name))
        return false;
    arena_init(&r->arena, MEMORY_MAX);
    r->pools = 0;
    if (auction_file_load(&r->file, &e, path, &r->arena) != ERR_OK)
        fail_msg("%s", e.text);
    return true;
}

void real_auction_free(struct real_auction *r)
{
    arena_fini(&r->arena);
}

/* Units of account per whole unit; 0: no mark that the registry can say. */
static double mark_of(const struct auction_asset *a)
{
    double atoms = pow(10, a->decimals);

    if (amount_is_zero(a->mark.num))
        return 0;
    return (double)a->mark.num.atoms / (double)a->mark.den.atoms * atoms / 1e6;
}

void real_auction_write_assets(const struct real_auction *r, const char *path)
{
    const struct auction *a = &r->file.auction;
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "{\"format\": \"sluice-assets/1\", \"assets\": [\n");
    for (size_t i = 0; i < a->assets_n; i++) {
        fprintf(f, "%s{\"id\": %zu, \"symbol\": \"%s\", \"decimals\": %u", i > 0 ? ",\n" : "",
                i + 1, a->assets[i].name, a->assets[i].decimals);
        if (mark_of(&a->assets[i]) > pow(10, 4 - MARK_PLACES))
            fprintf(f, ", \"mark\": \"%.*f\"", MARK_PLACES, mark_of(&a->assets[i]));
        fprintf(f, "}");
    }
    fprintf(f, "\n]}\n");
    assert_int_equal(fclose(f), 0);
}

/* Exact whole units of a reserve, or false when it does not fit. */
static bool reserve_text(char text[AMOUNT_UNITS_TEXT], const struct u256 *reserve,
                         unsigned decimals)
{
    struct amount narrow;

    if (u256_to_amount(&narrow, reserve) != ERR_OK)
        return false;
    amount_units_text(text, narrow, decimals);
    return true;
}

static bool pool_write(FILE *f, const struct auction *a, size_t i, bool first)
{
    const struct curve *c = &a->curves[i];
    const struct constant_product *p = &c->as.constant_product;
    const struct auction_asset *x = &a->assets[c->asset[0]], *y = &a->assets[c->asset[1]];
    char rx[AMOUNT_UNITS_TEXT], ry[AMOUNT_UNITS_TEXT];

    if (c->kind != CURVE_constant_product || !reserve_text(rx, &p->reserve[0], x->decimals) ||
        !reserve_text(ry, &p->reserve[1], y->decimals))
        return false;
    fprintf(f,
            "%s{\"id\": %zu, \"kind\": \"constant_product\", \"assets\": [\"%s\", \"%s\"], "
            "\"reserves\": [\"%s\", \"%s\"], \"fee\": \"%.9f\"}",
            first ? "" : ",\n", i + 1, x->name, y->name, rx, ry,
            (double)(p->keep_den - p->keep_num) / (double)p->keep_den);
    return true;
}

void real_auction_write_market(struct real_auction *r, const char *path, const char *venue,
                               size_t part, size_t of)
{
    const struct auction *a = &r->file.auction;
    FILE *f = fopen(path, "w");
    bool first = true;

    assert_non_null(f);
    fprintf(f,
            "{\"format\": \"sluice-market/1\", \"venue\": \"%s\", \"kind\": \"amm\", "
            "\"atomic\": true, \"pools\": [\n",
            venue);
    for (size_t i = part; i < a->curves_n; i += of) {
        if (pool_write(f, a, i, first)) {
            first = false;
            r->pools++;
        }
    }
    fprintf(f, "\n]}\n");
    assert_int_equal(fclose(f), 0);
}

void real_auction_fund_house(const struct real_auction *r, struct deployment *d, u128 micro)
{
    const struct auction *a = &r->file.auction;

    for (size_t i = 0; i < a->assets_n; i++) {
        struct amount atoms;
        if (amount_is_zero(a->assets[i].mark.num) ||
            amount_muldiv_floor(&atoms, (struct amount){ micro }, a->assets[i].mark.den,
                                a->assets[i].mark.num) != ERR_OK ||
            atoms.atoms == 0 || atoms.atoms > UINT64_MAX)
            continue;
        trader_deposit_house(d, "home", (uint32_t)i + 1, (uint64_t)atoms.atoms);
    }
}

/* The order as an intent of today, or false when the ledger cannot carry it. */
static bool intent_of(struct intent *out, struct deployment *d, const struct auction_intent *in)
{
    struct amount sell, buy;

    if (u256_to_amount(&sell, &in->signed_sell) != ERR_OK ||
        u256_to_amount(&buy, &in->signed_buy) != ERR_OK || amount_is_zero(sell) ||
        amount_is_zero(buy))
        return false;
    *out = trader_sell(d, (struct trader_deposit){ in->sell + 1, sell },
                       (struct trader_deposit){ in->buy + 1, buy });
    out->kind = in->kind;
    out->partial = in->partial;
    out->deadline_ms = deployment_unix_ms() + DEADLINE_MS;
    return true;
}

size_t real_auction_post(const struct real_auction *r, struct deployment *d)
{
    static const char *const names[REAL_TRADERS] = { "ann", "ben", "cem", "dua" };
    const struct auction *a = &r->file.auction;
    size_t accepted = 0;

    for (size_t k = 0; k < REAL_TRADERS; k++) {
        struct trader *t = trader_get(d, names[k]);
        struct intent intents[TRADER_INTENTS_MAX];
        enum reject rejects[TRADER_INTENTS_MAX];
        size_t n = 0;

        for (size_t i = k; i < a->intents_n; i += REAL_TRADERS) {
            if (!intent_of(&intents[n], d, &a->intents[i]))
                continue;
            trader_deposit_amount(d, t, intents[n].sell_asset, intents[n].sell_amount);
            n++;
        }
        trader_post_all(rejects, d, t, intents, n);
        for (size_t i = 0; i < n; i++)
            accepted += rejects[i] == REJECT_NONE;
    }
    return accepted;
}
