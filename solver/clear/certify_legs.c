/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/certify_legs.h"

static const struct auction_venue *venue_of(const struct auction *a, const struct solution_leg *l)
{
    return &a->venues[a->curves[l->curve].venue];
}

static uint32_t asset_in(const struct auction *a, const struct solution_leg *l)
{
    return a->curves[l->curve].asset[l->way.give];
}

static uint32_t asset_out(const struct auction *a, const struct solution_leg *l)
{
    return a->curves[l->curve].asset[l->way.get];
}

/* May leg i continue the group of leg i - 1, or start one that no earlier leg has? */
static bool group_holds(const struct auction *a, const struct solution *s, size_t i)
{
    const struct solution_leg *l = &s->legs[i];

    if (l->group == 0)
        return true;
    if (!venue_of(a, l)->atomic || !replay_home(a, l))
        return false;
    if (i > 0 && s->legs[i - 1].group == l->group)
        return s->legs[i - 1].stage == l->stage &&
               a->curves[s->legs[i - 1].curve].venue == a->curves[l->curve].venue;
    for (size_t j = 0; j + 1 < i; j++) {
        if (s->legs[j].group == l->group)
            return false;
    }
    return true;
}

void legs_judge_form(struct verdict *v, const struct auction *a, const struct solution *s)
{
    if (a->options.legs_max > 0 && s->legs_n > a->options.legs_max) {
        *v = (struct verdict){ .rule = CERTIFY_LEGS_MAX,
                               .have = u256_of(s->legs_n),
                               .want = u256_of(a->options.legs_max) };
        return;
    }
    for (size_t i = 0; i < s->legs_n && v->rule == CERTIFY_OK; i++) {
        if (u256_is_zero(&s->legs[i].in) || u256_is_zero(&s->legs[i].min_out))
            *v = (struct verdict){ .rule = CERTIFY_EMPTY, .at = i };
        else if (i > 0 && s->legs[i].stage < s->legs[i - 1].stage)
            *v = (struct verdict){ .rule = CERTIFY_STAGE, .at = i };
        else if (!group_holds(a, s, i))
            *v = (struct verdict){ .rule = CERTIFY_GROUP, .at = i };
    }
}

/* Per asset: what comes in, what goes out. */
struct flows {
    struct u256 *received;
    struct u256 *given;
    struct u256 *owed; /* payouts */
    size_t n;
};

static enum err flows_init(struct flows *f, struct arena *scratch, const struct replay *r)
{
    *f = (struct flows){ .received = ARENA_NEW(scratch, r->a->assets_n, struct u256),
                         .given = ARENA_NEW(scratch, r->a->assets_n, struct u256),
                         .owed = ARENA_NEW(scratch, r->a->assets_n, struct u256),
                         .n = r->a->assets_n };
    if (f->received == NULL || f->given == NULL || f->owed == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->s->fills_n; i++) {
        const struct solution_fill *fill = &r->s->fills[i];
        const struct auction_intent *in = &r->a->intents[fill->intent];

        TRY(u256_add(&f->received[in->sell], &f->received[in->sell], &fill->paid));
        TRY(u256_add(&f->owed[in->buy], &f->owed[in->buy], &fill->got));
    }
    return ERR_OK;
}

/* given + owed <= received + extra for every asset? */
static void flows_balance(struct verdict *v, const struct flows *f, const struct u256 *extra,
                          enum certify_rule rule)
{
    for (size_t i = 0; i < f->n && v->rule == CERTIFY_OK; i++) {
        struct u256 have = { { 0 } }, want = { { 0 } };

        if (u256_add(&want, &f->given[i], &f->owed[i]) != ERR_OK ||
            u256_add(&have, &f->received[i], &extra[i]) != ERR_OK || u256_cmp(&have, &want) < 0)
            *v = (struct verdict){ .rule = rule, .at = i, .have = have, .want = want };
    }
}

/* What leg i draws from the pot: its input less what earlier legs of its group give and nobody
 * before it in the group uses (docs/decisions/0003). */
static enum err leg_draw(struct u256 *draw, const struct replay *r, size_t i)
{
    const struct solution_leg *legs = r->s->legs;
    struct u256 spare = u256_of(0);
    size_t first = i;

    while (legs[i].group != 0 && first > 0 && legs[first - 1].group == legs[i].group)
        first--;
    for (size_t j = first; j < i; j++) {
        if (asset_in(r->a, &legs[j]) == asset_in(r->a, &legs[i]) &&
            u256_sub(&spare, &spare, &legs[j].in) != ERR_OK)
            spare = u256_of(0);
        if (asset_out(r->a, &legs[j]) == asset_in(r->a, &legs[i]))
            TRY(u256_add(&spare, &spare, &legs[j].min_out));
    }
    if (u256_sub(draw, &legs[i].in, &spare) != ERR_OK)
        *draw = u256_of(0);
    return ERR_OK;
}

/* The legs [first, end) of a stage are done: the pot has what they gave. */
static enum err stage_end(struct flows *f, const struct replay *r, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct solution_leg *l = &r->s->legs[i];
        struct u256 *given = &f->given[asset_in(r->a, l)];
        struct u256 *received = &f->received[asset_out(r->a, l)], rest;

        if (!replay_home(r->a, l))
            continue;
        TRY(leg_draw(&rest, r, i));
        TRY(u256_sub(&rest, &l->in, &rest));
        TRY(u256_add(given, given, &rest));
        TRY(u256_add(received, received, &l->min_out));
    }
    return ERR_OK;
}

/* The pot, stage by stage: legs of one stage leave together, so none of them can pay with what
 * another one outside its group gives. With options.cycles it may be overdrawn on the way. */
static enum err pot_run(struct verdict *v, struct flows *f, const struct replay *r)
{
    const struct solution_leg *legs = r->s->legs;
    size_t first = 0;

    for (size_t i = 0; i < r->s->legs_n; i++) {
        uint32_t in = asset_in(r->a, &legs[i]);
        struct u256 draw;

        if (legs[i].stage != legs[first].stage) {
            TRY(stage_end(f, r, first, i));
            first = i;
        }
        if (!replay_home(r->a, &legs[i]))
            continue;
        TRY(leg_draw(&draw, r, i));
        TRY(u256_add(&f->given[in], &f->given[in], &draw));
        if (!r->a->options.cycles && u256_cmp(&f->given[in], &f->received[in]) > 0) {
            *v = (struct verdict){
                .rule = CERTIFY_POT, .at = i, .have = f->received[in], .want = f->given[in]
            };
            return ERR_OK;
        }
    }
    return stage_end(f, r, first, r->s->legs_n);
}

static enum err all_run(struct flows *f, const struct replay *r)
{
    for (size_t i = 0; i < r->s->legs_n; i++) {
        const struct solution_leg *l = &r->s->legs[i];
        uint32_t in = asset_in(r->a, l), out = asset_out(r->a, l);

        TRY(u256_add(&f->given[in], &f->given[in], &l->in));
        TRY(u256_add(&f->received[out], &f->received[out], &l->min_out));
    }
    return ERR_OK;
}

static enum err money(struct verdict *v, const struct replay *r, struct arena *scratch)
{
    struct u256 *cover = ARENA_NEW(scratch, r->a->assets_n, struct u256);
    struct u256 *nothing = ARENA_NEW(scratch, r->a->assets_n, struct u256);
    struct flows all, pot;

    if (cover == NULL || nothing == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->s->covers_n; i++)
        cover[r->s->covers[i].asset] = u256_of_amount(r->s->covers[i].amount);
    TRY(flows_init(&all, scratch, r));
    TRY(all_run(&all, r));
    flows_balance(v, &all, nothing, CERTIFY_CONSERVATION);
    if (v->rule != CERTIFY_OK)
        return ERR_OK;
    TRY(flows_init(&pot, scratch, r));
    TRY(pot_run(v, &pot, r));
    if (v->rule == CERTIFY_OK)
        flows_balance(v, &pot, cover, CERTIFY_PAYOUT);
    return ERR_OK;
}

void legs_judge_money(struct verdict *v, const struct replay *r, struct arena *scratch)
{
    enum err e = money(v, r, scratch);

    if (e != ERR_OK)
        *v = (struct verdict){ .rule = e == ERR_NOMEM ? CERTIFY_MEMORY : CERTIFY_CONSERVATION };
}

static struct u256 available(const struct auction *a, const struct name *domain, uint32_t asset)
{
    for (size_t i = 0; i < a->inventory_n; i++) {
        if (a->inventory[i].asset == asset && name_equal(&a->inventory[i].domain, domain))
            return u256_of_amount(a->inventory[i].available);
    }
    return u256_of(0);
}

/* The legs of one domain may take of an asset what is there, plus what earlier ones brought. */
static void leg_judge_inventory(struct verdict *v, const struct replay *r, size_t last)
{
    const struct solution_leg *l = &r->s->legs[last];
    const struct name *domain = &venue_of(r->a, l)->domain;
    uint32_t asset = asset_in(r->a, l);
    struct u256 have = available(r->a, domain, asset), want = u256_of(0);
    enum err e = ERR_OK;

    for (size_t i = 0; i <= last && e == ERR_OK; i++) {
        const struct solution_leg *m = &r->s->legs[i];

        if (!name_equal(&venue_of(r->a, m)->domain, domain))
            continue;
        if (asset_in(r->a, m) == asset)
            e = u256_add(&want, &want, &m->in);
        else if (asset_out(r->a, m) == asset)
            e = u256_add(&have, &have, &m->min_out);
    }
    if (e != ERR_OK || u256_cmp(&want, &have) > 0)
        *v = (struct verdict){ .rule = CERTIFY_INVENTORY, .at = last, .have = have, .want = want };
}

static void covers_judge(struct verdict *v, const struct replay *r)
{
    struct name home = { DOMAIN_HOME };

    for (size_t i = 0; i < r->s->covers_n && v->rule == CERTIFY_OK; i++) {
        struct u256 have = available(r->a, &home, r->s->covers[i].asset);
        struct u256 want = u256_of_amount(r->s->covers[i].amount);

        if (u256_cmp(&want, &have) > 0)
            *v = (struct verdict){ .rule = CERTIFY_INVENTORY, .at = i, .have = have, .want = want };
    }
}

/* Does a limit of `subject` rule `name`? "any" rules all that have no limit of their own. */
static bool row_rules(const struct auction *a, const struct row *row, const struct name *name)
{
    struct name any = { "any" };

    if (name_equal(&row->subject, name))
        return true;
    if (!name_equal(&row->subject, &any))
        return false;
    for (size_t i = 0; i < a->rows_n; i++) {
        const struct row *own = &a->rows[i];

        if (own->kind == row->kind && (row->kind == ROW_VALUE || own->asset == row->asset) &&
            name_equal(&own->subject, name))
            return false;
    }
    return true;
}

/* A leg's value at the mark, rounded up; an asset without mark has no bounded value. */
static enum err leg_value(struct u256 *out, const struct auction *a, const struct solution_leg *l)
{
    struct price mark = a->assets[asset_in(a, l)].mark;
    struct u256 num = u256_of_amount(mark.num), den = u256_of_amount(mark.den);

    if (amount_is_zero(mark.num))
        return ERR_NOT_FOUND;
    return u256_muldiv_ceil(out, &l->in, &num, &den);
}

/* Add what leg l uses of a venue's limit. */
static enum err row_use(struct u256 *used, const struct auction *a, const struct row *row,
                        const struct solution_leg *l)
{
    struct u256 value;

    if (row->kind == ROW_IN_FLIGHT)
        return asset_in(a, l) == row->asset ? u256_add(used, used, &l->in) : ERR_OK;
    TRY(leg_value(&value, a, l));
    return u256_add(used, used, &value);
}

/* ROW_IN_FLIGHT and ROW_VALUE, at one venue. */
static void row_judge_venue(struct verdict *v, const struct replay *r, size_t i, uint32_t venue)
{
    const struct row *row = &r->a->rows[i];
    struct u256 used = u256_of_amount(row->used), max = u256_of_amount(row->max);
    enum err e = ERR_OK;
    bool touched = false;

    if (!row_rules(r->a, row, &r->a->venues[venue].name))
        return;
    for (size_t j = 0; j < r->s->legs_n && e == ERR_OK; j++) {
        struct u256 before = used;

        if (r->a->curves[r->s->legs[j].curve].venue != venue)
            continue;
        e = row_use(&used, r->a, row, &r->s->legs[j]);
        touched = touched || u256_cmp(&before, &used) != 0;
    }
    if (e != ERR_OK || (touched && u256_cmp(&used, &max) > 0))
        *v = (struct verdict){ .rule = CERTIFY_ROW, .at = i, .have = used, .want = max };
}

/* Owned inventory stays above min if every leg of the domain fails to return, and every cover is
 * used; above max only what comes in counts. */
static enum err inventory_worst(struct u256 *out, struct u256 *in, const struct replay *r,
                                const struct row *row, const struct name *domain)
{
    struct name home = { DOMAIN_HOME };

    *out = u256_of(0);
    *in = u256_of(0);
    for (size_t i = 0; i < r->s->legs_n; i++) {
        const struct solution_leg *l = &r->s->legs[i];

        if (replay_home(r->a, l) || !name_equal(&venue_of(r->a, l)->domain, domain))
            continue;
        if (asset_in(r->a, l) == row->asset)
            TRY(u256_add(out, out, &l->in));
        if (asset_out(r->a, l) == row->asset)
            TRY(u256_add(in, in, &l->min_out));
    }
    for (size_t i = 0; i < r->s->covers_n && name_equal(domain, &home); i++) {
        struct u256 cover = u256_of_amount(r->s->covers[i].amount);

        if (r->s->covers[i].asset == row->asset)
            TRY(u256_add(out, out, &cover));
    }
    return ERR_OK;
}

static void row_judge_inventory(struct verdict *v, const struct replay *r, size_t i,
                                const struct name *domain)
{
    const struct row *row = &r->a->rows[i];
    struct u256 used = u256_of_amount(row->used), min = u256_of_amount(row->min);
    struct u256 max = u256_of_amount(row->max), out, in;
    enum err e = inventory_worst(&out, &in, r, row, domain);

    if (!row_rules(r->a, row, domain))
        return;
    if (!name_equal(domain, &row->subject)) /* a limit for "any" does not know what is there */
        used = available(r->a, domain, row->asset);

    if (e == ERR_OK)
        e = u256_add(&min, &min, &out);
    if (e == ERR_OK)
        e = u256_add(&in, &in, &used);
    if (e != ERR_OK || (!u256_is_zero(&out) && u256_cmp(&used, &min) < 0))
        *v = (struct verdict){ .rule = CERTIFY_ROW, .at = i, .have = used, .want = min };
    else if (u256_cmp(&in, &used) > 0 && u256_cmp(&in, &max) > 0)
        *v = (struct verdict){ .rule = CERTIFY_ROW, .at = i, .have = in, .want = max };
}

void legs_judge_limits(struct verdict *v, const struct replay *r)
{
    const struct name home = { DOMAIN_HOME };

    covers_judge(v, r);
    for (size_t i = 0; i < r->s->legs_n && v->rule == CERTIFY_OK; i++) {
        if (!replay_home(r->a, &r->s->legs[i]))
            leg_judge_inventory(v, r, i);
    }
    for (size_t i = 0; i < r->a->rows_n && v->rule == CERTIFY_OK; i++) {
        enum row_kind kind = r->a->rows[i].kind;

        if (kind == ROW_INVENTORY)
            row_judge_inventory(v, r, i, &home);
        for (uint32_t k = 0; k < r->a->venues_n && v->rule == CERTIFY_OK; k++) {
            if (kind == ROW_INVENTORY)
                row_judge_inventory(v, r, i, &r->a->venues[k].domain);
            else if (kind != ROW_HELD)
                row_judge_venue(v, r, i, k);
        }
    }
}
