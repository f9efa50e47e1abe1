/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/allocate.h"

#include "solver/core/check.h"
#include "solver/core/wide.h"

#define SHRINKS_MAX 2 /* then a fill is dropped, so that a ring cannot shrink by an atom for ever */

static struct allocate_asset *asset_find(const struct allocate *x, uint32_t asset)
{
    size_t lo = 0, hi = x->assets_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (x->assets[mid].asset < asset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < x->assets_n && x->assets[lo].asset == asset ? &x->assets[lo] : NULL;
}

static enum err fill_check(const struct allocate *x, const struct allocate_fill *f)
{
    bool settled = f->state == ALLOCATE_SETTLED;

    if (f->state != ALLOCATE_PLANNED && !settled)
        return ERR_INVALID;
    if (asset_find(x, f->sell_asset) == NULL || asset_find(x, f->buy_asset) == NULL)
        return ERR_INVALID;
    if (amount_is_zero(f->planned_paid) || amount_is_zero(f->planned_got))
        return ERR_INVALID;
    if (!amount_limit_holds(f->planned_paid, f->planned_got, f->signed_sell, f->signed_buy))
        return ERR_INVALID;
    if (settled && (amount_cmp(f->paid, f->planned_paid) > 0 ||
                    !amount_limit_holds(f->paid, f->got, f->signed_sell, f->signed_buy)))
        return ERR_INVALID;
    return ERR_OK;
}

static enum err input_check(const struct allocate *x)
{
    for (size_t i = 1; i < x->assets_n; i++) {
        if (x->assets[i - 1].asset >= x->assets[i].asset)
            return ERR_INVALID;
    }
    for (size_t i = 0; i < x->fills_n; i++)
        TRY(fill_check(x, &x->fills[i]));
    for (size_t i = 0; i < x->legs_n; i++) {
        if (asset_find(x, x->legs[i].in_asset) == NULL ||
            asset_find(x, x->legs[i].out_asset) == NULL)
            return ERR_INVALID;
    }
    return ERR_OK;
}

static void outputs_clear(struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++) {
        struct allocate_asset *a = &x->assets[i];

        *a = (struct allocate_asset){ .asset = a->asset, .cover = a->cover };
    }
    for (size_t i = 0; i < x->fills_n; i++) {
        struct allocate_fill *f = &x->fills[i];

        f->shrunk = 0;
        if (f->state == ALLOCATE_PLANNED) {
            f->paid = f->planned_paid;
            f->got = f->planned_got;
        }
    }
}

/* What the pot holds if every unknown leg fills nothing. ERR_INVALID: the legs took too much. */
static enum err pot_count(struct allocate *x)
{
    struct allocate_asset *a;

    for (size_t i = 0; i < x->fills_n; i++) {
        a = asset_find(x, x->fills[i].sell_asset);
        TRY(amount_add(&a->have, a->have, x->fills[i].planned_paid));
    }
    for (size_t i = 0; i < x->legs_n; i++) {
        if (x->legs[i].unknown)
            continue;
        a = asset_find(x, x->legs[i].out_asset);
        TRY(amount_add(&a->have, a->have, x->legs[i].out));
    }
    for (size_t i = 0; i < x->legs_n; i++) {
        if (x->legs[i].unknown)
            continue;
        a = asset_find(x, x->legs[i].in_asset);
        if (amount_sub(&a->have, a->have, x->legs[i].in) != ERR_OK)
            return ERR_INVALID;
    }
    return ERR_OK;
}

/* What the fills, as they stand, want from the pot: payouts, and sell amounts that return. */
static enum err need_count(struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++)
        x->assets[i].need = AMOUNT_ZERO;
    for (size_t i = 0; i < x->fills_n; i++) {
        const struct allocate_fill *f = &x->fills[i];
        struct allocate_asset *sell = asset_find(x, f->sell_asset);
        struct allocate_asset *buy = asset_find(x, f->buy_asset);

        TRY(amount_add(&sell->need, sell->need, amount_sub_or_zero(f->planned_paid, f->paid)));
        TRY(amount_add(&buy->need, buy->need, f->got));
    }
    return ERR_OK;
}

/*
 * Compare the planned surplus per atom of two fills that buy the same asset: got * sell against
 * paid * buy is how far a fill stands above its limit. Ties by id.
 */
static bool gives_way_before(const struct allocate_fill *f, const struct allocate_fill *g)
{
    struct u256 terms[8] = {
        u256_of_amount(f->planned_got),  u256_of_amount(f->signed_sell),
        u256_of_amount(g->planned_paid), u256_of_amount(g->signed_buy),
        u256_of_amount(g->planned_got),  u256_of_amount(g->signed_sell),
        u256_of_amount(f->planned_paid), u256_of_amount(f->signed_buy),
    };
    struct u512 mine, other;
    int order;

    for (int i = 0; i < 8; i += 2)
        CHECK(u256_mul(&terms[i], &terms[i], &terms[i + 1]) == ERR_OK); /* 128 by 128 bits */
    wide_mul(&mine, &terms[0], &terms[2]);
    wide_mul(&other, &terms[4], &terms[6]);
    order = wide_cmp(&mine, &other);
    return order < 0 || (order == 0 && id_cmp(f->intent, g->intent) < 0);
}

/* Does the pot still hold what comes back to f when `missing` of what it gets is taken away? */
static bool returns_in_full(const struct allocate *x, const struct allocate_fill *f,
                            struct amount missing)
{
    const struct allocate_asset *sell = asset_find(x, f->sell_asset);
    struct amount back = f->paid;

    if (f->partial && f->shrunk < SHRINKS_MAX &&
        amount_muldiv_ceil(&back, missing, f->planned_paid, f->planned_got) == ERR_OK)
        back = amount_min(back, f->paid);
    return amount_cmp(amount_sub_or_zero(sell->have, sell->need), back) >= 0;
}

/* Who may give way when an asset is short. */
enum giving { ANY_FILL, FILL_PAID_BACK };

/* Who gives way when `missing` of an asset is not there. */
static struct allocate_fill *victim_find(const struct allocate *x, uint32_t buy_asset,
                                         struct amount missing, enum giving who)
{
    struct allocate_fill *victim = NULL;
    bool victim_returns = false;

    for (size_t i = 0; i < x->fills_n; i++) {
        struct allocate_fill *f = &x->fills[i];
        bool returns;

        if (f->state != ALLOCATE_PLANNED || f->buy_asset != buy_asset || amount_is_zero(f->got))
            continue;
        returns = returns_in_full(x, f, missing);
        if (who == FILL_PAID_BACK && !returns)
            continue;
        if (victim == NULL || returns > victim_returns ||
            (returns == victim_returns && gives_way_before(f, victim))) {
            victim = f;
            victim_returns = returns;
        }
    }
    return victim;
}

/* Take up to `missing` of what f gets away from it, at its planned price and within its limit. */
static enum err fill_reduce(struct allocate_fill *f, struct amount missing)
{
    struct amount got = amount_sub_or_zero(f->got, missing);
    struct amount paid, most;

    if (!f->partial || f->shrunk == SHRINKS_MAX)
        got = AMOUNT_ZERO;
    f->shrunk++;
    TRY(amount_muldiv_ceil(&paid, got, f->planned_paid, f->planned_got));
    if (!amount_is_zero(f->signed_buy)) {
        if (amount_muldiv_floor(&most, got, f->signed_sell, f->signed_buy) == ERR_OK)
            paid = amount_min(paid, most);
    }
    paid = amount_min(paid, f->paid);
    f->paid = amount_is_zero(got) ? AMOUNT_ZERO : paid;
    f->got = amount_is_zero(paid) ? AMOUNT_ZERO : got;
    return ERR_OK;
}

/* Cover what is missing of a, or make one fill give way. *changed tells whether one did. */
static enum err asset_settle(bool *changed, struct allocate *x, struct allocate_asset *a,
                             enum giving who)
{
    struct amount missing = amount_sub_or_zero(a->need, a->have);
    struct allocate_fill *victim;

    a->from_house = amount_min(missing, a->cover);
    a->needed = amount_sub_or_zero(missing, a->from_house);
    if (amount_is_zero(a->needed))
        return ERR_OK;
    victim = victim_find(x, a->asset, a->needed, who);
    if (victim == NULL)
        return ERR_OK;
    *changed = true;
    return fill_reduce(victim, a->needed);
}

/* Ends: each change shrinks a fill, and a fill shrinks at most SHRINKS_MAX + 1 times. */
static enum err shortages_settle(struct allocate *x, enum giving who)
{
    bool changed;

    do {
        changed = false;
        TRY(need_count(x));
        for (size_t i = 0; !changed && i < x->assets_n; i++)
            TRY(asset_settle(&changed, x, &x->assets[i], who));
    } while (changed);
    return ERR_OK;
}

static bool any_needed(const struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++) {
        if (!amount_is_zero(x->assets[i].needed))
            return true;
    }
    return false;
}

static bool fill_is_full(const struct allocate_fill *f)
{
    return amount_cmp(f->paid, f->planned_paid) == 0 && amount_cmp(f->got, f->planned_got) == 0;
}

/* How much less than planned f may get: down to its limit, at least an atom. */
static enum err fill_slack(struct amount *slack, const struct allocate_fill *f)
{
    struct amount least;

    *slack = AMOUNT_ZERO;
    if (f->state != ALLOCATE_PLANNED || !fill_is_full(f) || (f->exact_buy && !f->partial))
        return ERR_OK;
    TRY(amount_muldiv_ceil(&least, f->paid, f->signed_buy, f->signed_sell));
    if (amount_is_zero(least))
        least = AMOUNT_OF(1);
    *slack = amount_sub_or_zero(f->got, least);
    return ERR_OK;
}

/*
 * The pot cannot pay, whoever gives way. Then only those do whom it pays back in full, and what the
 * others lack is needed: they sold already and want to get what they bought.
 */
static enum err shortages_name(struct allocate *x)
{
    outputs_clear(x);
    TRY(pot_count(x));
    TRY(shortages_settle(x, FILL_PAID_BACK));
    for (size_t i = 0; i < x->assets_n; i++) {
        struct allocate_asset *a = &x->assets[i];

        a->spare = amount_sub_or_zero(a->have, a->need);
        a->needed_min = a->needed;
    }
    for (size_t i = 0; i < x->fills_n; i++) {
        struct allocate_asset *a = asset_find(x, x->fills[i].buy_asset);
        struct amount slack;

        TRY(fill_slack(&slack, &x->fills[i]));
        a->needed_min = amount_sub_or_zero(a->needed_min, slack);
    }
    return ERR_OK;
}

static bool limits_affordable(const struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++) {
        if (!amount_is_zero(x->assets[i].needed_min))
            return false;
    }
    return true;
}

/* Let those who buy a get less, the one with the most surplus per atom first. */
static enum err asset_to_limit(struct allocate *x, struct allocate_asset *a)
{
    while (!amount_is_zero(a->needed)) {
        struct allocate_fill *giver = NULL;
        struct amount slack, given = AMOUNT_ZERO;

        for (size_t i = 0; i < x->fills_n; i++) {
            struct allocate_fill *f = &x->fills[i];

            TRY(fill_slack(&slack, f));
            if (f->buy_asset != a->asset || amount_is_zero(slack) ||
                (giver != NULL && gives_way_before(f, giver)))
                continue;
            giver = f;
            given = amount_min(slack, a->needed);
        }
        CHECK(giver != NULL); /* needed_min is zero: there is slack for all of needed */
        giver->got = amount_sub_or_zero(giver->got, given);
        a->needed = amount_sub_or_zero(a->needed, given);
    }
    return ERR_OK;
}

static enum err fills_to_limit(struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++)
        TRY(asset_to_limit(x, &x->assets[i]));
    return need_count(x);
}

static bool any_unknown(const struct allocate *x)
{
    for (size_t i = 0; i < x->legs_n; i++) {
        if (x->legs[i].unknown)
            return true;
    }
    return false;
}

/* Did the house pay in or a fill give way? Then what is left over was taken in exchange. */
static bool plan_failed(const struct allocate *x)
{
    for (size_t i = 0; i < x->assets_n; i++) {
        if (!amount_is_zero(x->assets[i].from_house))
            return true;
    }
    for (size_t i = 0; i < x->fills_n; i++) {
        if (!fill_is_full(&x->fills[i]))
            return true;
    }
    return false;
}

static enum err better_than_promised(struct amount *sum, const struct allocate *x, uint32_t asset)
{
    *sum = AMOUNT_ZERO;
    for (size_t i = 0; i < x->legs_n; i++) {
        const struct allocate_leg *l = &x->legs[i];

        if (l->out_asset == asset)
            TRY(amount_add(sum, *sum, amount_sub_or_zero(l->out, l->promised)));
    }
    return ERR_OK;
}

/* The last settle: what nobody is owed leaves the pot to fees and the house. */
static enum err pot_empty(struct allocate *x)
{
    bool failed = plan_failed(x);

    for (size_t i = 0; i < x->assets_n; i++) {
        struct allocate_asset *a = &x->assets[i];
        struct amount better, left;

        TRY(amount_add(&left, a->have, a->from_house));
        TRY(amount_sub(&left, left, a->need));
        TRY(better_than_promised(&better, x, a->asset));
        a->fees = amount_min(left, better);
        left = amount_sub_or_zero(left, a->fees);
        *(failed ? &a->to_house : &a->dust) = left;
    }
    for (size_t i = 0; i < x->fills_n; i++)
        x->fills[i].state = ALLOCATE_SETTLED;
    return ERR_OK;
}

/* have becomes what the pot surely holds now: without what is in flight, and what settled took. */
static enum err pot_certain(struct allocate *x)
{
    for (size_t i = 0; i < x->legs_n; i++) {
        struct allocate_asset *a = asset_find(x, x->legs[i].in_asset);

        if (x->legs[i].unknown && amount_sub(&a->have, a->have, x->legs[i].in) != ERR_OK)
            return ERR_INVALID;
    }
    for (size_t i = 0; i < x->fills_n; i++) {
        const struct allocate_fill *f = &x->fills[i];
        struct allocate_asset *sell = asset_find(x, f->sell_asset);
        struct allocate_asset *buy = asset_find(x, f->buy_asset);

        if (f->state != ALLOCATE_SETTLED)
            continue;
        if (amount_sub(&buy->have, buy->have, f->got) != ERR_OK ||
            amount_sub(&sell->have, sell->have, amount_sub_or_zero(f->planned_paid, f->paid)) !=
                ERR_OK)
            return ERR_INVALID;
    }
    return ERR_OK;
}

/*
 * Settle what no outcome of an unknown leg can touch: fills that are whole although those legs
 * fill nothing, from what the pot surely holds. Everybody else waits.
 */
static enum err settle_part(struct allocate *x, bool keep_needed)
{
    TRY(pot_certain(x));
    for (size_t i = 0; i < x->fills_n; i++) {
        struct allocate_fill *f = &x->fills[i];
        struct allocate_asset *buy = asset_find(x, f->buy_asset);

        if (f->state == ALLOCATE_SETTLED)
            continue;
        if (fill_is_full(f) && amount_sub(&buy->have, buy->have, f->got) == ERR_OK) {
            f->state = ALLOCATE_SETTLED;
            continue;
        }
        f->state = ALLOCATE_WAITS;
        f->paid = AMOUNT_ZERO;
        f->got = AMOUNT_ZERO;
    }
    for (size_t i = 0; i < x->assets_n; i++) {
        x->assets[i].from_house = AMOUNT_ZERO;
        if (!keep_needed)
            x->assets[i].needed = AMOUNT_ZERO;
    }
    return ERR_OK;
}

enum err allocate_run(enum allocate_result *result, struct allocate *x)
{
    bool unknown = any_unknown(x);

    TRY(input_check(x));
    outputs_clear(x);
    TRY(pot_count(x));
    TRY(shortages_settle(x, ANY_FILL));
    if (!unknown && any_needed(x)) {
        TRY(shortages_name(x));
        if (x->to_limit && limits_affordable(x))
            TRY(fills_to_limit(x));
    }
    if (!unknown && !any_needed(x)) {
        TRY(pot_empty(x));
        *result = ALLOCATE_DONE;
        return ERR_OK;
    }
    TRY(settle_part(x, !unknown));
    *result = unknown ? ALLOCATE_PART : ALLOCATE_UNCOVERED;
    return ERR_OK;
}
