/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/caps.h"

#include "solver/route/network.h"

struct build {
    struct network *n;
    const struct auction *a;
    const uint32_t *node; /* [assets_n] */
};

static bool same_asset(const struct row *x, const struct row *y)
{
    return x->kind == ROW_VALUE || x->asset == y->asset;
}

/* The limit that rules a subject: its own, else the one for "any"; NULL without one. */
static const struct row *ruling(const struct auction *a, const struct row *like,
                                const struct name *subject)
{
    struct name any = { "any" };
    const struct row *found = NULL;

    for (size_t i = 0; i < a->rows_n; i++) {
        const struct row *row = &a->rows[i];

        if (row->kind != like->kind || !same_asset(row, like))
            continue;
        if (name_equal(&row->subject, subject))
            return row;
        if (name_equal(&row->subject, &any))
            found = row;
    }
    return found;
}

struct amount caps_available(const struct auction *a, const struct name *domain, uint32_t asset)
{
    for (size_t i = 0; i < a->inventory_n; i++) {
        if (a->inventory[i].asset == asset && name_equal(&a->inventory[i].domain, domain))
            return a->inventory[i].available;
    }
    return AMOUNT_ZERO;
}

static const struct row *inventory_row(const struct auction *a, const struct name *domain,
                                       uint32_t asset)
{
    struct row like = { .kind = ROW_INVENTORY, .asset = asset };

    return ruling(a, &like, domain);
}

/* What is owned in a domain; a limit for "any" does not know it. */
static struct amount owned(const struct auction *a, const struct name *domain,
                           const struct row *row)
{
    return name_equal(&row->subject, domain) ? row->used : caps_available(a, domain, row->asset);
}

struct amount caps_spare(const struct auction *a, const struct name *domain, uint32_t asset)
{
    const struct row *row = inventory_row(a, domain, asset);
    struct amount spare = caps_available(a, domain, asset);

    if (row == NULL)
        return spare;
    return amount_min(spare, amount_sub_or_zero(owned(a, domain, row), row->min));
}

static void cap_add(struct build *b, enum cap_kind kind, uint32_t venue, uint32_t node,
                    struct amount most)
{
    double price = node == NETWORK_NONE ? 1 : b->n->nodes[node].price;

    b->n->caps[b->n->caps_n++] =
        (struct cap){ kind, venue, node, (double)most.atoms * price * CAPS_SAFETY };
}

static void venue_caps(struct build *b)
{
    for (size_t i = 0; i < b->a->rows_n; i++) {
        const struct row *row = &b->a->rows[i];
        uint32_t node = row->kind == ROW_IN_FLIGHT ? b->node[row->asset] : NETWORK_NONE;

        if (row->kind != ROW_VALUE && (row->kind != ROW_IN_FLIGHT || node == NETWORK_NONE))
            continue;
        for (uint32_t v = 0; v < b->a->venues_n; v++) {
            const struct name *name = &b->a->venues[v].name;

            if (name_equal(&row->subject, name) || ruling(b->a, row, name) == row)
                cap_add(b, CAP_VENUE, v, node, amount_sub_or_zero(row->max, row->used));
        }
    }
}

/* Limits of inventory in a foreign domain. */
static void domain_caps(struct build *b, uint32_t node)
{
    const struct node *v = &b->n->nodes[node];
    const struct name *name = &b->a->venues[v->domain].domain;
    const struct row *row = inventory_row(b->a, name, v->asset);

    if (row == NULL)
        return;
    cap_add(b, CAP_SENT, NETWORK_NONE, node, caps_spare(b->a, name, v->asset));
    cap_add(b, CAP_BROUGHT, NETWORK_NONE, node,
            amount_sub_or_zero(row->max, owned(b->a, name, row)));
}

/* How many links pay into a home node, and does any leg take from it? */
static size_t links_into(bool *taken, const struct network *n, uint32_t node)
{
    size_t links = 0;

    *taken = false;
    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];

        links += network_is_link(e) && e->b == node;
        *taken = *taken || (!network_is_link(e) && e->a == node);
    }
    return links;
}

static void home_caps(struct build *b, uint32_t node)
{
    const struct name home = { DOMAIN_HOME };
    bool taken;
    size_t links = links_into(&taken, b->n, node);

    if (links > 1)
        cap_add(b, CAP_COVER, NETWORK_NONE, node, caps_spare(b->a, &home, b->n->nodes[node].asset));
    if (links > 0 && taken)
        b->n->caps[b->n->caps_n++] = (struct cap){ CAP_POT, NETWORK_NONE, node, 1 };
}

enum err caps_build(struct network *n, struct arena *arena, const struct auction *a,
                    const uint32_t *node)
{
    struct build b = { n, a, node };

    n->caps = ARENA_NEW(arena, a->rows_n * a->venues_n + 2 * n->nodes_n, struct cap);
    if (n->caps == NULL)
        return ERR_NOMEM;
    venue_caps(&b);
    for (uint32_t i = 0; i < n->nodes_n; i++) {
        if (n->nodes[i].home != i)
            domain_caps(&b, i);
        else if (n->nodes[n->nodes_n - 1].domain != NETWORK_NONE)
            home_caps(&b, i);
    }
    return ERR_OK;
}

void caps_tighten(struct network *n, uint32_t share_ppm)
{
    double rest = 1 - (double)share_ppm * 1e-6;

    for (size_t i = 0; i < n->caps_n; i++)
        n->caps[i].most *= rest;
    for (size_t i = 0; i < n->links_n; i++)
        edge_link_limit(&n->links[i], n->links[i].level.own.in * rest);
}

static double venue_use(const struct network *n, const struct cap *c, const struct edge *e)
{
    if (e->venue != c->venue ||
        (c->node != NETWORK_NONE && n->nodes[c->node].asset != n->nodes[e->a].asset))
        return 0;
    return c->node == NETWORK_NONE ? n->nodes[e->a].mark : 1;
}

struct cap_use cap_use(const struct network *n, const struct cap *c, const struct edge *e)
{
    bool link = network_is_link(e);
    double in = c->node == e->a, out = c->node == e->b;

    switch (c->kind) {
    case CAP_VENUE: return (struct cap_use){ venue_use(n, c, e), 0 };
    case CAP_SENT: return (struct cap_use){ link ? 0 : in, 0 };
    case CAP_BROUGHT: return (struct cap_use){ 0, link ? 0 : out };
    case CAP_COVER: return (struct cap_use){ 0, link ? out : 0 };
    case CAP_POT: return (struct cap_use){ link ? 0 : in, link ? 0 : -out };
    }
    return (struct cap_use){ 0, 0 };
}
